"""The row that the seed's dashboard had for S190602aq, from a simulated attitude, pointing list and map."""

from __future__ import annotations

import dataclasses

import astropy.units as u
import healpy
import msgspec
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from journey_samples import SaidSource, context, event, mission
from scipy.optimize import brentq

import handlers
from schemas import Event, Instant, SkyMapRef
from schemas.errors import NoData
from transients.missions import orientation, shift, sun_direction, to_time
from transients.missions.frames import direction_vector
from transients.pipeline import Outcome, journey
from transients.sky import SkyMap, write_skymap
from transients.sources import SimulatedObservatory
from transients.web.views import board_row

T0 = Instant.parse("2019-06-02T17:59:27.000")
NOW = Instant.parse("2019-06-02T22:00:00")
PEAK = SkyCoord(73.39, -7.03, unit="deg")
THETA_DEG, PHI_DEG = 127.8, -20.2
VISIBLE = 0.013
INTEGRAL = mission()


def _axis() -> SkyCoord:
    """The pointing axis from which the peak is at (127.8, -20.2) when Z is on the Sun's side."""

    def off(bearing_deg: float) -> float:
        x = PEAK.directional_offset_by(bearing_deg * u.deg, THETA_DEG * u.deg)
        return orientation(PEAK, INTEGRAL.attitude_from_x(x, T0, "simulated")).phi_deg - PHI_DEG

    bearings = np.arange(0.0, 361.0, 5.0)
    values = np.array([off(b) for b in bearings])
    # A change of sign that is no jump from 180 to -180 deg.
    (first, *_) = np.flatnonzero((values[1:] * values[:-1] < 0) & (np.abs(np.diff(values)) < 90))
    bearing = brentq(off, bearings[first], bearings[first + 1], xtol=1e-6)
    return PEAK.directional_offset_by(bearing * u.deg, THETA_DEG * u.deg)


def _map(x: SkyCoord) -> SkyMap:
    """Nearly all about the peak, which the Sun bars, and 1.3 % at right angles to the Sun, far from the pointing axis."""
    sun = sun_direction(to_time(T0))
    candidates = [sun.directional_offset_by(bearing * u.deg, 90 * u.deg) for bearing in range(0, 360, 30)]
    allowed = max(candidates, key=lambda place: float(place.separation(x).deg))
    v = np.array(healpy.pix2vec(256, np.arange(12 * 256**2), nest=True)).T
    prob = np.zeros(len(v))
    for weight, centre in ((1 - VISIBLE, PEAK), (VISIBLE, allowed)):
        blob = np.exp((v @ direction_vector(centre) - 1.0) / np.radians(1.0) ** 2)
        prob += weight * blob / blob.sum()
    rows = np.flatnonzero(prob > 1e-9)
    return SkyMap(np.full(len(rows), 8), rows, prob[rows] / prob[rows].sum())


@pytest.fixture(scope="module")
def simulated() -> SimulatedObservatory:
    """Points at one place for 20 days."""
    x = _axis()
    forced = (shift(T0, -12 * 86400.0), shift(T0, 12 * 86400.0), float(x.ra.deg), float(x.dec.deg))
    return SimulatedObservatory(3, INTEGRAL, pointings=[forced])


async def _assess(simulated: SimulatedObservatory) -> tuple[Event, Outcome]:
    curve = simulated.light_curve("SPI-ACS", T0, 320.0)
    nrt = dataclasses.replace(curve, info=msgspec.structs.replace(curve.info, tier="nrt", simulated=False))
    attitude = simulated.attitude(T0)
    answers = {
        "attitude": attitude,
        "orbit": simulated.orbit(T0),
        "pointings": simulated.pointings(shift(T0, -10 * 86400.0), shift(T0, 10 * 86400.0)),
        "science_window": "209700520010",
        "light_curve SPI-ACS": nrt,
        "light_curve": NoData("not asked for here"),
    }
    skymap = write_skymap(_map(SkyCoord(attitude.x_ra_deg, attitude.x_dec_deg, unit="deg")))

    async def fetch(reference: SkyMapRef) -> bytes:
        return skymap

    what = event(
        event_key="LIGO Virgo:S190602aq", event_id="S190602aq", origin="LIGO Virgo", messenger="gravitational-wave", t0=T0,
        region=SkyMapRef(label="bayestar.fits"), policy="gbm",
    )  # fmt: skip
    source = SaidSource(answers, simulated=False)
    return what, await journey(what, handlers.policies["gbm"], context(source, fetch), now=NOW)


async def test_the_row_of_s190602aq(simulated: SimulatedObservatory) -> None:
    what, outcome = await _assess(simulated)
    row = {name: text for name, text, _ in board_row(what, outcome.assessment).cells}
    assert row["Event"] == "S190602aq"
    assert row["Origin"] == "LIGO Virgo"
    assert row["Role"] == "observation"
    assert row["UTC"] == "2019-06-02T17:59:27.0"
    # The map's densest tile lies within an arcminute or so of the place, so the last digits are left open.
    ra, dec = (float(part) for part in row["Sky Location"].split())
    assert (ra, dec) == pytest.approx((73.39, -7.03), abs=0.1)
    word, theta, phi = row["Orientation"].replace("(", "").replace(")", "").replace(",", "").split()
    assert (word, float(theta), float(phi)) == ("bottom", pytest.approx(THETA_DEG, abs=0.2), pytest.approx(PHI_DEG, abs=0.2))
    assert row["FoV exposure"] == "0.0 ks"
    assert row["ScW"] == "209700520010"
    assert row["Data"] == "NRT (SIMULATED)"
    assert row["Visibility"] == "1.3%"
    geometry = outcome.assessment.geometry
    assert geometry is not None
    assert geometry.revolution == 2097
    assert geometry.exposure is not None
    assert geometry.exposure.pointings == 0
    assert geometry.history is not None
    assert len(geometry.history.pointings) > 300
    assert all(p.off_axis_deg == pytest.approx(THETA_DEG, abs=0.2) for p in geometry.history.pointings)
    assert geometry.forecast is not None
    assert (geometry.forecast.windows, geometry.forecast.limited_by) == ((), "Sun")
