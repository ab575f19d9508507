"""The background under a source: a polynomial through the time outside it."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt
from numpy.polynomial import legendre

from schemas import FloatArray
from schemas.errors import NoData

from .bins import Bins, up_to_edges
from .scatter import overdispersion_at
from .smooth import Blocks, fit_smooth, hats, is_called_for, polynomial_cost

BoolArray = npt.NDArray[np.bool_]

#: Polynomials tried; ten minutes of an orbit of 2.7 days need no more.
_HIGHEST_ORDER = 3
_NAMES = ("constant", "linear", "quadratic", "cubic")
#: The source is looked for at these times (s) and put aside above these S/N: high where trials are many, lower where tails hide.
_MASK_SCALES = ((0.0, 6.0), (0.5, 5.5), (2.0, 5.0), (8.0, 5.0), (20.0, 4.5))
#: Put aside on either side of the source beside the window that saw it, s.
_MASK_MARGIN_S = 1.0
_ITERATIONS = 20
#: Fewer seconds than this outside the source carry no background.
_LEAST_SIDEBAND_S = 20.0
#: Least bins in the fit.
_LEAST_BINS = 10
#: Block of the first, robust fit, s.
_BLOCK_S = 4.0


@dataclasses.dataclass(frozen=True, eq=False)
class Background:
    """A fitted background.

    Attributes
    ----------
    order : int
        Order of the polynomial (Legendre, in time scaled to -1 .. 1 over the bins).
    coefficients : (order + 1,) float64
        cts/s.
    covariance : (order + 1, order + 1) float64
        With the over-dispersion at some seconds in it.
    source : (n,) bool
        Bins put aside as source.
    overdispersion : float
        Variance over mean of the bins outside the source.
    evidence : dict
        Cost of each model tried above the least, by name.
    knots_s, length_s : (order + 1,) float64, float
        Of a smooth curve (`smooth`) instead of a polynomial: coefficients are the rates at the knots.
    """

    bins: Bins
    order: int
    coefficients: FloatArray
    covariance: FloatArray
    source: BoolArray
    overdispersion: float
    evidence: dict[str, float] = dataclasses.field(default_factory=dict)
    knots_s: FloatArray | None = None
    length_s: float | None = None

    @functools.cached_property
    def counts(self) -> FloatArray:
        """Expected counts in each bin, (n,)."""
        return np.asarray(self.basis @ self.coefficients * self.bins.width_s)

    @functools.cached_property
    def basis(self) -> FloatArray:
        """What the coefficients multiply, at the centre of each bin, (n, order + 1)."""
        return _design(self.bins, self.order) if self.knots_s is None else hats(self.bins.centre_s, self.knots_s)

    @functools.cached_property
    def cumulative_basis(self) -> FloatArray:
        """Integral of each polynomial over the observed time up to each edge, (n + 1, order + 1), s."""
        return up_to_edges(self.basis * self.bins.width_s[:, None])

    def variance_of_counts(self, first: npt.NDArray[np.intp], stop: npt.NDArray[np.intp]) -> FloatArray:
        """Variance of the expected counts in the windows of bins `first` .. `stop` - 1, from the fit's uncertainty."""
        basis = self.cumulative_basis
        weight = basis[stop] - basis[first]
        return np.asarray(np.einsum("...i,ij,...j->...", weight, self.covariance, weight))

    @property
    def mean_rate(self) -> tuple[float, float]:
        """Mean rate over the bins and its error, cts/s."""
        weight = self.cumulative_basis[-1] / self.bins.exposure_s
        return float(weight @ self.coefficients), float(np.sqrt(weight @ self.covariance @ weight))

    @property
    def sidebands_s(self) -> tuple[tuple[float, float], ...]:
        """The stretches used, s from T0."""
        return tuple(
            (float(self.bins.start_s[run.start]), float(self.bins.stop_s[run.stop - 1])) for run in self.bins.runs(~self.source)
        )

    @property
    def description(self) -> str:
        """The model in words."""
        used = self.bins.width_s[~self.source].sum()
        if self.length_s is not None:
            return (
                f"smooth curve (Gaussian process of {self.length_s:g} s about a line) through {used:.0f} s outside the source, "
                f"chosen over polynomials by its evidence"
            )
        return f"{_NAMES[self.order]} fit to {used:.0f} s outside the source, order chosen by the Bayesian information criterion"


def fit_background(bins: Bins) -> Background:
    """Fit the background, putting the source aside by turns until both stay.

    Starts from a robust line through blocks of some seconds, so that a source filling less than half of the time does not carry the
    background with it. The order is the one of least Bayesian information criterion.

    Raises
    ------
    NoData
        When too little is left outside the source.
    """
    source = np.zeros(len(bins), bool)
    _require_sidebands(bins, source)
    model = _robust_line(bins) * bins.width_s
    fits: dict[bytes, Background] = {}
    for _ in range(_ITERATIONS):
        source = source_mask(bins, model, _spread(bins, model, source))
        _require_sidebands(bins, source)
        known = fits.get(source.tobytes())
        if known is not None:  # the source stays, or goes round
            return known
        fit = fits[source.tobytes()] = _best_order(bins, source)
        model = fit.counts
    return fit


def source_mask(bins: Bins, model: FloatArray, overdispersion: float) -> BoolArray:
    """Bins within significant excesses over `model` (counts per bin), seen at any of five time scales, with a margin."""
    mask = np.zeros(len(bins), bool)
    for run in bins.runs():
        excess = up_to_edges(bins.counts[run] - model[run])
        expected = up_to_edges(model[run])
        size = run.stop - run.start
        for scale_s, threshold in _MASK_SCALES:
            half = round(0.5 * scale_s / bins.bin_s)
            n = max(1, 2 * half)
            if n > size or (half == 0 and scale_s > 0.0):
                continue
            snr = (excess[n:] - excess[:-n]) / np.sqrt(overdispersion * (expected[n:] - expected[:-n]))
            seen = snr > threshold
            if half > 0:  # in both halves, or the window only touches what a shorter one sees
                part = (excess[half:] - excess[:-half]) / np.sqrt(overdispersion * (expected[half:] - expected[:-half]))
                seen &= np.minimum(part[:-half], part[half:]) > 0.5 * threshold
            margin = round(_MASK_MARGIN_S / bins.bin_s)
            for k in np.flatnonzero(seen):
                mask[run.start + max(0, k - margin) : run.start + min(size, k + n + margin)] = True
    return mask


def _design(bins: Bins, order: int) -> FloatArray:
    low, high = float(bins.start_s[0]), float(bins.stop_s[-1])
    return np.asarray(legendre.legvander((2.0 * bins.centre_s - low - high) / (high - low), order))


def _robust_line(bins: Bins) -> FloatArray:
    """Rate in each bin by least absolute deviations from block means (reweighted least squares, by the normal equations)."""
    size = min(max(1, round(_BLOCK_S / bins.bin_s)), len(bins) // 2)
    edges = np.arange(0, len(bins), size)
    rates = np.add.reduceat(bins.counts, edges) / np.add.reduceat(bins.width_s, edges)
    design = np.add.reduceat(_design(bins, 1), edges, axis=0) / np.diff([*edges, len(bins)])[:, None]
    level, slope = design.T
    products = np.stack([level * level, level * slope, slope * slope, level * rates, slope * rates])
    weight = np.ones(len(rates))
    floor = max(1e-9, 1e-4 * float(np.median(rates)))
    for _ in range(30):
        aa, ab, bb, a, b = products @ weight
        solution = np.array([bb * a - ab * b, aa * b - ab * a]) / (aa * bb - ab * ab)
        weight = 1.0 / np.maximum(np.abs(rates - design @ solution), floor)
    rate = _design(bins, 1) @ solution
    positive = rate[rate > 0.0]
    if positive.size == 0:
        raise NoData("the light curve holds no counts")
    return np.asarray(np.maximum(rate, positive.min()))


def _spread(bins: Bins, model: FloatArray, source: BoolArray) -> float:
    """Variance over mean outside the source, from the median absolute deviation; never below Poisson's."""
    z = ((bins.counts - model) / np.sqrt(model))[~source]
    return max(1.0, float((1.4826 * np.median(np.abs(z - np.median(z)))) ** 2))


def _require_sidebands(bins: Bins, source: BoolArray) -> None:
    left = float(bins.width_s[~source].sum())
    if left < _LEAST_SIDEBAND_S or int((~source).sum()) < _LEAST_BINS:
        raise NoData(f"{left:.1f} s without a source are too little for a background")


def _best_order(bins: Bins, source: BoolArray) -> Background:
    """The polynomial of least Bayesian information criterion, or a smooth curve where that is better still.

    Weighted least squares; the weights are the variances of the widest polynomial, so that low bins do not pull it down. The
    normal equations of a lower order are a corner of the widest's.
    """
    use = ~source
    order = min(_HIGHEST_ORDER, int(use.sum()) // _LEAST_BINS)
    design = _design(bins, order)
    steps, counts = design[use] * bins.width_s[use, None], bins.counts[use]
    variance = max(float(counts.sum() / bins.width_s[use].sum()), 1e-9) * bins.width_s[use]
    for _ in range(2):
        weighted = steps / variance[:, None]
        information, pull = steps.T @ weighted, weighted.T @ counts
        model = steps @ np.linalg.solve(information, pull)
        power = float(counts @ (counts / variance))
        variance = np.maximum(model, 1e-3 * variance)
    widest = np.maximum(design @ np.linalg.solve(information, pull) * bins.width_s, 1e-9)
    noise = max(_ratio(counts, model, variance), _slow_overdispersion(bins, widest, source))
    blocks = max(2.0, float(bins.width_s[use].sum()) / max(_BLOCK_S, bins.bin_s))
    fits = [np.linalg.solve(information[:k, :k], pull[:k]) for k in range(1, order + 2)]
    cost = [(power - float(pull[: len(c)] @ c)) / noise + len(c) * np.log(blocks) for c in fits]
    best = int(np.argmin(cost))
    if not (design[:, : best + 1] @ fits[best] > 0.0).all():
        best = 0
    model = steps[:, : best + 1] @ fits[best]
    polynomial = Background(
        bins,
        best,
        np.asarray(fits[best], np.float64),
        np.asarray(np.linalg.inv(information[: best + 1, : best + 1]) * noise, np.float64),
        source,
        _ratio(counts, model, np.maximum(model, 1e-3 * variance)),
        {_NAMES[k]: float(value - min(cost)) for k, value in enumerate(cost)},
    )
    return _smooth(polynomial) or polynomial


def _ratio(counts: FloatArray, model: FloatArray, variance: FloatArray) -> float:
    return float(np.mean((counts - model) ** 2 / variance))


def _smooth(polynomial: Background) -> Background | None:
    """A smooth curve, where the residuals call for one and its evidence is better."""
    bins = polynomial.bins
    blocks, model = _blocks(polynomial)
    if not is_called_for(blocks, model):
        return None
    curve = fit_smooth(blocks, float(bins.start_s[0]), float(bins.stop_s[-1]), model)
    if curve is None:
        return None
    gain = polynomial_cost(blocks, model, polynomial.order + 1) - curve.cost
    evidence = {name: value + max(0.0, gain) for name, value in polynomial.evidence.items()} | {"smooth": max(0.0, -gain)}
    found = dataclasses.replace(
        polynomial,
        order=len(curve.knots_s) - 1,
        coefficients=curve.rate_cts_s,
        covariance=curve.covariance,
        knots_s=curve.knots_s,
        length_s=curve.length_s,
        evidence=evidence,
    )
    return found if gain > 0.0 and bool((found.counts > 0.0).all()) else None


def _blocks(fit: Background) -> tuple[Blocks, FloatArray]:
    """Rates over some seconds outside the source, and the model there. Their noise is that of differences of neighbours."""
    bins, use = fit.bins, np.flatnonzero(~fit.source)
    place = np.floor((bins.start_s[use] - bins.start_s[0]) / max(_BLOCK_S, bins.bin_s)).astype(np.int64)
    edges = np.flatnonzero(np.diff(place, prepend=-1))
    width, counts, expected, moment = (
        np.add.reduceat(a[use], edges) for a in (bins.width_s, bins.counts, fit.counts, bins.centre_s * bins.width_s)
    )
    full = width > 0.5 * width.max()
    width, counts, expected, moment = width[full], counts[full], expected[full], moment[full]
    z = (counts - expected) / np.sqrt(expected)
    noise = max(fit.overdispersion, float(0.5 * np.mean(np.diff(z) ** 2)) if len(z) > _LEAST_BINS else 0.0)
    return Blocks(moment / width, counts / width, noise * expected / width**2), expected / width


def _slow_overdispersion(bins: Bins, model: FloatArray, source: BoolArray) -> float:
    """Variance over mean of sums over some seconds: what a slow polynomial competes with."""
    found = overdispersion_at(bins, model, source, max(1, round(_BLOCK_S / bins.bin_s)))
    return 0.0 if found is None else found[0]
