"""The Sun of the visibility fraction is the one seen from Earth, not from the solar system's barycentre."""

from __future__ import annotations

import astropy.units as u
import pytest
from astropy.coordinates import GeocentricTrueEcliptic, SkyCoord, get_sun

from schemas import Circle, Instant
from transients.missions import sun_direction, to_time
from transients.sky import skymap_from_region, visibility

INSTANTS = ["2003-01-15T00:00:00", "2017-06-08T02:01:16.490", "2023-05-21T05:30:43", "2025-02-28T12:00:00"]


@pytest.mark.parametrize("utc", INSTANTS)
def test_it_is_the_gcrs_direction(utc: str) -> None:
    time = to_time(Instant.parse(utc))
    gcrs = get_sun(time)
    assert sun_direction(time).separation(SkyCoord(gcrs.ra, gcrs.dec)).arcsec < 30


def test_at_the_june_solstice_it_stands_at_six_hours() -> None:
    """2023-06-21T14:58 UTC: apparent ecliptic longitude 90 deg, right ascension 6 h (in the equinox of date)."""
    sun = sun_direction(to_time(Instant.parse("2023-06-21T14:58:00")))
    assert sun.ra.deg == pytest.approx(90.0, abs=0.4)
    assert sun.dec.deg == pytest.approx(23.44, abs=0.01)
    time = to_time(Instant.parse("2023-06-21T14:58:00"))
    of_date = get_sun(time).transform_to(GeocentricTrueEcliptic(equinox=time, obstime=time))
    assert of_date.lon.deg == pytest.approx(90.0, abs=0.01)


@pytest.mark.parametrize("utc", INSTANTS)
def test_the_edges_of_the_visible_band_lie_where_the_sun_puts_them(utc: str) -> None:
    at = Instant.parse(utc)
    gcrs = get_sun(to_time(at))
    sun = SkyCoord(gcrs.ra, gcrs.dec)
    for angle, fraction in ((49.5, 0.0), (50.5, 1.0), (129.5, 1.0), (130.5, 0.0)):
        place = sun.directional_offset_by(200 * u.deg, angle * u.deg)
        spot = skymap_from_region(
            Circle(ra_deg=float(place.ra.deg), dec_deg=float(place.dec.deg), radius_deg=0.1, containment=0.9)
        )
        assert visibility(spot, at).visible_fraction == pytest.approx(fraction, abs=1e-4)
