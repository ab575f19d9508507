"""`transients overlap`, and maps in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import ask, command

from schemas import Circle
from transients.sky import read_skymap, skymap_from_region, write_skymap

AXES = ("--x", "138.664,-49.841", "--z", "62.664,11.538")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = skymap_from_region(Circle(ra_deg=100.0, dec_deg=20.0, radius_deg=12.0, containment=0.9))
    path = tmp_path_factory.mktemp("overlap") / "map.fits"
    path.write_bytes(write_skymap(found))
    return path


def test_two_localisations_in_either_order(file: Path) -> None:
    there = ask("overlap", file, "cone:104,21,2,0.9", "--json")
    back = ask("overlap", "cone:104,21,2,0.9", file, "--json")
    assert there == back
    assert there["overlap"] > 10
    assert (there["far_time_hz"], there["far_spacetime_hz"]) == (None, None)


def test_the_rates_of_a_coincidence(file: Path) -> None:
    rates = ("--rate-per-yr", 310, "--far-hz", 1e-7, "--json")
    found = ask("overlap", file, "annulus:60,20,38,1", "--dt", 6, *rates)
    assert found["far_time_hz"] == pytest.approx(6 * 310 / (365.25 * 86400) * 1e-7)
    assert found["far_spacetime_hz"] == pytest.approx(found["far_time_hz"] / found["overlap"])
    assert ask("overlap", file, "annulus:60,20,38,1", "--window", "grb-cbc", *rates) == found
    whole = ask("overlap", "all-sky", file, "--dt", 6, *rates)
    assert whole["overlap"] == pytest.approx(1.0)
    apart = ask("overlap", "cone:100,20,0.1,0.9", "cone:280,-20,0.1,0.9", "--dt", 6, *rates)
    assert (apart["overlap"], apart["far_spacetime_hz"]) == (0.0, None)
    assert "share no place" in apart["note"]


def test_one_map_against_a_response(file: Path) -> None:
    for instrument in ("SPI-ACS", "IBIS/Veto"):
        found = ask("overlap", file, "--response", instrument, *AXES, "--json")
        assert 0.1 < found["overlap"] < 5
    assert ask("overlap", "all-sky", "--response", "SPI-ACS", *AXES, "--json")["overlap"] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    "arguments",
    [
        ("all-sky",), ("all-sky", "all-sky", "all-sky"), ("all-sky", "--response", "SPI-ACS"),
        ("all-sky", "all-sky", "--dt", "6", "--window", "snews"), ("all-sky", "all-sky", "--dt", "-1"),
        ("all-sky", "all-sky", "--far-hz", "nan"), ("all-sky", "all-sky", "--window", "teatime"), (),
    ],
)  # fmt: skip
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert command("overlap", *arguments).code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing.fits", "all-sky"), "nothing.fits"), (("cone:1,2", "all-sky"), "RADIUS"), (("cone:1,100,3", "all-sky"), "declination"),
        (("all-sky", "--response", "BATSE", *AXES), "no response of BATSE"), (("polygon:0,0,0,0,0,0", "all-sky"), "vertices"),
    ],
)  # fmt: skip
def test_refusals(arguments: tuple[str, ...], words: str) -> None:
    answer = command("overlap", *arguments, "--json")
    assert answer.code == 1
    assert words in json.loads(answer.out)["error"]["message"]


def test_a_map_in_words_and_its_file_are_one(tmp_path: Path) -> None:
    words = "ellipse:100,20,8,2,30,0.9"
    found = ask("skymap", words, "--at", "2023-05-18T12:59:08", *AXES, "--json")
    assert 0 < found["area50_deg2"] < found["area90_deg2"]
    assert set(found) >= {
        "area50_deg2", "area90_deg2", "peak_ra_deg", "peak_dec_deg", "total_probability", "distmean_mpc", "tiles", "visible_fraction",
        "sun_half_width_deg", "fov_fraction", "earth_fraction", "moon_fraction", "response",
    }  # fmt: skip
    assert (found["peak_ra_deg"], found["peak_dec_deg"]) == (100.0, 20.0)
    assert found["response"]["SPI-ACS"]["percent_of_best_at_peak"] > 0
    same = tmp_path / "cone:1,2,3"
    same.write_bytes(write_skymap(read_skymap(write_skymap(skymap_from_region(Circle(ra_deg=9, dec_deg=9, radius_deg=1))), "x")))
    assert ask("skymap", same, "--json")["peak_ra_deg"] == pytest.approx(9.0, abs=0.1)
