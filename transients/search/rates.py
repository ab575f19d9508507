"""One detector's counts about T0 with their background, and the excess in windows of one length, anywhere among the bins."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt

from schemas import FloatArray, LightCurve

from .background import Background, fit_background
from .bins import about
from .noise import Overdispersion, measure_overdispersion

#: With less than this left outside a window (s), the background under it would be a guess.
_LEAST_OUTSIDE_S = 20.0
#: Directions of a smooth curve that vary less than this part of the most, in variance, are left out.
_LEAST_VARIANCE = 1e-6
#: Sums over a window before those of the fit's functions: time, its square, residuals, model.
_SCALARS = 4


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

    @functools.cached_property
    def mean_precision(self) -> float:
        """Mean of 1/sigma^2 over the windows that are observed; 0 where none is."""
        observed = np.isfinite(self.sigma)
        return float(np.mean(1.0 / self.sigma[observed] ** 2)) if observed.any() else 0.0

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
    from .kernels.windows import excesses  # numba takes a quarter of a second to import

    bins, sums = rates.background.bins, rates._sums
    start: FloatArray = np.atleast_1d(np.asarray(start_s, float))
    ratio = float(rates.overdispersion.at(duration_s))
    found = excesses(
        bins.start_s, bins.width_s, start, duration_s, sums.values, sums.squared, sums.cumulative, sums.whole, sums.noise,
        ratio, _LEAST_OUTSIDE_S,
    )  # fmt: skip
    return WindowExcess(*found)


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
class _Sums:
    """Of a detector, for windows of any length: bins and excesses, and what the bins outside the source say of the fit.

    Attributes
    ----------
    values, squared : (bins, 4 + k), (4 + k,)
        What counts by the part of a bin in the window, and whether by its square: the time, its square, the residuals' rate, the
        model's times the width, and the k functions of the fit.
    cumulative : (bins + 1, m)
        These times the width, or its square, up to each edge; then, of the bins outside the source, the information on the
        coefficients, (k, k) in a row, the pull of the residuals on them, (k,), and the observed time.
    whole : (k, k)
        Information on the coefficients of all bins, and of what a smooth curve is taken to be before any.
    noise : float
        What the covariance carries on top of the inverse of the information: the over-dispersion of the fit.
    """

    values: FloatArray
    squared: npt.NDArray[np.bool_]
    cumulative: FloatArray
    whole: FloatArray
    noise: float

    @classmethod
    def of(cls, background: Background) -> _Sums:
        width_s, model = background.bins.width_s, background.counts
        ones, residual = np.ones(len(width_s)), background.bins.counts - model
        basis = _functions(background)
        used = (~background.source).astype(float)
        weighted = basis * (used / np.maximum(model, 1e-9))[:, None]
        values = np.column_stack([ones, ones, residual, model, basis])
        squared = np.isin(np.arange(values.shape[1]), (1, 3))
        inside = values * np.where(squared, width_s[:, None] ** 2, width_s[:, None])
        k = basis.shape[1]
        information = np.einsum("ki,kj->kij", weighted, basis).reshape(-1, k * k)
        cumulative = np.zeros((len(width_s) + 1, values.shape[1] + k * k + k + 1))
        np.concatenate([inside, information, weighted * residual[:, None], (used * width_s)[:, None]], axis=1, out=cumulative[1:])
        np.cumsum(cumulative, axis=0, out=cumulative)
        whole = cumulative[-1, _SCALARS + k :][: k * k].reshape(k, k)
        if background.knots_s is None:
            return cls(values, squared, cumulative, whole, float(np.trace(background.covariance @ whole)) / k)
        # Covariance 1 of its directions is that of information `noise`; the level, free before any bins, has all of it from them.
        noise = float(np.linalg.eigvalsh(whole)[-1])
        return cls(values, squared, cumulative, noise * np.eye(k), noise)


def _functions(background: Background) -> FloatArray:
    """What is fitted, integrated over each bin, (bins, k): polynomials, or of a smooth curve what varies, each by its own deviation.

    Knots are far closer than the curve bends, so that their covariance has few directions.
    """
    basis = np.asarray(np.diff(background.cumulative_basis, axis=0))
    if background.knots_s is None:
        return basis
    variance, direction = np.linalg.eigh(background.covariance)
    kept = variance > _LEAST_VARIANCE * variance[-1]
    return np.asarray(basis @ (direction[:, kept] * np.sqrt(variance[kept])))
