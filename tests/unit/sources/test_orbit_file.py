"""Orbits of other spacecraft from files: what covers the instant tells, and the file goes to other processes as its path."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from schemas import Instant
from schemas.errors import NoData, RefusedInput
from transients.sources import OrbitFile

#: Of the International Space Station, 2008: the example of the format's usual description.
TLE = """ISS (ZARYA)
1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927
2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537
"""
VECTORS = "utc,x_km,y_km,z_km\n" + "".join(f"2008-09-20T00:{minute:02d}:00,{7000 + minute},0,0\n" for minute in range(0, 30, 5))


def test_two_line_elements(tmp_path: Path) -> None:
    (tmp_path / "iss.tle").write_text(TLE)
    orbit = pickle.loads(pickle.dumps(OrbitFile(str(tmp_path / "iss.tle"))))  # noqa: S301 -- our own bytes
    place = orbit(Instant(utc="2008-09-20T12:25:40"))
    assert 6700.0 < place.distance_km < 6760.0
    assert "ISS" in place.source
    assert place.error_km == pytest.approx(1.0, abs=0.1)
    with pytest.raises(NoData, match="do not tell"):
        orbit(Instant(utc="2010-01-01T00:00:00"))


def test_state_vectors(tmp_path: Path) -> None:
    (tmp_path / "orbit.csv").write_text(VECTORS)
    orbit = OrbitFile(str(tmp_path / "orbit.csv"))
    assert orbit(Instant(utc="2008-09-20T00:12:30")).distance_km == pytest.approx(7012.5)
    with pytest.raises(NoData, match=r"orbit\.csv"):
        orbit(Instant(utc="2008-09-21T00:00:00"))


def test_what_is_no_orbit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing of the kind")
    for name in ("notes.txt", "missing"):
        with pytest.raises(RefusedInput, match=name):
            OrbitFile(str(tmp_path / name))(Instant(utc="2008-09-20T00:00:00"))
