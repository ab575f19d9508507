"""A sky map for the measurements: as fine as a gravitational-wave map is where its probability is."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray
from transients.sky import SkyMap, write_skymap

_COARSE_ORDER = 4
#: Centre of the probability (ICRS) and its width.
CENTRE_DEG = (100.0, 20.0)
_WIDTH_DEG = 6.0


def fine_map(order: int, fine_tiles: int = 60, centre_deg: tuple[float, float] = CENTRE_DEG) -> SkyMap:
    """A Gaussian of 6 degrees with distances: coarse tiles of 3.7 deg, the `fine_tiles` most probable cut down to `order`."""
    import healpy

    nside = 2**_COARSE_ORDER
    coarse = np.arange(12 * nside**2)
    best = coarse[np.argsort(-_density(nside, coarse, centre_deg))[:fine_tiles]]
    parts = 4 ** (order - _COARSE_ORDER)
    fine = (best[:, None] * parts + np.arange(parts)).ravel()
    rest = np.setdiff1d(coarse, best)
    prob = np.concatenate([_density(2**order, fine, centre_deg) / parts, _density(nside, rest, centre_deg)])
    count = len(prob)
    assert healpy.isnsideok(2**order, nest=True)
    return SkyMap(
        order=np.concatenate([np.full(len(fine), order), np.full(len(rest), _COARSE_ORDER)]),
        ipix=np.concatenate([fine, rest]),
        prob=prob / prob.sum(),
        distmu=np.full(count, 204.0),
        distsigma=np.full(count, 57.0),
        distnorm=np.full(count, 1.0 / (204.0**2 + 57.0**2)),
        meta={"distmean_mpc": 204.0, "diststd_mpc": 57.0},
    )


def fine_map_file(order: int, fine_tiles: int = 60) -> bytes:
    """The same as a multi-order FITS file."""
    return write_skymap(fine_map(order, fine_tiles))


def _density(nside: int, ipix: FloatArray, centre_deg: tuple[float, float]) -> FloatArray:
    """Of the Gaussian at pixel centres, any normalisation, with a floor as maps have."""
    import healpy

    vectors = np.array(healpy.pix2vec(nside, ipix, nest=True))
    off_deg = np.degrees(np.arccos(np.clip(healpy.ang2vec(*centre_deg, lonlat=True) @ vectors, -1.0, 1.0)))
    return np.asarray(np.exp(-0.5 * (off_deg / _WIDTH_DEG) ** 2) + 1e-6)
