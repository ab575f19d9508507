"""A second mission through the whole pipeline: a low orbit, a third of its sky behind the Earth, breaks in its data."""

from __future__ import annotations

import asyncio
import functools
import json
from typing import Any

import numpy as np
import pytest
from journey_samples import SaidSource, context, event, mission, no_map
from second_mission.mission import LowEarth
from second_mission.plugin import BURST, LowEarthSource, plugin

import handlers
from schemas import AllSky, Assessment, Circle, Event, Instant, OrbitState, SkyRegion
from transients.config import MissionSettings, Settings
from transients.missions import known, seconds_between, shift
from transients.pipeline import Context, Outcome, Products, Signing, journey, make_products
from transients.pipeline.data import LIMITS
from transients.report import check_circular
from transients.sky import hidden_fractions, read_columns, skymap_from_region

LOW = LowEarth()
SETTINGS = Settings(mission=MissionSettings(name=LOW.name))
NOW = Instant(utc="2024-06-02T12:00:00")
HERE = Circle(ra_deg=BURST.ra_deg, dec_deg=BURST.dec_deg, radius_deg=2.0)
#: The point straight below, and a place that the limb cuts through.
BELOW = Circle(ra_deg=60.0, dec_deg=25.0, radius_deg=2.0)
CUT = Circle(ra_deg=132.0, dec_deg=20.0, radius_deg=8.0)
#: In a passage of the South Atlantic Anomaly.
PASSAGE = Instant.parse("2024-06-01T19:44:00")


@pytest.fixture(autouse=True, scope="module")
def facts() -> Any:
    """Known, as when its plug-in is loaded."""
    known.join(plugin.facts)
    yield
    known.leave(plugin.name)


@functools.cache
def run(region: SkyRegion, seed: int = 1, t0: Instant = BURST.t0) -> tuple[Event, Outcome]:
    policy = handlers.policies["gbm"]
    low_event = event(t0=t0, region=region)
    about = Context(mission=LOW, source=LowEarthSource(seed, LOW), settings=SETTINGS, fetch_map=no_map, version="0")
    return low_event, asyncio.run(journey(low_event, policy, about, now=NOW))


def products(region: SkyRegion, seed: int = 1, t0: Instant = BURST.t0) -> tuple[Assessment, Products]:
    low_event, outcome = run(region, seed, t0)
    signing = Signing(people=("A. Person",), settings=SETTINGS.circular, triggers_heard=True)
    return outcome.assessment, make_products(low_event, outcome.assessment, outcome, signing, NOW)


def body(made: Products) -> str:
    assert made.circular is not None
    return " ".join(made.circular.body.split())


def test_the_whole_sky_is_seen_but_for_what_the_earth_hides() -> None:
    assessment, made = products(AllSky())
    geometry, limits = assessment.geometry, assessment.limits
    assert geometry is not None
    assert geometry.visibility is not None
    assert limits is not None
    hidden = geometry.visibility.earth_fraction
    assert hidden == pytest.approx(0.3047, abs=1e-4)
    assert geometry.visibility.sun_angles_deg == (45.0, 180.0)
    assert geometry.visibility.visible_fraction == pytest.approx(0.5 * (1 + np.cos(np.radians(45))), abs=1e-3)
    assert (geometry.revolution, geometry.phase, geometry.scw_id) == (None, None, None)
    assert assessment.verdict == "non-detection"
    covered = [entry.probability_covered for entry in limits.limits]
    assert covered
    assert all(value is not None and 0.2 < value < 1 - hidden for value in covered)
    text = body(made)
    assert "30% of the localisation probability was behind the Earth at T0; what follows holds for the rest." in text
    assert "the median over the 50% region of what was in sight of the sky" in text
    # Once in the draft, as a paragraph; beside the verdict as a caveat.
    assert "Behind the Earth at T0: 30% of the localisation." in assessment.caveats
    assert text.count("behind the Earth at T0") + text.count("Behind the Earth at T0") == 1


def test_limits_are_those_of_what_is_in_sight() -> None:
    """Median response of the visible half times the count limit, by hand from the tiles."""
    _, outcome = run(AllSky())
    found, geometry = outcome.assessment.limits, outcome.assessment.geometry
    assert found is not None
    assert geometry is not None
    assert geometry.orbit is not None
    (counts,) = [counts for name, scale, counts in found.count_limits if scale == 1.0]
    hidden = hidden_fractions(skymap_from_region(AllSky()), geometry.orbit)
    values = read_columns(outcome.data[LIMITS], skymap_from_region(AllSky()))["HARD_1S"]
    assert np.isnan(values[hidden == 1.0]).all()
    assert np.isfinite(values[hidden < 1.0]).all()
    best = LOW.response.best("LAM", "hard")
    assert np.nanmin(values) == pytest.approx(best * counts, rel=0.01)
    # Nothing is in sight from 113 deg from X on; a tile that the limb cuts reaches at most its own 7.3 deg beyond.
    least = 0.3 + 0.7 * 0.5 * (1 + np.cos(np.radians(180 - 67.0 + 7.3)))
    assert np.nanmax(values) < best * counts / least
    assert found.published.hard_1s_erg_cm2 is not None
    assert best * counts < found.published.hard_1s_erg_cm2 < np.nanmax(values)


def test_a_burst_is_found_and_its_fluence_recovered() -> None:
    assessment, made = products(HERE, 100)
    assert assessment.verdict == "detection"
    (found,) = assessment.searches
    assert found.published is None
    assert found.published_refused == "its false-alarm figures are those of another instrument's noise"
    assert found.net_counts is not None
    assert assessment.limits is not None
    factor = next(c for c in assessment.limits.conversions if c.spectrum == "hard")
    assert found.net_counts * factor.median_erg_cm2 == pytest.approx(BURST.fluence_erg_cm2, rel=0.15)
    assert assessment.geometry is not None
    assert assessment.geometry.orientation is not None
    assert assessment.geometry.orientation.word == "behind"
    assert abs(assessment.geometry.light_travel_s or 0) < 0.024
    assert made.circular is not None
    assert (
        made.circular.subject
        == "SIMULATED DATA - Sample 1: Counterpart candidate in Low-Earth test mission LAM prompt observation"
    )
    assert check_circular(made.circular, LOW.name) == []
    text = body(made)
    assert "We searched Low-Earth test mission LAM (simulated data) for a prompt counterpart" in text
    assert "72 deg from Z" in text
    assert "for the Low-Earth test mission, which does not exist" in text
    assert "[1] Nobody et al. 2020, no journal" in text
    assert "reduced for LAM (60% of the best)" in text
    assert set(made.files) >= {"allsky.png", "lightcurve-LAM.png", "lightcurve-LAM.fits", "limits.png", "limits.multiorder.fits"}


def test_behind_the_earth_nothing_is_said_of_the_event() -> None:
    assessment, made = products(BELOW)
    assert assessment.verdict == "non-detection"
    assert assessment.limits is None
    assert "No upper limits: the localisation was behind the Earth." in assessment.caveats
    assert made.circular is not None
    assert made.circular.subject.endswith("Low-Earth test mission LAM did not see the position, behind the Earth")
    text = body(made)
    assert "an event there could not be seen, and what was found or not found says nothing of it" in text
    assert "no significant excess" in text
    assert "upper limit on" not in text
    assert "The response in" not in text
    # A burst at that time is of another place: told, and not as the event's.
    other, found = products(BELOW, 100)
    assert other.verdict == "detection"
    assert found.circular is not None
    assert found.circular.subject.endswith("Excess in Low-Earth test mission LAM, the position was behind the Earth")
    assert "associated in time alone" in body(found)


def test_a_place_that_the_limb_cuts_is_limited_where_it_is_in_sight() -> None:
    assessment, made = products(CUT)
    assert assessment.geometry is not None
    assert assessment.geometry.visibility is not None
    hidden = assessment.geometry.visibility.earth_fraction
    assert hidden is not None
    assert 0.2 < hidden < 0.8
    assert assessment.limits is not None
    assert all((entry.probability_covered or 0) <= 1 - hidden + 1e-3 for entry in assessment.limits.limits)
    assert f"{100 * hidden:.0f}% of the localisation probability was behind the Earth" in body(made)


def test_a_break_in_the_data_is_said_in_the_missions_words() -> None:
    assessment, made = products(HERE, 1, PASSAGE)
    assert assessment.verdict == "inactive"
    text = body(made)
    assert "Its detectors are off in the South Atlantic Anomaly, which it passed then." in text
    assert "ended at 2024-06-01T19:40:48.000 UTC" in text
    assert "(source: orbit, uncertain by 1 s)" in text
    assert "perigee" not in text


@pytest.mark.parametrize("region", [AllSky(), HERE, BELOW, CUT], ids=["all-sky", "here", "below", "cut"])
def test_nothing_of_the_first_mission_is_in_its_results(region: SkyRegion) -> None:
    _, made = products(region, 100)
    texts = {name: data for name, data in made.files.items() if not name.endswith((".png", ".fits"))}
    assert len(texts) >= 6
    for name, data in texts.items():
        found = [word for word in (b"INTEGRAL", b"SPI-ACS", b"IBIS", b"ISGRI", b"Savchenko", b"perigee") if word in data]
        assert found == [], name
    assert json.loads(texts["assessment.json"])["mission"] == LOW.name


def test_what_the_earth_hides_of_integrals_sky_changes_nothing() -> None:
    """The same all-sky event with the orbit, and with one so far out that the Earth hides nothing."""
    at = Instant.parse("2023-05-18T12:59:08.167")
    far = OrbitState(at=at, ra_deg=10.0, dec_deg=20.0, distance_km=1e9, source="test")
    found = []
    for answers in ({}, {"orbit": far}):
        with_orbit = context(SaidSource(answers))
        outcome = asyncio.run(journey(event(t0=at, region=AllSky()), handlers.policies["gbm"], with_orbit, now=shift(at, 1e4)))
        found.append(outcome.assessment)
    near, none = found
    assert near.mission == mission().name == "INTEGRAL"
    assert near.limits is not None
    assert none.limits is not None
    assert near.geometry is not None
    assert near.geometry.visibility is not None
    assert 0.0002 < (near.geometry.visibility.earth_fraction or 0.0) < 0.002
    assert near.limits.limits == none.limits.limits
    assert near.limits.published == none.limits.published


def test_the_sources_counts_do_not_depend_on_how_they_are_asked() -> None:
    source = LowEarthSource(7, LOW)
    wide = asyncio.run(source.light_curve("LAM", BURST.t0, 200.0))
    narrow = asyncio.run(source.light_curve("LAM", shift(BURST.t0, 50.0), 20.0))
    first = int(np.searchsorted(wide.start_s, narrow.start_s[0]))
    assert np.array_equal(wide.counts[first : first + len(narrow)], narrow.counts)
    assert seconds_between(wide.info.reference, narrow.info.reference) == 0
