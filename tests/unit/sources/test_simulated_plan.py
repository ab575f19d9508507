"""Where the simulated spacecraft looks and when."""

from __future__ import annotations

import itertools

import astropy.units as u
import pytest
from astropy.coordinates import SkyCoord

from schemas import Instant
from schemas.errors import NoData, NotYet
from transients.missions import sun_direction, to_time
from transients.missions.integral import Integral
from transients.sources import SimulatedObservatory, SimulatedSource, load_response
from transients.sources.clock import seconds_between, shift

START = Instant.parse("2023-06-18T00:00:00")
STOP = Instant.parse("2023-06-25T00:00:00")


@pytest.fixture(scope="module")
def observatory() -> SimulatedObservatory:
    return SimulatedObservatory(1, Integral(load_response()))


def test_a_week_of_pointings(observatory: SimulatedObservatory) -> None:
    windows = observatory.pointings(START, STOP)
    assert len({w.scw_id for w in windows}) == len(windows)
    for before, after in itertools.pairwise(windows):
        if before.scw_id[:4] == after.scw_id[:4]:
            assert before.stop == after.start
        else:
            assert 8 * 3600 < seconds_between(after.start, before.stop) < 11 * 3600
    stable = [w for w in windows if w.kind == "pointing"]
    lengths = sorted(seconds_between(w.stop, w.start) for w in stable)
    assert lengths[len(lengths) // 10] > 1700
    assert lengths[-1] <= 3600.001
    share = sum(lengths) / sum(seconds_between(w.stop, w.start) for w in windows)
    assert 0.85 < share < 1.0
    assert all(w.scw_id.endswith("0") for w in stable)
    assert all(w.scw_id.endswith("1") for w in windows if w.kind == "slew")


def test_the_sun_is_kept_at_the_side(observatory: SimulatedObservatory) -> None:
    stable = [w for w in observatory.pointings(START, STOP) if w.kind == "pointing"][::7]
    for window in stable:
        x = SkyCoord(window.x_ra_deg, window.x_dec_deg, unit="deg")
        angle = x.separation(sun_direction(to_time(window.start))).deg
        assert 50.0 <= angle <= 130.0
        assert window.z_ra_deg is not None
        assert window.z_dec_deg is not None
        assert x.separation(SkyCoord(window.z_ra_deg, window.z_dec_deg, unit="deg")).deg == pytest.approx(90.0, abs=1e-6)


def test_attitude_and_windows_agree(observatory: SimulatedObservatory) -> None:
    for window in observatory.pointings(START, STOP)[3:40:6]:
        middle = shift(window.start, 0.5 * seconds_between(window.stop, window.start))
        assert observatory.science_window(middle) == window.scw_id
        attitude = observatory.attitude(middle)
        x = SkyCoord(attitude.x_ra_deg, attitude.x_dec_deg, unit="deg")
        z = SkyCoord(attitude.z_ra_deg, attitude.z_dec_deg, unit="deg")
        assert x.separation(SkyCoord(window.x_ra_deg, window.x_dec_deg, unit="deg")).deg < 1e-6
        assert z.separation(SkyCoord(window.z_ra_deg, window.z_dec_deg, unit="deg")).deg < 1e-3


def test_a_forced_pointing_rules(observatory: SimulatedObservatory) -> None:
    day = Instant.parse("2023-06-21T00:00:00")
    sun = sun_direction(to_time(day))
    axis = sun.directional_offset_by(30 * u.deg, 90 * u.deg)
    forced = SimulatedObservatory(
        1, observatory.mission, pointings=[(day, shift(day, 7200.0), float(axis.ra.deg), float(axis.dec.deg))]
    )
    inside, outside = shift(day, 60.0), shift(day, 7201.0)
    seen = forced.attitude(inside)
    assert SkyCoord(seen.x_ra_deg, seen.x_dec_deg, unit="deg").separation(axis).deg < 1e-6
    assert forced.attitude(outside) == observatory.attitude(outside)


def test_a_belt_passage_has_no_science_window(observatory: SimulatedObservatory) -> None:
    with pytest.raises(NoData):
        observatory.science_window(shift(observatory.window(2655).stop, 3600.0))


async def test_data_comes_with_its_delays(observatory: SimulatedObservatory) -> None:
    event = Instant.parse("2023-06-20T12:00:00")

    def source(age_s: float) -> SimulatedSource:
        return SimulatedSource(observatory, lambda: shift(event, age_s))

    with pytest.raises(NotYet):
        await source(-400.0).light_curve("SPI-ACS", event, 300.0)
    partial = await source(150.0).light_curve("SPI-ACS", event, 300.0)
    whole = await source(400.0).light_curve("SPI-ACS", event, 300.0)
    assert len(partial) < len(whole)
    newest = shift(partial.info.reference, float(partial.stop_s[-1]))
    assert 20.0 - 0.1 <= 150.0 - seconds_between(newest, event) <= 66.1
    tiers = [source(age).tier(event) for age in (10.0, 100.0, 4 * 3600.0, 30 * 86400.0)]
    assert tiers == [None, "realtime", "nrt", "cons"]
    assert 20 <= source(0.0).delay_s(event) <= 66
