"""Commands that need no file: time, orient, response, fap, limit from count limits."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from astropy.io import fits
from command_line import AXES, ask, command
from scipy.optimize import brentq

from transients.missions.integral import Integral
from transients.missions.integral.response_fits import response_to_fits
from transients.sources import load_response


@pytest.mark.parametrize("text", ["2023-05-18T12:59:08", "8538.541865555555", "MJD 60082.541865555555"])
def test_time_says_the_same_however_it_is_written(text: str) -> None:
    report = ask("time", text)
    assert report["utc"] == "2023-05-18T12:59:08.000"
    assert report["ijd"] == pytest.approx(8538.541865555555, abs=1e-11)
    assert report["mjd_tt"] == pytest.approx(60082.541865555555, abs=1e-10)
    assert report["revolution"] == 2641
    assert 0 <= report["phase"] < 1
    assert {"phase_error", "source"} <= set(report)


def test_an_iso_time_in_another_scale() -> None:
    assert ask("time", "2023-05-18T13:00:17.184", "--scale", "tt")["utc"] == "2023-05-18T12:59:08.000"


def test_a_science_window_is_approximate_and_says_so() -> None:
    report = ask("time", "264100200010.001")
    assert report["revolution"] == 2641
    assert "approximate" in report["source"]
    # Recorded: the window holds 2023-05-18T12:59:08, 8538.5419.
    assert abs(report["ijd"] - 8538.5419) * 86400 < report["time_error_s"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("tomorrow", "refused-input"), ("nan", "refused-input"), ("1e9", "refused-input"), ("2001-01-01", "no-data"),
     ("000000010010", "no-data")],
)  # fmt: skip
def test_times_that_cannot_be(text: str, kind: str) -> None:
    error = command("time", text, "--json").error
    assert error["kind"] == kind
    assert text[:10] in error["message"]


def test_orient_of_grb_221009a() -> None:
    report = ask("orient", "--ra", 288.264, "--dec", 19.773, *AXES)
    assert report["theta_deg"] == pytest.approx(65.8113, abs=2e-3)
    assert report["phi_deg"] == pytest.approx(-110.1594, abs=2e-3)
    assert report["word"] == "on-ACS"
    assert report["attitude_source"] == "axes"


@pytest.mark.parametrize(("ra", "dec"), [(0, 0), (0, 90), (0, -90), (360, 0), (-1, 5)])
def test_orient_at_the_edges_of_coordinates(ra: float, dec: float) -> None:
    report = ask("orient", "--ra", ra, "--dec", dec, *AXES)
    same = ask("orient", "--ra", ra % 360, "--dec", dec, *AXES)
    assert 0 <= report["theta_deg"] <= 180
    assert -180 < report["phi_deg"] <= 180
    assert report["theta_deg"] == pytest.approx(same["theta_deg"], abs=1e-9)


def test_orient_by_the_simulator() -> None:
    report = ask("orient", "--ra", 73.39, "--dec", -7.03, "--at", "2019-06-02T17:59:27", "--source", "sim:1")
    assert report["attitude_source"] == "simulated"
    assert report == ask("orient", "--ra", 73.39, "--dec", -7.03, "--at", "2019-06-02T17:59:27", "--source", "sim:1")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--ra", 1, "--dec", 91, *AXES), 1, "beyond the pole"),
        (("--ra", 1, "--dec", 2, "--x", "1,2", "--z", "3,4"), 1, "not 90"),
        (("--ra", 1, "--dec", 2, "--at", "2019-06-02T17:59:27"), 1, "no source of data is configured"),
        (("--ra", 1, "--dec", 2, "--at", "2019-06-02T17:59:27", "--source", "sim:x"), 1, "a seed is a number"),
        (("--ra", 1, "--dec", 2, "--at", "2019-06-02T17:59:27", "--source", "/no/such"), 1, "/no/such"),
        (("--ra", "nan", "--dec", 2, *AXES), 2, "nan"),
        (("--ra", 1, "--dec", "inf", *AXES), 2, "inf"),
        (("--ra", 1, "--dec", 2, *AXES[:2]), 2, "--x and --z go together"),
        (("--ra", 1, "--dec", 2, "--x", "1,2,3", "--z", "1,2"), 2, "RA,DEC"),
        (("--ra", 1, "--dec", 2), 2, "--at"),
        (("--ra", 1), 2, "--dec"),
    ],
)
def test_orient_refuses(args: tuple[object, ...], code: int, said: str) -> None:
    answer = command("orient", *args, "--json")
    assert answer.code == code
    assert said in answer.err
    # Wrong usage prints nothing for programs to read; a refusal prints its error.
    assert (answer.out == "") == (code == 2)


@pytest.mark.parametrize("instrument", ["SPI-ACS", "IBIS/Veto", "ISGRI"])
@pytest.mark.parametrize("spectrum", ["hard", "soft", "crabby", "comp:-0.5,600", "band:-1,-2.5,300", "pl:2"])
def test_response_of_every_instrument_and_spectrum(instrument: str, spectrum: str) -> None:
    report = ask("response", "--theta", 120, "--phi", 180, "--instrument", instrument, "--spectrum", spectrum)
    assert 1e-10 < report["fluence_per_count_erg_cm2"] < 1e-7
    assert 0 < report["percent_of_best"] <= 100
    assert report["word"] in ("near-optimal", "somewhat suppressed", "strongly suppressed")
    assert 0 <= report["model_residual_percent"] < 20
    across = ask("response", "--theta", 120, "--phi", -180, "--instrument", instrument, "--spectrum", spectrum)
    assert across["fluence_per_count_erg_cm2"] == pytest.approx(report["fluence_per_count_erg_cm2"], rel=1e-9)


@pytest.mark.parametrize(
    ("args", "code"),
    [(("--theta", 181, "--phi", 0), 1), (("--theta", 1, "--phi", 0, "--instrument", "JEM-X"), 1),
     (("--theta", 1, "--phi", 0, "--spectrum", "band:1,2,3"), 1), (("--theta", "nan", "--phi", 0), 2), (("--theta", 1), 2)],
)  # fmt: skip
def test_response_refuses(args: tuple[object, ...], code: int) -> None:
    assert command("response", *args, "--json").code == code


def test_fap_of_a_printed_excess() -> None:
    # S230627c: S/N 3.37 at 2.4 s, 0.221 s before T0, printed with a FAP of 0.00943.
    report = ask("fap", "--snr", 3.37, "--scale", 2.4, "--t=-0.221")
    assert report["fap"] == pytest.approx(0.00943, rel=5e-3)
    assert report["class"] == "tentatively"


@pytest.mark.parametrize(("snr", "scale"), [("nan", 1), (5, 0), (5, -1), (5, "inf")])
def test_fap_refuses_what_is_no_scale_or_number(snr: object, scale: object) -> None:
    assert command("fap", "--snr", snr, "--scale", scale, "--t", 0).code == 2


def test_published_limits_of_s230627c() -> None:
    """Count limits 1035.18 (1 s) and 2910.31 (8 s) at theta 94 deg, response 81 %: 1.8e-7, 1.6e-7, 5.5e-8 were published."""
    response = Integral(load_response()).response
    theta = math.radians(94.0)
    phi = math.degrees(brentq(lambda phi: float(response.percent_of_best("SPI-ACS", "hard", theta, phi)) - 81.0, 1.7, math.pi))
    counts = ("--count-limit", "SPI-ACS:1:1035.18", "--count-limit", "SPI-ACS:8:2910.31")
    report = ask("limit", *counts, "--theta", 94, "--phi", phi)
    assert report["published"]["hard_1s_erg_cm2"] == pytest.approx(1.8e-7, rel=0.05)
    assert report["published"]["soft_1s_erg_cm2_s"] == pytest.approx(1.6e-7, rel=0.05)
    assert report["published"]["soft_8s_erg_cm2_s"] == pytest.approx(5.5e-8, rel=0.05)
    assert {"confidence", "duration_s", "spectrum", "fluence_erg_cm2", "eiso_erg", "probability_covered"} <= set(report["limit"])


def test_isotropic_energy_as_published() -> None:
    # S190930t: 3.3e-7 erg/cm2 at 108 Mpc is 4.6e47 erg.
    report = ask("limit", "--count-limit", "SPI-ACS:1:1000", "--theta", 94, "--phi", 90, "--distance-mpc", 108)
    ratio = report["published"]["eiso_hard_1s_erg"] / report["published"]["hard_1s_erg_cm2"]
    assert ratio == pytest.approx(4.6e47 / 3.3e-7, rel=0.02)


def test_energy_over_that_of_the_gravitational_wave() -> None:
    """GW170104: 2.0 solar masses at 880 Mpc; 1.0e-6 erg/cm2 is 2.6e-5 of it, as published."""
    counts = ("--count-limit", "SPI-ACS:1:1000", "--theta", 94, "--phi", 90, "--distance-mpc", 880)
    found = ask("limit", *counts, "--gw-energy-msun", 2.0)["limit"]
    assert found["energy_over_gw"] / found["fluence_erg_cm2"] == pytest.approx(2.6e-5 / 1.0e-6, rel=0.02)
    assert found["liso_erg_s"] == pytest.approx(found["eiso_erg"])
    assert ask("limit", *counts)["limit"]["energy_over_gw"] is None


def test_a_spectrum_from_a_file(tmp_path: Path) -> None:
    table = tmp_path / "spectrum.txt"
    table.write_text("10 100\n100 10\n1000 1\n10000 0.1\n")  # E^-1
    direction = ("--theta", 94, "--phi", 90)
    ours = ask("response", *direction, "--spectrum", f"tab:{table}")
    assert ours["spectrum"] == f"tab:{table}"
    power_law = ask("response", *direction, "--spectrum", "pl:1")
    assert ours["fluence_per_count_erg_cm2"] == pytest.approx(power_law["fluence_per_count_erg_cm2"], rel=0.01)
    limit = ask("limit", "--count-limit", "SPI-ACS:1:1000", *direction, "--spectrum", f"tab:{table}")["limit"]
    assert limit["spectrum"] == f"tab:{table}"
    assert command("response", *direction, "--spectrum", f"tab:{tmp_path / 'none'}", "--json").error["kind"]
    table.write_text("10 words\n")
    assert "line 1" in command("response", *direction, "--spectrum", f"tab:{table}", "--json").error["message"]


def test_an_operators_response_rules_every_command(tmp_path: Path) -> None:
    """A file with responses twice as good: limits are half, and the source is named."""
    model = load_response()
    with fits.open(io.BytesIO(response_to_fits(model, nside=32))) as units:
        for name in units["RESPONSE"].columns.names:
            units["RESPONSE"].data[name] *= 0.5
        units["RESPONSE"].header["RESPSRC"], units["RESPONSE"].header["RESPVERS"] = "calibration of my own", "7"
        units.writeto(tmp_path / "mine.fits.gz")
    settings = tmp_path / "settings.toml"
    settings.write_text(f'[mission]\nresponse_file = "{tmp_path / "mine.fits.gz"}"\n')
    direction, counts = ("--theta", 94, "--phi", 90), ("--count-limit", "SPI-ACS:1:1000", "--count-limit", "SPI-ACS:8:3000")
    mine = ask("--config", settings, "response", *direction)
    assert (mine["source"], mine["version"]) == ("calibration of my own", "7")
    shipped, own = ask("limit", *counts, *direction), ask("--config", settings, "limit", *counts, *direction)
    for key in ("hard_1s_erg_cm2", "soft_1s_erg_cm2_s", "soft_8s_erg_cm2_s"):
        assert own["published"][key] == pytest.approx(0.5 * shipped["published"][key], rel=0.02)
    assert own["limit"]["fluence_erg_cm2"] == pytest.approx(0.5 * shipped["limit"]["fluence_erg_cm2"], rel=0.02)


def test_what_a_limit_lacks_is_said() -> None:
    report = ask("limit", "--count-limit", "SPI-ACS:1:1000", "--theta", 94, "--phi", 0, "--duration", 5)
    assert report["limit"] is None
    assert report["published"]["soft_8s_erg_cm2_s"] is None
    assert any("5 s" in remark for remark in report["remarks"])
    assert any("8 s" in remark for remark in report["remarks"])


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--count-limit", "SPI-ACS:1", "--theta", 94, "--phi", 0), 1),
        (("--count-limit", "SPI-ACS:1:nan", "--theta", 94, "--phi", 0), 1),
        (("--count-limit", "JEM-X:1:5", "--theta", 94, "--phi", 0), 1),
        (("--count-limit", "SPI-ACS:1:5", "--theta", 190, "--phi", 0), 1),
        (("--count-limit", "SPI-ACS:1:5", "--theta", 94), 2),
        (("--count-limit", "SPI-ACS:1:5", "--ra", 0, "--dec", 0), 2),
        (("--count-limit", "SPI-ACS:1:5"), 2),
        (("--count-limit", "SPI-ACS:1:5", "--theta", 94, "--phi", 0, "--ra", 0, "--dec", 0), 2),
        (("--count-limit", "SPI-ACS:1:5", "--theta", 94, "--phi", 0, "--confidence", 1), 2),
        (("--theta", 94, "--phi", 0), 2),
    ],
)
def test_limit_refuses(args: tuple[object, ...], code: int) -> None:
    assert command("limit", *args, "--json").code == code


def test_people_read_a_table() -> None:
    answer = command("orient", "--ra", 0, "--dec", 0, *AXES)
    assert answer.code == 0
    assert "theta_deg" in answer.out
    assert "96.707" in answer.out
    assert "{" not in answer.out


def test_people_read_days_to_a_millisecond() -> None:
    text = command("time", "2023-05-18T12:59:08").out
    assert "8538.541865556" in text
    assert "60082.541865556" in text


def test_a_list_is_a_table_of_its_own() -> None:
    answer = command("limit", "--count-limit", "SPI-ACS:1:1000", "--theta", 94, "--phi", 0)
    heading = next(line for line in answer.out.splitlines() if line.startswith("confidence "))
    assert heading.split()[:3] == ["confidence", "duration_s", "spectrum"]
    assert len([line for line in answer.out.splitlines() if line.startswith("0.9973 ")]) == 2
