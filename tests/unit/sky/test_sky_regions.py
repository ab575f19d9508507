"""Maps made of regions: normalised, centred, with the containment that was stated, at any size."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from schemas import AllSky, Annulus, Circle, CoreTail, Ellipse, Polygon, SkyMapRef
from schemas.errors import RefusedInput
from transients.missions.frames import unit_vector
from transients.sky import credible_area_deg2, peak, probability_in_cone, probability_within, skymap_from_region
from transients.sky.healpix import SKY_DEG2, separation_rad
from transients.sky.regions import fisher_kappa


def _cap_deg2(radius_deg: float) -> float:
    return SKY_DEG2 * float(np.sin(np.radians(radius_deg) / 2)) ** 2


@pytest.mark.parametrize("position", [(0.0, 0.0), (0.0, 90.0), (359.9999, -90.0), (60.82, -75.38), (315.0, -41.8103)])
@pytest.mark.parametrize("radius_deg", [0.0003, 0.0169, 1.0, 18.5, 50.0, 120.0])
@pytest.mark.parametrize("containment", [0.9, 0.95])
def test_a_circle_contains_what_it_says(position: tuple[float, float], radius_deg: float, containment: float) -> None:
    ra, dec = position
    m = skymap_from_region(Circle(ra_deg=ra, dec_deg=dec, radius_deg=radius_deg, containment=containment))
    assert m.prob.sum() == pytest.approx(1.0, abs=1e-12)
    centre = SkyCoord(ra * u.deg, dec * u.deg)
    assert probability_in_cone(m, centre, radius_deg * u.deg) == pytest.approx(containment, abs=1e-3)
    assert credible_area_deg2(m, containment) == pytest.approx(_cap_deg2(radius_deg), rel=5e-3)
    assert peak(m).separation(centre).deg < 1e-9
    assert len(m) < 20_000


def test_kappa_is_the_plane_gaussian_when_small_and_flat_when_wide() -> None:
    radius = np.radians(0.1)
    assert fisher_kappa(radius, 0.9) == pytest.approx(-2 * np.log(0.1) / radius**2, rel=1e-5)
    assert fisher_kappa(np.arccos(1 - 2 * 0.9) - 1e-6, 0.9) < 1e-4
    with pytest.raises(ValueError, match="wide"):
        fisher_kappa(np.radians(170.0), 0.9)


def test_what_the_alert_leaves_open_is_said() -> None:
    unknown = skymap_from_region(Circle(ra_deg=10.0, dec_deg=20.0))
    assert unknown.meta["radius_assumed"] is True
    assert any("radius is unknown" in r for r in unknown.remarks)
    assert any("containment" in r for r in unknown.remarks)
    assert credible_area_deg2(unknown, 0.9) == pytest.approx(_cap_deg2(0.1), rel=5e-3)
    wide = skymap_from_region(Circle(ra_deg=10.0, dec_deg=20.0), unknown_radius_deg=5.0)
    assert credible_area_deg2(wide, 0.9) == pytest.approx(_cap_deg2(5.0), rel=5e-3)
    assert skymap_from_region(
        Circle(ra_deg=0.0, dec_deg=0.0, radius_deg=1.0, containment=0.68, systematic_included=False)
    ).remarks == ("the error radius is statistical only",)


@pytest.mark.parametrize("radius_deg", [180.0, 360.0, 170.0])
def test_a_circle_as_wide_as_the_sky(radius_deg: float) -> None:
    m = skymap_from_region(Circle(ra_deg=0.0, dec_deg=0.0, radius_deg=radius_deg, containment=0.9))
    assert np.ptp(m.density) == 0.0
    assert any("whole sky" in r for r in m.remarks)


@pytest.mark.parametrize(("a", "b"), [(1.0, 0.3), (0.001, 0.0005), (8.0, 0.1), (10.0, 10.0)])
@pytest.mark.parametrize("angle", [0.0, 30.0, 120.0])
def test_an_ellipse_has_its_area_and_lies_along_its_angle(a: float, b: float, angle: float) -> None:
    region = Ellipse(ra_deg=0.0, dec_deg=60.0, semi_major_deg=a, semi_minor_deg=b, position_angle_deg=angle, containment=0.9)
    m = skymap_from_region(region)
    assert credible_area_deg2(m, 0.9) == pytest.approx(np.pi * a * b, rel=0.01)
    if a > 2 * b:
        centre = SkyCoord(0 * u.deg, 60 * u.deg)
        ends = [centre.directional_offset_by((angle + turn) * u.deg, 0.8 * a * u.deg) for turn in (0, 180, 90, 270)]
        held = [probability_in_cone(m, end, 0.2 * a * u.deg) for end in ends]
        assert min(held[:2]) > 2 * max(held[2:])


def test_an_ellipse_given_the_other_way_round_is_the_same() -> None:
    one = Ellipse(ra_deg=1.0, dec_deg=2.0, semi_major_deg=3.0, semi_minor_deg=1.0, position_angle_deg=20.0, containment=0.9)
    other = Ellipse(ra_deg=1.0, dec_deg=2.0, semi_major_deg=1.0, semi_minor_deg=3.0, position_angle_deg=110.0, containment=0.9)
    end = SkyCoord(1 * u.deg, 2 * u.deg).directional_offset_by(20 * u.deg, 2 * u.deg)
    held = [probability_in_cone(skymap_from_region(r), end, 1 * u.deg) for r in (one, other)]
    assert held[0] == pytest.approx(held[1], rel=1e-6)


def test_an_annulus_is_a_ring() -> None:
    m = skymap_from_region(Annulus(ra_deg=0.0, dec_deg=89.0, radius_deg=60.0, sigma_deg=1.0))
    axis = unit_vector(0.0, np.radians(89.0))
    for sigmas, share in ((1.0, 0.6827), (2.0, 0.9545)):
        within = probability_within(m, lambda v, s=sigmas: np.radians(s) - np.abs(separation_rad(v, axis) - np.radians(60.0)))
        assert within == pytest.approx(share, abs=3e-3)
    centre = SkyCoord(0 * u.deg, 89 * u.deg)
    quarters = [
        probability_in_cone(m, centre.directional_offset_by(t * u.deg, 60 * u.deg), 20 * u.deg) for t in (0, 90, 180, 270)
    ]
    assert np.ptp(quarters) < 2e-3


def test_a_thin_long_ring_stays_small_and_says_so() -> None:
    m = skymap_from_region(Annulus(ra_deg=10.0, dec_deg=10.0, radius_deg=60.0, sigma_deg=0.01))
    assert len(m) <= 100_000
    assert any("coarser" in r for r in m.remarks)
    axis = unit_vector(np.radians(10.0), np.radians(10.0))
    within = probability_within(m, lambda v: np.radians(0.2) - np.abs(separation_rad(v, axis) - np.radians(60.0)))
    assert within == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("turn", [1, -1])
def test_a_polygon_has_equal_density_inside(turn: int) -> None:
    octant = ((0.0, 0.0), (90.0, 0.0), (0.0, 90.0))[::turn]
    m = skymap_from_region(Polygon(vertices_deg=octant))
    assert credible_area_deg2(m, 0.5) == pytest.approx(SKY_DEG2 / 16, rel=2e-3)
    assert probability_in_cone(m, SkyCoord(45 * u.deg, 30 * u.deg), 5 * u.deg) == pytest.approx(
        8 * _cap_deg2(5.0) / SKY_DEG2, rel=2e-3
    )
    assert probability_in_cone(m, SkyCoord(225 * u.deg, -30 * u.deg), 30 * u.deg) == 0.0
    across = skymap_from_region(Polygon(vertices_deg=((359.0, -1.0), (1.0, -1.0), (1.0, 1.0), (359.0, 1.0))))
    assert probability_in_cone(across, SkyCoord(0 * u.deg, 0 * u.deg), 1.5 * u.deg) == pytest.approx(1.0, abs=1e-4)


def test_the_whole_sky() -> None:
    m = skymap_from_region(AllSky())
    assert probability_in_cone(m, SkyCoord(0 * u.deg, 90 * u.deg), 90 * u.deg) == pytest.approx(0.5, abs=1e-9)
    assert credible_area_deg2(m, 0.9) == pytest.approx(0.9 * SKY_DEG2)


@pytest.mark.parametrize(
    ("region", "reason"),
    [
        (SkyMapRef(url="https://example.org/map.fits"), "fetched"),
        (Circle(ra_deg=0.0, dec_deg=0.0, radius_deg=0.0), "not positive"),
        (Circle(ra_deg=0.0, dec_deg=0.0, radius_deg=-1.0), "not positive"),
        (Circle(ra_deg=0.0, dec_deg=91.0, radius_deg=1.0), "not on the sky"),
        (Circle(ra_deg=0.0, dec_deg=0.0, radius_deg=1.0, containment=1.0), "between 0 and 1"),
        (Ellipse(ra_deg=0.0, dec_deg=0.0, semi_major_deg=100.0, semi_minor_deg=1.0), "no ellipse"),
        (Ellipse(ra_deg=0.0, dec_deg=0.0, semi_major_deg=1.0, semi_minor_deg=0.0), "not positive"),
        (Annulus(ra_deg=0.0, dec_deg=0.0, radius_deg=190.0, sigma_deg=1.0), "radius of 190"),
        (Annulus(ra_deg=0.0, dec_deg=0.0, radius_deg=10.0, sigma_deg=0.0), "not positive"),
        (Polygon(vertices_deg=((0.0, 0.0), (1.0, 0.0))), "three vertices"),
        (Polygon(vertices_deg=((0.0, 0.0), (1.0, 0.0), (360.0, 0.0))), "three different"),
        (Polygon(vertices_deg=((0.0, 0.0), (1.0, 0.0), (2.0, 0.0))), "no area"),
        (Polygon(vertices_deg=((0.0, 0.0), (2.0, 0.0), (0.5, 0.5), (0.0, 2.0))), "not convex"),
    ],
)
def test_impossible_regions_are_refused(region: object, reason: str) -> None:
    with pytest.raises(RefusedInput, match=reason):
        skymap_from_region(region)  # type: ignore[arg-type]


def _tailed(radius_deg: float, core: float = 3.72, tail: float = 13.7, weight: float = 0.804) -> Circle:
    extra = CoreTail(core_weight=weight, core_deg=core, tail_deg=tail, source="a paper")
    return Circle(
        ra_deg=100.0, dec_deg=80.0, radius_deg=radius_deg, containment=0.68, systematic_included=False, systematic=extra
    )


@pytest.mark.parametrize("radius_deg", [0.5, 4.0, 20.0])
@pytest.mark.parametrize("at_deg", [1.0, 5.0, 15.0, 40.0])
def test_a_core_and_a_tail_are_two_fisher_distributions(radius_deg: float, at_deg: float) -> None:
    m = skymap_from_region(_tailed(radius_deg))
    expected = 0.0
    for weight, systematic in ((0.804, 3.72), (0.196, 13.7)):
        kappa = fisher_kappa(np.radians(np.hypot(radius_deg, systematic)), 0.68)
        expected += weight * np.expm1(-kappa * (1 - np.cos(np.radians(at_deg)))) / np.expm1(-2 * kappa)
    assert probability_in_cone(m, SkyCoord(100 * u.deg, 80 * u.deg), at_deg * u.deg) == pytest.approx(expected, abs=1e-3)
    assert "systematic error added, 80.4 % with 3.72 deg" in m.remarks[0]
    assert "a paper" in m.remarks[0]


def test_a_core_and_a_tail_that_are_none() -> None:
    for bad in (_tailed(1.0, core=0.0), _tailed(1.0, tail=-1.0), _tailed(1.0, weight=0.0), _tailed(1.0, weight=1.0)):
        with pytest.raises(RefusedInput):
            skymap_from_region(bad)
    assert "whole sky" in skymap_from_region(_tailed(150.0)).remarks[-1]
