"""Sky maps of every layout, and the ones that must be refused."""

from __future__ import annotations

import gzip
import io
from typing import Any

import healpy
import numpy as np
import pytest

from schemas.errors import RefusedInput
from transients.sky import SkyMap, healpix, peak, read_skymap

NSIDE = 8
NPIX = 12 * NSIDE**2


@pytest.fixture
def flat() -> np.ndarray:
    rng = np.random.default_rng(3)
    prob = rng.gamma(0.3, size=NPIX)
    return np.asarray(prob / prob.sum())


def _density_at(m: Any, ra_deg: float, dec_deg: float) -> float:
    """Probability per sr of the tile at a position."""
    for order in range(30):
        pixel = healpy.ang2pix(1 << order, ra_deg, dec_deg, nest=True, lonlat=True)
        row = np.flatnonzero((m.order == order) & (m.ipix == pixel))
        if len(row):
            return float(m.density[row[0]])
    return 0.0


@pytest.mark.parametrize("ordering", ["RING", "NESTED"])
@pytest.mark.parametrize("column", ["PROB", "PROBABILITY", "T", "prob", "anything"])
def test_flat_maps_of_any_name_and_order(make_fits: Any, flat: np.ndarray, ordering: str, column: str) -> None:
    data = make_fits({column: ("D", flat)}, ORDERING=ordering, NSIDE=NSIDE, COORDSYS="C")
    m = read_skymap(data, "flat.fits")
    assert m.prob.sum() == pytest.approx(1.0)
    assert m.total_probability == pytest.approx(1.0)
    assert m.meta["kind"] == "flat"
    assert m.remarks == ()
    for pixel in (0, 1, NPIX // 2, NPIX - 1):
        ra, dec = healpy.pix2ang(NSIDE, pixel, nest=ordering == "NESTED", lonlat=True)
        assert _density_at(m, ra, dec) == pytest.approx(flat[pixel] / (4 * np.pi / NPIX), rel=1e-12)


def test_1024_pixels_a_row(make_fits: Any) -> None:
    prob = np.zeros(12 * 32**2)
    prob[[5, 12 * 32**2 - 1]] = 0.25, 0.75
    data = make_fits({"PROB": ("1024E", prob.reshape(-1, 1024))}, ORDERING="RING", NSIDE=32)
    m = read_skymap(data, "x")
    assert (m.prob > 0).sum() == 2
    assert peak(m).dec.deg == pytest.approx(healpy.pix2ang(32, 12 * 32**2 - 1, lonlat=True)[1])
    assert m.area_sr.sum() == pytest.approx(4 * np.pi)
    assert "COORDSYS" in m.remarks[0]


def test_gzip_and_several_members(make_fits: Any, flat: np.ndarray) -> None:
    data = make_fits({"PROB": ("D", flat)}, ORDERING="RING", NSIDE=NSIDE)
    plain = read_skymap(data, "x")
    for packed in (gzip.compress(data), gzip.compress(data[:4000]) + gzip.compress(data[4000:])):
        again = read_skymap(packed, "x.gz")
        assert (again.uniq == plain.uniq).all()
        assert (again.prob == plain.prob).all()


def test_distances_travel_with_their_pixels(make_fits: Any, flat: np.ndarray) -> None:
    mu = np.arange(NPIX, dtype=float)
    mu[7] = np.inf
    ones = np.ones(NPIX)
    columns = {"PROB": ("D", flat), "DISTMU": ("D", mu), "DISTSIGMA": ("D", ones), "DISTNORM": ("D", ones)}
    m = read_skymap(make_fits(columns, ORDERING="RING", NSIDE=NSIDE, DISTMEAN=108.0, DISTSTD=20.0), "x")
    nested = healpy.ring2nest(NSIDE, 7)
    assert m.distmu is not None
    assert np.isinf(m.distmu[(m.order == 3) & (m.ipix == nested)])
    assert m.meta["distmean_mpc"] == 108.0


@pytest.mark.parametrize("code", ["J", "K"])
def test_multi_order_in_any_row_order(make_fits: Any, code: str) -> None:
    order = np.concatenate([np.zeros(11, dtype=int), np.full(4, 1)])
    ipix = np.concatenate([np.arange(11), np.arange(44, 48)])
    rows = np.random.default_rng(1).permutation(15)
    density = np.linspace(0, 1, 15)
    density /= (density * healpix.area_sr(order)).sum()
    columns = {"UNIQ": (code, healpix.join_uniq(order, ipix)[rows]), "PROBDENSITY": ("D", density[rows], "sr-1")}
    m = read_skymap(make_fits(columns, ORDERING="NUNIQ", COORDSYS="C"), "x")
    assert len(m) == 15
    assert m.prob.sum() == pytest.approx(1.0)
    assert m.density[np.flatnonzero(m.uniq == healpix.join_uniq(np.array([1]), np.array([47]))[0])] == pytest.approx(density[-1])
    assert m.remarks == ()


def test_density_per_square_degree(make_fits: Any) -> None:
    density = np.full(12, 1 / healpix.SKY_DEG2)
    m = read_skymap(make_fits({"UNIQ": ("K", np.arange(4, 16)), "PROBDENSITY": ("D", density, "deg-2")}, ORDERING="NUNIQ"), "x")
    assert m.total_probability == pytest.approx(1.0)


def test_a_part_of_the_sky_by_pixel_number(make_fits: Any) -> None:
    columns = {"PIXEL": ("K", [3, NPIX - 1]), "PROB": ("D", [0.25, 0.75])}
    m = read_skymap(make_fits(columns, ORDERING="NESTED", NSIDE=NSIDE), "x")
    assert dict(zip(m.ipix.tolist(), m.prob.tolist(), strict=True)) == {3: 0.25, NPIX - 1: 0.75}


def test_moc_is_a_region_of_equal_density(make_fits: Any) -> None:
    tiles = read_skymap(make_fits({"UNIQ": ("K", [4, 20])}, ORDERING="NUNIQ", COORDSYS="C"), "moc")
    assert tiles.meta["kind"] == "moc"
    assert tiles.density[0] == pytest.approx(tiles.density[1])
    assert "no probability" in tiles.remarks[0]
    bounds = [0, 1 << 56, 5 << 56, 6 << 56]
    ranges = read_skymap(make_fits({"RANGE": ("K", bounds)}, ORDERING="RANGE", MOCDIM="SPACE", COORDSYS="C"), "moc")
    assert sorted(zip(ranges.order.tolist(), ranges.ipix.tolist(), strict=True)) == [(1, 0), (1, 5)]


def test_what_can_be_put_right_is_with_a_remark(make_fits: Any, flat: np.ndarray) -> None:
    def read(prob: np.ndarray) -> Any:
        return read_skymap(make_fits({"PROB": ("D", prob)}, ORDERING="RING", NSIDE=NSIDE, COORDSYS="C"), "x")

    spoiled = flat.copy()
    spoiled[0], spoiled[1], spoiled[2] = np.nan, healpy.UNSEEN, -1e-12
    m = read(spoiled)
    assert m.prob.sum() == pytest.approx(1.0)
    assert (m.prob >= 0).all()
    assert any("NaN or UNSEEN" in r for r in m.remarks)
    assert any("tiny negative" in r for r in m.remarks)
    doubled = read(2.0 * flat)
    assert doubled.total_probability == pytest.approx(2.0)
    assert doubled.prob.sum() == pytest.approx(1.0)
    assert doubled.remarks == ("probability sums to 2: normalised to 1",)


def test_refusals_name_the_map_and_the_reason(make_fits: Any, flat: np.ndarray) -> None:
    def flat_file(prob: Any, **header: Any) -> bytes:
        return make_fits({"PROB": ("D", prob)}, **{"ORDERING": "RING", "NSIDE": NSIDE, "COORDSYS": "C", **header})

    good = flat_file(flat)
    uniq = {"UNIQ": ("K", [4, 16]), "PROBDENSITY": ("D", [1.0, 1.0])}
    cases = {
        "negative": flat_file(np.where(np.arange(NPIX) == 9, -0.5, flat)),
        "infinite": flat_file(np.where(np.arange(NPIX) == 9, np.inf, flat)),
        "sums to 0": flat_file(np.zeros(NPIX)),
        "no tile": flat_file(np.full(NPIX, np.nan)),
        "coordinates 'G'": flat_file(flat, COORDSYS="G"),
        "do not make a map": flat_file(flat[:-1]),
        "power of two": flat_file(flat, NSIDE=7),
        "unknown ORDERING": flat_file(flat, ORDERING="SPIRAL"),
        "no column of probability": make_fits({"A": ("D", flat), "B": ("D", flat)}, ORDERING="RING", NSIDE=NSIDE),
        "overlap": make_fits(uniq, ORDERING="NUNIQ", COORDSYS="C"),
        "UNIQ code": make_fits({**uniq, "UNIQ": ("K", [3, 4])}, ORDERING="NUNIQ", COORDSYS="C"),
        "not whole numbers": make_fits({**uniq, "UNIQ": ("D", [4.0, 5.0])}, ORDERING="NUNIQ"),
        "cut short": good[: len(good) // 2],
        "gzip that ends early": gzip.compress(good)[:-200],
        "not a FITS file": b"<html>404</html>",
        "begins with ''": b"",
        "broken gzip": b"\x1f\x8b" + bytes(100),
        "out of order": make_fits({"RANGE": ("K", [5, 3])}, ORDERING="RANGE"),
        "no region of the sky": make_fits({"RANGE": ("K", [0, 3])}, ORDERING="RANGE", MOCDIM="TIME"),
    }
    for reason, data in cases.items():
        with pytest.raises(RefusedInput, match=f"bad.fits: .*{reason}"):
            read_skymap(data, "bad.fits")


@pytest.mark.parametrize("cut", [10, 80, 2000, 2880, 4000, 5760, 6000])
def test_a_map_cut_anywhere_is_refused(make_fits: Any, flat: np.ndarray, cut: int) -> None:
    data = make_fits({"PROB": ("D", flat)}, ORDERING="RING", NSIDE=NSIDE)
    assert cut < len(data)
    with pytest.raises(RefusedInput, match=r"x\.fits"):
        read_skymap(data[:cut], "x.fits")


def test_bombs_are_refused_before_they_unpack(make_fits: Any, flat: np.ndarray) -> None:
    with pytest.raises(RefusedInput, match="unpacks to more"):
        read_skymap(gzip.compress(bytes(5_000_000)), "bomb.gz", max_bytes=1_000_000)
    with pytest.raises(RefusedInput, match="2000 bytes are more than the 1000"):
        read_skymap(bytes(2000), "big", max_bytes=1000)
    data = make_fits({"PROB": ("D", flat)}, ORDERING="RING", NSIDE=NSIDE)
    claims = data.replace(b"NAXIS2  =                  768", b"NAXIS2  =       99999999999999")
    assert claims != data
    with pytest.raises(RefusedInput, match="cut short"):
        read_skymap(claims, "claims")


def test_primary_image_only_is_refused(make_fits: Any) -> None:
    from astropy.io import fits

    out = io.BytesIO()
    fits.PrimaryHDU(np.zeros((4, 4))).writeto(out)
    with pytest.raises(RefusedInput, match="no binary table"):
        read_skymap(out.getvalue(), "image.fits")


def test_columns_that_are_scaled_go_the_long_way(make_fits: Any) -> None:
    """Unsigned UNIQ codes are stored with an offset; only astropy's reader knows."""
    from astropy.io import fits

    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("UNIQ", "K", bzero=2**63, array=np.arange(4, 16, dtype=np.uint64)),
            fits.Column("PROBDENSITY", "D", unit="sr-1", array=np.full(12, 1 / (4 * np.pi))),
        ]
    )
    table.header["ORDERING"], table.header["COORDSYS"] = "NUNIQ", "C"
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(out)
    m = read_skymap(out.getvalue(), "x")
    assert sorted(m.ipix.tolist()) == list(range(12))
    assert m.total_probability == pytest.approx(1.0)


def test_a_table_behind_images_and_texts_is_found(make_fits: Any) -> None:
    """An image in the first unit and another before the table, columns of text beside the numbers, comments and quotes."""
    from astropy.io import fits

    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("NAME", "5A", array=np.array([f"t{k}" for k in range(12)])),
            fits.Column("SEEN", "L", array=np.ones(12, dtype=bool)),
            fits.Column("PROB", "E", array=np.full(12, 1 / 12)),
        ]
    )
    for key, value in {"ORDERING": "NESTED", "NSIDE": 1, "COORDSYS": "C", "OBJECT": "O'Neill / 7", "DISTMEAN": 1.5e2}.items():
        table.header[key] = (value, "a comment / with a slash and 'quotes'")
    table.header["COMMENT"] = "END = nothing"
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(np.zeros((7, 9))), fits.ImageHDU(np.zeros((3, 3), dtype=np.int16)), table]).writeto(out)
    m = read_skymap(out.getvalue(), "x")
    assert len(m) == 12 or m.area_sr.sum() == pytest.approx(4 * np.pi)
    assert (m.meta["object"], m.meta["distmean_mpc"]) == ("O'Neill / 7", 150.0)


def test_tiles_that_are_no_pixels_make_no_map() -> None:
    for order, ipix in (([0], [12]), ([0], [-1]), ([30], [0]), ([-1], [0]), ([29], [12 << 58])):
        with pytest.raises(ValueError, match="no HEALPix pixel"):
            SkyMap(np.array(order), np.array(ipix), np.array([1.0]))
