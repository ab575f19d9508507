"""Light curves for the tests of the search: noise as SPI-ACS has it, bursts, spikes, gaps."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray, Instant, LightCurve, LightCurveInfo

T0 = Instant.parse("2023-06-27T01:53:37")
#: SPI-ACS in good conditions: cts/s, variance over mean.
RATE = 84_000.0
OVERDISPERSION = 1.3


def curve(
    start_s: FloatArray,
    counts: FloatArray,
    *,
    bin_s: float = 0.05,
    width_s: FloatArray | None = None,
    instrument: str = "SPI-ACS",
    **info: object,
) -> LightCurve:
    """A light curve whose reference is T0."""
    width = np.full(len(counts), bin_s) if width_s is None else width_s
    about = LightCurveInfo(
        instrument=instrument, tier="archive", reference=T0, bin_s=bin_s, content_id="0" * 64, source="test", **info
    )  # type: ignore[arg-type]
    return LightCurve(np.array(start_s, float), np.array(width, float), np.array(counts, float), about)


def starts(half_width_s: float = 300.0, bin_s: float = 0.05) -> FloatArray:
    """Starts of bins over +- half_width_s."""
    count = round(2.0 * half_width_s / bin_s)
    return (np.arange(count) - count // 2) * bin_s


def noise(
    rng: np.random.Generator,
    start_s: FloatArray,
    *,
    bin_s: float = 0.05,
    rate: float | FloatArray = RATE,
    ratio: float = OVERDISPERSION,
) -> FloatArray:
    """Over-dispersed counts in bins at `start_s`."""
    mean = np.broadcast_to(np.asarray(rate, float) * bin_s, start_s.shape)
    return np.round(rng.normal(mean, np.sqrt(ratio * mean)))


def block(start_s: FloatArray, t_s: float, duration_s: float, counts: float, bin_s: float = 0.05) -> FloatArray:
    """Mean counts per bin of a flat burst, its edges anywhere within bins."""
    inside = np.clip(np.minimum(start_s + bin_s, t_s + duration_s) - np.maximum(start_s, t_s), 0.0, None)
    return counts * inside / duration_s
