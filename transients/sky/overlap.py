"""How much two localisations overlap.

I = 4 pi int p1 p2 dOmega, the factor by which two localisations are likelier to be of one source than of two that have
nothing to do with each other: 1 for anything against the whole sky, large where both are small and agree, 0 where they share
nothing (Ashton et al. 2018, ApJ 860, 6). Maps are constant within their tiles, and tiles are nested: the integral is
a sum over the pieces that both sets of tiles cut the sky into, exact at any resolution, the same in either order.
"""

from __future__ import annotations

import numpy as np

from schemas import Attitude, FloatArray
from transients.missions import frames
from transients.missions.base import Mission
from transients.missions.spectra import Spectrum

from . import healpix
from .healpix import IntArray
from .maps import SkyMap, refined

#: Pixels of the deepest order in the whole sky.
_ALL_PIXELS = float(12 << (2 * healpix.MAX_ORDER))
#: Order of the pixels over which the mean of a response over the sky is taken (1.8 deg): its harmonics are of 9 deg.
_MEAN_ORDER = 5
#: Coarser tiles take the mean of their parts of this order.
_TILE_ORDER = 6


def overlap(one: SkyMap, other: SkyMap) -> float:
    """Overlap integral 4 pi int p1 p2 dOmega of two maps; N_pix sum(p1 p2) for pixels of equal area.

    Returns
    -------
    float >= 0
    """
    starts, stops = one.tree[:2], other.tree[:2]
    pieces = np.unique(np.concatenate([starts[0], starts[1], stops[0], stops[1]]))
    begin, length = pieces[:-1], np.diff(pieces).astype(np.float64)
    together = np.ones(len(begin))
    for m in (one, other):
        start, stop, prob, _ = m.tree
        row = np.searchsorted(start, begin, side="right") - 1
        inside = (row >= 0) & (begin < stop[row])
        together *= np.where(inside, (prob / (stop - start))[row], 0.0)
    return float(_ALL_PIXELS * np.sum(together * length))


def response_overlap(m: SkyMap, attitude: Attitude, mission: Mission, instrument: str, spectrum: str | Spectrum) -> float:
    """Overlap of a map with an all-sky monitor: sum p e / <e>, e being its counts per fluence in each direction.

    An all-sky monitor sees no place, but a chance excess is as likely anywhere, and a source is seen the easier the better
    the instrument responds there: 1 for a map of the whole sky, up to best/mean where it sees best.

    Raises
    ------
    NotFound
        For an instrument without response.
    """

    def mean_counts(order: IntArray, ipix: IntArray, weight: FloatArray) -> float:
        theta_rad, phi_rad = frames.to_spacecraft(*healpix.centres(order, ipix), attitude)
        fluence = np.asarray(mission.response.fluence_per_count(instrument, spectrum, theta_rad, phi_rad))
        return float(np.sum(weight / fluence) / np.sum(weight))

    whole = np.arange(12 << (2 * _MEAN_ORDER), dtype=np.int64)
    order, ipix, prob, _ = refined(m, _TILE_ORDER)
    sky = mean_counts(np.full(len(whole), _MEAN_ORDER), whole, np.ones(len(whole)))
    return mean_counts(order, ipix, prob) / sky
