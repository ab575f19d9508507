"""The commands on real material: GRB 230307A, sky maps, notices."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import ask, command

GRB_T0 = "2023-03-07T15:44:06.67"


@pytest.fixture(scope="module")
def grb(shared_data: Path) -> Path:
    return shared_data / "integral" / "spiacs_grb230307a_mmoda.fits"


def test_grb_230307a(grb: Path) -> None:
    report = ask("search", grb, "--t0", GRB_T0)
    assert report["background_rate"] == pytest.approx(90_650, abs=30)
    assert report["onset_s"] == pytest.approx(0.46, abs=0.05)
    assert report["peak_rate_cts_s"] == pytest.approx(1.744e6, rel=1e-3)
    assert report["net_counts"] == pytest.approx(1.52e7, rel=0.01)
    assert report["t90_s"] == pytest.approx(28.5, abs=0.5)
    assert report["detection"] is True
    # The published method's background is the mean over the burst itself: it finds nothing.
    assert report["published"]["background_rate"] == pytest.approx(122_377, abs=1)
    assert report["published"]["excesses"] == []


@pytest.mark.parametrize("window", [100, 200, 1e6])
def test_grb_230307a_in_other_windows(grb: Path, window: float) -> None:
    report = ask("search", grb, "--t0", GRB_T0, "--window", window, "--method", "allwindow")
    assert report["allwindow"]["excesses"][0]["class"] == "likely"
    assert report["published"] is None


def test_grb_230307a_before_and_after(grb: Path) -> None:
    after = ask("search", grb, "--t0", "2023-03-07T15:54:06")
    assert after["completeness"] == pytest.approx(0.1, abs=0.001)
    assert "30%" in after["published_refused"]
    error = command("search", grb, "--t0", "2023-03-08T15:44:06.67", "--json").error
    assert error["kind"] == "no-data"
    assert "2023-03-07T15:41:05" in error["message"]


def test_picsit_and_native_light_curves(shared_data: Path) -> None:
    report = ask("search", shared_data / "integral" / "grb221009a_picsit_lc_1s.txt", "--t0", "2022-10-09T13:17:00")
    assert report["instrument"] == "PICsIT"
    assert report["detection"] is True
    native = command(
        "search", shared_data / "integral" / "spiacs_native_20080319_genlc.txt", "--t0", "2008-03-19T05:35:01", "--json"
    )
    # Two seconds are too little for a background: refused, or all that is there; never a fault.
    assert native.code == 1
    assert native.error["kind"] == "no-data"


def check_map(path: Path) -> None:
    """Everything a map can be asked, on a file."""
    at = ("--at", "2023-05-19T15:24:10", "--orbit", "198.394,71.787,143490.5")
    report = ask("skymap", path, *at, "--x", "138.664,-49.841", "--z", "62.664,11.538")
    assert 0 < report["area50_deg2"] < report["area90_deg2"] < 41_253
    assert report["total_probability"] == pytest.approx(1, abs=1e-3)
    for name in ("visible_fraction", "fov_fraction", "earth_fraction", "moon_fraction"):
        assert 0 <= report[name] <= 1
    assert set(report["response"]) == {"SPI-ACS", "IBIS/Veto", "ISGRI"}


@pytest.mark.parametrize(
    "name",
    ["userguide__bayestar.multiorder.fits", "cds-astro__SMOC.fits", "cds-astro__polygon_moc.fits", "mina19__fermi_skymap.fits.gz",
     "mina19__rrt_small_area.fits", "skyportal__bayestar.fits.gz"],
)  # fmt: skip
def test_sky_maps_of_each_form(shared_data: Path, name: str) -> None:
    check_map(shared_data / "skymaps" / name)


@pytest.mark.nightly
def test_every_sky_map(shared_data: Path) -> None:
    found = sorted((shared_data / "skymaps").glob("*.fit*"))
    assert len(found) >= 18
    for path in found:
        check_map(path)


def test_a_real_gravitational_wave_alert(shared_data: Path, tmp_path: Path) -> None:
    alert = shared_data / "notices" / "lvk" / "json.igwn.gwalert" / "S230521k-Preliminary_alert.json"
    report = ask("process", alert, "--out", tmp_path / "out")
    geometry = report["geometry"]
    assert geometry["localisation"]["area90_deg2"] == pytest.approx(4717, rel=0.01)
    # Printed by the original at its T0: 0.64419.
    assert geometry["visibility"]["visible_fraction"] == pytest.approx(0.644, abs=0.02)
    assert report["verdict"] == "no-data"
    assert (tmp_path / "out" / "circular.txt").exists()


@pytest.mark.parametrize(
    ("pattern", "verdict"),
    [
        ("icecube/voevent.ICECUBE_ASTROTRACK_GOLD/*", "no-data"),
        ("antares/voevent.Antares_Alert/*", "no-data"),
        ("fermi/voevent.FERMI_GBM_FIN_POS/*", "no-data"),
        ("integral/voevent.INTEGRAL_WEAK/*", "no-data"),
        ("lvk/voevent.LVC_RETRACTION/S230524x-2-*", "retracted"),
    ],
)
def test_a_real_alert_of_each_kind(shared_data: Path, tmp_path: Path, pattern: str, verdict: str) -> None:
    document = min((shared_data / "notices").glob(pattern))
    report = ask("process", document, "--out", tmp_path / "out")
    assert report["verdict"] == verdict
    assert report["geometry"]["localisation"] is not None


def test_all_real_notices_in_sum(shared_data: Path) -> None:
    summary = ask("parse", shared_data / "notices", "--summary")
    assert summary["documents"] == summary["notices"] + summary["refused"] > 1800
    assert summary["notices"] > 600
