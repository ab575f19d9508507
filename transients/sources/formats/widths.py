"""Widths of bins from their centres, where a few bins hold more or fewer native bins than the nominal width."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

#: Native bin of SPI-ACS, s.
NATIVE_BIN_S = 0.05


def widths_from_centres(centre_s: FloatArray, bin_s: float) -> FloatArray:
    """Widths such that bins touch wherever they can, in whole native bins.

    The centres of touching bins of n and m native bins lie (n + m)/2 native bins apart, so a run of unusual steps between
    usual ones fixes every width in it, going from either side. A run that cannot be explained by bins one native bin longer
    or shorter is a gap: its bins keep the nominal width.

    Parameters
    ----------
    centre_s : (n,) float64
        Centres, s, increasing.
    bin_s
        Nominal width, s.

    Returns
    -------
    (n,) float64, s. All `bin_s` when that is no multiple of the native 50 ms.
    """
    width = np.full(len(centre_s), bin_s)
    usual = round(bin_s / NATIVE_BIN_S)
    if len(centre_s) < 2 or usual < 1 or abs(usual * NATIVE_BIN_S - bin_s) > 1e-6:
        return width
    halves = np.round(np.diff(centre_s) / NATIVE_BIN_S * 2.0).astype(np.int64)
    odd = np.flatnonzero(halves != 2 * usual)
    if len(odd) == 0:
        return width
    bin_index = 0
    for step in odd:
        if step < bin_index:
            continue
        natives = _chain(halves, int(step), usual)
        if natives:
            width[step : step + len(natives)] = np.asarray(natives) * NATIVE_BIN_S
            bin_index = int(step) + len(natives) - 1
    return width


#: Bins that differ from the usual come in short runs; a longer one means that a step was misread (1, 3, 1, 3, ... explains any).
_LONGEST_RUN = 8


def _chain(halves: npt.NDArray[np.int64], step: int, usual: int) -> list[int]:
    """Native bins of the bins from the one before `step` until they are usual again; empty when the steps say a gap.

    The bin before the first unusual step is usual; only the first and the last bin of a light curve may be unusual by themselves.
    """
    for first in (usual, int(halves[0]) - usual) if step == 0 else (usual,):
        natives = [first]
        for following in halves[step : step + _LONGEST_RUN]:
            natives.append(int(following) - natives[-1])
            if abs(natives[-1] - usual) > 1 or natives[-1] < 1 or abs(first - usual) > 1:
                break
            if natives[-1] == usual and (step + len(natives) > len(halves) or halves[step + len(natives) - 1] == 2 * usual):
                return natives
            if step + len(natives) - 1 == len(halves) and len(natives) == 2:
                return natives
    return []
