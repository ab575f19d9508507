"""What the search finds in simulated noise: rates of its excesses by octave of length, S/N and shape.

Measured with the search as it stands on made-up backgrounds (`simulation.simulate`: 84 000 cts/s, variance over mean 1.19 squared,
slopes up to 5 %, particle hits at the published rate), ten minutes at a time; docs/methods.md says how to repeat it.
"""

from __future__ import annotations

import dataclasses
import math

Row = tuple[float, float, float, float, float, float, float, float]

_ROWS_50_MS: tuple[Row, ...] = (
    (0.0014, -2.02, 0.8976, 0.01, 0.0005, 0.0, 1.0554, 0.69),
    (0.6204, 2.31, 2.1091, 0.89, 0.004, -3.0, 0.342, 0.14),
    (5.3044, 1.92, 0.4109, 1.34, 0.0046, -5.0, 0.0131, -1.4),
    (9.9693, 3.0, 0.0367, 4.05, 0.0032, -5.0, 0.0043, -0.49),
    (12.4316, 3.27, 0.01, 2.0, 0.0017, -5.0, 0.0002, 0.0),
    (14.5612, 3.9, 0.001, 0.0, 0.0006, -5.0, 0.0001, 0.0),
    (15.5753, 5.21, 0.001, 0.0, 0.0001, -5.0, 0.0001, 0.0),
    (10.4327, 4.28, 0.001, 0.0, 0.0001, -5.0, 0.0001, 0.0),
    (9.3326, 6.32, 0.001, 0.0, 0.0001, -5.0, 0.0001, 0.0),
    (5.3468, 8.7, 0.001, 0.0, 0.0001, -5.0, 0.0001, 0.0),
    (0.3, 8.0, 0.001, 0.0, 0.0001, -5.0, 0.0001, 0.0),
)
_ROWS_100_MS: tuple[Row, ...] = (
    (0.0005, 0.0, 0.9374, 0.27, 0.003, 0.0, 0.7689, 0.4),
    (0.7678, 1.23, 1.8631, 1.01, 0.008, -2.0, 0.1063, -0.75),
    (5.6103, 2.08, 0.2103, 0.51, 0.0035, -5.0, 0.0126, -0.38),
    (9.03, 2.75, 0.1253, 3.64, 0.0018, -5.0, 0.004, 0.0),
    (10.9968, 3.14, 0.002, 0.0, 0.0015, -5.0, 0.0001, 0.0),
    (11.2146, 3.47, 0.002, 0.0, 0.0007, -5.0, 0.0001, 0.0),
    (10.046, 4.72, 0.002, 0.0, 0.0002, -5.0, 0.0001, 0.0),
    (9.8568, 6.18, 0.002, 0.0, 0.0001, -5.0, 0.0001, 0.0),
    (7.3807, 8.34, 0.002, 0.0, 0.0001, -5.0, 0.0001, 0.0),
    (0.3, 8.0, 0.002, 0.0, 0.0001, -5.0, 0.0001, 0.0),
)
#: All excesses, whatever their shape.
_ALL: tuple[tuple[float, float], ...] = (
    (0.9898, 0.53),
    (2.792, 1.36),
    (5.9166, 2.13),
    (9.2529, 2.78),
    (13.0811, 3.66),
    (14.8125, 4.24),
    (15.9948, 5.29),
    (11.2059, 5.38),
    (12.1604, 7.74),
    (2.9829, 6.5),
)


@dataclasses.dataclass(frozen=True)
class NullRates:
    """Heights h and indices i, by octave and shape.

    White noise gives h (s/4)^i Q(s) / d excesses a second at or above S/N s in an octave of length about d (Q: the normal tail);
    particle hits h (s/6)^i times their published rate in a bin of 50 ms.
    """

    rows: tuple[Row, ...]

    def white(self, octave: int, spike_like: bool) -> tuple[float, float]:
        """Height and index of white noise; the last octave measured stands for longer ones."""
        row = self.rows[min(octave, len(self.rows) - 1)]
        return row[2:4] if spike_like else row[0:2]

    def hits(self, octave: int, spike_like: bool) -> tuple[float, float]:
        """Height and index of particle hits."""
        row = self.rows[min(octave, len(self.rows) - 1)]
        return row[6:8] if spike_like else row[4:6]


def null_rates(bin_s: float, classified: bool) -> NullRates:
    """Rates for a bin; where shapes are not told apart, every excess is of a burst's."""
    if not classified:
        return NullRates(tuple((height, index, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0) for height, index in _ALL))
    # The boundary between the two measured bins, in log.
    return NullRates(_ROWS_50_MS if bin_s < math.sqrt(0.05 * 0.1) else _ROWS_100_MS)
