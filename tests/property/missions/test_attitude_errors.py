"""Angles in the spacecraft's frame: they turn with the frame, and their errors bound what a wrong attitude makes of them."""

from __future__ import annotations

import msgspec
import numpy as np
from astropy.coordinates import SkyCoord
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from strategies import attitudes, positions_deg

from schemas import Attitude, Instant
from transients.missions import orientation
from transients.missions.frames import spacecraft_angles, unit_vector, vector_direction


def _axes(attitude: Attitude) -> tuple[np.ndarray, np.ndarray]:
    x = unit_vector(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
    z = unit_vector(np.radians(attitude.z_ra_deg), np.radians(attitude.z_dec_deg))
    return x, z


@given(attitudes(), positions_deg, st.integers(0, 2**32 - 1))
def test_angles_do_not_depend_on_the_frame_of_the_sky(attitude: Attitude, place: tuple[float, float], seed: int) -> None:
    """Turning everything alike leaves theta and phi as they are."""
    x, z = _axes(attitude)
    s = unit_vector(np.radians(place[0]), np.radians(place[1]))
    turn = Rotation.random(random_state=np.random.RandomState(seed))
    before, after = spacecraft_angles(s, x, z), spacecraft_angles(turn.apply(s), turn.apply(x), turn.apply(z))
    assert abs(float(before[0] - after[0])) < 1e-7
    if np.sin(before[0]) > 1e-6:
        off = (float(before[1] - after[1]) + np.pi) % (2 * np.pi) - np.pi
        assert abs(off) * np.sin(before[0]) < 1e-7


@given(
    attitudes(), positions_deg, st.floats(0.0, 20.0), st.floats(0.0, 20.0), st.floats(0.0, 360.0), st.sampled_from([-1.0, 1.0])
)
def test_a_wrong_attitude_stays_within_the_stated_errors(
    attitude: Attitude, place: tuple[float, float], error_deg: float, roll_deg: float, way_deg: float, sense: float
) -> None:
    """X off by its whole error in any direction, and rolled by the whole roll error."""
    x, z = _axes(attitude)
    axis = np.cos(np.radians(way_deg)) * z + np.sin(np.radians(way_deg)) * np.cross(z, x)
    shift = Rotation.from_rotvec(np.radians(error_deg) * axis / np.linalg.norm(axis))
    true_x = shift.apply(x)
    true_z = Rotation.from_rotvec(sense * np.radians(roll_deg) * true_x).apply(shift.apply(z))
    stated = msgspec.structs.replace(attitude, source="notice", error_deg=error_deg, roll_error_deg=roll_deg)
    direction = SkyCoord(*place, unit="deg")
    found = orientation(direction, stated)
    s = unit_vector(np.radians(place[0]), np.radians(place[1]))
    theta, phi = np.degrees(spacecraft_angles(s, true_x, true_z))
    assert found.theta_error_deg is not None
    assert found.phi_error_deg is not None
    assert abs(theta - found.theta_deg) <= found.theta_error_deg + 1e-6
    assert abs((phi - found.phi_deg + 180) % 360 - 180) <= found.phi_error_deg + 1e-5


@given(attitudes(), positions_deg)
def test_no_stated_error_makes_no_error_of_the_angles(attitude: Attitude, place: tuple[float, float]) -> None:
    found = orientation(SkyCoord(*place, unit="deg"), attitude)
    assert (found.theta_error_deg, found.phi_error_deg) == (None, None)


def test_on_the_axis_phi_says_nothing() -> None:
    x = vector_direction(np.array([1.0, 0.0, 0.0]))
    stated = Attitude(
        at=Instant(utc="2023-05-18T12:59:08"), x_ra_deg=0.0, x_dec_deg=0.0, z_ra_deg=0.0, z_dec_deg=90.0,
        source="historic", error_deg=0.01, roll_error_deg=0.1,
    )  # fmt: skip
    assert orientation(x, stated).phi_error_deg == 180.0
    aside = orientation(SkyCoord(90.0, 0.0, unit="deg"), stated)
    assert abs((aside.phi_error_deg or 0) - 0.11) < 1e-9
