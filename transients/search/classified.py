"""Windows with counts above the background, each with the shape that it looks like."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from schemas import FloatArray, OffTimeRates, Spike
from schemas.errors import NoData

from .background import Background, fit_background
from .bins import Bins, up_to_edges
from .falsealarm import COUNTED_SNR
from .noise import Overdispersion, measure_overdispersion
from .off_time import count_off_time, together
from .spikes import WIDEST_BIN_S, classify_spike
from .windows import Windows, find_windows

#: Length of the windows that off-time data are cut into, s: that of the search itself, so that both are searched alike.
OFF_WINDOW_S = 600.0
#: The most of them used, the nearest first: six hours.
_MOST_OFF_WINDOWS = 36


@dataclasses.dataclass(frozen=True, eq=False)
class Classified:
    """Windows above S/N 3.25 that do not overlap, most significant first.

    Attributes
    ----------
    windows : Windows
    spikes : tuple of Spike or None
        Of each, what the shape test says; None where it says nothing.
    """

    background: Background
    overdispersion: Overdispersion
    windows: Windows
    spikes: tuple[Spike | None, ...]

    @property
    def spike_like(self) -> npt.NDArray[np.bool_]:
        """Which are of a particle hit's shape, (m,)."""
        return np.array([spike is not None and spike.likely for spike in self.spikes], bool)

    @property
    def duration_s(self) -> FloatArray:
        """Elapsed time of each, (m,), s."""
        bins = self.background.bins
        return np.asarray(bins.stop_s[self.windows.stop - 1] - bins.start_s[self.windows.first])


def shapes_tell(bin_s: float, particle_hits: bool) -> bool:
    """Whether the shape test tells particle hits from bursts: for instruments that see them, in bins that are short enough."""
    return particle_hits and bin_s <= WIDEST_BIN_S


def classified_windows(background: Background, *, particle_hits: bool) -> Classified:
    """Search a background's bins and classify what is above it."""
    overdispersion = measure_overdispersion(background)
    windows = find_windows(background, overdispersion, COUNTED_SNR)
    native = float(overdispersion.at(background.bins.bin_s))
    tells = shapes_tell(background.bins.bin_s, particle_hits)
    ends = zip(windows.first.tolist(), windows.stop.tolist(), strict=True)
    spikes = tuple(classify_spike(background, first, stop, native) if tells else None for first, stop in ends)
    return Classified(background, overdispersion, windows, spikes)


def count_outside(found: Classified, instrument: str) -> OffTimeRates:
    """The windows outside the source of a light curve, counted."""
    background = found.background
    source = up_to_edges(background.source)
    outside = source[found.windows.stop] == source[found.windows.first]
    live = float(background.bins.width_s[~background.source].sum())
    return _counted(found, outside, live, instrument, "this light curve outside the source")


def count_around(bins: Bins, half_width_s: float, instrument: str, *, particle_hits: bool) -> OffTimeRates | None:
    """The windows of the hours about T0, beyond `half_width_s`, counted: each ten minutes searched as the ten about T0 are.

    Parameters
    ----------
    bins : Bins
        As far as there are data.

    Returns
    -------
    OffTimeRates or None
        None where the data reach no further.
    """
    place = np.floor((np.abs(bins.centre_s) - half_width_s) / OFF_WINDOW_S).astype(int)
    side = np.sign(bins.centre_s)
    parts: list[OffTimeRates] = []
    for k in range(int(place.max(initial=-1)) + 1):
        for sign in (-1.0, 1.0):
            use = (place == k) & (side == sign)
            if bins.width_s[use].sum() < 0.5 * OFF_WINDOW_S or len(parts) == _MOST_OFF_WINDOWS:
                continue
            window = Bins(bins.start_s[use], bins.width_s[use], bins.counts[use], bins.bin_s)
            try:
                found = classified_windows(fit_background(window), particle_hits=particle_hits)
            except NoData:  # a belt passage or a flare fills it
                continue
            parts.append(_counted(found, np.ones(len(found.windows), bool), window.exposure_s, instrument, "a part"))
    if not parts:
        return None
    return together(parts, f"the hours about T0 ({len(parts)} stretches of ten minutes)")


def _counted(found: Classified, use: npt.NDArray[np.bool_], live_s: float, instrument: str, source: str) -> OffTimeRates:
    return count_off_time(
        found.windows.snr[use],
        found.duration_s[use],
        found.spike_like[use],
        live_s=live_s,
        bin_s=found.background.bins.bin_s,
        instrument=instrument,
        source=source,
        least_snr=COUNTED_SNR,
    )
