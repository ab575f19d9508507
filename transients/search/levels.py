"""What the counts allow: the largest excess seen at each duration, and the noise a burst would come on top of."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from schemas import LightCurve
from schemas.errors import BadRequest, NoData

from .background import Background, fit_background
from .bins import about
from .noise import measure_overdispersion

#: sigma/sqrt(N) of SPI-ACS in good conditions, squared; where only a count limit is known.
_TYPICAL_OVERDISPERSION = 1.3
_SIGMAS = 3.0


@dataclasses.dataclass(frozen=True)
class CountLevel:
    """Counts at one duration.

    Attributes
    ----------
    instrument : str
    duration_s : float
    threshold_counts : float
        The largest excess seen in any window of this duration; a burst above the limit would have been larger.
    sigma_counts : float
        Noise of such a window, background uncertainty and over-dispersion included.
    overdispersion : float
        Variance over mean, applied to the burst's own counts.
    bin_s : float
        Native bin: a burst starts anywhere within one.
    """

    instrument: str
    duration_s: float
    threshold_counts: float
    sigma_counts: float
    overdispersion: float
    bin_s: float


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
        Those shorter than a bin, or longer than any unbroken stretch, are left out.
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
    background = fit_background(about(lc, t0_s, half_width_s))
    found = [_level(lc.info.instrument, background, duration, association_window_s) for duration in durations_s]
    levels = tuple(level for level in found if level is not None)
    if not levels:
        raise NoData("no unbroken data in the association window at any of the durations")
    return levels


def levels_from_count_limits(limits: Mapping[str, Mapping[float, float]]) -> tuple[CountLevel, ...]:
    """Levels where only published count limits (3 sigma) are known: nothing above 3 sigma is taken to be seen.

    Parameters
    ----------
    limits : {instrument: {duration: counts}}
    """
    return tuple(
        CountLevel(instrument, duration, counts, counts / _SIGMAS, _TYPICAL_OVERDISPERSION, 0.0)
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


def _level(
    instrument: str, background: Background, duration_s: float, association_window_s: tuple[float, float]
) -> CountLevel | None:
    bins = background.bins
    size = round(duration_s / bins.bin_s)
    if size < 1 or abs(size * bins.bin_s - duration_s) > 0.01 * duration_s:
        return None
    ratio = float(measure_overdispersion(background).at(duration_s))
    low, high = association_window_s
    largest: list[float] = []
    variances: list[float] = []
    for run in bins.runs():
        if run.stop - run.start < size:
            continue
        first = np.arange(run.start, run.stop - size + 1)
        first = first[(bins.start_s[first] < high) & (bins.stop_s[first + size - 1] > low)]
        if first.size == 0:
            continue
        expected = np.concatenate([[0.0], np.cumsum(background.counts)])
        observed = np.concatenate([[0.0], np.cumsum(bins.counts)])
        largest.append(float(np.max(observed[first + size] - observed[first] - expected[first + size] + expected[first])))
        variance = ratio * (expected[first + size] - expected[first])
        variances.append(float(np.max(variance + background.variance_of_counts(first, first + size))))
    if not largest:
        return None
    return CountLevel(instrument, duration_s, max(0.0, *largest), float(np.sqrt(max(variances))), ratio, bins.bin_s)
