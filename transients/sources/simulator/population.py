"""The bursts of a sky that nobody watched: how many, how bright, how long, of which spectra."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray, Instant

from ..clock import from_ijd, ijd_of
from .bursts import Shape, SimulatedBurst
from .draws import generator

#: Bursts a day that an all-sky monitor sees: SPI-ACS about 0.3.
PER_DAY = 0.3
#: Fluence over the square root of the duration, erg cm^-2 s^-1/2, of what is just seen (S/N 6 at the best of directions), the
#: faintest and the brightest drawn, and the slope of the cumulative distribution: between -3/2 of a Euclidean space and the
#: flattening at the faint end. The simulator's choice.
_SEEN, _FAINTEST, _BRIGHTEST, _SLOPE = 4e-7, 1.3e-7, 1e-4, 1.0
#: Share of short bursts; median T90 (s) and width (decades) of short and of long ones, as BATSE's two classes. The simulator's choice.
_SHORT_SHARE = 0.3
_SHORT_T90, _LONG_T90 = (0.4, 0.4), (25.0, 0.45)
_LONGEST_S = 300.0
#: Typical spectra (Nava et al. 2011): cut-off power laws of index -0.92, E_peak 160 keV, and -0.50, 490 keV.
_LONG_SPECTRUM, _SHORT_SPECTRUM = "comp:-0.92,160", "comp:-0.5,490"
_SHAPES: tuple[Shape, ...] = ("pulse", "pulse", "gaussian", "flat")


def draw_bursts(seed: int, start: Instant, stop: Instant, per_day: float = PER_DAY) -> list[SimulatedBurst]:
    """Bursts with onsets in [start, stop), in time order; each day (of IJD) has its own draw, so that stretches agree.

    Parameters
    ----------
    per_day
        Bursts a day that are seen in the best of directions; three times as many are drawn, down to a third of that brightness.
    """
    low, high = ijd_of(start), ijd_of(stop)
    bursts: list[tuple[float, SimulatedBurst]] = []
    for day in range(int(low), int(high) + 1):
        draw = generator(seed, "bursts", day)
        for _ in range(int(draw.poisson(per_day * (_SEEN / _FAINTEST) ** _SLOPE))):
            at, burst = _draw(draw, day)
            if low <= at < high:
                bursts.append((at, burst))
    return [burst for _, burst in sorted(bursts, key=lambda pair: pair[0])]


def _draw(draw: np.random.Generator, day: int) -> tuple[float, SimulatedBurst]:
    """One burst and its onset, IJD."""
    numbers: FloatArray = draw.random(6)
    short = bool(numbers[0] < _SHORT_SHARE)
    median, width = _SHORT_T90 if short else _LONG_T90
    t90_s = min(median * 10.0 ** (width * float(draw.standard_normal())), _LONGEST_S)
    brightness = min(_FAINTEST * (1.0 - numbers[1]) ** (-1.0 / _SLOPE), _BRIGHTEST)
    at = day + numbers[2]
    burst = SimulatedBurst(
        t0=from_ijd(float(day), float(numbers[2]) * 86400.0),
        ra_deg=360.0 * float(numbers[3]),
        dec_deg=float(np.degrees(np.arcsin(2.0 * numbers[4] - 1.0))),
        fluence_erg_cm2=float(brightness * np.sqrt(t90_s)),
        spectrum=_SHORT_SPECTRUM if short else _LONG_SPECTRUM,
        t90_s=float(t90_s),
        shape=_SHAPES[int(numbers[5] * len(_SHAPES))],
    )
    return float(at), burst
