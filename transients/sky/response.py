"""An instrument's response over a sky map, and quantiles weighted by probability."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt

from schemas import Attitude, FloatArray
from transients.missions import frames
from transients.missions.base import Mission
from transients.missions.spectra import Spectrum

from . import healpix
from .maps import SkyMap, refined

#: Coarser tiles take the mean response of their parts of this order (1.8 deg): responses change over some degrees.
_ORDER = 5


@dataclasses.dataclass(frozen=True, eq=False)
class TilesSeen:
    """Where a map's tiles lie in the spacecraft's frame: the same for every instrument and spectrum.

    Attributes
    ----------
    theta_rad, phi_rad : (m,) float64
        Of the centres of the tiles, and of the parts of those coarser than 1.8 deg.
    parent : (m,) int64
        The tile of each.
    tiles : int
    """

    theta_rad: FloatArray
    phi_rad: FloatArray
    parent: healpix.IntArray
    tiles: int

    @classmethod
    def of(cls, m: SkyMap, attitude: Attitude) -> TilesSeen:
        order, ipix, _, parent = refined(m, _ORDER, -1.0)
        return cls(*frames.spacecraft_angles(healpix.vectors(order, ipix), *frames.axes(attitude)), parent, len(m))

    def response(self, mission: Mission, instrument: str, spectrum: str | Spectrum) -> FloatArray:
        """Fluence per count of each tile, erg cm^-2 (75-2000 keV) per count, (n,): at its centre, or the mean over its parts."""
        found = mission.response.fluence_per_count(instrument, spectrum, self.theta_rad, self.phi_rad)
        values = np.asarray(found, dtype=np.float64)
        if len(values) == self.tiles:
            return values
        return np.asarray(np.bincount(self.parent, weights=values, minlength=self.tiles) / self._parts)

    @functools.cached_property
    def _parts(self) -> healpix.IntArray:
        """How many parts each tile has, (n,)."""
        return np.bincount(self.parent, minlength=self.tiles)


def response_over(m: SkyMap, attitude: Attitude, mission: Mission, instrument: str, spectrum: str | Spectrum) -> FloatArray:
    """`TilesSeen.response` of one instrument and spectrum, (n,)."""
    return TilesSeen.of(m, attitude).response(mission, instrument, spectrum)


def weighted_quantile(values: npt.ArrayLike, weights: npt.ArrayLike, q: npt.ArrayLike) -> FloatArray:
    """Quantiles of values that count by their weights, interpolated between the midpoints of the weights (Hazen).

    With equal weights the quantile 0.5 is the ordinary median.

    Parameters
    ----------
    values, weights : (n,)
        Weights are not negative; values of no weight do not count.
    q : float or array in [0, 1]

    Returns
    -------
    float64 of the shape of `q`

    Raises
    ------
    ValueError
        If no value has weight, a weight is negative or not finite, or q is outside [0, 1].
    """
    value, weight = np.ravel(np.asarray(values, dtype=np.float64)), np.ravel(np.asarray(weights, dtype=np.float64))
    wanted = np.asarray(q, dtype=np.float64)
    if not (np.isfinite(weight).all() and (weight >= 0).all() and weight.sum() > 0):
        raise ValueError("weights must be finite, not negative, and not all zero")
    if ((wanted < 0) | (wanted > 1)).any():
        raise ValueError("a quantile lies in [0, 1]")
    value, weight = value[weight > 0], weight[weight > 0]
    rows = np.argsort(value, kind="stable")
    value, weight = value[rows], weight[rows]
    middle = (np.cumsum(weight) - 0.5 * weight) / weight.sum()
    return np.asarray(np.interp(wanted, middle, value))
