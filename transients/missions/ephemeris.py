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
#: Blocks that are kept: eleven years, 10 MB.
_KEPT = 512

Body = Literal["sun", "moon"]


def body_km(body: Body, time: Time) -> FloatArray:
    """Where a body is seen from Earth's centre (astropy's built-in ephemeris: GCRS axes, which are those of ICRS).

    The same instant gives the same place, whatever else was asked for.

    Returns
    -------
    (…, 3) float64
        km, with the shape of `time` before the last axis.
    """
    sun, moon = sun_and_moon_km(np.asarray(time.tt.mjd, dtype=np.float64))
    return sun if body == "sun" else moon


def sun_and_moon_km(mjd_tt: FloatArray) -> tuple[FloatArray, FloatArray]:
    """`body_km` of both at days (…), MJD of TT."""
    block = np.floor(mjd_tt / _BLOCK_D).astype(np.int64)
    found = np.empty((*mjd_tt.shape, 6))
    for number in set(block.ravel().tolist()):
        here = block == number
        found[here] = _ways(number)(mjd_tt[here] - number * _BLOCK_D)
    return found[..., :3], found[..., 3:]


@functools.lru_cache(maxsize=_KEPT)
def _ways(block: int) -> Callable[[FloatArray], FloatArray]:
    """A block's cubics of both bodies, of days since its beginning."""
    from scipy.interpolate import CubicSpline  # half a second to import

    day = np.arange(-_BEYOND, round(_BLOCK_D / _KNOT_D) + _BEYOND + 1) * _KNOT_D
    time = Time(float(block * _BLOCK_D), day, format="mjd", scale="tt")
    places = [get_body(body, time, ephemeris="builtin").cartesian.xyz.to_value(u.km).T for body in ("sun", "moon")]
    ways: Callable[[FloatArray], FloatArray] = CubicSpline(day, np.concatenate(places, axis=1))
    return ways
