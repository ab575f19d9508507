"""The most significant of windows that overlap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

IndexArray = npt.NDArray[np.intp] | npt.NDArray[np.int64]


def without_overlap(first: IndexArray, stop: IndexArray, snr: FloatArray) -> IndexArray:
    """Which windows of bins first .. stop - 1 stay when the most significant of those that overlap is kept, by turns."""
    if len(snr) == 0:
        return np.empty(0, np.intp)
    origin = int(first.min())
    taken = np.zeros(int(stop.max()) - origin, bool)
    keep: list[int] = []
    order = np.argsort(-snr, kind="stable")
    begins, ends = (first[order] - origin).tolist(), (stop[order] - origin).tolist()
    for index, begin, end in zip(order.tolist(), begins, ends, strict=True):
        if taken[begin] or taken[end - 1] or taken[begin:end].any():
            continue
        taken[begin:end] = True
        keep.append(index)
    return np.array(keep, np.intp)
