"""Directions in the spacecraft's frame, against astropy's frames and angles."""

from __future__ import annotations

from collections.abc import Iterator

import astropy.units as u
import numpy as np
import numpy.typing as npt
from astropy.coordinates import Angle, SkyCoord, SkyOffsetFrame

from schemas import Attitude, FloatArray, Instant
from transients.missions import to_spacecraft

from .checks import require_close
from .lines import Line, line
from .sizes import Sizes
from .timing import seconds

#: Axes of INTEGRAL as printed in GCN 33815, at right angles to the precision of the print.
ATTITUDE = Attitude(
    at=Instant.parse("2023-05-18T12:59:08.167"),
    x_ra_deg=138.664, x_dec_deg=-49.841, z_ra_deg=62.664, z_dec_deg=11.538, source="axes",
)  # fmt: skip
#: The printed axes are this far from right angles at most, which the two ways take differently.
_TOLERANCE_DEG = 0.02


def measure(sizes: Sizes) -> Iterator[Line]:
    """Arrays of directions, then calls with one direction each."""
    ra, dec = directions(sizes.directions)
    x, z = axes()
    frame = SkyOffsetFrame(origin=x, rotation=x.position_angle(z))
    many = SkyCoord(ra * u.rad, dec * u.rad)
    _require_same(to_spacecraft(ra, dec, ATTITUDE), _by_offset_frame(many, frame))
    ours, astropy = seconds([lambda: to_spacecraft(ra, dec, ATTITUDE), lambda: _by_offset_frame(many, frame)], sizes.turns)
    yield line(
        f"sky: orient, arrays of {len(ra)}", len(ra) / ours, "directions/s", "astropy SkyOffsetFrame, arrays", astropy / ours
    )

    def one_by_one() -> None:
        for n in range(sizes.calls):
            to_spacecraft(ra[n], dec[n], ATTITUDE)

    def one_by_one_in_astropy() -> None:
        for n in range(sizes.calls):
            _by_angles(SkyCoord(ra[n] * u.rad, dec[n] * u.rad), x, z)

    one = SkyCoord(ra[0] * u.rad, dec[0] * u.rad)
    _require_same(to_spacecraft(ra[0], dec[0], ATTITUDE), _by_angles(one, x, z))
    ours, astropy = seconds([one_by_one, one_by_one_in_astropy], sizes.turns)
    reference = "astropy SkyCoord, separation and position_angle a call"
    yield line("sky: orient, a call a direction", sizes.calls / ours, "directions/s", reference, astropy / ours)


def directions(count: int) -> tuple[FloatArray, FloatArray]:
    """Right ascension and declination (rad) of directions spread evenly over the sphere, (n,)."""
    rng = np.random.default_rng(3)
    return rng.uniform(0.0, 2.0 * np.pi, count), np.arcsin(rng.uniform(-1.0, 1.0, count))


def axes() -> tuple[SkyCoord, SkyCoord]:
    """X and Z as astropy has them."""
    return (
        SkyCoord(ATTITUDE.x_ra_deg * u.deg, ATTITUDE.x_dec_deg * u.deg),
        SkyCoord(ATTITUDE.z_ra_deg * u.deg, ATTITUDE.z_dec_deg * u.deg),
    )


def _by_offset_frame(many: SkyCoord, frame: SkyOffsetFrame) -> tuple[FloatArray, FloatArray]:
    offset = many.transform_to(frame)
    lon, lat = offset.lon.rad, offset.lat.rad
    east, north, along = np.cos(lat) * np.sin(lon), np.sin(lat), np.cos(lat) * np.cos(lon)
    return np.arctan2(np.hypot(east, north), along), np.arctan2(-east, north)


def _by_angles(one: SkyCoord, x: SkyCoord, z: SkyCoord) -> tuple[float, float]:
    theta = x.separation(one)
    phi = Angle(x.position_angle(z) - x.position_angle(one)).wrap_at(180 * u.deg)
    return float(theta.rad), float(phi.rad)


def _require_same(ours: tuple[npt.ArrayLike, npt.ArrayLike], theirs: tuple[npt.ArrayLike, npt.ArrayLike]) -> None:
    """Both ways must mean the same direction, or the ratio compares two different things."""
    require_close("orient", _vectors(*ours), _vectors(*theirs), np.radians(_TOLERANCE_DEG))


def _vectors(theta: npt.ArrayLike, phi: npt.ArrayLike) -> FloatArray:
    sine = np.sin(theta)
    return np.stack([np.cos(theta), sine * np.cos(phi), sine * np.sin(phi)], axis=-1)
