"""Figures: the same bytes for the same input, a mark that shows, and geometry on paper that is right."""

from __future__ import annotations

import io

import healpy as hp
import msgspec
import numpy as np
import outgoing_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Circle, EfficiencyCurve, LightCurve, LightCurveInfo, LimitCurve, LimitResult
from transients.report.figures import Picture, allsky_figure, has_curves, lightcurve_figure, limit_figure, sensitivity_figure
from transients.report.figures.canvas import png_bytes
from transients.report.figures.sphere import (
    circle,
    credible_levels,
    directions,
    mollweide,
    paper,
    rows_on_paper,
    unbroken,
    vector,
)
from transients.sky import SkyMap, skymap_from_region

NAME = "LIGO/Virgo/KAGRA S230518h"
ANGLES = st.floats(0.0, 6.283), st.floats(-1.57, 1.57)


def light_curve(missing: slice = slice(3000, 3200)) -> LightCurve:
    start = np.arange(12000) * 0.05 - 300.0
    counts = np.random.default_rng(7).poisson(4183.5, 12000).astype(float)
    keep = np.ones(12000, dtype=bool)
    keep[missing] = False
    info = LightCurveInfo(
        instrument="SPI-ACS", tier="realtime", reference=samples.T0, bin_s=0.05, content_id="0" * 64, source="made here"
    )
    return LightCurve(start_s=start[keep], width_s=np.full(keep.sum(), 0.05), counts=counts[keep], info=info)


def flat_sky(order: int = 3) -> SkyMap:
    pixels = np.arange(hp.nside2npix(1 << order))
    return SkyMap(order=np.full(len(pixels), order), ipix=pixels, prob=np.full(len(pixels), 1 / len(pixels)))


def region() -> SkyMap:
    return skymap_from_region(Circle(ra_deg=40.67, dec_deg=-0.013, radius_deg=20.0, containment=0.9))


REGION = region()


def draw(kind: str, mark: str = "", *, svg: bool = False) -> Picture:
    if kind == "light curve":
        return lightcurve_figure(light_curve(), samples.bright_search(), name=NAME, mark=mark, light_travel_s=-0.468, svg=svg)
    if kind == "sky":
        return allsky_figure(samples.geometry(), REGION, name=NAME, mark=mark, svg=svg)
    m = flat_sky()
    limits = 1e-7 * (2 + m.vectors[:, 2])
    return limit_figure(m, limits, name=NAME, what="3σ, SPI-ACS, 1 s, hard", mark=mark, localisation=REGION, svg=svg)


def pixels(png: bytes) -> np.ndarray:
    from matplotlib.image import imread

    return imread(io.BytesIO(png), format="png")[..., :3]


@pytest.mark.parametrize("kind", ["light curve", "sky", "limit"])
def test_a_figure_is_always_the_same_and_shows_its_mark(kind: str) -> None:
    first, marked = draw(kind, svg=True), draw(kind, "SIMULATED DATA")
    assert draw(kind, svg=True) == first
    assert marked.svg is None
    assert first.png.startswith(b"\x89PNG")
    assert b"Software" not in first.png[:300]
    assert b"<svg" in first.svg
    assert b"<dc:date>" not in first.svg
    plain, written = pixels(first.png), pixels(marked.png)
    assert plain.shape == written.shape
    # The mark colours at least one per cent of the sheet.
    assert (np.abs(plain - written).max(axis=2) > 0.02).mean() > 0.01


def test_pixels_are_kept() -> None:
    drawn = np.random.default_rng(3).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    assert np.array_equal((255 * pixels(png_bytes(drawn))).round(), drawn)


def test_the_sun_bars_visibly_below_the_localisation() -> None:
    """Where the localisation is drawn over what the Sun bars, it looks otherwise than where nothing bars."""
    geometry = samples.geometry()
    assert geometry.visibility is not None
    free = msgspec.structs.replace(geometry.visibility, sun_angles_deg=(0.0, 180.0))
    barred, clear = (
        pixels(allsky_figure(msgspec.structs.replace(geometry, visibility=seen), REGION, name=NAME).png)
        for seen in (geometry.visibility, free)
    )
    red = (clear[..., 0] > 0.9) & (clear[..., 2] < 0.85) & (clear[..., 1] > 0.5)
    assert (np.abs(barred - clear).max(axis=2) > 0.02)[red].mean() > 0.1


def test_parts_of_the_geometry_may_be_missing() -> None:
    bare = samples.geometry(attitude=None, orbit=None, orientation=None, visibility=None)
    assert allsky_figure(bare, None, name=NAME).png != allsky_figure(samples.geometry(), None, name=NAME).png


def test_a_quiet_curve_without_a_model_and_one_at_the_geocentre() -> None:
    quiet = lightcurve_figure(light_curve(), samples.quiet_search(), name=NAME)
    moved = samples.quiet_search(time_frame="geocentre", light_travel_s=100.0)
    assert lightcurve_figure(light_curve(), moved, name=NAME).png != quiet.png


def test_a_curve_with_nothing_in_the_window() -> None:
    lc = light_curve()
    elsewhere = msgspec.structs.replace(lc.info, reference=samples.at("2023-05-19T12:59:08"))
    far = LightCurve(start_s=lc.start_s.copy(), width_s=lc.width_s.copy(), counts=lc.counts.copy(), info=elsewhere)
    assert lightcurve_figure(far, samples.quiet_search(completeness=0.0), name=NAME).png


def test_the_field_of_view_has_a_colour_of_its_own_in_the_limit_map() -> None:
    m, (attitude, vermilion) = flat_sky(), (samples.geometry().attitude, np.array([0xD5, 0x5E, 0x00]) / 255)
    assert attitude is not None
    without, seen = (
        np.abs(pixels(limit_figure(m, 1e-7 * (2 + m.vectors[:, 2]), name=NAME, what="", view=view).png) - vermilion).max(axis=2)
        < 0.05
        for view in (None, (attitude, 15.0))
    )
    assert not without.any()
    assert seen.sum() > 100


def test_limits_must_fit_their_map() -> None:
    m = flat_sky(1)
    with pytest.raises(ValueError, match="limits for"):
        limit_figure(m, np.ones(3), name=NAME, what="")
    with pytest.raises(ValueError, match="no limit"):
        limit_figure(m, np.full(len(m), np.nan), name=NAME, what="")


def test_the_tile_of_each_cell_of_the_paper() -> None:
    rows = rows_on_paper(REGION)
    y, x = (np.indices(rows.shape) + 0.5) / np.array(rows.shape)[:, None, None] * 2 - 1
    ra, dec = directions(2 * x, y)
    pixel = hp.ang2pix(1 << 12, np.pi / 2 - dec, ra, nest=True)
    tiles = np.full(hp.nside2npix(1 << 12), -1)
    for row, (order, ipix) in enumerate(zip(REGION.order.tolist(), REGION.ipix.tolist(), strict=True)):
        width = 4 ** (12 - order)
        tiles[ipix * width : (ipix + 1) * width] = row
    assert np.array_equal(rows, tiles[pixel])
    assert (rows_on_paper(flat_sky()) >= 0).all()


@given(*ANGLES)
def test_the_way_to_the_paper_and_back(ra: float, dec: float) -> None:
    x, y = mollweide(paper(ra), dec)
    assert (x / 2) ** 2 + y**2 <= 1 + 1e-9
    apart = vector(*directions(x, y)) @ vector(ra, dec)
    assert np.arccos(min(apart, 1.0)) < 0.002


@given(*ANGLES, st.floats(0.001, 3.1))
def test_a_circle_has_its_radius(ra: float, dec: float, radius: float) -> None:
    apart = vector(*circle(ra, dec, radius)) @ vector(ra, dec)
    assert np.allclose(np.arccos(np.clip(apart, -1, 1)), radius, atol=1e-6)


@given(*ANGLES)
def test_lines_are_cut_at_the_edge_of_the_paper(ra: float, dec: float) -> None:
    x, y = unbroken(*circle(ra, dec, 0.4))
    jumps = np.abs(np.diff(x))
    assert not (jumps[~np.isnan(jumps)] > np.pi).any()
    assert len(x) == len(y)


def test_right_ascension_grows_to_the_left_with_180_in_the_middle() -> None:
    assert paper(np.pi) == 0
    assert paper(0.0) == pytest.approx(np.pi)
    assert paper(np.radians(90)) > 0 > paper(np.radians(270))


def test_credible_levels_run_from_the_peak_to_one() -> None:
    m = region()
    level = credible_levels(m)
    assert level[np.argmax(m.density)] == level.min()
    inside = level <= 0.9
    assert m.prob[inside].sum() == pytest.approx(0.9, abs=0.02)


def curves(**changes: object) -> LimitResult:
    durations, fluences = (0.1, 1.0, 8.0), (1.2e-7, 3.0e-7, 8.0e-7)
    limit = {"spectrum": "hard", "confidence": 0.9, "duration_s": durations, "expected_erg_cm2": fluences}
    return samples.limits(
        curves=(
            LimitCurve(instrument="SPI-ACS", fluence_erg_cm2=fluences, **limit),
            LimitCurve(instrument="SPI-ACS+ISGRI", fluence_erg_cm2=tuple(0.9 * f for f in fluences), **limit),
        ),
        efficiencies=(
            EfficiencyCurve(
                instrument="SPI-ACS",
                spectrum="hard",
                duration_s=1.0,
                false_alarm_probability=0.003,
                threshold_snr=5.0,
                fluence_erg_cm2=(1e-7, 2e-7, 4e-7, 8e-7),
                probability=(0.003, 0.2, 0.8, 1.0),
            ),
        ),
        **changes,
    )


def test_the_sensitivity_figure() -> None:
    drawn = sensitivity_figure(curves(), name=NAME).png
    assert drawn == sensitivity_figure(curves(), name=NAME).png
    assert not np.array_equal(pixels(drawn), pixels(sensitivity_figure(curves(), name=NAME, mark="SIMULATED DATA").png))
    # Each half alone, and nothing at all.
    for part in ("curves", "efficiencies"):
        half = msgspec.structs.replace(curves(), **{part: ()})
        assert has_curves(half)
        assert not np.array_equal(pixels(drawn), pixels(sensitivity_figure(half, name=NAME).png))
    assert not has_curves(samples.limits())
    assert not has_curves(None)
    with pytest.raises(ValueError, match="no curve"):
        sensitivity_figure(samples.limits(), name=NAME)
