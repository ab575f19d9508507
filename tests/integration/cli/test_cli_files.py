"""Commands that read files: parse, skymap, search, limit, process; on documents and data of our own making."""

from __future__ import annotations

import json
from pathlib import Path

import handler_samples
import numpy as np
import pytest
import search_curves
from command_line import AXES, ask, command, numbers
from mission_samples import index_file

from schemas import Circle, LightCurve
from transients.sky import skymap_from_region, write_skymap
from transients.sources import write_lightcurve

T0 = "2023-06-27T01:53:37"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sky map, light curves, documents, and things that are none of these."""
    folder = tmp_path_factory.mktemp("files")
    found = skymap_from_region(Circle(ra_deg=0.0, dec_deg=0.0, radius_deg=5.0, containment=0.9))
    (folder / "map.fits").write_bytes(write_skymap(found, header={"DATE-OBS": T0}))
    (folder / "half.fits").write_bytes((folder / "map.fits").read_bytes()[: 2880 * 3])
    (folder / "curve.fits").write_bytes(write_lightcurve(curve()))
    (folder / "half-curve.fits").write_bytes((folder / "curve.fits").read_bytes()[:20_000])
    (folder / "nothing.fits").write_bytes(b"")
    (folder / "reply.txt").write_text("No Data (at this time?)\n")
    (folder / "gbm.xml").write_bytes(gbm("699999999"))
    (folder / "other.xml").write_bytes(gbm("700000001"))
    (folder / "pointing.xml").write_bytes(handler_samples.voevent(51, position=("10.5", "-20.25", None)))
    (folder / "unknown.xml").write_bytes(handler_samples.voevent(9999))
    (folder / "broken.xml").write_bytes(b"<VOEvent><What>")
    (folder / "list.json").write_bytes(b"[1, 2]")
    return folder


def curve() -> LightCurve:
    """Ten minutes of SPI-ACS with a burst of 40 000 counts in 2 s from T0 + 10 s."""
    rng = np.random.default_rng(627)
    start = search_curves.starts()
    counts = search_curves.noise(rng, start) + np.round(search_curves.block(start, 10.0, 2.0, 40_000.0))
    return search_curves.curve(start, counts)


def gbm(number: str, packet: int = 115) -> bytes:
    """A GBM position at T0: TJD 20122, and on INTEGRAL's bright side of the sky."""
    facts = {"TrigID": number, "Burst_TJD": "20122", "Burst_SOD": "6817.00"}
    return handler_samples.voevent(packet, facts, time=T0, position=("100.5", "20.25", "3.0"))


# parse


def test_parse_says_a_line_per_document(folder: Path) -> None:
    answer = command("parse", folder / "gbm.xml", folder / "broken.xml", folder / "list.json", folder / "nothing.fits", "--json")
    assert answer.code == 0
    notice, broken, array, empty = answer.lines
    keys = {"file", "status", "kind", "messenger", "event_id", "revision", "role", "time_utc", "ra_deg", "dec_deg",
            "error_radius_deg", "error_containment", "retraction", "reason"}  # fmt: skip
    assert all(keys <= set(line) for line in answer.lines)
    assert (notice["status"], notice["kind"], notice["event_id"]) == ("notice", "FERMI_GBM_FIN_POS", "699999999")
    assert notice["time_utc"] == f"{T0}.000"
    assert (notice["ra_deg"], notice["dec_deg"]) == (100.5, 20.25)
    for line, name in ((broken, "broken.xml"), (array, "list.json"), (empty, "nothing.fits")):
        assert line["status"] == "refused"
        assert line["reason"]
        assert name in line["file"]
        assert name in line["error"]["message"]
        assert line["kind"] is None or isinstance(line["kind"], str)


def test_parse_of_nothing_but_refusals_is_an_error(folder: Path) -> None:
    assert command("parse", folder / "broken.xml", "--json").code == 1
    assert command("parse", folder / "nowhere", "--json").error["message"].endswith("no such file or folder")
    assert command("parse").code == 2


def test_parse_for_people_and_in_sum(folder: Path) -> None:
    text = command("parse", folder / "gbm.xml", folder / "broken.xml").out
    assert "FERMI_GBM_FIN_POS 699999999 observation 2023-06-27T01:53:37.000 (100.5000, 20.2500)" in text
    assert "broken.xml: REFUSED malformed-xml" in text
    summary = ask("parse", folder, "--summary")
    assert summary["documents"] == len(list(folder.iterdir()))
    assert summary["documents"] == summary["notices"] + summary["refused"]
    assert summary["by_kind"]["FERMI_GBM_FIN_POS"] == 2
    assert summary["by_reason"]["unknown-kind"] >= 1
    assert summary["seconds"] >= 0


# skymap


def test_skymap_with_everything(folder: Path) -> None:
    report = ask("skymap", folder / "map.fits", *AXES, "--orbit", "198.394,71.787,143490.5")
    # 90 % in 5 deg: pi 5^2 deg2, less the sphere's curvature.
    assert report["area90_deg2"] == pytest.approx(78.4, rel=0.02)
    assert report["total_probability"] == pytest.approx(1.0, abs=1e-9)
    assert abs((report["peak_ra_deg"] + 180) % 360 - 180) < 0.5
    assert abs(report["peak_dec_deg"]) < 0.5
    assert 0 <= report["visible_fraction"] <= 1
    assert report["fov_fraction"] < 1e-6
    assert report["earth_fraction"] < 1e-6
    assert report["moon_fraction"] is not None
    assert report["distmean_mpc"] is None
    assert report["sun_half_width_deg"] == 40.0
    assert report["tiles"] > 100
    assert set(report["response"]) == {"SPI-ACS", "IBIS/Veto", "ISGRI"}
    only = ask("skymap", folder / "map.fits", *AXES, "--instrument", "ISGRI")
    assert only["response"] == {"ISGRI": report["response"]["ISGRI"]}


def test_skymap_from_the_file_alone(folder: Path) -> None:
    report = ask("skymap", folder / "map.fits")
    assert report["visible_fraction"] is not None, "the map's DATE-OBS serves"
    assert report["fov_fraction"] is None
    assert report["response"] is None


@pytest.mark.parametrize("name", ["half.fits", "curve.fits", "nothing.fits", "reply.txt", "nowhere", ""])
def test_skymap_refuses_what_is_none(folder: Path, name: str) -> None:
    error = command("skymap", folder / name, "--json").error
    assert error["kind"] == "refused-input"
    assert str(folder / name) in error["message"]


@pytest.mark.parametrize(
    ("args", "code"),
    [(("--orbit", "1,2,3"), 1), (("--orbit", "1,92,150000"), 1), (("--orbit", "1,2,nan"), 2), (("--instrument", "JEM-X"), 1),
     (("--x", "1,2"), 2), (("--at", "soon"), 2)],
)  # fmt: skip
def test_skymap_refuses_other_nonsense(folder: Path, args: tuple[str, ...], code: int) -> None:
    assert command("skymap", folder / "map.fits", *args, "--json").code == code


# search and limit


def test_search_by_both_methods(folder: Path) -> None:
    report = ask("search", folder / "curve.fits", "--t0", T0)
    assert report["t0_utc"] == f"{T0}.000"
    assert report["time_frame"] == "spacecraft"
    assert (report["bin_s"], report["bins"]) == (0.05, 12_000)
    assert report["completeness"] == pytest.approx(1.0)
    assert report["background_rate"] == pytest.approx(84_000, abs=60)
    assert report["onset_s"] == pytest.approx(10.0, abs=0.051)
    assert 10.0 <= report["peak_time_s"] <= 12.0
    assert report["peak_rate_cts_s"] > 90_000
    assert set(report["excess_noise"]) >= {"1", "8"}
    assert report["background_word"] in ("very stable", "rather stable", "somewhat unstable", "very unstable")
    found = min(report["allwindow"]["excesses"], key=lambda excess: excess["fap"])
    assert found["t_start_s"] == pytest.approx(10.0, abs=0.2)
    assert found["duration_s"] == pytest.approx(2.0, abs=0.3)
    assert found["class"] == "likely"
    assert {"counts", "snr", "far_hz", "fap", "spike"} <= set(found)
    assert report["allwindow"]["trials_from"]
    assert report["published"]["background_rate"] > report["background_rate"]
    assert min(excess["fap"] for excess in report["published"]["excesses"]) < 0.003


@pytest.mark.parametrize("method", ["published", "allwindow"])
def test_search_by_one_method(folder: Path, method: str) -> None:
    report = ask("search", folder / "curve.fits", "--t0", T0, "--method", method, "--window", 100)
    other = "allwindow" if method == "published" else "published"
    assert report[method] is not None
    assert report[other] is None
    assert report["bins"] == 4000


@pytest.mark.parametrize("verb", [("search",), ("limit", "--theta", 94, "--phi", 90)])
def test_a_light_curve_of_another_day_is_no_data(folder: Path, verb: tuple[object, ...]) -> None:
    error = command(*verb, folder / "curve.fits", "--t0", "2023-06-28T01:53:37", "--json").error
    assert error["kind"] == "no-data"
    for said in (str(folder / "curve.fits"), "2023-06-28T01:53:37", "2023-06-27T01:48:37", "2023-06-27T01:58:37"):
        assert said in error["message"]


@pytest.mark.parametrize("name", ["half-curve.fits", "map.fits", "nothing.fits", "reply.txt", "nowhere", ""])
@pytest.mark.parametrize("verb", [("search",), ("limit", "--theta", 94, "--phi", 90)])
def test_what_is_no_light_curve(folder: Path, name: str, verb: tuple[object, ...]) -> None:
    error = command(*verb, folder / name, "--t0", T0, "--json").error
    # A service's error text, saved as a file, keeps its meaning.
    assert error["kind"] == ("no-data" if name == "reply.txt" else "refused-input")
    assert str(folder / name) in error["message"]


@pytest.mark.parametrize("args", [(), ("--t0", "nan"), ("--t0", T0, "--window", "nan"), ("--t0", T0, "--method", "guess")])
def test_search_used_wrongly(folder: Path, args: tuple[str, ...]) -> None:
    answer = command("search", folder / "curve.fits", *args, "--json")
    assert (answer.code, answer.out) == (2, "")


@pytest.mark.parametrize("duration", [0.05, 1.0, 8.0, 100.0])
def test_limit_from_a_light_curve(folder: Path, duration: float) -> None:
    spectrum = "band:-1,-2.5,300"
    args = ("--theta", 94, "--phi", 90, "--duration", duration, "--spectrum", spectrum)
    report = ask("limit", folder / "curve.fits", "--t0", T0, *args)
    limit = report["limit"]
    assert (limit["duration_s"], limit["spectrum"], limit["confidence"]) == (duration, spectrum, 0.9973)
    assert 1e-8 < limit["fluence_erg_cm2"] < 1e-4
    assert limit["probability_covered"] == 1.0
    assert report["published"]["hard_1s_erg_cm2"] > 0


def test_limit_over_a_map(folder: Path) -> None:
    report = ask("limit", folder / "curve.fits", "--t0", T0, "--skymap", folder / "map.fits", *AXES, "--distance-mpc", 100)
    at_peak = ask("limit", folder / "curve.fits", "--t0", T0, "--ra", 0, "--dec", 0, *AXES, "--distance-mpc", 100)
    ours, there = report["limit"]["fluence_erg_cm2"], at_peak["limit"]["fluence_erg_cm2"]
    assert ours == pytest.approx(there, rel=0.2)
    # 4 pi (100 Mpc)^2 F.
    assert report["limit"]["eiso_erg"] == pytest.approx(1.1965e54 * ours, rel=1e-3)


def test_no_limit_shorter_than_a_bin(folder: Path) -> None:
    args = ("--t0", T0, "--theta", 94, "--phi", 90, "--duration", 0.01)
    assert "0.05 s" in command("limit", folder / "curve.fits", *args, "--json").error["message"]


# process


def test_process_without_data(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "result"
    report = ask("process", folder / "gbm.xml", "--out", out)
    assert report["event_key"] == "Fermi-GBM:699999999"
    assert report["verdict"] == "no-data"
    assert report["geometry"]["localisation"]["kind"] == "circle"
    assert report["simulated"] is False
    written = {path.name for path in out.iterdir()}
    assert written == set(report["files"])
    assert {"assessment.json", "event.json", "provenance.json", "circular.txt", "README.txt"} <= written
    kept = json.loads((out / "assessment.json").read_bytes())
    assert kept["verdict"] == "no-data"
    assert list(numbers(kept))


def test_process_with_simulated_data_says_so_and_can_be_repeated(folder: Path, tmp_path: Path) -> None:
    args = ("process", folder / "gbm.xml", "--source", "sim:1", "--out", tmp_path / "result")
    report = ask(*args)
    assert report["simulated"] is True
    assert report["verdict"] == "non-detection"
    assert {"limits.multiorder.fits", "lightcurve-SPI-ACS.png", "circular.txt"} <= set(report["files"])
    assert "SIMULATED" in (tmp_path / "result" / "circular.txt").read_text()
    # Once more without data: nothing of the earlier result stays behind.
    again = ask(*args[:2], "--out", tmp_path / "result")
    assert again["verdict"] == "no-data"
    assert {path.name for path in (tmp_path / "result").iterdir()} == set(again["files"])


def test_process_for_people_ends_with_the_draft(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "result"
    text = command("process", folder / "gbm.xml", "--out", out).out
    assert "\n- No attitude" in text
    assert "Fermi-GBM:699999999" in text
    assert (out / "circular.txt").read_text().splitlines()[-1] in text


def test_a_folder_keeps_one_event(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "result"
    ask("process", folder / "gbm.xml", "--out", out)
    before = (out / "assessment.json").read_bytes()
    error = command("process", folder / "other.xml", "--out", out, "--json").error
    assert "Fermi-GBM:699999999" in error["message"]
    assert (out / "assessment.json").read_bytes() == before


def test_process_of_a_retraction(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_bytes(handler_samples.gwalert(skymap=None))
    (tmp_path / "2.json").write_bytes(handler_samples.gwalert(alert_type="RETRACTION", created="2024-01-01T01:00:00Z"))
    report = ask("process", tmp_path / "1.json", tmp_path / "2.json", "--out", tmp_path / "out")
    assert report["verdict"] == "retracted"


@pytest.mark.parametrize(
    ("names", "kind", "said"),
    [
        (("gbm.xml", "other.xml"), "refused-input", "Fermi-GBM:700000001"),
        (("unknown.xml",), "unknown-kind", "unknown.xml"),
        (("broken.xml",), "refused-input", "malformed-xml"),
        (("list.json",), "refused-input", "list.json"),
        (("reply.txt",), "refused-input", "No Data"),
        (("nothing.fits",), "refused-input", "empty"),
        (("nowhere",), "refused-input", "nowhere"),
        (("pointing.xml",), "refused-input", "describes no event"),
    ],
)
def test_process_refuses(folder: Path, tmp_path: Path, names: tuple[str, ...], kind: str, said: str) -> None:
    answer = command("process", *(folder / name for name in names), "--out", tmp_path / "out", "--json")
    assert answer.error["kind"] == kind
    assert said in answer.error["message"]
    assert answer.error["message"].count(names[-1]) == 1, "named once"
    assert not (tmp_path / "out").exists()
    with_source = command("process", *(folder / name for name in names), "--source", "sim:1", "--out", tmp_path / "out", "--json")
    assert with_source.error == answer.error


def test_a_science_window_is_looked_up_in_an_index(tmp_path: Path) -> None:
    (tmp_path / "idx.fits").write_bytes(index_file())
    report = ask("time", "264100200010", "--source", str(tmp_path))
    assert (report["utc"], report["stop_utc"]) == ("2023-05-18T12:29:08.000", "2023-05-18T13:29:08.000")
    assert (report["revolution"], report["time_error_s"]) == (2641, 8.0)
    assert report["source"].startswith("list of science windows, files in")
    other = ask("time", "264100220010", "--source", str(tmp_path))
    assert other["source"].startswith("approximate")
    assert "not among 3 science windows" in other["source"]
    assert other["time_error_s"] > 3600


def test_the_attitude_of_an_index_and_its_errors(tmp_path: Path) -> None:
    (tmp_path / "idx.fits").write_bytes(index_file())
    found = ask("orient", "--ra", "40", "--dec", "30", "--at", "2023-05-18T12:59:08", "--source", str(tmp_path))
    assert (round(found["theta_deg"], 6), found["attitude_source"]) == (30.0, "constant")
    assert found["theta_error_deg"] == pytest.approx(5 / 60)
    # 15 arcmin of roll, and 5 arcmin of X that turn a direction 30 deg off by twice as much.
    assert found["phi_error_deg"] == pytest.approx(25 / 60, abs=1e-4)
