"""Probability made fit for use: what can be put right is, with a remark; the rest is refused."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray
from schemas.errors import RefusedInput

#: What HEALPix writes for "not seen".
UNSEEN = -1.6375e30
#: Negative values down to this part of the largest are rounding of interpolation and smoothing, beyond it a different quantity.
ROUNDING = 1e-6
#: A sum this far from 1 is worth a remark: flat maps in 32 bits reach 1e-5.
SUM_TOLERANCE = 1e-4


def clean(prob: FloatArray, area_sr: FloatArray, name: str, remarks: list[str]) -> tuple[FloatArray, float]:
    """Probability per tile, normalised to 1, and the sum as found. Adds to `remarks` what was put right.

    Raises
    ------
    RefusedInput
        If it is infinite or negative anywhere, or its sum is zero or not a number.
    """
    density = prob / area_sr
    # As a probability or as a density, UNSEEN is far beyond anything else.
    unseen = np.isnan(density) | (prob <= 0.999 * UNSEEN) | (density < 0.1 * UNSEEN)
    if unseen.all():
        raise RefusedInput("no tile of the sky map has a probability", where=name)
    if unseen.any():
        remarks.append(f"{int(unseen.sum())} tiles without a number (NaN or UNSEEN) count as zero")
        prob, density = np.where(unseen, 0.0, prob), np.where(unseen, 0.0, density)
    if np.isinf(prob).any():
        raise RefusedInput("the sky map has infinite probability", where=name)
    negative = density < 0
    if negative.any():
        if density.min() < -ROUNDING * density.max():
            raise RefusedInput(
                f"{int(negative.sum())} tiles of the sky map have negative probability, down to {prob.min():.3g}", where=name
            )
        remarks.append(f"{int(negative.sum())} tiles with tiny negative probability count as zero")
        prob = np.where(negative, 0.0, prob)
    total = float(prob.sum())
    if not (np.isfinite(total) and total > 0):
        raise RefusedInput(f"the sky map's probability sums to {total}", where=name)
    if abs(total - 1.0) > SUM_TOLERANCE:
        remarks.append(f"probability sums to {total:.6g}: normalised to 1")
    return prob / total, total
