"""Delays of a plane wave at other places."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from schemas import AllSky, Circle, Instant, OrbitState
from transients.missions import light_travel
from transients.missions.frames import direction_vector
from transients.sky import light_travels, skymap_from_region

AT = Instant.parse("2023-03-07T15:44:06.670")
#: INTEGRAL at GRB 230307A, which it saw 0.468 s later than Earth's centre.
INTEGRAL = OrbitState(at=AT, ra_deg=198.394, dec_deg=71.787, distance_km=143490.5, source="recorded", error_km=29.979)
BURST = SkyCoord(60.82, -75.38, unit="deg")


def test_grb_230307a() -> None:
    m = skymap_from_region(Circle(ra_deg=60.82, dec_deg=-75.38, radius_deg=0.01))
    far = OrbitState(at=AT, ra_deg=60.82, dec_deg=-75.38, distance_km=1.5e6, source="elsewhere")
    here, there = light_travels(m, direction_vector(BURST), {"INTEGRAL": INTEGRAL, "an observatory": far})
    assert (here.place, here.source, there.place) == ("INTEGRAL", "recorded", "an observatory")
    assert here.delay_s == pytest.approx(0.468, abs=1e-3)
    assert here.delay_s == pytest.approx(-light_travel(BURST, INTEGRAL).to_value("s"), abs=1e-12)
    assert here.error_s == pytest.approx(1e-4, rel=1e-4)
    # Nearer to the burst: earlier.
    assert there.delay_s == pytest.approx(-1.5e6 / 299792.458)
    assert there.error_s is None


def test_a_region_spreads_the_delay() -> None:
    (whole,) = light_travels(skymap_from_region(AllSky()), direction_vector(BURST), {"INTEGRAL": INTEGRAL})
    # The cosine is uniform over the sphere: its standard deviation is 1/sqrt(3). Twelve tiles know it roughly.
    assert whole.spread_s == pytest.approx(143490.5 / 299792.458 / np.sqrt(3), rel=0.1)
    (small,) = light_travels(
        skymap_from_region(Circle(ra_deg=60.82, dec_deg=-75.38, radius_deg=0.01)), direction_vector(BURST), {"INTEGRAL": INTEGRAL}
    )
    assert small.spread_s is not None
    assert small.spread_s < 1e-4
    sine = np.sin(BURST.separation(SkyCoord(INTEGRAL.ra_deg, INTEGRAL.dec_deg, unit="deg")).rad)
    circle = Circle(ra_deg=60.82, dec_deg=-75.38, radius_deg=1.0, containment=0.3934693)
    (one,) = light_travels(skymap_from_region(circle), direction_vector(BURST), {"INTEGRAL": INTEGRAL})
    # A Gaussian of 1 deg: r sigma sin(theta) / c.
    assert one.spread_s == pytest.approx(143490.5 / 299792.458 * np.radians(1.0) * sine, rel=0.03)
