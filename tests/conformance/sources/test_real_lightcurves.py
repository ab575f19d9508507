"""The real files beside the project, read as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from schemas import Instant
from schemas.errors import NoData, RefusedInput
from transients.sources import FileSource, read_lightcurve, select, write_lightcurve
from transients.sources.clock import seconds_between, shift

GRB = Instant.parse("2023-03-07T15:44:06.67")
FILES = ["spiacs_grb230307a_mmoda.fits", "isgri_lc_mmoda.fits", "spiacs_native_20080319_genlc.txt", "grb221009a_picsit_lc_1s.txt"]


def read(shared_data: Path, name: str):  # type: ignore[no-untyped-def]
    return read_lightcurve((shared_data / "integral" / name).read_bytes(), name)


def test_grb230307a(shared_data: Path) -> None:
    lc = read(shared_data, FILES[0])
    assert len(lc) == 5400
    assert lc.info.ephemeris == (198.394, 71.787, 143490.5)
    assert lc.info.bin_s == 0.1
    # The file's own errors tell the widths independently: error^2 = rate / width.
    table = fits.getdata(shared_data / "integral" / FILES[0], "RATE")
    np.testing.assert_allclose(lc.width_s, table["RATE"] / table["ERROR"] ** 2, rtol=0, atol=5e-6)
    assert sorted(np.round(lc.width_s[np.abs(lc.width_s - 0.1) > 0.01], 3)) == [0.05] * 4 + [0.15] * 4
    assert (lc.counts == np.round(lc.counts)).all()
    assert lc.rate.max() == pytest.approx(1.744e6, rel=1e-3)
    assert np.abs(lc.start_s[1:] - lc.stop_s[:-1]).max() < 5e-6, "bins touch"
    at = seconds_between(GRB, lc.info.reference)
    before = lc.rate[(lc.centre_s - at > -170) & (lc.centre_s - at < -10)]
    assert before.mean() == pytest.approx(90_650, abs=100)
    # TIMEZERO 731519205.1627802 s after 2000-01-01 TT.
    assert lc.info.reference.iso.startswith("2023-03-07T15:45:35.97878")


def test_native_genlc(shared_data: Path) -> None:
    lc = read(shared_data, FILES[2])
    assert len(lc) == 40
    assert lc.info.instrument == "SPI-ACS"
    assert lc.info.bin_s == 0.05
    assert lc.info.reference == Instant(utc="2008-03-19T05:35:00")
    assert (lc.counts[0], lc.counts[-1]) == (5894, 5716)
    assert lc.centre_s[0] == pytest.approx(0.03693378239, abs=1e-6)


def test_imager_and_picsit(shared_data: Path) -> None:
    imager = read(shared_data, FILES[1])
    assert imager.info.instrument == "JEM-X1"
    assert imager.info.energy_kev == (4.12, 29.66)
    assert imager.rate[0] == pytest.approx(2.0777, rel=1e-4)
    picsit = read(shared_data, FILES[3])
    assert picsit.info.instrument == "PICsIT"
    peak = shift(picsit.info.reference, float(picsit.centre_s[np.argmax(picsit.rate)]))
    # The brightest pulse of GRB 221009A came some 220 s after 13:17:00 UTC.
    assert seconds_between(peak, Instant(utc="2022-10-09T13:17:00")) == pytest.approx(219, abs=5)


@pytest.mark.parametrize("name", FILES)
def test_archive_form_gives_them_back(shared_data: Path, name: str) -> None:
    lc = read(shared_data, name)
    back = read_lightcurve(write_lightcurve(lc), name)
    np.testing.assert_array_equal(back.counts, lc.counts)
    np.testing.assert_allclose(back.start_s, lc.start_s, rtol=0, atol=1e-9)
    assert back.info.reference == lc.info.reference


@pytest.mark.parametrize("name", [FILES[0], FILES[1], FILES[3]])
def test_cut_in_half_is_refused(shared_data: Path, name: str) -> None:
    data = (shared_data / "integral" / name).read_bytes()
    with pytest.raises(RefusedInput, match=name):
        read_lightcurve(data[: len(data) // 2], name)


def test_of_another_day(shared_data: Path) -> None:
    with pytest.raises(NoData, match=r"2023-03-07T15:41.*not 2023-03-08"):
        select(read(shared_data, FILES[0]), Instant.parse("2023-03-08T15:44:06.67"), 300.0)


def test_other_material_is_no_light_curve(shared_data: Path) -> None:
    for name in (
        "response_sc_nside16.csv",
        "all_acs_ibas_triggers.csv",
        "isgri_effective_area.txt",
        "recorded_service_replies.json",
    ):
        with pytest.raises(RefusedInput, match=name):
            read(shared_data, name)


async def test_the_folder_as_a_source(shared_data: Path) -> None:
    source = FileSource([shared_data / "integral"])
    lc = await source.light_curve("SPI-ACS", GRB, 100.0)
    assert lc.info.source.endswith(FILES[0])
    orbit = await source.orbit(GRB)
    assert orbit.distance_km == 143490.5
    # Within the pointing of 2009 whose orbit and attitude file is there.
    attitude = await source.attitude(Instant.parse("2009-04-01T02:30:00"))
    assert attitude.x_ra_deg == pytest.approx(300.98, abs=0.1)
    assert (await source.orbit(Instant.parse("2009-04-01T02:30:00"))).distance_km == pytest.approx(152_300, abs=500)
