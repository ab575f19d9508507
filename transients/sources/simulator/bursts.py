"""Bursts: when, where, how bright, how long, and how their counts spread over time."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np

from schemas import FloatArray, Instant

Shape = Literal["pulse", "gaussian", "flat"]

# T90 of the unit shapes: gamma distribution of order 2 between its 5 % and 95 % points (0.35536, 4.74386); normal: 2 x 1.64485.
_T90_GAMMA2 = 4.388503
_T90_NORMAL = 3.289707
_MEDIAN_START_NORMAL = 2.5


@dataclasses.dataclass(frozen=True)
class SimulatedBurst:
    """A burst of the sky, as it would be seen at Earth's centre.

    Attributes
    ----------
    t0
        Onset at Earth's centre, UTC.
    ra_deg, dec_deg
        ICRS.
    fluence_erg_cm2
        75-2000 keV.
    spectrum
        As `missions.parse_spectrum` reads it: "hard", "soft", "band:-1,-2.5,300" ...
    t90_s
        Time between 5 % and 95 % of the counts.
    shape
        "pulse" (fast rise, t exp(-t)), "gaussian" or "flat".
    """

    t0: Instant
    ra_deg: float
    dec_deg: float
    fluence_erg_cm2: float
    spectrum: str = "hard"
    t90_s: float = 1.0
    shape: Shape = "pulse"

    def __post_init__(self) -> None:
        if not (self.fluence_erg_cm2 > 0 and self.t90_s > 0):
            raise ValueError("a burst has positive fluence and duration")

    def fraction_before(self, t_s: FloatArray) -> FloatArray:
        """Fraction of the counts before each time, s from the onset on the clock that sees it, (n,)."""
        from scipy.special import gammainc, ndtr  # a quarter of a second that commands without bursts do not wait for

        t = np.asarray(t_s, dtype=np.float64)
        match self.shape:
            case "pulse":
                done = gammainc(2.0, np.maximum(t, 0.0) * _T90_GAMMA2 / self.t90_s)
            case "gaussian":
                done = ndtr(t * _T90_NORMAL / self.t90_s - _MEDIAN_START_NORMAL)
            case "flat":
                done = np.clip(t * 0.9 / self.t90_s, 0.0, 1.0)
        return np.asarray(done, dtype=np.float64)

    @property
    def longest_s(self) -> float:
        """Time after the onset by which all but 1e-8 of the counts have come."""
        return 6.0 * self.t90_s
