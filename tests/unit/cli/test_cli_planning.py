"""`transients advice`, `exposure` and `visibility`: what they say, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import ask, command

from schemas import Circle
from transients.sky import skymap_from_region, write_skymap

AT = "2023-05-18T12:59:08"
PLACE = ("--ra", 200, "--dec", 40)


@pytest.fixture(scope="module")
def map_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("maps") / "region.multiorder.fits"
    file.write_bytes(write_skymap(skymap_from_region(Circle(ra_deg=200.0, dec_deg=40.0, radius_deg=8.0, containment=0.9))))
    return file


def test_windows_with_what_limits_each() -> None:
    report = ask("visibility", *PLACE, "--at", AT)
    assert (report["start_utc"], report["stop_utc"]) == (f"{AT}.000", "2023-05-23T12:59:08.000")
    assert [(w["opened_by"], w["closed_by"]) for w in report["windows"]] == [
        ("range", "Earth limb"), ("Earth limb", "Earth limb"), ("Earth limb", "range")
    ]  # fmt: skip
    assert 0.98 < report["observable_fraction"] < 1.0
    assert report["at_start"]["visible_fraction"] == pytest.approx(1.0)
    assert set(report["at_start"]["barred"]) == {"Sun", "Earth limb", "Moon limb"}
    assert report["limited_by"] is None
    assert report["remarks"] == []
    assert len(report["fractions"]) == 41


def test_a_range_by_its_end_or_its_length() -> None:
    by_days = ask("visibility", *PLACE, "--from", AT, "--days", 2)
    by_end = ask("visibility", *PLACE, "--from", AT, "--to", "2023-05-20T12:59:08")
    assert by_days == by_end
    narrow = ask("visibility", *PLACE, "--from", AT, "--days", 2, "--sun", 5)
    assert (narrow["windows"], narrow["limited_by"], narrow["observable_s"]) == ([], "Sun", 0)
    assert narrow["at_start"]["sun_half_width_deg"] == 5


def test_after_the_end_of_the_mission_it_is_said() -> None:
    report = ask("visibility", *PLACE, "--at", "2026-01-01T00:00:00", "--days", 1)
    assert report["remarks"] == ["INTEGRAL stopped observing on 2025-02-28"]


def test_the_attitude_gives_probabilities_off_axis(map_file: Path) -> None:
    report = ask("visibility", "--skymap", map_file, "--at", AT, "--x", "200,40", "--z", "200,-50", "--days", 1)
    off = dict(map(tuple, report["at_start"]["off_axis"]))
    assert off[5.0] == pytest.approx(0.593, abs=0.01)
    assert off[180.0] == pytest.approx(1.0)
    assert report["at_start"]["fov_fraction"] == pytest.approx(off[15.0])


def test_advice_anywhere_and_within_bounds(map_file: Path) -> None:
    report = ask("advice", "--skymap", map_file, "--at", AT, "--x", "200,10")
    assert {(e["pattern"], e["within_deg"]) for e in report["entries"]} == {
        (p, b) for p in ("staring", "hexagonal", "5x5") for b in (None, 90.0, 45.0)
    }
    first = report["entries"][0]
    assert (first["ra_deg"], first["dec_deg"]) == pytest.approx((200.0, 40.0), abs=0.2)
    assert first["from_pointing_deg"] == pytest.approx(30.0, abs=0.2)
    assert first["slew_s"] == pytest.approx(30 * 3600 / 185, rel=0.01)
    assert report["pointing"]["source"] == "axes"
    assert report["remarks"] == []


def test_advice_without_a_pointing_says_so() -> None:
    report = ask("advice", *PLACE, "--radius", 2, "--at", AT)
    assert [e["within_deg"] for e in report["entries"]] == [None] * 3
    assert report["pointing"] is None
    assert "not known" in report["remarks"][-1]


def test_advice_from_a_source() -> None:
    report = ask("advice", *PLACE, "--at", AT, "--source", "sim:1")
    assert report["pointing"]["source"] == "simulated"
    assert report["orbit_source"] == "simulated"


def test_exposure_about_a_time_and_in_a_range(map_file: Path) -> None:
    report = ask("exposure", "--skymap", map_file, "--at", AT, "--source", "sim:1")
    assert (report["window_start_utc"], report["window_stop_utc"]) == ("2023-05-08T12:59:08.000", "2023-05-28T12:59:08.000")
    assert 0 <= report["coding_weighted_ks"] <= report["live_ks"] <= report["plain_ks"]
    assert sum(each["ks"] for each in report["histogram"]) > 1000
    assert report["peak_within_ks"]["10_deg"] <= report["peak_within_ks"]["20_deg"]
    same = ask(
        "exposure", "--skymap", map_file, "--from", "2023-05-08T12:59:08", "--to", "2023-05-28T12:59:08", "--source", "sim:1"
    )
    assert same["plain_ks"] == pytest.approx(report["plain_ks"], abs=1e-6)
    short = ask("exposure", *PLACE, "--at", AT, "--days", 0.5, "--source", "sim:1")
    assert short["pointings"] < report["pointings"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("visibility",),
        ("visibility", "--ra", 1),
        ("visibility", *PLACE, "--skymap", "x.fits"),
        ("visibility", "--skymap", "x.fits", "--radius", 3),
        ("visibility", *PLACE, "--from", AT, "--to", AT),
        ("visibility", *PLACE, "--from", AT, "--to", "2023-05-20T00:00:00", "--days", 2),
        ("visibility", *PLACE, "--days", "nan"),
        ("advice",),
        ("advice", *PLACE, "--z", "1,2", "--at", AT),
        ("exposure", *PLACE, "--source", "sim:1"),
        ("exposure", *PLACE, "--from", AT, "--source", "sim:1"),
        ("exposure", *PLACE, "--from", AT, "--to", AT, "--source", "sim:1"),
        ("exposure", *PLACE, "--at", AT, "--from", AT, "--source", "sim:1"),
    ],
)
def test_wrong_usage(arguments: tuple[object, ...]) -> None:
    assert command(*arguments, "--json").code == 2


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        (("visibility", "--ra", 1, "--dec", 91, "--at", AT), "refused-input", "beyond the pole"),
        (("visibility", "--skymap", "no/such.fits", "--at", AT), "refused-input", "no/such.fits"),
        (("visibility", *PLACE, "--at", "2001-01-01T00:00:00"), "no-data", "2002-10-17"),
        (("visibility", *PLACE, "--at", AT, "--orbit", "1,2,300"), "refused-input", "no orbit"),
        (("advice", *PLACE, "--radius", 200, "--at", AT), "refused-input", "whole sky"),
        (("advice", *PLACE, "--at", AT, "--source", "nowhere"), "configuration", "nowhere"),
        (("exposure", *PLACE, "--at", AT), "no-data", ""),
    ],
)
def test_what_is_refused(arguments: tuple[object, ...], kind: str, said: str) -> None:
    error = command(*arguments, "--json").error
    assert error["kind"] == kind, error
    assert said in error["message"]
