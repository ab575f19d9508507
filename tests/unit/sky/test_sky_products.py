"""Responses over maps, the limit-map file, and the summary the command line prints."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from astropy.io import fits

from schemas import Attitude, Circle, Instant, OrbitState
from schemas.errors import RefusedInput
from transients.missions import to_spacecraft
from transients.missions.integral import Integral
from transients.sky import SkyMap, read_columns, read_skymap, response_over, skymap_from_region, skymap_report, write_skymap

AT = Instant.parse("2023-05-18T12:59:08")
ATTITUDE = Attitude(at=AT, x_ra_deg=138.664, x_dec_deg=-49.841, z_ra_deg=62.664, z_dec_deg=11.538, source="axes")
MAP = skymap_from_region(Circle(ra_deg=40.67, dec_deg=-0.013, radius_deg=3.0, containment=0.9))
KEYS = {
    "area50_deg2",
    "area90_deg2",
    "peak_ra_deg",
    "peak_dec_deg",
    "total_probability",
    "distmean_mpc",
    "tiles",
    "visible_fraction",
    "sun_half_width_deg",
    "fov_fraction",
    "earth_fraction",
    "moon_fraction",
    "response",
}


def test_response_at_the_tiles_centres(integral: Integral) -> None:
    values = response_over(MAP, ATTITUDE, integral, "SPI-ACS", "hard")
    assert values.shape == (len(MAP),)
    theta, phi = to_spacecraft(*MAP.centres_rad, ATTITUDE)
    direct = integral.response.fluence_per_count("SPI-ACS", "hard", theta, phi)
    fine = MAP.order >= 5
    assert values[fine] == pytest.approx(direct[fine], rel=1e-12)
    assert (values > 0).all()


def test_coarse_tiles_have_the_mean_of_their_parts(integral: Integral) -> None:
    coarse = SkyMap(np.zeros(12), np.arange(12), np.full(12, 1 / 12))
    fine = SkyMap(np.full(12 * 4**5, 5), np.arange(12 * 4**5), np.full(12 * 4**5, 1 / (12 * 4**5)))
    over = response_over(fine, ATTITUDE, integral, "IBIS/Veto", "soft").reshape(12, -1).mean(axis=1)
    assert response_over(coarse, ATTITUDE, integral, "IBIS/Veto", "soft") == pytest.approx(over, rel=1e-12)


def test_written_maps_carry_their_columns() -> None:
    limit = np.linspace(1e-7, 2e-7, len(MAP))
    data = write_skymap(MAP, {"FLUENCE_LIMIT": (limit, "erg cm-2")}, {"INSTRUME": "SPI-ACS"})
    assert data == write_skymap(MAP, {"FLUENCE_LIMIT": (limit, "erg cm-2")}, {"INSTRUME": "SPI-ACS"})
    with fits.open(io.BytesIO(data)) as hdus:
        hdus.verify("exception")
        header, table = hdus[1].header, hdus[1].data
        assert (header["ORDERING"], header["COORDSYS"], header["PIXTYPE"], header["INSTRUME"]) == (
            "NUNIQ",
            "C",
            "HEALPIX",
            "SPI-ACS",
        )
        assert header["MOCORDER"] == MAP.order.max()
        assert (np.diff(table["UNIQ"]) > 0).all()
        units = {column.name: column.unit for column in hdus[1].columns}
        assert units == {"UNIQ": None, "PROBDENSITY": "sr-1", "FLUENCE_LIMIT": "erg cm-2"}
        found = dict(zip(table["UNIQ"].tolist(), table["FLUENCE_LIMIT"].tolist(), strict=True))
    assert found == dict(zip(MAP.uniq.tolist(), limit.tolist(), strict=True))
    again = read_skymap(data, "again")
    assert again.prob.sum() == pytest.approx(1.0)
    shuffled = SkyMap(MAP.order[::-1], MAP.ipix[::-1], MAP.prob[::-1])
    assert read_columns(data, MAP).keys() == {"FLUENCE_LIMIT"}
    np.testing.assert_array_equal(read_columns(data, MAP)["FLUENCE_LIMIT"], limit)
    np.testing.assert_array_equal(
        read_columns(data, shuffled)["FLUENCE_LIMIT"],
        limit[np.argsort(MAP.uniq)][np.searchsorted(np.sort(MAP.uniq), shuffled.uniq)],
    )
    with pytest.raises(RefusedInput, match="other tiles"):
        read_columns(data, SkyMap(MAP.order[1:], MAP.ipix[1:], MAP.prob[1:]))


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="tiles"):
        write_skymap(MAP, {"X": (np.ones(3), "")})


def test_summary_without_attitude_or_orbit() -> None:
    report = skymap_report(MAP)
    assert set(report) >= KEYS
    for key in ("visible_fraction", "fov_fraction", "earth_fraction", "moon_fraction", "response", "distmean_mpc"):
        assert report[key] is None
    assert (report["peak_ra_deg"], report["peak_dec_deg"]) == pytest.approx((40.67, -0.013))
    assert report["sun_half_width_deg"] == 40.0
    json.dumps(report, allow_nan=False)


def test_summary_with_everything(integral: Integral) -> None:
    orbit = OrbitState(at=AT, ra_deg=200.0, dec_deg=60.0, distance_km=150_000.0, source="test")
    report = skymap_report(MAP, at=AT, mission=integral, attitude=ATTITUDE, orbit=orbit, instruments=("SPI-ACS",))
    assert list(report["response"]) == ["SPI-ACS"]
    # theta 79.4, phi -23.1: the Sun side, where IBIS shades the shield.
    assert 20 < report["response"]["SPI-ACS"]["percent_of_best_at_peak"] < 95
    assert report["response"]["SPI-ACS"]["word"] == integral.response.word(
        report["response"]["SPI-ACS"]["percent_of_best_at_peak"]
    )
    assert report["fov_fraction"] == pytest.approx(0.0, abs=1e-6)
    assert report["earth_fraction"] == pytest.approx(0.0, abs=1e-6)
    assert 0.0 <= report["visible_fraction"] <= 1.0
    assert set(skymap_report(MAP, mission=integral, attitude=ATTITUDE)["response"]) == set(integral.response.instruments)
    json.dumps(report, allow_nan=False)


def test_parts_of_the_summary_need_only_what_they_need(integral: Integral) -> None:
    assert skymap_report(MAP, mission=integral, attitude=ATTITUDE)["fov_fraction"] is not None
    orbit = OrbitState(at=AT, ra_deg=200.0, dec_deg=60.0, distance_km=150_000.0, source="test")
    assert skymap_report(MAP, orbit=orbit)["earth_fraction"] is not None
    assert skymap_report(MAP, at=AT)["visible_fraction"] is not None
