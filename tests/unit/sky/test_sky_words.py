"""Regions in words."""

from __future__ import annotations

import pytest

from schemas import AllSky, Annulus, Circle, CoreTail, Ellipse, Polygon, SkyRegion
from schemas.errors import RefusedInput
from transients.sky import is_region, region_from_words


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("cone:100,20,5", Circle(ra_deg=100, dec_deg=20, radius_deg=5)),
        ("cone:0,-90,0.5,0.68", Circle(ra_deg=0, dec_deg=-90, radius_deg=0.5, containment=0.68)),
        ("Cone: 0 , 0 , 1 ", Circle(ra_deg=0, dec_deg=0, radius_deg=1)),
        ("ellipse:1,2,3,4", Ellipse(ra_deg=1, dec_deg=2, semi_major_deg=3, semi_minor_deg=4)),
        ("ellipse:1,2,3,4,50,0.9", Ellipse(ra_deg=1, dec_deg=2, semi_major_deg=3, semi_minor_deg=4, position_angle_deg=50,
            containment=0.9)),
        ("annulus:1,2,45,0.1", Annulus(ra_deg=1, dec_deg=2, radius_deg=45, sigma_deg=0.1)),
        ("polygon:0,0,1,0,1,1", Polygon(vertices_deg=((0, 0), (1, 0), (1, 1)))),
        ("all-sky", AllSky()),
        ("core-tail:1,2,3,3.7,14,0.9", Circle(ra_deg=1, dec_deg=2, radius_deg=3, containment=0.68, systematic_included=False,
            systematic=CoreTail(core_weight=0.9, core_deg=3.7, tail_deg=14, source="as given"))),
    ],
)  # fmt: skip
def test_forms(text: str, region: SkyRegion) -> None:
    assert is_region(text)
    assert region_from_words(text) == region


@pytest.mark.parametrize(
    "text",
    ["cone:", "cone:1,2", "cone:1,2,3,4,5", "cone:a,b,c", "cone:1,2,nan", "cone:1,2,inf", "polygon:1,2,3,4", "polygon:1,2,3,4,5,6,7",
     "all-sky:1", "cone:1,,3", "annulus:1,2,3", "sphere:1,2,3", "", "core-tail:1,2,3,4,5"],
)  # fmt: skip
def test_refusals_name_the_text_and_the_form(text: str) -> None:
    with pytest.raises(RefusedInput) as refused:
        region_from_words(text)
    assert repr(text) in str(refused.value)
    assert "RA,DEC" in str(refused.value) or "all-sky" in str(refused.value)


def test_a_file_is_no_region() -> None:
    assert not is_region("bayestar.fits")
    assert not is_region("cones.fits")
