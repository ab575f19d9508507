"""What a space observatory is: times, frames, bodies, spectra, the Mission protocol; and the missions, each in its folder.

Everything here is a pure function of its arguments. Importing this package tells astropy never to use the network: Earth
orientation and leap seconds come from the tables that are installed with it.
"""

from astropy.utils import iers as _iers

_iers.conf.auto_download = False
# Beyond the end of the installed tables UT1 - UTC keeps its last value (arcseconds in a horizon frame): that is no error.
_iers.conf.iers_degraded_accuracy = "ignore"
_iers.conf.auto_max_age = None

from .base import Instrument, Mission, PlannedGap, Response, RevolutionPhase, WindowTime  # noqa: E402
from .bodies import earth_angular_radius, earth_direction, light_travel, moon_direction, sun_direction  # noqa: E402
from .frames import orient, orientation, orientation_word, to_spacecraft  # noqa: E402
from .reports import response_report, time_report  # noqa: E402
from .spectra import Band, Comptonised, PowerLaw, Spectrum, energy_ratio, parse_spectrum  # noqa: E402
from .style import CircularStyle, LongExcessNote, MissionFacts  # noqa: E402
from .tabulated import Tabulated, read_spectrum  # noqa: E402
from .times import from_ijd, ijd, seconds_between, seconds_since, shift, shifts, to_instant, to_time  # noqa: E402

__all__ = [
    "Band",
    "CircularStyle",
    "Comptonised",
    "Instrument",
    "LongExcessNote",
    "Mission",
    "MissionFacts",
    "PlannedGap",
    "PowerLaw",
    "Response",
    "RevolutionPhase",
    "Spectrum",
    "Tabulated",
    "WindowTime",
    "earth_angular_radius",
    "earth_direction",
    "energy_ratio",
    "from_ijd",
    "ijd",
    "light_travel",
    "moon_direction",
    "orient",
    "orientation",
    "orientation_word",
    "parse_spectrum",
    "read_spectrum",
    "response_report",
    "seconds_between",
    "seconds_since",
    "shift",
    "shifts",
    "sun_direction",
    "time_report",
    "to_instant",
    "to_spacecraft",
    "to_time",
]
