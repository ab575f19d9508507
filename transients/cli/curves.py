"""The light curve a command was given, with T0 in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from schemas import Instant, LightCurve
from schemas.errors import NoData
from transients.missions import shift
from transients.search import t0_seconds
from transients.sources import read_lightcurve

from .files import read_file


def curve_about(path: Path, t0: Instant, half_width_s: float) -> LightCurve:
    """Read a light curve that has data within `half_width_s` of T0.

    Raises
    ------
    RefusedInput
        Not a light curve.
    NoData
        None within the window, as of another day; naming the file, what it covers, and T0.
    """
    curve = read_lightcurve(read_file(path), str(path))
    centre = 0.5 * (curve.start_s + curve.stop_s) - t0_seconds(curve, t0)
    if np.any(np.abs(centre) <= half_width_s):
        return curve
    if len(centre) == 0:
        raise NoData("the light curve holds no data", where=str(path))
    first, last = (_shown(curve, seconds) for seconds in (curve.start_s.min(), curve.stop_s.max()))
    raise NoData(
        f"no data within {half_width_s:g} s of T0 {t0}: the light curve runs from {first} to {last} UTC", where=str(path)
    )


def _shown(curve: LightCurve, seconds: float) -> str:
    """To the second: this is read by people."""
    return shift(curve.info.reference, seconds).utc
