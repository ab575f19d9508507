"""Sky maps of our own making for the demo: an arc on the ring that two detectors allow, with a distance."""

from __future__ import annotations

import healpy
import numpy as np
import numpy.typing as npt

from schemas import FloatArray
from transients.sky import SkyMap, write_skymap

_ORDER = 6
_COARSE_ORDER = 3
#: A coarse tile with less than this is not divided. The embedded broker keeps some 5 MB of a topic: maps must be small.
_LEAST_PROBABILITY = 1e-4

IntArray = npt.NDArray[np.int64]


def arc_map(
    *,
    ring: tuple[float, float, float, float],
    centre: tuple[float, float, float],
    distance_mpc: tuple[float, float],
    name: str,
    date_obs: str,
) -> bytes:
    """A multi-order FITS map: a ring of Gaussian width, weighted by a wide Gaussian about a point on it.

    Parameters
    ----------
    ring
        RA and Dec of the ring's axis, its radius and its 1-sigma width, deg.
    centre
        RA, Dec, and 1-sigma width of the weight, deg.
    distance_mpc
        Mean and standard deviation of the luminosity distance.
    """
    nside = 2**_ORDER
    vectors = np.array(healpy.pix2vec(nside, np.arange(healpy.nside2npix(nside)), nest=True))
    off_ring = _separation_deg(vectors, ring[0], ring[1]) - ring[2]
    off_centre = _separation_deg(vectors, centre[0], centre[1])
    density = np.exp(-0.5 * (off_ring / ring[3]) ** 2 - 0.5 * (off_centre / centre[2]) ** 2)
    order, ipix, prob = _tiles(density / density.sum())
    mean, std = distance_mpc
    skymap = SkyMap(
        order=order,
        ipix=ipix,
        prob=prob,
        distmu=np.full(len(prob), mean),
        distsigma=np.full(len(prob), std),
        distnorm=np.full(len(prob), 1.0 / (mean**2 + std**2)),
        meta={"distmean_mpc": mean, "diststd_mpc": std},
    )
    header: dict[str, str | int | float | bool] = {
        "OBJECT": name,
        "DATE-OBS": date_obs,
        "DISTMEAN": mean,
        "DISTSTD": std,
        "CREATOR": "transients demo",
    }
    return write_skymap(skymap, header=header)


def _tiles(prob: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Fine tiles where there is probability, coarse ones where there is next to none, as real maps do."""
    parts = 4 ** (_ORDER - _COARSE_ORDER)
    coarse = prob.reshape(-1, parts).sum(axis=1)
    fine = np.flatnonzero(np.repeat(coarse > _LEAST_PROBABILITY, parts))
    rest = np.flatnonzero(coarse <= _LEAST_PROBABILITY)
    order = np.concatenate([np.full(len(fine), _ORDER), np.full(len(rest), _COARSE_ORDER)])
    return order, np.concatenate([fine, rest]), np.concatenate([prob[fine], coarse[rest]])


def _separation_deg(vectors: FloatArray, ra_deg: float, dec_deg: float) -> FloatArray:
    direction = healpy.ang2vec(ra_deg, dec_deg, lonlat=True)
    return np.asarray(np.degrees(np.arccos(np.clip(direction @ vectors, -1.0, 1.0))))
