"""One detector's counts about T0 with their background, and the excess in windows of one length, anywhere among the bins."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt

from schemas import FloatArray, LightCurve

from .background import Background, fit_background
from .bins import about, up_to_edges
from .noise import Overdispersion, measure_overdispersion

#: With less than this left outside a window (s), the background under it would be a guess.
_LEAST_OUTSIDE_S = 20.0
#: A window may lack this part of its length (rounding of bin edges) and is still called whole.
_WHOLE = 1e-3


@dataclasses.dataclass(frozen=True, eq=False)
class Rates:
    """What is needed of a detector to say what a burst would have done in it."""

    instrument: str
    background: Background
    overdispersion: Overdispersion

    @property
    def bin_s(self) -> float:
        """Native bin, s."""
        return self.background.bins.bin_s

    @functools.cached_property
    def _sums(self) -> _Sums:
        return _Sums.of(self.background)

    @functools.cached_property
    def _slid(self) -> dict[tuple[Rates, float, tuple[float, float]], WindowExcess]:
        return {}


def rates_about(lc: LightCurve, t0_s: float, half_width_s: float = 300.0, shift_s: float = 0.0) -> Rates:
    """Take the bins within `half_width_s` of T0 and fit their background.

    Parameters
    ----------
    lc : LightCurve
    t0_s : float
        T0, seconds from `lc.info.reference`.
    half_width_s : float
    shift_s : float
        Added to the light curve's times (light travel).

    Raises
    ------
    RefusedInput
        No data at T0.
    NoData
        Too little without a source for a background.
    """
    background = fit_background(about(lc, t0_s, half_width_s, shift_s))
    return Rates(lc.info.instrument, background, measure_overdispersion(background))


@dataclasses.dataclass(frozen=True, eq=False)
class WindowExcess:
    """Best estimates of a flat burst's counts in windows of one length; every array is (n,).

    Attributes
    ----------
    counts : float64
        Counts over the background; NaN where the window is not wholly observed.
    sigma : float64
        Their noise without a burst: over-dispersion and the background's uncertainty included; infinite where not observed.
    spread : float64
        Sum of the squares of the burst's shares in the bins: 1 in a single bin, 1/n over n bins.
    """

    counts: FloatArray
    sigma: FloatArray
    spread: FloatArray

    @property
    def snr(self) -> FloatArray:
        """counts/sigma; 0 where not observed."""
        return np.where(np.isfinite(self.sigma), np.nan_to_num(self.counts) / self.sigma, 0.0)


def window_excess(rates: Rates, start_s: npt.ArrayLike, duration_s: float) -> WindowExcess:
    """Estimate the counts of flat bursts that begin at `start_s`, s from T0, and last `duration_s`.

    With shares f_k of the burst in the bins and excesses e_k over the background, the estimate is sum(f e) / sum(f^2): the plain sum
    where the window's edges are edges of bins, and the best linear one where bins are coarse. The background is the fit without the
    window's own bins (in closed form: a deleted residual), so that neither a burst pulls it up nor its absence makes the noise
    look smaller.
    """
    bins, sums = rates.background.bins, rates._sums
    start: FloatArray = np.atleast_1d(np.asarray(start_s, float))
    cut = _Cut.of(bins.start_s, bins.width_s, start, duration_s)
    square = cut.sums(sums.square) / duration_s**2
    whole = np.asarray((cut.sums(sums.time) > (1.0 - _WHOLE) * duration_s) & (square > 0.0))
    safe = np.where(square > 0.0, square, 1.0)
    counts = cut.sums(sums.residual) / duration_s / safe
    noise = float(rates.overdispersion.at(duration_s)) * cut.sums(sums.model) / duration_s**2 / safe**2
    shift, variance, enough = _without_window(sums, cut, duration_s * safe)
    good = whole & enough
    sigma = np.sqrt(np.where(good, noise + variance, np.inf))
    return WindowExcess(np.where(good, counts + shift, np.nan), sigma, square)


def sliding_excess(rates: Rates, first: Rates, length_s: float, association_window_s: tuple[float, float]) -> WindowExcess:
    """`window_excess` of all windows that begin with a bin of `first` and touch T0 + [low, high]: `starts_within`.

    Levels, limits and the joint search ask for the same ones: they are kept with `rates`.
    """
    key = (first, length_s, association_window_s)
    if key not in rates._slid:
        rates._slid[key] = window_excess(rates, starts_within(first, length_s, association_window_s), length_s)
    return rates._slid[key]


def starts_within(first: Rates, length_s: float, association_window_s: tuple[float, float]) -> FloatArray:
    """Where windows of this length begin that begin with a bin and touch the association window, (n,) s from T0."""
    low, high = association_window_s
    start_s = first.background.bins.start_s
    return np.asarray(start_s[(start_s < high) & (start_s + length_s > low)])


@dataclasses.dataclass(frozen=True, eq=False)
class _Sum:
    """Something of each bin, (bins,) or (bins, k), times its width to a power, summed up to each edge."""

    values: FloatArray
    power: int
    weight: FloatArray
    cumulative: FloatArray

    @classmethod
    def of(cls, values: FloatArray, width_s: FloatArray, power: int) -> _Sum:
        weight = width_s**power
        return cls(values, power, weight, up_to_edges(values * (weight if values.ndim == 1 else weight[:, None])))


@dataclasses.dataclass(frozen=True, eq=False)
class _Sums:
    """Of a detector, for windows of any length: bins and excesses, and what the bins outside the source say of the fit.

    Attributes
    ----------
    time, square, residual, model, basis : _Sum
    information : (bins + 1, k, k)
        Up to each edge; its last is that of the whole fit.
    pull : (bins + 1, k)
        Of the residuals on the coefficients.
    outside_s : (bins + 1,)
        Observed time outside the source.
    noise : float
        What the covariance carries on top of the inverse of the information: the over-dispersion of the fit.
    """

    time: _Sum
    square: _Sum
    residual: _Sum
    model: _Sum
    basis: _Sum
    information: FloatArray
    pull: FloatArray
    outside_s: FloatArray
    noise: float

    @classmethod
    def of(cls, background: Background) -> _Sums:
        width_s, model = background.bins.width_s, background.counts
        ones, residual = np.ones(len(width_s)), background.bins.counts - model
        basis = np.diff(background.cumulative_basis, axis=0)
        used = (~background.source).astype(float)
        weighted = basis * (used / np.maximum(model, 1e-9))[:, None]
        information = up_to_edges(np.einsum("ki,kj->kij", weighted, basis))
        return cls(
            time=_Sum.of(ones, width_s, 1),
            square=_Sum.of(ones, width_s, 2),
            residual=_Sum.of(residual, width_s, 1),
            model=_Sum.of(model, width_s, 2),
            basis=_Sum.of(basis, width_s, 1),
            information=information,
            pull=up_to_edges(weighted * residual[:, None]),
            outside_s=up_to_edges(used * width_s),
            noise=float(np.trace(background.covariance @ information[-1])) / basis.shape[1],
        )


@dataclasses.dataclass(frozen=True, eq=False)
class _Cut:
    """Which bins windows touch, first .. stop - 1, and how much of the outer two lies inside; every array is (n,)."""

    first: npt.NDArray[np.intp]
    stop: npt.NDArray[np.intp]
    width_s: FloatArray
    first_s: FloatArray
    last_s: FloatArray

    @classmethod
    def of(cls, bin_start_s: FloatArray, width_s: FloatArray, start_s: FloatArray, duration_s: float) -> _Cut:
        bin_stop, stop_s = bin_start_s + width_s, start_s + duration_s
        # A touch of less than a thousandth of a bin is a rounding of its edge.
        slack = 1e-3 * width_s
        first = np.searchsorted(bin_stop - slack, start_s, side="right")
        stop = np.maximum(np.searchsorted(bin_start_s + slack, stop_s, side="left"), first)
        head = np.minimum(first, len(width_s) - 1)
        tail = np.clip(stop - 1, 0, len(width_s) - 1)
        first_part = np.minimum(bin_stop[head], stop_s) - np.maximum(bin_start_s[head], start_s)
        last_part = np.minimum(bin_stop[tail], stop_s) - np.maximum(bin_start_s[tail], start_s)
        return cls(first, stop, width_s, _inside(first_part, width_s[head]), _inside(last_part, width_s[tail]))

    def sums(self, of: _Sum) -> FloatArray:
        """Sum over a window's bins of value times (time inside the window)^power, (n,) or (n, k)."""
        several = self.stop - self.first > 1
        head = np.minimum(self.first, len(self.width_s) - 1)
        tail = np.clip(self.stop - 1, 0, len(self.width_s) - 1)
        lost_first = np.where(self.stop > self.first, self.first_s**of.power - of.weight[head], 0.0)
        lost_last = np.where(several, self.last_s**of.power - of.weight[tail], 0.0)
        if of.values.ndim > 1:
            lost_first, lost_last = lost_first[:, None], lost_last[:, None]
        return np.asarray(self.plain(of.cumulative) + lost_first * of.values[head] + lost_last * of.values[tail])

    def plain(self, cumulative: FloatArray) -> FloatArray:
        """Sum over the touched bins, whole, of what is summed up to each edge."""
        return np.asarray(cumulative[self.stop] - cumulative[self.first])


def _inside(part_s: FloatArray, width_s: FloatArray) -> FloatArray:
    """Time inside, taken as the whole bin where it is all but a thousandth of it."""
    return np.where(part_s > (1.0 - _WHOLE) * width_s, width_s, np.maximum(part_s, 0.0))


def _without_window(sums: _Sums, cut: _Cut, scale: FloatArray) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """What leaving a window's bins out of the fit adds to its excess, the variance of the background then, and where it can be done."""
    whole = sums.information[-1]
    left = whole - cut.plain(sums.information)
    enough = np.asarray(sums.outside_s[-1] - cut.plain(sums.outside_s) >= _LEAST_OUTSIDE_S)
    left = np.where(enough[:, None, None], left, whole)
    share = cut.sums(sums.basis) / scale[:, None]
    solved = np.linalg.solve(left, share[:, :, None])[:, :, 0]
    shift = np.einsum("ni,ni->n", solved, cut.plain(sums.pull))
    return shift, np.asarray(sums.noise * np.einsum("ni,ni->n", solved, share)), enough
