"""How much the counts scatter more than Poisson's law, at each time scale, measured outside the source."""

from __future__ import annotations

import dataclasses

import numpy as np

from schemas import FloatArray

from .background import Background
from .scatter import overdispersion_at

#: Time scales (s) whose ratio of sigmas is reported beside the native bin's.
REPORTED_SCALES_S = (1.0, 8.0)


@dataclasses.dataclass(frozen=True, eq=False)
class Overdispersion:
    """Variance over mean against time scale.

    Attributes
    ----------
    scale_s, ratio : (m,) float64
        Ratios at octaves of the native bin; never below 1. Beyond the last measured scale it stays.
    """

    scale_s: FloatArray
    ratio: FloatArray

    def at(self, scale_s: float | FloatArray) -> FloatArray:
        """Ratio at time scales, interpolated in log scale."""
        return np.asarray(np.interp(np.log(scale_s), np.log(self.scale_s), self.ratio))


def measure_overdispersion(background: Background, longest_s: float = 100.0) -> Overdispersion:
    """Measure at octaves of the native bin as far as there is time outside the source; never below Poisson's."""
    scales, ratios = [background.bins.bin_s], [max(1.0, background.overdispersion)]
    size = 1
    while (scale := size * background.bins.bin_s) <= longest_s:
        found = overdispersion_at(background.bins, background.counts, background.source, size)
        if found is None:
            break
        if size == 1:
            ratios[0] = max(1.0, found[0])
        else:
            scales.append(scale)
            ratios.append(max(1.0, found[0]))
        size *= 2
    return Overdispersion(np.array(scales), np.array(ratios))


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
