"""Attitude, orbit and timeline files of our own making; the real one is in the conformance tests."""

import gzip
import io

import numpy as np
import pytest
from astropy.io import fits

from schemas import Instant
from schemas.errors import NoData, RefusedInput
from transients.missions import from_ijd, to_instant
from transients.missions.bodies import position_km
from transients.missions.integral import read_attitude, read_orbit, read_timeline

START = 8538.0


def at(day: float) -> Instant:
    return to_instant(from_ijd(day))


def table(columns: dict[str, object], **keywords: object) -> bytes:
    made = [fits.Column(name, "D", array=np.array(values, dtype=float)) for name, values in columns.items()]
    unit = fits.BinTableHDU.from_columns(made)
    unit.header.update(keywords)
    buffer = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), unit]).writeto(buffer)
    return buffer.getvalue()


def attitude_file() -> bytes:
    """Two pointings of 0.02 d, X on the equator at RA 359 and 1, a slew of 0.01 d between; Z at the pole."""
    return table(
        {
            "DAYBEG": [START, START + 0.03],
            "DAYEND": [START + 0.02, START + 0.05],
            "RA_SCX": [359.0, 1.0],
            "DEC_SCX": [0.0, 0.0],
            "RA_SCZ": [0.0, 0.0],
            "DEC_SCZ": [90.0, 90.0],
        }
    )


def test_attitude_inside_a_pointing_and_in_the_slew() -> None:
    found = read_attitude(attitude_file(), "aux/attitude_historic.fits")
    still = found.at(at(START + 0.01))
    assert (still.x_ra_deg, still.source) == (pytest.approx(359.0), "historic")
    assert (still.error_deg, still.roll_error_deg) == (pytest.approx(1 / 60), pytest.approx(3 / 60))
    slewing = found.at(at(START + 0.025))
    assert (slewing.x_ra_deg + 180) % 360 == pytest.approx(180.0, abs=1e-6)
    assert slewing.error_deg == pytest.approx(1.0 + 1 / 60)
    assert slewing.roll_error_deg == pytest.approx(1.0 + 3 / 60)
    assert slewing.z_dec_deg == pytest.approx(90.0)


@pytest.mark.parametrize(
    ("name", "source"), [("attitude_snapshot.fits.gz", "snapshot"), ("attitude_predicted.fits", "predicted")]
)
def test_source_is_told_by_the_name(name: str, source: str) -> None:
    data = attitude_file()
    found = read_attitude(gzip.compress(data) if name.endswith(".gz") else data, name)
    assert found.at(at(START)).source == source


def test_outside_the_table() -> None:
    found = read_attitude(attitude_file(), "attitude_historic.fits")
    found.at(at(START - 7 / 86400))
    for day in (START - 1, START + 0.06):
        with pytest.raises(NoData, match=r"attitude_historic\.fits: covers 2023-05-17T23:58:50"):
            found.at(at(day))


def orbit_file(**change: object) -> bytes:
    angle = np.linspace(0, 0.3, 13)
    columns: dict[str, object] = {
        "DAYBEG": START + angle,
        "DAYEND": START + angle,
        "XPOS": 1e5 * np.cos(angle),
        "YPOS": 1e5 * np.sin(angle),
        "ZPOS": 0 * angle,
        "RDIST": np.full(13, 1e5),
    }
    return table(columns | change)


def test_orbit_between_rows_follows_the_curve() -> None:
    found = read_orbit(orbit_file(), "orbit_historic.fits").at(at(START + 0.1125))
    assert found.ra_deg == pytest.approx(np.degrees(0.1125), abs=1e-4)
    assert found.distance_km == pytest.approx(1e5, abs=0.1)
    true = 1e5 * np.array([np.cos(0.1125), np.sin(0.1125), 0.0])
    assert found.error_km is not None
    assert np.linalg.norm(position_km(found) - true) < found.error_km < 0.1
    assert found.source == "orbit file"


def test_orbit_at_its_ends() -> None:
    table_ = read_orbit(orbit_file(), "orbit_predicted.fits")
    assert table_.source == "orbit file, predicted"
    for day, ra in ((START, 0.0), (START + 0.3, np.degrees(0.3))):
        assert table_.at(at(day)).ra_deg == pytest.approx(ra, abs=1e-6)
    with pytest.raises(NoData):
        table_.at(at(START + 0.31))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a FITS file"),
        (b"<html>", "not a FITS file"),
        (gzip.compress(attitude_file())[:200], "gzip that ends early"),
        (attitude_file()[:5800], "file.fits"),
        (table({"X": [1.0]}), "RA_SCX"),
        (
            table({"RA_SCX": [1.0], "DEC_SCX": [1.0], "RA_SCZ": [1.0], "DEC_SCZ": [1.0], "DAYBEG": [1], "DAYEND": [2]}),
            "right angles",
        ),
        (table({"RA_SCX": [1.0], "DEC_SCX": [0], "RA_SCZ": [1], "DEC_SCZ": [90], "DAYBEG": [2], "DAYEND": [1]}), "ends before"),
        (table({"RA_SCX": [np.nan], "DEC_SCX": [0], "RA_SCZ": [1], "DEC_SCZ": [90], "DAYBEG": [1], "DAYEND": [2]}), "finite"),
        (table({"RA_SCX": [], "DEC_SCX": [], "RA_SCZ": [], "DEC_SCZ": [], "DAYBEG": [], "DAYEND": []}), "no rows"),
        (table({"RA_SCX": [1.0], "DEC_SCX": [0], "RA_SCZ": [1], "DEC_SCZ": [90]}), "OB_TIME"),
    ],
)
def test_refused_attitude_files(data: bytes, message: str) -> None:
    with pytest.raises(RefusedInput, match=message):
        read_attitude(data, "file.fits")


def test_orbit_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(RefusedInput, match="RDIST"):
        read_orbit(orbit_file(RDIST=np.full(13, 9e4)), "orbit_historic.fits")


TIMELINE = """# made for the test
2023-05-17T14:39:43Z MOUT                 
2023-05-17T18:05:00Z IBIS_START           MODE 41
2023-05-17T17:49:17Z SPI_START            
2023-05-20T00:20:00Z SPI_STOP             
2023-05-20T00:23:28Z IBIS_STOP            
2023-05-20T05:24:30Z PSF_STOP
"""  # noqa: W291


def test_timeline() -> None:
    found = read_timeline(TIMELINE)
    window = found.window(2641)
    assert (window.number, window.start.utc, window.stop.utc) == (2641, "2023-05-17T17:49:17", "2023-05-20T00:23:28")
    assert [event.name for event in found.events][:3] == ["MOUT", "SPI_START", "IBIS_START"]
    assert found.events[2].value == "MODE 41"
    assert found.other_lines == ("# made for the test",)


def test_timeline_without_science() -> None:
    with pytest.raises(NoData, match="2641"):
        read_timeline("2023-05-17T14:39:43Z MOUT").window(2641)
    for text in ("", "<html>No such file</html>"):
        with pytest.raises(RefusedInput, match="timeline"):
            read_timeline(text)
