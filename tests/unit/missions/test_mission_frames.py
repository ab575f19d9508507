"""Orientation: recorded vectors, words and their edges, axes that are none."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from schemas import Attitude, Instant
from schemas.errors import RefusedInput
from transients.missions import orient, orientation, orientation_word, to_spacecraft

AT = Instant(utc="2022-10-09T13:17:00")


def place(ra: float, dec: float) -> SkyCoord:
    return SkyCoord(ra, dec, unit="deg")


def attitude(x: tuple[float, float], z: tuple[float, float]) -> Attitude:
    return Attitude(at=AT, x_ra_deg=x[0], x_dec_deg=x[1], z_ra_deg=z[0], z_dec_deg=z[1], source="service", error_deg=0.1)


def test_grb_221009a() -> None:
    # The service's own reply is 65.81131, -110.15935; it printed its axes to 0.001 deg.
    theta, phi = orient(place(288.264, 19.773), place(261.096, -41.012), place(176.327, 5.985))
    assert theta.to_value("deg") == pytest.approx(65.8113, abs=5e-4)
    assert phi.to_value("deg") == pytest.approx(-110.1594, abs=5e-4)


def test_direction_at_right_ascension_zero() -> None:
    theta, phi = orient(place(0.0, 0.0), place(138.664, -49.841), place(62.664, 11.538))
    assert theta.to_value("deg") == pytest.approx(118.96209798, abs=1e-6)
    assert phi.to_value("deg") == pytest.approx(59.0534, abs=5e-4)


def test_axes_of_the_frame() -> None:
    frame = attitude((0.0, 0.0), (0.0, 90.0))
    # X to RA 0, Z to the pole: X x Z is RA 270, so phi grows toward there.
    cases = {(0.0, 90.0): (90.0, 0.0), (270.0, 0.0): (90.0, 90.0), (90.0, 0.0): (90.0, -90.0), (0.0, -90.0): (90.0, 180.0)}
    for (ra, dec), (theta, phi) in cases.items():
        found = orientation(place(ra, dec), frame)
        assert (found.theta_deg, found.phi_deg) == pytest.approx((theta, phi), abs=1e-9)


def test_source_on_the_axis_and_behind_it() -> None:
    frame = attitude((0.0, 0.0), (0.0, 90.0))
    ahead, behind = orientation(place(0.0, 0.0), frame), orientation(place(180.0, 0.0), frame)
    assert (ahead.theta_deg, ahead.phi_deg, ahead.word) == (0.0, 0.0, "FoV")
    assert behind.theta_deg == pytest.approx(180.0)
    assert (behind.phi_deg, behind.word) == (0.0, "bottom")


def test_small_angles_keep_their_digits() -> None:
    theta, _ = orient(place(0.0, 1e-7), place(0.0, 0.0), place(0.0, 90.0))
    assert theta.to_value("deg") == pytest.approx(1e-7, rel=1e-6)


def test_record_names_source_and_error() -> None:
    found = orientation(place(288.264, 19.773), attitude((261.096, -41.012), (176.327, 5.985)))
    assert (found.word, found.attitude_source, found.attitude_error_deg) == ("on-ACS", "service", 0.1)


@pytest.mark.parametrize(
    ("theta", "phi", "word"),
    [
        (0, 0, "FoV"),
        (14.999, 180, "FoV"),
        (15, 0, "near-FoV"),
        (29.999, 0, "near-FoV"),
        (30, 29.999, "Sun side"),
        (30, -30, "on-ACS"),
        (100, 0, "Sun side"),
        (100.001, 0, "bottom"),
        (127.8, -20.2, "bottom"),
        (171.3, 158.4, "bottom"),
        (79.4, -23.1, "Sun side"),
        (65.8113, -110.1594, "on-ACS"),
    ],
)
def test_words(theta: float, phi: float, word: str) -> None:
    assert orientation_word(theta, phi) == word


def test_axes_that_span_no_frame_are_refused() -> None:
    with pytest.raises(RefusedInput, match="right angles"):
        orient(place(10, 10), place(20, 20), place(20, 20))
    with pytest.raises(RefusedInput, match="right angles"):
        to_spacecraft(0.0, 0.0, attitude((0, 0), (180, 0)))


def test_arrays_broadcast() -> None:
    theta, phi = to_spacecraft(np.zeros((4, 1)), np.linspace(-1, 1, 3), attitude((0, 0), (0, 90)))
    assert theta.shape == phi.shape == (4, 3)
