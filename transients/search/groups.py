"""Tiles of like response gathered, so that an average over a sky map of any size costs the same."""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np
import numpy.typing as npt

from schemas import FloatArray

#: Responses within this fraction of each other are one group.
_WIDTH = 0.01
_CM_PER_MPC = 3.0856775814913673e24
#: Distances that stand for a line of sight, over this many widths on either side of the most probable one.
_NODES, _REACH = 9, 3.0


@dataclasses.dataclass(frozen=True, eq=False)
class Groups:
    """Values per count, and the probability of each; what is not seen has no group.

    Attributes
    ----------
    values, weights : (g,) float64
    """

    values: FloatArray
    weights: FloatArray

    @functools.cached_property
    def logs(self) -> FloatArray:
        """ln of the values."""
        return np.log(self.values)

    @functools.cached_property
    def median(self) -> float:
        """Of the values, whatever their weights."""
        return float(np.median(self.values))

    @functools.cached_property
    def dark(self) -> float:
        """Probability of what is not seen."""
        return max(0.0, 1.0 - float(self.weights.sum()))

    @classmethod
    def of(cls, values: npt.ArrayLike, prob: npt.ArrayLike) -> Groups:
        """Gather values (any shape) that are positive and finite and have probability."""
        from .kernels.tiles import gathered  # numba takes a quarter of a second to import

        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(np.ravel(np.asarray(values, float)))
        mean, weights = gathered(logs, np.ravel(np.asarray(prob, float)), _WIDTH)
        return cls(np.exp(mean), weights)


@dataclasses.dataclass(frozen=True, eq=False)
class DistanceNodes:
    """Distances that stand for each tile's line of sight.

    Attributes
    ----------
    mpc, share : (n, k) float64
        Distances, Mpc, and the chance of each, 1 in all per tile; 0 where a tile has no distance.
    """

    mpc: FloatArray
    share: FloatArray

    @classmethod
    def of(cls, distmu: FloatArray, distsigma: FloatArray) -> DistanceNodes:
        """From the parameters of sky maps: p(r) ~ r^2 exp(-(r - mu)^2 / (2 sigma^2)) (Singer et al. 2016, ApJL 829 L15, eq. 2)."""
        known = np.isfinite(distmu) & np.isfinite(distsigma) & (distsigma > 0.0)
        mu, sigma = np.where(known, distmu, 1.0)[:, None], np.where(known, distsigma, 1.0)[:, None]
        mode = 0.5 * (mu + np.sqrt(mu**2 + 8.0 * sigma**2))
        width = 1.0 / np.sqrt(1.0 / sigma**2 + 2.0 / mode**2)
        r = mode + width * np.linspace(-_REACH, _REACH, _NODES)
        logs = 2.0 * np.log(np.maximum(r, 1e-300)) - 0.5 * ((r - mu) / sigma) ** 2
        density = np.where(r > 0.0, np.exp(logs - logs.max(axis=1, keepdims=True)), 0.0)
        share = density / density.sum(axis=1, keepdims=True)
        return cls(np.maximum(r, 0.0), np.where(known[:, None], share, 0.0))

    def energies(self, per_count: FloatArray, prob: FloatArray) -> Groups | None:
        """Isotropic energies per count, erg: 4 pi D^2 times the fluence; tiles without a distance are taken to be as far as the others.

        None where no tile has a distance.
        """
        weight = prob[:, None] * self.share
        known = float(weight.sum())
        if known <= 0.0:
            return None
        area = 4.0 * math.pi * (self.mpc * _CM_PER_MPC) ** 2
        with np.errstate(invalid="ignore"):  # infinite response at distance 0
            return Groups.of(area * per_count[:, None], weight / known)
