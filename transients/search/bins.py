"""The stretch of a light curve that is searched: bins about T0."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas import FloatArray, LightCurve
from schemas.errors import RefusedInput


@dataclasses.dataclass(frozen=True, eq=False)
class Bins:
    """Counts in bins, with times in seconds from T0.

    Attributes
    ----------
    start_s, width_s, counts : (n,) float64
        Start and width of each bin (s from T0), counts in it.
    bin_s : float
        Nominal width of a bin.
    """

    start_s: FloatArray
    width_s: FloatArray
    counts: FloatArray
    bin_s: float

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def stop_s(self) -> FloatArray:
        """Ends of the bins, s from T0."""
        return self.start_s + self.width_s

    @property
    def centre_s(self) -> FloatArray:
        """Centres of the bins, s from T0."""
        return self.start_s + 0.5 * self.width_s

    @property
    def rate(self) -> FloatArray:
        """Counts per second."""
        return self.counts / self.width_s

    @property
    def exposure_s(self) -> float:
        """Observed time, s."""
        return float(self.width_s.sum())

    def runs(self, select: npt.NDArray[np.bool_] | None = None) -> list[slice]:
        """Stretches of adjoining selected bins: no gap longer than half a nominal bin inside."""
        keep = np.ones(len(self), bool) if select is None else select
        index = np.flatnonzero(keep)
        if index.size == 0:
            return []
        gap = self.start_s[index[1:]] - self.stop_s[index[:-1]] > 0.5 * self.bin_s
        cut = np.flatnonzero((np.diff(index) > 1) | gap) + 1
        return [slice(int(part[0]), int(part[-1]) + 1) for part in np.split(index, cut)]


def about(lc: LightCurve, t0_s: float, half_width_s: float, shift_s: float = 0.0) -> Bins:
    """The bins whose centre is within `half_width_s` of T0.

    Parameters
    ----------
    lc : LightCurve
    t0_s : float
        T0 in seconds from `lc.info.reference`.
    half_width_s : float
        Half width of the window, s.
    shift_s : float
        Added to the light curve's times (light travel, when T0 is in another frame).

    Raises
    ------
    RefusedInput
        When the light curve holds no bin there.
    """
    start = lc.start_s + (shift_s - t0_s)
    keep = np.abs(start + 0.5 * lc.width_s) <= half_width_s
    if not keep.any():
        covers = f"{start[0]:.1f} .. {start[-1] + lc.width_s[-1]:.1f} s from T0" if len(lc) else "nothing"
        raise RefusedInput(f"no data within {half_width_s:g} s of T0: the light curve covers {covers}", where=lc.info.source)
    return Bins(start[keep], lc.width_s[keep], lc.counts[keep], lc.info.bin_s)


def up_to_edges(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """What lies before each edge of bins with these values, (n + 1, …): differences are the sums over stretches of bins."""
    total = np.cumsum(values, axis=0)
    return np.concatenate([np.zeros((1, *total.shape[1:]), dtype=total.dtype), total])


def completeness(bins: Bins, half_width_s: float) -> float:
    """Observed over expected time in the window, at most 1."""
    return min(1.0, bins.exposure_s / (2.0 * half_width_s))


def gap_at(bins: Bins, at_s: float, longest_s: float) -> tuple[float, float] | None:
    """The stretch without data that holds `at_s`, start and end in s from T0; None where it is no longer than `longest_s`.

    Before the first bin and after the last there is no gap: there the data end.
    """
    following = int(np.searchsorted(bins.start_s, at_s, side="right"))
    if following in (0, len(bins)):
        return None
    start, stop = float(bins.stop_s[following - 1]), float(bins.start_s[following])
    return (start, stop) if start <= at_s and stop - start > longest_s else None
