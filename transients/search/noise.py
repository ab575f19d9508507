"""How much the counts scatter more than Poisson's law, at each time scale, measured outside the source."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from schemas import FloatArray

from .background import Background
from .scatter import overdispersion_at

#: Time scales (s) whose ratio of sigmas is reported beside the native bin's.
REPORTED_SCALES_S = (1.0, 8.0)
#: Twice the gain in log-likelihood that a red part must bring. Sums of neighbouring octaves share their counts, so that the gain
#: is counted about twice: 6 stands for 3, a chance of 8 %.
_RED_GAIN = 6.0
#: Red parts tried: variance over mean grows by this fraction of the white part per second.
_RED = np.concatenate([[0.0], np.geomspace(1e-4, 30.0, 200)])
#: Where the two parts do not describe what was measured, the measured ratio less this many of its own errors stands.
_SIGMAS = 2.0


@dataclasses.dataclass(frozen=True, eq=False)
class Overdispersion:
    """Variance over mean against time scale.

    Attributes
    ----------
    scale_s, ratio : (m,) float64
        Ratios measured at octaves of the native bin, never below 1.
    sums : (m,) float64
        Sums each was measured from.
    white, red_per_s : float
        Variance over mean is white + red x time scale. Red noise (drifts that the background does not follow) is there only when
        the measured ratios show it.
    red_gain : float
        Twice the gain in log-likelihood by the red part, whether kept or not.
    """

    scale_s: FloatArray
    ratio: FloatArray
    sums: FloatArray
    white: float
    red_per_s: float
    red_gain: float

    def at(self, scale_s: float | FloatArray) -> FloatArray:
        """Variance over mean at time scales, never below 1."""
        measured = np.interp(np.log(scale_s), *self._least)
        return np.asarray(np.maximum(np.maximum(1.0, measured), self.white + self.red_per_s * np.asarray(scale_s, float)))

    @functools.cached_property
    def _least(self) -> tuple[FloatArray, FloatArray]:
        """ln of the scales, and what the measured ratios are at the least."""
        return np.log(self.scale_s), self.ratio / (1.0 + _SIGMAS * np.sqrt(2.0 / self.sums))


def measure_overdispersion(background: Background, longest_s: float = 100.0) -> Overdispersion:
    """Measure at octaves of the native bin as far as there is time outside the source, and part it into white and red."""
    bin_s = background.bins.bin_s
    found: list[tuple[float, float, int]] = []
    size = 1
    while (scale := size * bin_s) <= longest_s:
        measured = overdispersion_at(background.bins, background.counts, background.source, size)
        if measured is None:
            break
        found.append((scale, max(1.0, measured[0]), measured[1]))
        size *= 2
    if not found:
        found.append((bin_s, max(1.0, background.overdispersion), 10))
    scales, ratios, sums = (np.array(column, float) for column in zip(*found, strict=True))
    return Overdispersion(scales, ratios, sums, *white_and_red(scales, ratios, sums))


def white_and_red(scale_s: FloatArray, ratio: FloatArray, sums: FloatArray) -> tuple[float, float, float]:
    """Part measured ratios into white + red x scale by likelihood: a ratio from n sums is a gamma variate of shape n / 2.

    Returns
    -------
    white, red_per_s, gain : float
        The gain is twice the log-likelihood's by the red part; below 6 the red part is left out.
    """
    grows = 1.0 + _RED[:, None] * scale_s
    white = np.maximum(1.0, (sums * ratio / grows).sum(axis=1) / sums.sum())
    model = white[:, None] * grows
    twice = -(sums * (ratio / model + np.log(model))).sum(axis=1)
    best = int(np.argmax(twice))
    gain = float(twice[best] - twice[0])
    if gain < _RED_GAIN:
        best = 0
    return float(white[best]), float(white[best] * _RED[best]), gain


def excess_noise(background: Background) -> dict[str, float]:
    """Ratio of sigmas (measured over Poisson) outside the source at the native bin, 1 s and 8 s, by scale in seconds."""
    bin_s = background.bins.bin_s
    sizes = {1, *(round(scale / bin_s) for scale in REPORTED_SCALES_S if scale >= bin_s)}
    found: dict[str, float] = {}
    for size in sorted(sizes):
        measured = overdispersion_at(background.bins, background.counts, background.source, size, least=5)
        if measured is not None:
            found[f"{size * bin_s:g}"] = float(np.sqrt(measured[0]))
    return found
