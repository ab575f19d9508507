"""The commands with a mission that a plug-in brings, named in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import ask, command
from second_mission.alerts import burst_alert
from second_mission.plugin import BURST

AT = "2024-06-01T12:00:00"


@pytest.fixture
def named(low_earth: str) -> dict[str, str]:
    """The environment that names it."""
    return {"TRANSIENTS_MISSION__NAME": low_earth}


@pytest.fixture
def alert(tmp_path: Path) -> Path:
    path = tmp_path / "burst.xml"
    path.write_bytes(burst_alert(738900001, AT, BURST.ra_deg, BURST.dec_deg))
    return path


def test_an_event_goes_the_whole_way(named: dict[str, str], alert: Path, tmp_path: Path) -> None:
    out = tmp_path / "result"
    report = ask("process", alert, "--source", "sim:100", "--out", out, **named)
    assert (report["mission"], report["verdict"], report["simulated"]) == (named["TRANSIENTS_MISSION__NAME"], "detection", True)
    assert report["geometry"]["revolution"] is None
    assert {"lightcurve-LAM.fits", "limits.multiorder.fits", "circular.txt", "allsky.png"} <= set(report["files"])
    draft = (out / "circular.txt").read_text()
    assert "Low-Earth test mission LAM" in draft
    assert "INTEGRAL" not in draft

    # The light curve in the folder names its mission: searched again, it is read by its instrument's facts.
    again = ask("search", out / "lightcurve-LAM.fits", "--t0", AT, **named)
    assert again["detection"] is True
    assert "another instrument" in again["published_refused"]
    # And the folder is a source of its own.
    recorded = ask("process", alert, "--source", out, "--out", tmp_path / "again", **named)
    assert any(data["instrument"] == "LAM" and data["tier"] == "simulated" for data in recorded["data"])


def test_its_status_time_and_response(named: dict[str, str]) -> None:
    card = ask("status", "--source", "sim:1", **named)
    assert card["mission"] == named["TRANSIENTS_MISSION__NAME"]
    assert card["distance_mm"] == pytest.approx(6.921)
    assert card["revolution"] is None
    assert "South Atlantic Anomaly" in card["next_break"]
    time = ask("time", AT, **named)
    assert time["utc"] == f"{AT}.000"
    assert (time["revolution"], time["phase"], time["source"]) == (None, None, None)
    response = ask("response", "--theta", 0, "--phi", 0, **named)
    assert (response["instrument"], response["percent_of_best"], response["word"]) == ("LAM", pytest.approx(100.0), "full")
    refused = command("response", "--theta", 0, "--phi", 0, "--instrument", "SPI-ACS", "--json", **named)
    assert "there is one for LAM" in refused.error["message"]
    # A science window's id is INTEGRAL's, and no time of this mission.
    assert command("time", "264100200010", "--json", **named).code == 1


def test_its_directions_and_maps(named: dict[str, str], alert: Path, tmp_path: Path) -> None:
    found = ask("orient", "--ra", BURST.ra_deg, "--dec", BURST.dec_deg, "--at", AT, "--source", "sim:1", **named)
    assert found["word"] == "behind"
    assert found["theta_deg"] == pytest.approx(98.3, abs=0.1)
    ask("process", alert, "--source", "sim:1", "--out", tmp_path / "result", **named)
    axes = ("--x", "239.918,-25.165", "--z", "239.918,64.835", "--orbit", "239.918,-25.165,6921")
    report = ask("skymap", tmp_path / "result" / "limits.multiorder.fits", "--at", AT, *axes, **named)
    assert report["sun_angles_deg"] == [45.0, 180.0]
    assert report["sun_half_width_deg"] is None
    # The tail of GBM's systematic error, 14 degrees wide, reaches a little behind the limb.
    assert 1e-3 < report["earth_fraction"] < 1e-2
    assert report["response"]["LAM"]["word"] == "reduced"
    narrower = ask(
        "skymap", tmp_path / "result" / "limits.multiorder.fits", "--at", AT, **named, TRANSIENTS_MISSION__SUN_HALF_WIDTH_DEG="30"
    )
    assert narrower["sun_half_width_deg"] == 30.0


def test_what_it_has_not_is_refused_by_name(named: dict[str, str], alert: Path, tmp_path: Path) -> None:
    mission = named["TRANSIENTS_MISSION__NAME"]
    for name in ("simulate", "demo"):
        error = command(name, "--json", **named).error
        assert error["kind"] == "configuration"
        assert f"of INTEGRAL, not of {mission}" in error["message"]
    error = command("process", alert, "--source", "http://127.0.0.1:9", "--out", tmp_path / "x", "--json", **named).error
    assert f"{mission} has no data services" in error["message"]
    unknown = command("time", AT, "--json", TRANSIENTS_MISSION__NAME="Another").error
    assert "there is no mission 'Another', but INTEGRAL" in unknown["message"]
