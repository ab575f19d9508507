"""`transients time`: every way to write an instant."""

import pytest
from mission_samples import shipped_integral

from schemas import Instant
from schemas.errors import NoData, RefusedInput
from transients.missions import time_report, to_time

INTEGRAL = shipped_integral()
KEYS = {"utc", "ijd", "mjd_tt", "revolution", "phase", "phase_error", "source"}


@pytest.mark.parametrize(
    "text",
    [
        "2023-05-18T12:59:08",
        " 2023-05-18 12:59:08.000Z ",
        "8538.541865555555",
        "IJD 8538.541865555555",
        "60082.541865555555",
        "MJD60082.541865555555",
        "mjd 60082.541865555555",
    ],
)
def test_every_way_to_write_an_instant(text: str) -> None:
    found = time_report(text, "auto", INTEGRAL)
    assert set(found) == KEYS
    assert found["utc"] == "2023-05-18T12:59:08.000"
    assert found["ijd"] == pytest.approx(8538.541865555555, abs=1e-10)
    assert found["mjd_tt"] == pytest.approx(60082.541865555555, abs=1e-10)
    assert found["revolution"] == 2641
    assert 0.3 < found["phase"] < 0.4
    assert 0 < found["phase_error"] < 0.01


def test_ijd_2000() -> None:
    found = time_report("2000", "auto", INTEGRAL)
    assert (found["utc"], found["revolution"]) == ("2005-06-22T23:58:55.816", 328)
    assert found["source"] == "orbit model"
    assert found["phase_error"] > 0.05


def test_scales() -> None:
    utc = time_report("60082.5", "utc", INTEGRAL)
    tt = time_report("60082.5", "tt", INTEGRAL)
    assert (utc["ijd"] - tt["ijd"]) * 86400 == pytest.approx(69.184, abs=1e-4)
    assert time_report("2023-05-18T12:00:00", "tt", INTEGRAL)["utc"] == "2023-05-18T11:58:50.816"
    assert time_report("8538.5", "utc", INTEGRAL) == time_report("8538.5", "auto", INTEGRAL)
    assert time_report("2023-05-18", "auto", INTEGRAL)["utc"] == "2023-05-18T00:00:00.000"


@pytest.mark.parametrize(
    ("scw", "utc"),
    [
        ("110800450010", "2011-11-11T11:11:11"),
        ("032800550010", "2005-06-22T23:58:55.816"),
        ("209700520010", "2019-06-02T17:59:27"),
        ("220600180010", "2020-03-16T21:57:56"),
        ("264100200010", "2023-05-18T12:59:08"),
        ("078900560010.001", "2009-04-01T02:11:24"),
    ],
)
def test_science_windows_resolve_within_the_stated_error(scw: str, utc: str) -> None:
    found = time_report(scw, "auto", INTEGRAL)
    assert set(found) == KEYS | {"scw_id", "time_error_s"}
    assert found["revolution"] == int(scw[:4])
    assert found["source"].startswith("approximate")
    apart = (to_time(Instant.parse(found["utc"])) - to_time(Instant.parse(utc))).to_value("s")
    assert abs(apart) < found["time_error_s"]


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2023-13-01T00:00:00", "-5", "1e9", "IJD 60000", "MJD 8538", "nan", "26410020001"]
)
def test_refused(text: str) -> None:
    with pytest.raises(RefusedInput):
        time_report(text, "auto", INTEGRAL)


def test_refused_scale_and_times_without_a_revolution() -> None:
    with pytest.raises(RefusedInput, match="scale"):
        time_report("2000", "gps", INTEGRAL)
    for text in ("1999-01-01T00:00:00", "000000010010"):
        with pytest.raises(NoData):
            time_report(text, "auto", INTEGRAL)
