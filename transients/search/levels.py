"""What the counts allow: the largest excess seen at each duration, and the noise a burst would come on top of."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from schemas import LightCurve
from schemas.errors import BadRequest, NoData

from .maximum import phases
from .rates import Rates, rates_about, sliding_excess

#: sigma/sqrt(N) of SPI-ACS in good conditions, squared; where only a count limit is known.
_TYPICAL_OVERDISPERSION = 1.3
_SIGMAS = 3.0
#: A burst shorter than this part of a bin says little about one that fills it.
LEAST_OF_BIN = 0.99


@dataclasses.dataclass(frozen=True)
class CountLevel:
    """Counts at one duration.

    Attributes
    ----------
    instrument : str
    duration_s : float
        Of the burst.
    threshold_counts : float
        The largest excess seen in any window.
    sigma_counts : float
        Noise of a window, background uncertainty and over-dispersion included.
    overdispersion : float
        Variance over mean, applied to the burst's own counts.
    steps : float
        Steps from window to window in a window's length.
    windows : float
        Searched time over a window's length; 0 where the threshold is a number given from outside, for one window.
    inside : (tuple of float, tuple of float)
        Part of the burst that the window before and the window after its beginning hold, by place of the beginning in a bin.
    """

    instrument: str
    duration_s: float
    threshold_counts: float
    sigma_counts: float
    overdispersion: float
    steps: float = 1.0
    windows: float = 0.0
    inside: tuple[tuple[float, ...], tuple[float, ...]] = ((1.0,), (0.0,))


def count_levels(
    lc: LightCurve,
    t0_s: float,
    durations_s: Sequence[float] = (0.1, 1.0, 8.0),
    *,
    half_width_s: float = 300.0,
    association_window_s: tuple[float, float] = (-300.0, 300.0),
) -> tuple[CountLevel, ...]:
    """Measure the levels over all windows that lie in the association window.

    Parameters
    ----------
    lc : LightCurve
    t0_s : float
        T0, seconds from `lc.info.reference`.
    durations_s : sequence of float
        Those shorter than a bin, or longer than what the data can tell from background, are left out.
    half_width_s : float
        The background is taken from T0 +- this.
    association_window_s : (float, float)
        A burst is looked for in T0 + [low, high].

    Raises
    ------
    RefusedInput
        No data at T0.
    NoData
        No background, or no duration could be measured.
    """
    levels = levels_of(rates_about(lc, t0_s, half_width_s), durations_s, association_window_s)
    if not levels:
        raise NoData("no unbroken data in the association window at any of the durations")
    return levels


def levels_of(
    rates: Rates, durations_s: Sequence[float], association_window_s: tuple[float, float] = (-300.0, 300.0)
) -> tuple[CountLevel, ...]:
    """The levels of one detector, at the durations that it can tell."""
    found = (_level(rates, duration, association_window_s) for duration in durations_s)
    return tuple(level for level in found if level is not None)


def levels_from_count_limits(limits: Mapping[str, Mapping[float, float]]) -> tuple[CountLevel, ...]:
    """Levels where only published count limits (3 sigma) are known: nothing above 3 sigma is taken to be seen.

    Parameters
    ----------
    limits : {instrument: {duration: counts}}
    """
    return tuple(
        CountLevel(instrument, duration, counts, counts / _SIGMAS, _TYPICAL_OVERDISPERSION)
        for instrument, by_duration in limits.items()
        for duration, counts in by_duration.items()
    )


def limit_from_counts(texts: Sequence[str]) -> dict[str, dict[float, float]]:
    """Read count limits "INSTRUMENT:SCALE:COUNTS".

    Raises
    ------
    BadRequest
        Naming the text that is none.

    Examples
    --------
    >>> limit_from_counts(["SPI-ACS:1:1035.18", "SPI-ACS:8:2910.31"])
    {'SPI-ACS': {1.0: 1035.18, 8.0: 2910.31}}
    """
    limits: dict[str, dict[float, float]] = {}
    for text in texts:
        parts = text.rsplit(":", 2)
        try:
            instrument, scale, counts = parts[0].strip(), float(parts[1]), float(parts[2])
        except (IndexError, ValueError) as error:
            raise BadRequest("a count limit is INSTRUMENT:SCALE:COUNTS, as SPI-ACS:1:1035.18", where=text) from error
        if not (instrument and 0.0 < scale < np.inf and 0.0 < counts < np.inf):
            raise BadRequest("scale and counts of a count limit are positive numbers", where=text)
        limits.setdefault(instrument, {})[scale] = counts
    return limits


def _level(rates: Rates, duration_s: float, association_window_s: tuple[float, float]) -> CountLevel | None:
    bins = rates.background.bins
    if duration_s < LEAST_OF_BIN * bins.bin_s:
        return None
    size = max(1, round(duration_s / bins.bin_s))
    length_s = size * bins.bin_s
    found = sliding_excess(rates, rates, length_s, association_window_s)
    seen = np.isfinite(found.sigma)
    if not seen.any():
        return None
    sigma = float(np.sqrt(np.mean(found.sigma[seen] ** 2)))
    return CountLevel(
        instrument=rates.instrument,
        duration_s=duration_s,
        threshold_counts=float(found.snr[seen].max()) * sigma,
        sigma_counts=sigma,
        overdispersion=float(rates.overdispersion.at(length_s)),
        steps=float(size),
        windows=1.0 + (int(seen.sum()) - 1) / size,
        inside=shares_inside(duration_s / bins.bin_s, size),
    )


def shares_inside(duration_bins: float, size_bins: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Parts of a burst that begins within a bin, in the windows of `size_bins` that begin with that bin and with the next."""
    begin = phases(size_bins)
    parts = []
    for first in (0.0, 1.0):
        overlap = np.minimum(begin + duration_bins, first + size_bins) - np.maximum(begin, first)
        parts.append(tuple(float(part) for part in np.maximum(overlap, 0.0) / duration_bins))
    return parts[0], parts[1]
