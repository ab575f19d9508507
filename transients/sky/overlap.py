"""How much two localisations overlap.

I = 4 pi int p1 p2 dOmega, the factor by which two localisations are likelier to be of one source than of two that have
nothing to do with each other: 1 for anything against the whole sky, large where both are small and agree, 0 where they share
nothing (Ashton et al. 2018, ApJ 860, 6). Maps are constant within their tiles, and tiles are nested: the integral is a sum
over the pieces that both sets of tiles cut the sky into, exact at any resolution, the same in either order.
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

    Of a map made from a region, the pieces that the other map cuts finer have the region's own density, not their tile's.

    Returns
    -------
    float >= 0
    """
    # Four rising runs: a stable sort merges them.
    edges = np.sort(np.concatenate([*one.tree[:2], *other.tree[:2]]), kind="stable")
    edges = edges[np.concatenate([[True], edges[1:] > edges[:-1]])]
    begin, length = edges[:-1], np.diff(edges)
    rows = [np.searchsorted(m.tree[0], begin, side="right") - 1 for m in (one, other)]
    shared = np.all([(row >= 0) & (begin < m.tree[1][row]) for m, row in zip((one, other), rows, strict=True)], axis=0)
    # Nested tiles that share a piece share all of the smaller one: the piece is a tile.
    begin, length, rows = begin[shared], length[shared], [row[shared] for row in rows]
    found = [_per_pixel(m, row, begin, length) for m, row in zip((one, other), rows, strict=True)]
    return float(_ALL_PIXELS * np.sum(found[0] * found[1] * length))


def _per_pixel(m: SkyMap, row: IntArray, begin: IntArray, length: IntArray) -> FloatArray:
    """Probability per pixel of the deepest order in pieces of tiles."""
    start, stop, prob, _ = m.tree
    values = prob[row] / (stop - start)[row]
    cut = np.flatnonzero((length < (stop - start)[row]) & (values > 0))
    if m.formula is None or not len(cut):
        return np.asarray(values)
    order = healpix.MAX_ORDER - ((np.frexp(length[cut].astype(np.float64))[1].astype(np.int64) - 1) >> 1)
    # The mean over a piece's four parts; of the deepest pieces, which have none, the middle.
    depth = np.minimum(1, healpix.MAX_ORDER - order)
    for levels in (0, 1):
        at = depth == levels
        parts = healpix.children(begin[cut[at]] // length[cut[at]], levels)
        v = healpix.vectors(np.repeat(order[at] + levels, parts.shape[1]), parts.ravel())
        values[cut[at]] = m.formula(v).reshape(parts.shape).mean(axis=1) * (4.0 * np.pi / _ALL_PIXELS)
    return np.asarray(values)


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
