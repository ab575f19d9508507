"""Directions of the equinox of a date in J2000: some packets of GCN Classic print the former."""

from __future__ import annotations

import math

#: Truncated Julian day of J2000.0 (JD 2451545.0).
_J2000_TJD = 11544.5
_CENTURY_DAYS = 36525.0
#: Precession angles zeta, z and theta of IAU 1976 (Lieske et al. 1977, A&A 58, 1) from J2000: arcseconds per century, its square
#: and cube.
_ZETA = (2306.2181, 0.30188, 0.017998)
_Z = (2306.2181, 1.09468, 0.018203)
_THETA = (2004.3109, -0.42665, -0.041833)


def to_j2000(ra_deg: float, dec_deg: float, tjd: float) -> tuple[float, float]:
    """A direction of the mean equinox and equator of a day (truncated Julian) in those of J2000, degrees.

    Examples
    --------
    >>> tuple(round(x, 4) for x in to_j2000(1.5469, 2.4813, 20453))
    (1.2343, 2.3456)
    """
    centuries = (tjd - _J2000_TJD) / _CENTURY_DAYS
    zeta, z, theta = (math.radians(_polynomial(angle, centuries) / 3600.0) for angle in (_ZETA, _Z, _THETA))
    ra, dec = math.radians(ra_deg) - z, math.radians(dec_deg)
    x = math.cos(theta) * math.cos(dec) * math.cos(ra) + math.sin(theta) * math.sin(dec)
    y = math.cos(dec) * math.sin(ra)
    up = -math.sin(theta) * math.cos(dec) * math.cos(ra) + math.cos(theta) * math.sin(dec)
    return math.degrees(math.atan2(y, x) - zeta) % 360.0, math.degrees(math.asin(max(-1.0, min(1.0, up))))


def _polynomial(terms: tuple[float, float, float], centuries: float) -> float:
    return sum(term * centuries ** (power + 1) for power, term in enumerate(terms))
