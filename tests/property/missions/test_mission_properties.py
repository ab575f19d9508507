"""Rotations, round trips and ranges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mission_samples import shipped_response
from scipy.spatial.transform import Rotation
from strategies import attitudes, instants, positions_deg

from schemas import Attitude, Instant
from transients.missions import from_ijd, ijd, orientation_word, to_instant, to_spacecraft, to_time
from transients.missions.frames import spacecraft_angles, unit_vector
from transients.missions.integral import coding_fraction_at, data_window, expectation, parse_science_window, science_window_id
from transients.missions.integral.revolutions import perigee_ijd, revolution

MODEL = shipped_response()
angles = st.floats(0, 2 * np.pi)


@given(positions_deg, attitudes())
def test_angles_are_in_range_and_give_the_direction_back(position: tuple[float, float], attitude: Attitude) -> None:
    ra, dec = np.radians(position)
    theta, phi = to_spacecraft(ra, dec, attitude)
    assert 0 <= theta <= np.pi
    assert -np.pi < phi <= np.pi
    x = unit_vector(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
    z = unit_vector(np.radians(attitude.z_ra_deg), np.radians(attitude.z_dec_deg))
    back = np.cos(theta) * x + np.sin(theta) * (np.cos(phi) * z + np.sin(phi) * np.cross(x, z))
    np.testing.assert_allclose(back, unit_vector(ra, dec), atol=2e-7)


def require_same_angles_when_turned(position: tuple[float, float], attitude: Attitude, turn: Rotation) -> None:
    s = unit_vector(*np.radians(position))
    x = unit_vector(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
    z = unit_vector(np.radians(attitude.z_ra_deg), np.radians(attitude.z_dec_deg))
    before = spacecraft_angles(s, x, z)
    after = spacecraft_angles(turn.apply(s), turn.apply(x), turn.apply(z))
    assert abs(before[0] - after[0]) < 1e-9
    # Near the axis phi is open; its effect is what must not change.
    gap = np.sin(before[0]) * np.abs(np.exp(1j * before[1]) - np.exp(1j * after[1]))
    assert gap < 1e-8


turns = st.tuples(angles, angles, angles).map(lambda three: Rotation.from_euler("zyz", three))


@given(positions_deg, attitudes(), turns)
def test_angles_do_not_change_when_all_is_turned(position: tuple[float, float], attitude: Attitude, turn: Rotation) -> None:
    require_same_angles_when_turned(position, attitude, turn)


@pytest.mark.nightly
@settings(max_examples=5000)
@given(positions_deg, attitudes(), turns)
def test_angles_do_not_change_when_all_is_turned_long(position: tuple[float, float], attitude: Attitude, turn: Rotation) -> None:
    require_same_angles_when_turned(position, attitude, turn)


@given(instants())
def test_instants_round_trip_to_the_nanosecond(instant: Instant) -> None:
    assert to_instant(to_time(instant)) == instant


@given(st.floats(0, 20000))
def test_ijd_round_trip(day: float) -> None:
    assert abs(ijd(from_ijd(day)) - day) < 1e-11


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 999), st.sampled_from(["pointing", "slew", "engineering"]))
def test_science_window_round_trip(revolution_: int, pointing: int, subdivision: int, kind: str) -> None:
    text = science_window_id(revolution_, pointing, subdivision, kind)  # type: ignore[arg-type]
    found = parse_science_window(text)
    assert (found.revolution, found.pointing, found.subdivision, found.kind) == (revolution_, pointing, subdivision, kind)
    assert found.id == text


@given(instants(first="2002-10-18T00:00:00"))
def test_every_instant_has_one_revolution(instant: Instant) -> None:
    turn = revolution(to_time(instant))
    day = ijd(to_time(instant))
    assert 0 <= turn.phase < 1
    assert turn.phase_error > 0
    assert turn.number == 1 or perigee_ijd(turn.number) <= day < perigee_ijd(turn.number + 1)


@given(instants(first="2003-01-01T00:00:00", last="2025-02-28T23:59:58"))
def test_expectation_is_coherent(instant: Instant) -> None:
    found = expectation(instant)
    assert found.previous.stop < found.this.start <= instant < found.next.start
    online = found.this.start <= instant <= found.this.stop
    assert (found.status == "ONLINE") is online
    assert (found.last_data is None) is online
    windows = [data_window(number) for number in range(found.this.number - 1, found.this.number + 2)]
    again = expectation(instant, windows, "archive")
    assert again.source == "archive"
    assert (again.status, again.sentence, again.last_data) == (found.status, found.sentence, found.last_data)


@given(st.floats(0, np.pi), st.floats(-10, 10), st.sampled_from(MODEL.instruments), st.sampled_from(["hard", "soft", "pl:-2"]))
def test_response_is_even_positive_and_periodic(theta: float, phi: float, instrument: str, spectrum: str) -> None:
    here, mirrored, around = (
        float(MODEL.fluence_per_count(instrument, spectrum, theta, p)) for p in (phi, -phi, phi + 2 * np.pi)
    )
    assert here > 0
    np.testing.assert_allclose([mirrored, around], here, rtol=1e-9)
    percent = float(MODEL.percent_of_best(instrument, spectrum, theta, phi))
    assert 0 < percent <= 100


@given(st.floats(0, np.pi), angles)
def test_coding_is_a_share(theta: float, phi: float) -> None:
    share = float(coding_fraction_at("ISGRI", theta, phi))
    assert 0 <= share <= 1
    if theta > np.radians(22):
        assert share == 0


@given(st.floats(0, 180), st.floats(-180, 180))
def test_every_direction_has_a_word(theta: float, phi: float) -> None:
    assert orientation_word(theta, phi) in {"FoV", "near-FoV", "bottom", "Sun side", "on-ACS"}
