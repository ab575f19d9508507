"""What the geometry says for planners: whole, in part, and without a position."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest
from journey_samples import NOW, PLACE, T0, SaidSource, context, event, mission, nothing

import handlers
from schemas import Geometry, Instant, OrbitState, Pointing, from_json, to_json
from schemas.errors import NoData
from transients.missions import shift
from transients.missions.integral import Integral
from transients.pipeline import Signing, journey, make_products
from transients.pipeline.outlook import FORECAST_D

POLICY = handlers.policies["gbm"]


async def _geometry(source: SaidSource, *, other_orbits: Any = None, mission: Any = None, **changes: Any) -> Geometry:
    around = context(source)
    around = dataclasses.replace(around, other_orbits=other_orbits or {}, mission=mission or around.mission)
    outcome = await journey(event(**changes), POLICY, around, now=NOW, stage="geometry")
    assert outcome.assessment.geometry is not None
    return outcome.assessment.geometry


async def test_everything_is_there_and_travels() -> None:
    facts = await _geometry(SaidSource())
    assert facts.forecast is not None
    assert facts.forecast.start == T0
    assert facts.forecast.stop == shift(T0, FORECAST_D * 86400.0)
    assert len(facts.forecast.fractions) == 41
    assert facts.forecast.observable_s > 4 * 86400.0
    assert facts.advice is not None
    assert {entry.pattern for entry in facts.advice.entries} == {"staring", "hexagonal", "5x5"}
    assert all(entry.from_peak_deg < 0.2 for entry in facts.advice.entries if entry.within_deg is None)
    assert facts.history is not None
    assert facts.exposure is not None
    within = sum(ks for low, _, ks in facts.history.histogram if low < 15.0)
    # A region of 1 deg: its exposure is nearly that of its peak.
    assert facts.exposure.plain_ks == pytest.approx(within, rel=0.1)
    (own,) = facts.light_travels
    assert own.place == "INTEGRAL"
    assert own.delay_s == pytest.approx(-(facts.light_travel_s or 0.0), abs=1e-12)
    assert facts.visibility is not None
    assert facts.visibility.allowed_fraction == pytest.approx(1.0, abs=1e-6)
    assert dict(facts.visibility.off_axis)[180.0] == pytest.approx(1.0)
    assert facts.provenance.parameters["forecast_d"] == FORECAST_D
    assert "Earth limb" in str(facts.provenance.parameters["constraints"])
    assert from_json(to_json(facts), Geometry) == facts
    assert facts.planning_caveats == ()


async def test_a_source_that_has_nothing_leaves_what_the_models_know() -> None:
    facts = await _geometry(SaidSource(nothing(), simulated=False))
    assert (facts.history, facts.exposure) == (None, None)
    assert facts.forecast is not None
    assert facts.forecast.orbit_source == "orbit model"
    assert facts.advice is not None
    assert all(entry.within_deg is None and entry.slew_s is None for entry in facts.advice.entries)
    assert facts.visibility is not None
    assert facts.visibility.off_axis == ()


async def test_without_a_position_nothing_is_made_from_one() -> None:
    facts = await _geometry(SaidSource(), region=None)
    assert (facts.forecast, facts.advice, facts.history, facts.light_travels) == (None, None, None, ())
    assert facts.exposure is not None
    assert any(caveat.startswith("Without a position there is no visibility forecast") for caveat in facts.planning_caveats)
    # The visible part of the whole sky is no reason to plan anything.
    assert facts.urgency is not None
    assert "visible" not in dict(facts.urgency.reasons).values()


class _Broken(Integral):
    """A mission that knows neither its orbit over the next days nor how it turns."""

    def approximate_positions(self, time: Any) -> Any:
        raise NoData("nobody knows")

    @property
    def slew(self) -> Any:
        raise NoData("nobody knows")


async def test_a_part_that_fails_stops_no_other() -> None:
    def away(at: Instant) -> OrbitState:
        raise NoData(f"no elements for {at}")

    def there(at: Instant) -> OrbitState:
        return OrbitState(
            at=at, ra_deg=PLACE.ra_deg, dec_deg=PLACE.dec_deg, distance_km=299_792.458, source="a file", error_km=3.0
        )

    facts = await _geometry(SaidSource(), other_orbits={"Lost": away, "Fermi": there})
    assert [each.place for each in facts.light_travels] == ["INTEGRAL", "Fermi"]
    assert facts.light_travels[1].delay_s == pytest.approx(-1.0, abs=1e-4)
    assert ("orbit of Fermi", "a file") in {(each.name, each.source) for each in facts.provenance.inputs}
    assert facts.light_travels[1].error_s == pytest.approx(1e-5, rel=1e-3)
    assert [c for c in facts.planning_caveats if c.startswith("No light travel time to Lost: ")]
    assert facts.forecast is not None
    broken = await _geometry(SaidSource(), mission=_Broken(mission().response))
    assert (broken.forecast, broken.advice) == (None, None)
    assert {"No visibility forecast: nobody knows", "No pointing advice: nobody knows"} <= set(broken.planning_caveats)
    assert broken.history is not None
    assert broken.exposure is not None


async def test_after_the_missions_end_the_windows_say_so() -> None:
    late = Instant.parse("2025-06-01T00:00:00")
    facts = await _geometry(SaidSource(nothing(), simulated=False), t0=late)
    assert facts.forecast is not None
    assert any("stopped observing on 2025-02-28" in caveat for caveat in facts.planning_caveats)
    # A circular tells an observer what was seen, not what could have been pointed at.
    assert not any("stopped observing" in caveat for caveat in facts.caveats)


async def test_figures_for_planners_only_where_there_is_something_to_plan() -> None:
    source = SaidSource()
    for state, files in (("active", {"history.png", "visibility.png"}), ("retracted", {"history.png"})):
        what = event(state=state)
        outcome = await journey(what, POLICY, context(source), now=NOW, stage="geometry")
        made = make_products(what, outcome.assessment, outcome, Signing(), NOW).files
        assert set(made) & {"history.png", "visibility.png"} == files
        assert all(made[name].startswith(b"\x89PNG") for name in files)


async def test_a_pointing_list_without_pointings() -> None:
    slew = Pointing(scw_id="1", kind="slew", start=T0, stop=shift(T0, 100.0), x_ra_deg=1.0, x_dec_deg=2.0)
    facts = await _geometry(SaidSource({"pointings": (slew,)}))
    assert facts.history is not None
    assert facts.history.pointings == ()
    assert facts.exposure is not None
    assert facts.exposure.plain_ks == 0.0
    assert msgspec.to_builtins(facts.exposure)["pointings"] == 0
