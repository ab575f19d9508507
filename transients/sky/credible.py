"""The peak of a map and its credible regions."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import numpy.typing as npt
from astropy.coordinates import SkyCoord

from schemas import Localisation

from .healpix import SKY_DEG2
from .maps import SkyMap

BoolArray = npt.NDArray[np.bool_]

_DEG2_PER_SR = SKY_DEG2 / (4.0 * np.pi)


#: Densities closer than this to the greatest count as equal to it: rounding of one value over tiles of several sizes.
_EQUAL = 1e-9


def peak(m: SkyMap) -> SkyCoord:
    """The most probable direction (ICRS), see `peak_deg`."""
    ra_deg, dec_deg = peak_deg(m)
    return SkyCoord(ra_deg * u.deg, dec_deg * u.deg)


def peak_deg(m: SkyMap) -> tuple[float, float]:
    """Right ascension and declination of the most probable direction, ICRS: the region's centre where the map was made from one, else
    the densest tile's.

    Of several equally dense tiles (a MOC, a polygon) the one nearest to their common centre is taken.
    """
    if "peak_deg" in m.meta:
        ra_deg, dec_deg = m.meta["peak_deg"]
        return float(ra_deg), float(dec_deg)
    best = np.flatnonzero(m.density >= (1.0 - _EQUAL) * m.density.max())
    if len(best) > 1:
        common = m.area_sr[best] @ m.vectors[best]
        best = best[np.argsort(m.uniq[best])]
        best = best[[int(np.argmax(np.round(m.vectors[best] @ common, 12)))]]
    ra_rad, dec_rad = m.centres_rad
    return float(np.degrees(ra_rad[best[0]])), float(np.degrees(dec_rad[best[0]]))


def credible_mask(m: SkyMap, level: float) -> BoolArray:
    """The tiles of the smallest region that holds at least `level` of the probability, densest first.

    The tile that crosses the level belongs to it; tiles of no probability never do.

    Parameters
    ----------
    level : float
        In (0, 1].

    Returns
    -------
    (n,) bool
    """
    _require_level(level)
    rows, total = m.ranked
    count = int(np.searchsorted(total, level * total[-1])) + 1
    mask = np.zeros(len(m), dtype=bool)
    mask[rows[:count]] = True
    return mask & (m.prob > 0)


def credible_area_deg2(m: SkyMap, level: float) -> float:
    """Area of the credible region, deg2: that of the tiles of `credible_mask`.

    The tiles of a region or a MOC are arbitrary cuts of something continuous: there, of the tile that crosses the level
    only the part needed counts.
    """
    if m.meta.get("kind") not in {"region", "moc"}:
        return float(m.area_sr[credible_mask(m, level)].sum() * _DEG2_PER_SR)
    _require_level(level)
    rows, total = m.ranked
    area = np.cumsum(m.area_sr[rows]) * _DEG2_PER_SR
    return float(np.interp(level * total[-1], np.concatenate([[0.0], total]), np.concatenate([[0.0], area])))


def _require_level(level: float) -> None:
    if not 0 < level <= 1:
        raise ValueError(f"a credible level lies in (0, 1], not {level}")


def localisation(m: SkyMap, kind: str) -> Localisation:
    """The map in numbers; `kind` says what it is, for people ("sky map", "circle" …)."""
    ra_deg, dec_deg = peak_deg(m)
    return Localisation(
        kind=kind,
        peak_ra_deg=ra_deg,
        peak_dec_deg=dec_deg,
        area50_deg2=credible_area_deg2(m, 0.5),
        area90_deg2=credible_area_deg2(m, 0.9),
        total_probability=m.total_probability,
        tiles=len(m),
        distmean_mpc=m.meta.get("distmean_mpc"),
        diststd_mpc=m.meta.get("diststd_mpc"),
    )
