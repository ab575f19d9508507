"""Sky maps of our own making for the demo: an arc on the ring that two detectors allow, with a distance."""

from __future__ import annotations

import healpy
import numpy as np

from transients.sky import SkyMap, write_skymap

_ORDER = 6


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
    ipix = np.arange(healpy.nside2npix(nside))
    vectors = np.array(healpy.pix2vec(nside, ipix, nest=True))
    off_ring = _separation_deg(vectors, ring[0], ring[1]) - ring[2]
    off_centre = _separation_deg(vectors, centre[0], centre[1])
    density = np.exp(-0.5 * (off_ring / ring[3]) ** 2 - 0.5 * (off_centre / centre[2]) ** 2)
    prob = density / density.sum()
    mean, std = distance_mpc
    count = len(ipix)
    skymap = SkyMap(
        order=np.full(count, _ORDER),
        ipix=ipix,
        prob=prob,
        distmu=np.full(count, mean),
        distsigma=np.full(count, std),
        distnorm=np.full(count, 1.0 / (mean**2 + std**2)),
        meta={"DISTMEAN": mean, "DISTSTD": std},
    )
    header = {"OBJECT": name, "DATE-OBS": date_obs, "DISTMEAN": mean, "DISTSTD": std, "CREATOR": "transients demo"}
    return write_skymap(skymap, header=header)


def _separation_deg(vectors: np.ndarray, ra_deg: float, dec_deg: float) -> np.ndarray:
    direction = healpy.ang2vec(ra_deg, dec_deg, lonlat=True)
    return np.degrees(np.arccos(np.clip(direction @ vectors, -1.0, 1.0)))
