"""A geometry is not computed again where nothing it rests on has changed, and is where anything has."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest
from journey_samples import NOW, PLACE, T0, SaidSource, context, event

import handlers
from schemas import Circle, Event, Geometry, Instant, OrbitState, SkyMapRef, from_json, to_json
from schemas.errors import ComputingLost, NoData
from transients.missions import shift
from transients.pipeline import Context, journey
from transients.sky import skymap_from_region, write_skymap

POLICY = handlers.policies["gbm"]
#: A night later: what is urgent in working hours may be less so.
LATER = shift(NOW, 6 * 3600.0)


def fermi(at: Instant) -> OrbitState:
    return OrbitState(at=at, ra_deg=10.0, dec_deg=5.0, distance_km=6900.0, source="elements", error_km=3.0)


async def look(
    around: Context, before: Geometry | None = None, *, now: Instant = LATER, what: Event | None = None
) -> tuple[Geometry, list[str]]:
    """The geometry, and the functions that were called away from the loop for it."""
    called: list[str] = []

    async def compute(function: Any, *arguments: Any, **keywords: Any) -> Any:
        called.append(function.__name__)
        return await asyncio.to_thread(function, *arguments, **keywords)

    outcome = await journey(
        what or event(), POLICY, dataclasses.replace(around, compute=compute), now=now, stage="geometry", before=before
    )
    assert outcome.assessment.geometry is not None
    return outcome.assessment.geometry, called


def stored(facts: Geometry) -> Geometry:
    return from_json(to_json(facts), Geometry)


async def test_the_same_inputs_are_not_computed_again_and_give_the_same() -> None:
    around = dataclasses.replace(context(SaidSource()), other_orbits={"Fermi": fermi})
    first, called = await look(around, now=NOW)
    assert "_compute" in called
    anew, _ = await look(around)
    kept, called = await look(around, stored(first))
    assert "_compute" not in called
    assert kept == stored(anew)


@pytest.mark.parametrize(
    "answers",
    [
        {"attitude": NoData("none")},
        {"orbit": NoData("none")},
        {"pointings": ()},
        {"expectation": NoData("none")},
        {"science_window": "000100020010"},
    ],
    ids=lambda answers: next(iter(answers)),
)
async def test_whatever_a_source_says_otherwise_is_computed_anew(answers: dict[str, Any]) -> None:
    first, _ = await look(context(SaidSource()))
    changed, called = await look(context(SaidSource(answers)), stored(first))
    assert "_compute" in called
    assert changed == (await look(context(SaidSource(answers))))[0]


async def test_another_place_version_or_spacecraft_is_computed_anew() -> None:
    around = context(SaidSource())
    first, _ = await look(around)
    moved = event(region=Circle(ra_deg=PLACE.ra_deg + 1.0, dec_deg=PLACE.dec_deg, radius_deg=1.0))
    for facts, called in (
        await look(around, stored(first), what=moved),
        await look(around, stored(first), what=event(t0=shift(T0, 0.001))),
        await look(dataclasses.replace(around, version="another"), stored(first)),
        await look(dataclasses.replace(around, other_orbits={"Fermi": fermi}), stored(first)),
    ):
        assert "_compute" in called
        assert facts != first


@pytest.mark.parametrize("maps_fault", [False, True])
async def test_a_lost_process_is_no_lost_map(maps_fault: bool) -> None:
    """Only a map that by itself takes a process with it leaves the whole sky; otherwise the job comes again."""
    called: list[str] = []

    async def compute(function: Any, *arguments: Any, **keywords: Any) -> Any:
        called.append(function.__name__)
        with_map = any(getattr(each, "data", None) is not None for each in arguments)
        if with_map and (maps_fault or function.__name__ == "_compute"):
            raise ComputingLost("the process died")
        return await asyncio.to_thread(function, *arguments, **keywords)

    data = write_skymap(skymap_from_region(PLACE))

    async def fetch(_: SkyMapRef) -> bytes:
        return data

    around = dataclasses.replace(context(SaidSource()), compute=compute, fetch_map=fetch)
    mapped = event(region=SkyMapRef(url="https://example.org/map.fits"))
    if not maps_fault:
        with pytest.raises(ComputingLost):
            await journey(mapped, POLICY, around, now=NOW, stage="geometry")
        assert called == ["_compute", "_localised"]
        return
    outcome = await journey(mapped, POLICY, around, now=NOW, stage="geometry")
    assert outcome.assessment.geometry is not None
    assert outcome.assessment.geometry.localisation.kind == "all-sky"
    assert any("the process died" in caveat for caveat in outcome.assessment.geometry.caveats)
    assert "position" in outcome.wanting


async def test_what_the_alert_says_else_counts_without_computing() -> None:
    around = context(SaidSource())
    first, _ = await look(around)
    near = event(distance_mpc=40.0)
    facts, called = await look(around, stored(first), what=near)
    assert "_compute" not in called
    assert facts == stored((await look(around, what=near))[0])
    assert facts.urgency != first.urgency
