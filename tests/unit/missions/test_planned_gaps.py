"""Planned gaps: INTEGRAL's perigee passages, the second mission's anomaly, and what is expected of data from gaps alone."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import GCRS, ITRS, CartesianRepresentation, SkyCoord
from mission_samples import shipped_integral
from second_mission.mission import LowEarth
from second_mission.orbit import EPOCH, PERIOD_S, SAA_EAST_DEG, SAA_NORTH_DEG, in_saa, position_km

from schemas import Instant
from transients.missions import PlannedGap, seconds_between, shift, to_time
from transients.missions.gaps import expectation_from_gaps

START = Instant(utc="2024-06-01T00:00:00")
GAPS = (
    PlannedGap(START, shift(START, 600.0), "calibration"),
    PlannedGap(shift(START, 10_000.0), shift(START, 28_000.0), "passage"),
)


def test_within_a_gap_nothing_is_expected() -> None:
    found = expectation_from_gaps(shift(START, 120.0), GAPS, source="timeline", error_s=3.0)
    assert (found.status, found.last_data, found.next_data) == ("OFFLINE", GAPS[0].start, GAPS[0].stop)
    assert (found.source, found.error_s, found.previous, found.this, found.next) == ("timeline", 3.0, None, None, None)
    assert found.sentence == "calibration since 2 min, next data in 8 min"


def test_outside_the_next_gap_is_told() -> None:
    found = expectation_from_gaps(shift(START, 1000.0), GAPS)
    assert (found.status, found.last_data, found.next_data) == ("ONLINE", None, None)
    assert found.sentence == "next break in data in 2.5 hr: 2024-06-01T02:46:40, passage, for 5.0 hr"
    assert expectation_from_gaps(shift(START, 30_000.0), GAPS).sentence == "no break in data is known ahead"
    assert expectation_from_gaps(START, ()).status == "ONLINE"


def test_integrals_gaps_are_between_its_data_windows() -> None:
    integral = shipped_integral()
    start, stop = Instant(utc="2023-05-10T00:00:00"), Instant(utc="2023-05-24T00:00:00")
    gaps = integral.planned_gaps(start, stop)
    assert len(gaps) == 5
    for gap in gaps:
        assert 9 < seconds_between(gap.stop, gap.start) / 3600 < 11
        assert gap.start < stop
        assert gap.stop > start
        assert integral.expectation(shift(gap.start, 60.0)).status == "OFFLINE"
        assert integral.expectation(shift(gap.start, -60.0)).status == "ONLINE"
        assert integral.expectation(shift(gap.stop, 60.0)).status == "ONLINE"
    middle = shift(gaps[2].start, 3600.0)
    assert integral.planned_gaps(middle, shift(middle, 1.0)) == (gaps[2],)
    assert integral.planned_gaps(shift(gaps[2].stop, 60.0), shift(gaps[2].stop, 120.0)) == ()


def test_the_second_missions_ground_track_is_astropys() -> None:
    seconds = seconds_between(START, EPOCH) + np.arange(0.0, 86400.0, 100.0)
    times = to_time(EPOCH) + seconds * u.s
    ground = SkyCoord(GCRS(CartesianRepresentation(position_km(seconds).T * u.km), obstime=times)).transform_to(
        ITRS(obstime=times)
    )
    east, north = ground.spherical.lon.wrap_at(180 * u.deg).deg, ground.spherical.lat.deg
    by_astropy = (east > SAA_EAST_DEG[0]) & (east < SAA_EAST_DEG[1]) & (north > SAA_NORTH_DEG[0]) & (north < SAA_NORTH_DEG[1])
    # Its axes are those of the sky, without the precession of 24 years (0.3 deg): a few edges differ.
    assert (in_saa(seconds) != by_astropy).mean() < 0.01
    assert 0.1 < by_astropy.mean() < 0.2
    radii = np.linalg.norm(position_km(seconds), axis=1)
    assert radii == pytest.approx(6921.0)
    assert pytest.approx(5730.0, abs=1.0) == PERIOD_S


def test_the_second_missions_gaps_hold_what_its_ground_track_says() -> None:
    gaps = LowEarth().planned_gaps(START, shift(START, 86400.0))
    seconds = seconds_between(START, EPOCH) + np.arange(0.0, 86400.0, 1.0)
    bounds = [(seconds_between(gap.start, EPOCH), seconds_between(gap.stop, EPOCH)) for gap in gaps]
    inside = np.any([(seconds >= a) & (seconds < b) for a, b in bounds], axis=0)
    assert (inside != in_saa(seconds)).sum() <= 2 * len(gaps)
    assert 8 < len(gaps) < 14
