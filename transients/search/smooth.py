"""A smooth background: a Gaussian process about a line, for wander that no low polynomial follows.

Blocks of some seconds outside the source are modelled as c0 + c1 t + f(t) + noise, f of covariance s^2 exp(-(t - t')^2 / 2 l^2), c0
and c1 free (Rasmussen & Williams 2006, equations 2.41-2.45). The length l is never below 100 s, the longest window searched: what
the curve could follow faster, it would take from a long burst.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from schemas import FloatArray

#: Lengths tried, s, and amplitudes, relative to the scatter of the blocks' own residuals.
_LENGTHS_S = (100.0, 160.0, 250.0)
_AMPLITUDES = (0.5, 1.0, 2.0, 4.0)
#: Wander is looked for in this many half waves over the light curve; noise alone exceeds the bound (chi-squared of 12) once in 100.
_WAVES = 12
_CALLED_FOR = 26.2
#: Knots per length: linear interpolation between them errs by 1/800 of the curve's amplitude.
_KNOTS_PER_LENGTH = 10.0
#: Most blocks and knots: the cost grows with their cube. Longer light curves keep the polynomial.
_MOST = 500


@dataclasses.dataclass(frozen=True, eq=False)
class Blocks:
    """Rates over some seconds outside the source, (m,) each.

    Attributes
    ----------
    centre_s, rate_cts_s, variance : float64
        The variance is the noise's, of the rate.
    """

    centre_s: FloatArray
    rate_cts_s: FloatArray
    variance: FloatArray

    def __len__(self) -> int:
        return len(self.rate_cts_s)


@dataclasses.dataclass(frozen=True, eq=False)
class Smooth:
    """The curve at knots, with its covariance; between them it is linear.

    Attributes
    ----------
    cost : float
        -2 ln (likelihood over that of the noise alone), and the logarithm of the number of blocks for each of four parameters.
    """

    knots_s: FloatArray
    rate_cts_s: FloatArray
    covariance: FloatArray
    length_s: float
    cost: float


def is_called_for(blocks: Blocks, model_cts_s: FloatArray) -> bool:
    """Whether the residuals from a model hold slow wander."""
    if not 2 * _WAVES < len(blocks) <= _MOST:
        return False
    z = (blocks.rate_cts_s - model_cts_s) / np.sqrt(blocks.variance)
    place = (blocks.centre_s - blocks.centre_s[0]) / np.ptp(blocks.centre_s)
    waves = np.cos(np.pi * np.arange(1, _WAVES + 1)[:, None] * place) * np.sqrt(2.0 / len(blocks))
    return float(((waves @ z) ** 2).sum()) > _CALLED_FOR


def polynomial_cost(blocks: Blocks, model_cts_s: FloatArray, parameters: int) -> float:
    """The same for a fitted polynomial."""
    return float((((blocks.rate_cts_s - model_cts_s) ** 2) / blocks.variance).sum() + parameters * np.log(len(blocks)))


def fit_smooth(blocks: Blocks, low_s: float, high_s: float, model_cts_s: FloatArray) -> Smooth | None:
    """The curve of least cost over low .. high; None where the light curve is too short for one, or too long.

    Parameters
    ----------
    model_cts_s : (m,) float64
        The best polynomial at the blocks, whose residuals set the amplitudes tried.
    """
    if high_s - low_s < 2.0 * _LENGTHS_S[0]:
        return None
    scatter = float(np.std(blocks.rate_cts_s - model_cts_s))
    line = _line(blocks.centre_s, low_s, high_s)
    best: _Conditioned | None = None
    for length in _LENGTHS_S:
        if _knots(low_s, high_s, length) > _MOST:
            continue
        for amplitude in _AMPLITUDES:
            found = _condition(blocks, line, length, amplitude * scatter)
            if best is None or found.cost < best.cost:
                best = found
    return None if best is None else _curve(best, blocks, low_s, high_s)


@dataclasses.dataclass(frozen=True, eq=False)
class _Conditioned:
    """A length and an amplitude, given the blocks: what the curve is made from, where it is the best."""

    length_s: float
    amplitude: float
    factor: tuple[FloatArray, bool]
    solved: FloatArray
    information: FloatArray
    coefficients: FloatArray
    weighted: FloatArray
    cost: float


def _condition(blocks: Blocks, line: FloatArray, length: float, amplitude: float) -> _Conditioned:
    t, y = blocks.centre_s, blocks.rate_cts_s
    factor = cho_factor(_covariance(t, t, length, amplitude) + np.diag(blocks.variance), lower=True)
    solved = cho_solve(factor, line)
    information = np.linalg.inv(line.T @ solved)
    coefficients = information @ (solved.T @ y)
    residual = y - line @ coefficients
    weighted = cho_solve(factor, residual)
    log_ratio = 2.0 * np.log(np.diag(factor[0])).sum() - np.log(blocks.variance).sum()
    cost = float(residual @ weighted + log_ratio + 4.0 * np.log(len(t)))
    return _Conditioned(length, amplitude, factor, solved, information, coefficients, weighted, cost)


def _curve(of: _Conditioned, blocks: Blocks, low_s: float, high_s: float) -> Smooth:
    knots = np.linspace(low_s, high_s, _knots(low_s, high_s, of.length_s))
    line = _line(knots, low_s, high_s)
    across = _covariance(knots, blocks.centre_s, of.length_s, of.amplitude)
    rest = line - across @ of.solved
    alone = _covariance(knots, knots, of.length_s, of.amplitude)
    covariance = alone - across @ cho_solve(of.factor, across.T) + rest @ of.information @ rest.T
    return Smooth(knots, line @ of.coefficients + across @ of.weighted, covariance, of.length_s, of.cost)


def _knots(low_s: float, high_s: float, length: float) -> int:
    """How many."""
    return 1 + int(np.ceil((high_s - low_s) / length * _KNOTS_PER_LENGTH))


def _line(t: FloatArray, low_s: float, high_s: float) -> FloatArray:
    """What a line's two coefficients are multiplied with, (m, 2)."""
    return np.stack([np.ones(len(t)), (t - 0.5 * (low_s + high_s)) / (0.5 * (high_s - low_s))], axis=1)


def _covariance(a: FloatArray, b: FloatArray, length: float, amplitude: float) -> FloatArray:
    return np.asarray(amplitude**2 * np.exp(-0.5 * ((a[:, None] - b[None, :]) / length) ** 2))


def hats(t_s: FloatArray, knots_s: FloatArray) -> FloatArray:
    """Weights of the knots at times: linear interpolation, (n, knots)."""
    at = np.clip(np.searchsorted(knots_s, t_s) - 1, 0, len(knots_s) - 2)
    fraction = (t_s - knots_s[at]) / (knots_s[at + 1] - knots_s[at])
    weights = np.zeros((len(t_s), len(knots_s)))
    row = np.arange(len(t_s))
    weights[row, at], weights[row, at + 1] = 1.0 - fraction, fraction
    return weights
