"""What is compared for speed must agree in its results: a ratio of two different answers says nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from schemas.errors import TransientsError


def require_close(what: str, ours: npt.ArrayLike, reference: npt.ArrayLike, tolerance: float) -> None:
    """Raise TransientsError when results differ by more than `tolerance`, in their own unit, anywhere."""
    difference = float(np.max(np.abs(np.asarray(ours, dtype=float) - np.asarray(reference, dtype=float))))
    if not difference <= tolerance:
        raise TransientsError(f"{what}: our result and the reference's differ by {difference:.3g}, more than {tolerance:.3g}")
