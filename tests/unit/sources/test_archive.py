"""An archive of count rates: layout, index, pieces, and files that are broken."""

from __future__ import annotations

import warnings
from pathlib import Path

import msgspec
import numpy as np
import pytest
from astropy.io import fits

from schemas import Instant, LightCurve, LightCurveInfo
from schemas.errors import RefusedInput
from transients.sources import read_lightcurve, write_lightcurve
from transients.sources.archive import INDEX, ArchiveReader, ArchiveWriter, list_archive
from transients.sources.clock import seconds_between, shift

#: Twenty seconds before midnight, with 48 ns to lose.
START = Instant(utc="2023-05-18T23:59:40", ns=16_000_048)


def curve(bins: int = 2000, *, instrument: str = "SPI-ACS", mission: str = "INTEGRAL", gap: bool = True) -> LightCurve:
    """Native bins from `START`, with a gap of 10 s after 30 s."""
    index = np.arange(bins)
    start = np.where(gap & (index >= 600), index + 200, index) * 0.05
    counts = np.round(np.random.default_rng(bins).normal(4500, 70, bins))
    info = LightCurveInfo(
        mission=mission, instrument=instrument, tier="cons", reference=START, bin_s=0.05, content_id="x", source="test",
        remarks=("a remark",),
    )  # fmt: skip
    return LightCurve(start_s=start, width_s=np.full(bins, 0.05), counts=counts, info=info)


def absolute(lc: LightCurve) -> np.ndarray:
    return lc.start_s + seconds_between(lc.info.reference, START)


def test_a_light_curve_is_cut_at_midnight_and_comes_back(tmp_path: Path) -> None:
    lc = curve()
    written = ArchiveWriter(tmp_path).put(lc)
    assert [entry.path for entry in written] == ["integral/spi-acs/2023/2023-05-18.fits", "integral/spi-acs/2023/2023-05-19.fits"]
    assert sum(entry.bins for entry in written) == len(lc)
    parts = [read_lightcurve((tmp_path / entry.path).read_bytes(), entry.path) for entry in written]
    np.testing.assert_array_equal(np.concatenate([part.counts for part in parts]), lc.counts)
    np.testing.assert_allclose(np.concatenate([absolute(part) for part in parts]), lc.start_s, rtol=0, atol=2e-9)
    for entry, part in zip(written, parts, strict=True):
        assert seconds_between(entry.start, part.info.reference) == pytest.approx(part.start_s[0], abs=2e-9)
        assert seconds_between(entry.stop, part.info.reference) == pytest.approx(part.stop_s[-1], abs=2e-9)
        assert entry.live_s == pytest.approx(part.width_s.sum())
    # The last bin that starts before midnight is in the day before.
    midnight_s = seconds_between(Instant(utc="2023-05-19T00:00:00"), START)
    assert absolute(parts[0])[-1] < midnight_s <= absolute(parts[1])[0]


@pytest.mark.parametrize("bins", [1, 7, 999, 32768, 10**6])
def test_pieces_are_the_whole(tmp_path: Path, bins: int) -> None:
    lc = curve(50_000)
    path = tmp_path / "a.fits"
    path.write_bytes(write_lightcurve(lc))
    size = min(bins, 3000) if bins < 1000 else bins
    with ArchiveReader(path) as reader:
        pieces = list(reader.pieces(max(size, 500)))
    assert all(len(piece) <= max(size, 500) for piece in pieces)
    np.testing.assert_array_equal(np.concatenate([piece.counts for piece in pieces]), lc.counts)
    np.testing.assert_allclose(np.concatenate([piece.start_s for piece in pieces]), lc.start_s, rtol=0, atol=1e-9)
    np.testing.assert_allclose(np.concatenate([piece.width_s for piece in pieces]), lc.width_s, rtol=0, atol=1e-9)
    assert pieces[0].info.remarks == ("a remark",)


def test_what_a_file_says_of_itself_comes_back(tmp_path: Path) -> None:
    info = msgspec.structs.replace(curve().info, mission="Other", instrument="GBM/NaI", time_frame="geocentre", tier="nrt")
    plain = curve(100)
    lc = LightCurve(start_s=plain.start_s, width_s=plain.width_s, counts=plain.counts + 0.5, info=info)
    (entry,) = ArchiveWriter(tmp_path).put(lc)
    assert entry.path == "other/gbm-nai/2023/2023-05-18.fits"
    assert (entry.mission, entry.instrument, entry.time_frame, entry.tier) == ("Other", "GBM/NaI", "geocentre", "nrt")
    back = read_lightcurve((tmp_path / entry.path).read_bytes(), "x")
    assert (back.info.mission, back.info.time_frame) == ("Other", "geocentre")
    np.testing.assert_array_equal(back.counts, lc.counts)


def test_the_index_saves_opening_and_is_not_needed(tmp_path: Path) -> None:
    ArchiveWriter(tmp_path).put(curve())
    listed, broken = list_archive(tmp_path)
    assert (len(listed), broken) == (2, {})
    (tmp_path / INDEX).unlink()
    assert list_archive(tmp_path) == (listed, {})


def test_a_file_that_changed_since_is_opened_anew(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path)
    writer.put(curve())
    index = (tmp_path / INDEX).read_bytes()
    writer.put(curve(50_000))
    newest, _ = list_archive(tmp_path)
    (tmp_path / INDEX).write_bytes(index + b'{"half a li')
    assert list_archive(tmp_path)[0] == newest
    assert sum(entry.bins for entry in newest) == 50_000


def test_broken_files_are_named_and_the_others_listed(tmp_path: Path) -> None:
    ArchiveWriter(tmp_path).put(curve())
    (tmp_path / "junk.fits").write_bytes(b"no FITS")
    good = (tmp_path / "integral/spi-acs/2023/2023-05-18.fits").read_bytes()
    (tmp_path / "short.fits").write_bytes(good[: len(good) // 2])
    fits.HDUList([fits.PrimaryHDU()]).writeto(tmp_path / "other.fits")
    listed, broken = list_archive(tmp_path)
    assert len(listed) == 2
    assert set(broken) == {"junk.fits", "short.fits", "other.fits"}
    assert "TRLCFORM" in broken["other.fits"]


def test_an_empty_folder_and_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match="no FITS file"):
        list_archive(tmp_path)
    with pytest.raises(RefusedInput, match="no such folder"):
        list_archive(tmp_path / "none")


@pytest.mark.parametrize("seed", range(8))
def test_a_flipped_byte_in_the_counts_is_noticed(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "a.fits"
    data = bytearray(write_lightcurve(curve(20_000)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(__import__("io").BytesIO(bytes(data)), disable_image_compression=True) as hdus:
            info = hdus[-1].fileinfo()
    at = info["datLoc"] + 200 + 997 * seed
    data[at] ^= 0x10
    path.write_bytes(bytes(data))
    with pytest.raises(RefusedInput, match=r"a\.fits"), ArchiveReader(path) as reader:
        for _ in reader.pieces():
            pass
    with pytest.raises(RefusedInput):
        read_lightcurve(bytes(data), "a.fits")


def test_version_1_of_the_form_is_read(tmp_path: Path) -> None:
    # As it was written before: departures always there, images in one tile, no COUNTSID.
    lc = curve(500)
    header = fits.Header()
    for key, value in {
        "TRLCFORM": 1, "TELESCOP": "INTEGRAL", "INSTRUME": "SPI-ACS", "TIMESYS": "UTC", "DATEREF": START.iso, "REFNS": START.ns,
        "TIMEDEL": 0.05, "TIER": "cons", "TASSIGN": "SATELLITE", "SIMULATD": False,
    }.items():  # fmt: skip
        header[key] = value
    columns = [
        fits.Column("FIRST", "K", array=[0]),
        fits.Column("NBINS", "K", array=[500]),
        fits.Column("START", "D", array=[0.0]),
    ]
    zeros = np.zeros(500, np.int32)
    hdus = [
        fits.PrimaryHDU(header=header),
        fits.BinTableHDU.from_columns(columns, name="SEGMENTS"),
        *(fits.CompImageHDU(values, compression_type="RICE_1", name=name)
          for name, values in (("DSTART", zeros), ("DWIDTH", zeros), ("COUNTS", lc.counts.astype(np.int32)))),
    ]  # fmt: skip
    fits.HDUList(hdus).writeto(tmp_path / "old.fits")
    np.testing.assert_array_equal(read_lightcurve((tmp_path / "old.fits").read_bytes(), "old").counts, lc.counts)
    (entry,) = list_archive(tmp_path)[0]
    assert (entry.bins, entry.live_s) == (500, pytest.approx(25.0))
    assert entry.stop == shift(START, 25.0)
