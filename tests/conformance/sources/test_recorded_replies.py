"""Replies of the services as they were recorded in public: ours read them, and the routes' writers give the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from schemas import Attitude, Instant, OrbitState
from transients.sources import read_lightcurve, replies
from transients.sources.clock import from_ijd, ijd_of, seconds_between
from transients.sources.parse import attitude_from_text, expectation_from_prophecy, orbit_from_text, spacecraft_from_json


@pytest.fixture(scope="module")
def recorded(shared_data: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((shared_data / "integral" / "recorded_service_replies.json").read_text())
    return document


def test_times(recorded: dict[str, Any]) -> None:
    pairs = {
        "2023-05-18T12:59:08.000000": 8538.541865555555,
        "2023-05-21T05:30:43.000000": 8541.230465092593,
        "2023-06-27T01:53:37.000": 8578.079701203704,
        "2022-10-14T19:21:38.368": 8322.807494814815,
        "2020-03-16T21:57:56.157221": 7380.916034041911,
    }
    for utc, ijd in pairs.items():
        assert ijd_of(Instant.parse(utc)) == pytest.approx(ijd, abs=2e-11)
        assert abs(seconds_between(from_ijd(ijd), Instant.parse(utc))) < 1e-6
    assert recorded["timesystem"]["GET .../converttime/UTC/2023-05-21T05:30:43.000000/IJD"] == 8541.230465092593
    assert from_ijd(2000.0).iso == "2005-06-22T23:58:55.816"


@pytest.mark.parametrize(
    ("key", "ra_deg", "dec_deg"),
    [
        ("8539.6451663 (IJD string, 2023-05-19)/0/0", 0.0, 0.0),
        ("GRB221009A 2022-10-09 ~13:17 / 288.264 / 19.773", 288.264, 19.773),
    ],
)
def test_spacecraft_reply(recorded: dict[str, Any], key: str, ra_deg: float, dec_deg: float) -> None:
    document = recorded["scsystem"][key]
    at = Instant.parse("2023-05-19T15:27:53")
    attitude, orbit = spacecraft_from_json(document, at, "recorded", False)
    ours = replies.spacecraft_json(attitude, orbit, ra_deg, dec_deg)
    for angle in ("theta", "phi", "d_scx", "d_scy", "d_scz"):
        assert ours[angle] == pytest.approx(document[angle], abs=5e-4)
    for axis in ("scx", "scy", "scz"):
        assert ours[axis]["ra"] == pytest.approx(document[axis]["ra"], abs=1e-3)
        assert ours[axis]["dec"] == pytest.approx(document[axis]["dec"], abs=1e-3)
    # The recorded service took 300 000 km/s.
    assert ours["barytime"] == pytest.approx(document["barytime"] * 300_000 / 299_792.458, rel=1e-5)


def test_ephemerides(recorded: dict[str, Any]) -> None:
    at = Instant.parse("2023-08-12T18:58:00")
    text = recorded["ephs"]["/integralhk/api/v1.0/ephs/2023-08-12T18:58:00"]
    orbit = orbit_from_text(text, at, "recorded", False)
    assert (orbit.ra_deg, orbit.dec_deg, orbit.distance_km, orbit.error_km) == (208.951, 52.77, 116867.9, None)
    for text in recorded["ephs"]["FITS EPHS keyword (second line = box half-widths deg, deg, accuracy km)"]:
        assert orbit_from_text(text, at, "recorded", False).error_km == 30.0
    written = orbit_from_text(replies.ephs_text(orbit), at, "ours", False)
    assert (written.ra_deg, written.dec_deg, written.distance_km) == (208.951, 52.77, 116867.9)


def test_attitude_text_round_trip() -> None:
    at = Instant.parse("2023-05-19T15:24:10")
    attitude = Attitude(at=at, x_ra_deg=138.664, x_dec_deg=-49.841, z_ra_deg=62.664, z_dec_deg=11.538, source="service")
    read = attitude_from_text(replies.att_text(attitude), at, "ours", False)
    assert (read.x_ra_deg, read.x_dec_deg, read.z_ra_deg, read.z_dec_deg) == (138.664, -49.841, 62.664, 11.538)


def test_prophecies(recorded: dict[str, Any]) -> None:
    offline = recorded["rtlc?json&prophecy"]["prophecy"]
    at = Instant.parse("2023-05-25T12:00:00")
    expected = expectation_from_prophecy(offline, at, "recorded")
    assert expected.status == "OFFLINE"
    assert expected.next_data == Instant(utc="2023-05-25T17:20:32")
    assert (expected.previous.number, expected.this.number, expected.next.number) == (2642, 2643, 2644)
    assert replies.prophecy(expected) == offline
    online = recorded["prophecy 2023-05-19T15:24:10"]
    assert replies.prophecy(expectation_from_prophecy(["", online], at, "recorded")) == ["", online]


def test_rows_without_heading(recorded: dict[str, Any]) -> None:
    rows = [row for row in recorded["genlc ACS 2023-06-27T01:53:37.000/300 (rows, numpy)"] if len(row) == 4]
    text = "\n".join(" ".join(f"{value!r}" for value in row) for row in rows[:3]) + "\n"
    lc = read_lightcurve(text.encode(), "rows")
    start = Instant.parse("2023-06-27T01:48:37.000")
    assert abs(seconds_between(lc.info.reference, start)) < 1e-3
    np.testing.assert_array_equal(lc.counts, [4350, 4134, 4128])


def test_realtime_rows(recorded: dict[str, Any]) -> None:
    rows = [row for row in recorded["genlc ACS 2023-05-18T12:59:08 +-200 (counts, IJD)"] if len(row) == 2]
    document = {"lc": {"columns": ["counts", "ijd"], "data": rows[:3]}, "prophecy": []}
    lc = read_lightcurve(json.dumps(document).encode(), "rt")
    np.testing.assert_array_equal(lc.counts, [4500, 4404, 4444])
    assert lc.info.tier == "realtime"
    assert abs(seconds_between(lc.info.reference, Instant.parse("2023-05-18T12:55:48.02"))) < 0.05


def test_dump_lines(recorded: dict[str, Any]) -> None:
    lines = recorded["lcdump-revol-2641-pid-00044.csv (real-time dump) lines"]
    lc = read_lightcurve(lines[2].encode(), "dump")
    assert lc.counts[0] == 4260
    assert lc.info.ephemeris == (212.03, 50.912, 118129.68366631)
    assert abs(seconds_between(lc.info.reference, Instant.parse("2023-05-19T15:27:53.1879"))) < 1e-4
    whole = read_lightcurve("\n".join(lines).encode(), "dump")
    np.testing.assert_array_equal(whole.counts, [5, 4260])


def test_a_state_without_error_is_written_with_the_usual_one() -> None:
    at = Instant.parse("2023-05-19T15:24:10")
    orbit = OrbitState(at=at, ra_deg=0.0, dec_deg=0.0, distance_km=100_000.0, source="x")
    assert replies.ephs_text(orbit).splitlines() == ["0.000 0.000 100000.0", "0.017 0.017 30.0"]
