"""Real sky maps of every kind against the figures that were measured on them independently."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits

from schemas import Instant
from schemas.errors import RefusedInput
from transients.missions import sun_direction, to_time
from transients.sky import (
    SkyMap,
    _fits,
    credible_area_deg2,
    localisation,
    overlap,
    peak,
    probability_in_cone,
    read_skymap,
    visibility,
    write_skymap,
)

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[Row]:
    with (shared_data / "skymaps" / "MANIFEST.tsv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.fixture(scope="module")
def maps(shared_data: Path, rows: list[Row]) -> dict[str, SkyMap]:
    return {row["path"]: read_skymap((shared_data / "skymaps" / row["path"]).read_bytes(), row["path"]) for row in rows}


def test_every_map_is_read_by_kind(rows: list[Row], maps: dict[str, SkyMap]) -> None:
    assert len(rows) >= 18
    kinds = {"multiorder": "multi-order", "flat": "flat", "moc": "moc"}
    for row in rows:
        m = maps[row["path"]]
        assert m.meta["kind"] == kinds[row["kind"]], row["path"]
        assert m.prob.sum() == pytest.approx(1.0, abs=1e-9)
        if row["kind"] != "moc":
            assert m.area_sr.sum() == pytest.approx(4 * np.pi, rel=1e-9), row["path"]


def test_areas_are_those_of_the_manifest(rows: list[Row], maps: dict[str, SkyMap]) -> None:
    compared = 0
    for row in rows:
        stated = re.search(r"area50=([\d.]+) area90=([\d.]*)", row["structure"])
        if stated is None:
            continue
        for level, text in ((0.5, stated[1]), (0.9, stated[2])):
            if text:
                area = credible_area_deg2(maps[row["path"]], level)
                # The manifest prints a tenth; joined equal pixels of flat maps differ by less than one of theirs.
                assert area == pytest.approx(float(text), rel=5e-4, abs=0.06), (row["path"], level)
                compared += 1
    assert compared >= 29


def test_totals_are_reported_as_found(rows: list[Row], maps: dict[str, SkyMap]) -> None:
    compared = 0
    for row in rows:
        stated = re.search(r"sum ([\d.]+)", row["structure"])
        if stated is not None:
            assert maps[row["path"]].total_probability == pytest.approx(float(stated[1]), abs=1e-6), row["path"]
            compared += 1
    assert compared == 15
    swift = maps["mina19__swift_skymap.multiorder.fits"]
    assert swift.total_probability == pytest.approx(0.99905, abs=1e-5)
    assert any("normalised" in remark for remark in swift.remarks)


def test_multi_order_rows_stay_rows(rows: list[Row], maps: dict[str, SkyMap]) -> None:
    for row in rows:
        stated = re.search(r"rows (\d+) orders (\d+)-(\d+)", row["structure"])
        if stated is not None:
            m = maps[row["path"]]
            assert (len(m), int(m.order.min()), int(m.order.max())) == tuple(int(x) for x in stated.groups())


def test_flat_bayestar_maps_become_their_own_mesh(maps: dict[str, SkyMap]) -> None:
    """Flat BAYESTAR maps are upsampled from 19200 tiles: joining equal pixels finds those again."""
    assert len(maps["skyportal__bayestar.fits.gz"]) == 19200
    assert maps["skyportal__GRB220617A_IPN_map_hpx.fits.gz"].meta["pixels"] == 50_331_648
    assert len(maps["skyportal__GRB220617A_IPN_map_hpx.fits.gz"]) < 1000


def test_a_map_and_its_flattened_rows_agree(shared_data: Path, maps: dict[str, SkyMap]) -> None:
    """PROBDENSITY times area by astropy alone, row by row."""
    name = "S230520ae-Initial_alert.skymap.multiorder.fits"
    table = fits.getdata(shared_data / "skymaps" / name, 1)
    order = np.floor(np.log2(table["UNIQ"] / 4) / 2)
    prob = table["PROBDENSITY"] * np.pi / 3 / 4**order
    assert maps[name].prob == pytest.approx(prob / prob.sum(), rel=1e-12)


def test_distances(maps: dict[str, SkyMap]) -> None:
    m = maps["S230518h-Initial_alert.skymap.multiorder.fits"]
    where = localisation(m, "sky map")
    assert (where.distmean_mpc, where.diststd_mpc) == pytest.approx((277.9148872, 68.29158916))
    assert m.distmu is not None
    assert np.isinf(m.distmu).sum() == 1198
    burst = localisation(maps["mina19__rrt_small_area.fits"], "sky map")
    assert burst.distmean_mpc is None


def test_the_first_ligo_guide_map_peaks_in_its_small_region(maps: dict[str, SkyMap]) -> None:
    m = maps["userguide__bayestar.multiorder.fits"]
    near = probability_in_cone(m, peak(m), 10 * u.deg)
    assert 0.5 < near <= 1.0
    assert probability_in_cone(m, SkyCoord((peak(m).ra.deg + 180) * u.deg, -peak(m).dec), 10 * u.deg) < 1e-3


def test_every_map_survives_being_written(maps: dict[str, SkyMap]) -> None:
    for name, m in maps.items():
        if len(m) > 100_000:
            continue
        again = read_skymap(write_skymap(m), name)
        assert localisation(again, "x").peak_ra_deg == localisation(m, "x").peak_ra_deg
        for level in (0.5, 0.9):
            if m.meta["kind"] != "moc":
                assert credible_area_deg2(again, level) == pytest.approx(credible_area_deg2(m, level), rel=1e-9)


def test_visibility_on_a_real_map_is_the_sum_over_fine_pixels(maps: dict[str, SkyMap]) -> None:
    at = Instant.parse("2023-05-20T22:48:42.556")
    m = maps["S230520ae-Initial_alert.skymap.multiorder.fits"]
    sun = sun_direction(to_time(at))
    centres = SkyCoord(*m.centres_rad, unit=u.rad)
    angle = centres.separation(sun).deg
    for half_width in (30.0, 40.0, 50.0):
        by_centres = m.prob[np.abs(angle - 90) < half_width].sum()
        assert visibility(m, at, sun_half_width_deg=half_width).visible_fraction == pytest.approx(by_centres, abs=3e-3)


def _end_of_table(data: bytes) -> int:
    """Where the last byte of the table lies: what follows is padding, which nobody misses."""
    with fits.open(io.BytesIO(data)) as hdus:
        header = hdus[1].header
        return int(hdus[1].fileinfo()["datLoc"] + header["NAXIS1"] * header["NAXIS2"])


@pytest.mark.parametrize("share", [0.0, 0.003, 0.3, 0.9, 1.0])
def test_real_maps_cut_short_are_refused(shared_data: Path, rows: list[Row], share: float) -> None:
    for row in rows:
        data = (shared_data / "skymaps" / row["path"]).read_bytes()
        end = len(data) if row["path"].endswith(".gz") else _end_of_table(data)
        with pytest.raises(RefusedInput, match=re.escape(row["path"])):
            read_skymap(data[: min(int(share * end), end - 1)], row["path"])


def test_headers_and_columns_are_those_that_astropy_reads(shared_data: Path, rows: list[Row]) -> None:
    for row in rows:
        path = shared_data / "skymaps" / row["path"]
        header, table = _fits.first_table(path.read_bytes(), row["path"])
        with fits.open(path) as hdus:
            hdu = next(h for h in hdus if isinstance(h, fits.BinTableHDU))
            for card in hdu.header.cards:
                if len(card.keyword) <= 8 and card.keyword not in {"", "COMMENT", "HISTORY"} and card.value not in {None, ""}:
                    assert header[card.keyword] == card.value, (row["path"], card.keyword)
            for name in hdu.columns.names:
                values = np.asarray(hdu.data[name]).ravel()
                assert np.array_equal(_fits.column(table, name), values, equal_nan=values.dtype.kind == "f"), (row["path"], name)


def test_real_maps_overlap_as_their_rasters_do(maps: dict[str, SkyMap]) -> None:
    """Two maps of order 9, rasterised there: the same to rounding; and with itself a map overlaps more than with any other."""
    names = ["S230518h-Initial_alert.skymap.multiorder.fits", "S230520ae-Initial_alert.skymap.multiorder.fits"]
    flats = []
    for name in names:
        m, flat = maps[name], np.zeros(12 << 18)
        for order, ipix, prob in zip(m.order.tolist(), m.ipix.tolist(), m.prob.tolist(), strict=True):
            count = 4 ** (9 - order)
            flat[ipix * count : (ipix + 1) * count] = prob / count
        flats.append(flat)
    one, other = maps[names[0]], maps[names[1]]
    assert overlap(one, other) == pytest.approx((12 << 18) * float((flats[0] * flats[1]).sum()), rel=1e-9)
    assert overlap(one, one) > 10 * overlap(one, other)
