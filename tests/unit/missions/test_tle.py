"""Two-line elements: against skyfield, and what is refused."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from skyfield.api import EarthSatellite, load

from schemas.errors import NoData, RefusedInput
from transients.missions import to_instant
from transients.missions.bodies import position_km
from transients.missions.tle import read_tles

#: The satellite catalogue's usual examples: a low orbit (SGP4) and, from the test cases of Vallado et al. 2006, a 12 h orbit (SDP4).
LOW = (
    "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927",
    "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537",
)
HIGH = (
    "1 08195U 75081A   06176.33215444  .00000099  00000-0  11873-3 0   813",
    "2 08195  64.1586 279.0717 6877146 264.7651  20.2257  2.00491383225656",
)


@pytest.mark.parametrize("lines", [LOW, HIGH])
@pytest.mark.parametrize("days", [0.0, 0.37, 5.5, -3.0])
def test_against_skyfield(lines: tuple[str, str], days: float) -> None:
    (orbit,) = read_tles("\n".join(lines), "test.tle")
    time = orbit.epoch + days * u.day
    scale = load.timescale(builtin=True)
    there = EarthSatellite(*lines, None, scale).at(scale.from_astropy(time)).position.km
    state = orbit.at(to_instant(time))
    assert position_km(state) == pytest.approx(there, abs=0.01)
    factor = 10.0 if lines is HIGH else 1.0
    assert state.error_km == pytest.approx(factor * (1 + 3 * abs(days)), abs=1e-6)


def test_names_and_several_sets() -> None:
    text = "ISS (ZARYA)\n" + "\n".join(LOW) + "\n0 MOLNIYA 2-14\n" + "\n".join(HIGH) + "\n"
    first, second = read_tles(text, "two.tle")
    assert (first.label, second.label) == ("ISS (ZARYA)", "MOLNIYA 2-14")
    assert first.at(to_instant(first.epoch)).source == "two-line elements of ISS (ZARYA), epoch 2008-09-20T12:25:40"
    assert read_tles("\n".join(LOW), "x")[0].label == "satellite 25544"


def test_too_old_and_many_at_once() -> None:
    (orbit,) = read_tles("\n".join(LOW), "old.tle")
    with pytest.raises(NoData, match=r"old\.tle: elements of 2008-09-20"):
        orbit.at(to_instant(orbit.epoch + 31 * u.day))
    times = orbit.epoch + np.arange(3) * u.hour
    places = orbit.position_km(times)
    for i in range(3):
        assert places[i] == pytest.approx(position_km(orbit.at(to_instant(times[i]))), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no two-line elements"),
        ("\n".join((LOW[0][:-1] + "0", LOW[1])), "line 1 has a wrong checksum"),
        ("\n".join((LOW[0], LOW[1].replace("51.6416", "52.6416"))), "line 2 has a wrong checksum"),
        ("\n".join((LOW[0], HIGH[1])), "different satellites"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(RefusedInput, match=message):
        read_tles(text, "bad.tle")
