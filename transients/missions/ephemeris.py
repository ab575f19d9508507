"""The Sun and the Moon from Earth's centre at any instant: a few dear answers of astropy, joined by cubics and kept."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Literal

import astropy.units as u
import numpy as np
from astropy.coordinates import get_body
from astropy.time import Time

from schemas import FloatArray

#: Between knots 4 h apart a cubic leaves 0.01 arcsec of the Moon's way, far below the ephemeris' own 20 arcsec.
_KNOT_D = 1.0 / 6.0
#: Days that are asked for together: all of a week's alerts need one or two such.
_BLOCK_D = 8
#: Knots beyond each end of a block: a cubic is poorest at its ends.
_BEYOND = 3
#: Blocks that are kept, of either body: eleven years, 10 MB.
_KEPT = 1024

Body = Literal["sun", "moon"]


def body_km(body: Body, time: Time) -> FloatArray:
    """Where a body is seen from Earth's centre (astropy's built-in ephemeris: GCRS axes, which are those of ICRS).

    The same instant gives the same place, whatever else was asked for.

    Returns
    -------
    (…, 3) float64
        km, with the shape of `time` before the last axis.
    """
    return body_km_at(body, np.asarray(time.tt.mjd, dtype=np.float64))


def body_km_at(body: Body, mjd_tt: FloatArray) -> FloatArray:
    """`body_km` of days (…), MJD of TT."""
    block = np.floor(mjd_tt / _BLOCK_D).astype(np.int64)
    found = np.empty((*mjd_tt.shape, 3))
    for number in np.unique(block):
        here = block == number
        found[here] = _way(body, int(number))(mjd_tt[here] - number * _BLOCK_D)
    return found


@functools.lru_cache(maxsize=_KEPT)
def _way(body: Body, block: int) -> Callable[[FloatArray], FloatArray]:
    """A block's cubics, of days since its beginning."""
    from scipy.interpolate import CubicSpline  # half a second to import

    day = np.arange(-_BEYOND, round(_BLOCK_D / _KNOT_D) + _BEYOND + 1) * _KNOT_D
    time = Time(float(block * _BLOCK_D), day, format="mjd", scale="tt")
    way: Callable[[FloatArray], FloatArray] = CubicSpline(
        day, get_body(body, time, ephemeris="builtin").cartesian.xyz.to_value(u.km).T
    )
    return way
