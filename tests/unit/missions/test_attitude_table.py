"""Attitudes between rows: quaternions interpolated, errors and sources carried."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from schemas.errors import NoData, RefusedInput
from transients.missions import from_ijd, to_instant
from transients.missions.attitude_table import AttitudeTable, StillError
from transients.missions.frames import unit_vector

START = 8540.0
#: A turn of X from RA 10 to 50 on the equator while the roll turns by 30 deg.
X = unit_vector(np.radians([10.0, 50.0]), np.zeros(2))
NORTH = np.array([0.0, 0.0, 1.0])


def rolled(x: np.ndarray, roll_deg: float) -> np.ndarray:
    return Rotation.from_rotvec(np.radians(roll_deg) * x).apply(NORTH)


def table(rate_deg_s: float = 0.0, still: StillError | None = None) -> AttitudeTable:
    begin = START + np.array([0.0, 0.03])
    z = np.stack([rolled(X[0], 0.0), rolled(X[1], 30.0)])
    return AttitudeTable(begin, begin + 0.01, X, z, "snapshot", "att.fits", still or StillError(), rate_deg_s)


def test_between_rows_against_scipy() -> None:
    matrices = [np.stack([x, np.cross(z, x), z], axis=-1) for x, z in zip(X, table().z, strict=True)]
    slerp = Slerp([0.01, 0.03], Rotation.from_matrix(matrices))
    for share in (0.1, 0.5, 0.77):
        found = table().at(to_instant(from_ijd(START + 0.01 + share * 0.02)))
        axes = slerp(0.01 + share * 0.02).as_matrix()
        assert unit_vector(np.radians(found.x_ra_deg), np.radians(found.x_dec_deg)) == pytest.approx(axes[:, 0], abs=1e-7)
        assert unit_vector(np.radians(found.z_ra_deg), np.radians(found.z_dec_deg)) == pytest.approx(axes[:, 2], abs=1e-7)
        assert found.source == "snapshot"


def test_still_rows_have_their_own_error() -> None:
    found = table(still=StillError(0.01, 0.05)).at(to_instant(from_ijd(START + 0.005)))
    assert (found.x_ra_deg, found.error_deg, found.roll_error_deg) == (pytest.approx(10.0), 0.01, 0.05)
    assert table().at(to_instant(from_ijd(START + 0.005))).error_deg is None


def test_error_of_a_slew_is_bounded_by_its_ends_and_by_the_rate() -> None:
    quarter = to_instant(from_ijd(START + 0.015))
    # Not knowing the rate, it may still be at the beginning or already at the end.
    assert table().at(quarter).error_deg == pytest.approx(30.0, abs=1e-6)
    # 0.02 d are 1728 s: at 40/1728 deg/s the whole time is needed, and nothing is open.
    assert table(rate_deg_s=40 / 1728).at(quarter).error_deg == pytest.approx(0.0, abs=1e-4)
    # At twice that speed X may have gone 20 deg or none, while an even slew has gone 10.
    assert table(rate_deg_s=80 / 1728).at(quarter).error_deg == pytest.approx(10.0, abs=1e-3)


def test_outside() -> None:
    late = table(rate_deg_s=0.05, still=StillError(0.01, 0.02)).at(to_instant(from_ijd(START + 0.04 + 4 / 86400)))
    assert late.error_deg == pytest.approx(0.01 + 4 * 0.05, abs=1e-4)
    with pytest.raises(NoData, match=r"att\.fits"):
        table().at(to_instant(from_ijd(START + 0.05)))


def test_rows_that_are_none_are_refused() -> None:
    begin = np.array([START, START + 1])
    with pytest.raises(RefusedInput, match="ends before"):
        AttitudeTable(begin, begin - 0.1, X, np.stack([NORTH, NORTH]), "historic", "a")
    with pytest.raises(RefusedInput, match="right angles"):
        AttitudeTable(begin, begin, X, X, "historic", "a")
