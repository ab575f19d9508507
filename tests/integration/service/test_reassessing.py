"""A new version or calibration makes the right results anew, and only those; what was known at any moment can be asked for."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import msgspec
import pytest
from command_line import ask, command
from journey_samples import SaidSource, mission
from service_samples import about, raw, running, settings, with_store, worked

from handlers.canary import KIND, ORIGIN
from ingest.base import raw_alert
from schemas import Instant
from schemas.errors import NoData
from transients import __version__
from transients.config import Settings
from transients.missions.integral import Integral
from transients.service.assessing import Assessing
from transients.service.canary import canary_bytes
from transients.service.intake import Intake
from transients.service.parts import utc_now
from transients.service.reassessing import outdated, reassess
from transients.service.wiring import context_of, map_fetcher
from transients.store import EventQuery, RetryLater, Store

ANTARES, GW, GONE = "ANTARES:1439919723", "LIGO Virgo KAGRA:S230518h", "LIGO Virgo KAGRA:S230524x"


def source(curves: bool = True) -> SaidSource:
    return SaidSource({} if curves else {"light_curve": NoData("none here")})


async def assessed_by(version: str, store: Store, made: Settings, by: Integral, event_key: str, *, curves: bool = True) -> None:
    """Assess an event as another version of the code would have."""
    context = dataclasses.replace(context_of(made, by, source(curves), map_fetcher(store.get_blob, made)), version=version)
    event = await store.event(event_key)
    await Assessing(store, context, made).assess(event_key, {"stage": "search", "event_revision": event.revision})


async def taken(store: Store, made: Settings, *names: str) -> None:
    for name in names:
        await Intake(store, made).put(raw(about(name)[0]))


async def test_results_of_an_older_version_are_made_anew_once(store: Store, postgres_url: str, tmp_path: Path) -> None:
    made = settings(postgres_url, tmp_path)
    await taken(store, made, "Antares", "S230518h")
    await assessed_by("0.0.1", store, made, mission(), ANTARES, curves=False)
    await assessed_by(__version__, store, made, mission(), GW, curves=False)
    (found,) = await outdated(store, mission())
    assert (found.event_key, found.version, found.response) == (ANTARES, "0.0.1", None)
    assert await reassess(store, mission(), [found]) == 1
    assert await reassess(store, mission(), [found]) == 0
    # Not among the events of the last month.
    assert await outdated(store, mission(), now=utc_now(), days=30.0) == ()
    async with running(made, data=source(curves=False), mission=mission()):
        await worked(store)
    new = await store.assessment(ANTARES)
    assert new is not None
    assert new.version == __version__
    old = await store.assessment(ANTARES, 1)
    assert old is not None
    assert old.version == "0.0.1"
    assert await outdated(store, mission()) == ()


async def test_canaries_are_not_made_anew(store: Store, postgres_url: str, tmp_path: Path) -> None:
    made = settings(postgres_url, tmp_path)
    await Intake(store, made).put(raw_alert(canary_bytes(Instant(utc="2026-11-28T03:00:00")), source="canary", topic=KIND))
    (found,) = (await store.find_events(EventQuery(origin=ORIGIN))).items
    await assessed_by("0.0.1", store, made, mission(), found.event.event_key, curves=False)
    assert await outdated(store, mission()) == ()


async def test_a_new_calibration_makes_the_limits_anew(store: Store, postgres_url: str, tmp_path: Path) -> None:
    made = settings(postgres_url, tmp_path)
    await taken(store, made, "Antares", "S230518h")
    before = mission()
    await assessed_by(__version__, store, made, before, ANTARES)
    await assessed_by(__version__, store, made, before, GW, curves=False)
    after = Integral(dataclasses.replace(before.response, version="another"))
    # What has no limits does not rest on a response.
    assert [each.event_key for each in await outdated(store, after)] == [ANTARES]
    assert await outdated(store, before) == ()
    assert await reassess(store, after, await outdated(store, after)) == 1
    async with running(made, data=source(), mission=after):
        await worked(store)
    old, new = await store.assessment(ANTARES, 1), await store.assessment(ANTARES)
    assert old is not None
    assert new is not None
    assert new.revision == 2
    assert new.limits is not None
    assert new.limits.response_source.endswith("version another")
    assert new.geometry is not None
    assert old.geometry is not None
    assert new.geometry.orientation == old.geometry.orientation
    assert [search.provenance for search in new.searches] == [search.provenance for search in old.searches]


async def test_a_retracted_event_is_left_alone(store: Store, postgres_url: str, tmp_path: Path) -> None:
    made = settings(postgres_url, tmp_path)
    before, after = about("S230524x")
    await Intake(store, made).put(raw(before))
    await assessed_by("0.0.1", store, made, mission(), GONE, curves=False)
    assert len(await outdated(store, mission())) == 1
    await Intake(store, made).put(raw(after))
    assert await outdated(store, mission()) == ()


async def test_workers_look_for_older_results_when_they_start(store: Store, postgres_url: str, tmp_path: Path) -> None:
    made = settings(postgres_url, tmp_path, reassess_days=1e5)
    await taken(store, made, "Antares")
    await assessed_by("0.0.1", store, made, mission(), ANTARES, curves=False)
    async with running(made, data=source(curves=False), mission=mission()):
        await worked(store)
    (job,) = [job for job in await store.jobs(ANTARES) if job.payload.get("stage") == "again"]
    assert (job.state, job.priority) == ("done", 5)
    async with running(msgspec.structs.replace(made, reassess_days=0.0), data=source(curves=False), mission=mission()):
        await worked(store)
    assert len([job for job in await store.jobs(ANTARES) if job.payload.get("stage") == "again"]) == 1


async def test_a_tier_that_is_not_there_is_looked_for_again(store: Store, postgres_url: str, tmp_path: Path) -> None:
    made = settings(postgres_url, tmp_path)
    await taken(store, made, "Antares")
    event = await store.event(ANTARES)
    assert event.t0 is not None
    curve = await source().light_curve("SPI-ACS", event.t0, 400.0)

    def of_tier(tier: str) -> SaidSource:
        info = msgspec.structs.replace(curve.info, tier=tier, simulated=False, content_id=tier.ljust(64, "0"))
        plain = dataclasses.replace(curve, info=info)
        return SaidSource({"light_curve SPI-ACS": plain, "light_curve": NoData("none")}, simulated=False)

    class Then:
        """An hour after the event."""

        def now(self) -> Instant:
            return Instant.from_unix_ms(1e3 * (event.t0.to_datetime().timestamp() + 3700.0))  # type: ignore[union-attr]

        def on_machine(self, at: Instant) -> Instant:
            return at

    for tier, waits in (("realtime", True), ("nrt", False)):
        context = context_of(made, mission(), of_tier(tier), map_fetcher(store.get_blob, made))
        doing = Assessing(store, context, made, clock=Then()).assess(ANTARES, {"stage": "nrt", "event_revision": event.revision})
        if waits:
            with pytest.raises(RetryLater, match="waiting for nrt data of SPI-ACS") as later:
                await doing
            assert later.value.delay_s == 600.0
        else:
            await doing
        found = await store.assessment(ANTARES)
        assert found is not None
        assert found.data[0].tier == tier
    assert [each.data[0].tier for each in await store.assessments(ANTARES)] == ["nrt", "realtime"]


def test_what_was_known_at_a_moment(postgres_url: str, tmp_path: Path) -> None:
    made = settings(postgres_url, tmp_path)
    environment = {"TRANSIENTS_DATABASE__URL": postgres_url}

    async def fill(store: Store) -> Instant:
        await taken(store, made, "S230524x")
        await assessed_by("0.0.1", store, made, mission(), GONE, curves=False)
        await asyncio.sleep(0.01)
        moment = utc_now()
        await asyncio.sleep(0.01)
        await Intake(store, made).put(raw(about("S230524x")[1]))
        await assessed_by(__version__, store, made, mission(), GONE)
        return moment

    moment = with_store(postgres_url, fill)
    then = ask("show", "S230524x", "--as-of", moment.iso, **environment)
    assert (then["event"]["state"], then["event"]["revision"], then["assessment"]["version"]) == ("active", 1, "0.0.1")
    now = ask("show", "S230524x", **environment)
    assert (now["event"]["state"], now["event"]["revision"], now["assessment"]["verdict"]) == ("retracted", 2, "retracted")
    assert ask("show", "S230524x", "--revision", 1, **environment)["event"]["revision"] == 1
    early = command("show", "S230524x", "--as-of", "2020-01-01T00:00:00", "--json", **environment)
    assert early.error["kind"] == "not-found"
    assert command("show", "S230524x", "--as-of", moment.iso, "--revision", 1, **environment).code == 2
    drafts = [ask("circular", "S230524x", *options, **environment) for options in ((), ("--as-of", moment.iso))]
    assert [(draft["variant"], draft["withdrawn"]) for draft in drafts] == [("retraction", None), ("no-data", None)]
    assert ask("circular", "S230524x", "--revision", 1, **environment)["withdrawn"] == "LIGO Virgo KAGRA retracted the event."
    assert "S230524x" in command("show", "S230524x", **environment).out


def test_asking_for_results_anew(postgres_url: str, tmp_path: Path) -> None:
    made = settings(postgres_url, tmp_path)
    environment = {"TRANSIENTS_DATABASE__URL": postgres_url}

    async def fill(store: Store) -> None:
        await taken(store, made, "Antares")
        await assessed_by("0.0.1", store, made, mission(), ANTARES, curves=False)

    with_store(postgres_url, fill)
    assert ask("reassess", "1439919723", **environment) == {"events": 1, "queued": 1}
    assert ask("reassess", "--outdated", **environment) == {"events": 1, "queued": 1}
    assert ask("reassess", "--outdated", **environment) == {"events": 1, "queued": 0}
    jobs = with_store(postgres_url, lambda store: store.jobs(ANTARES))
    assert {job.payload["stage"]: job.priority for job in jobs if job.payload.get("stage") in ("again", "asked")} == {
        "again": 5,
        "asked": 70,
    }
    assert command("reassess", **environment).code == 2
    assert command("reassess", "x", "--outdated", **environment).code == 2
    assert command("reassess", "nothing", "--json", **environment).error["kind"] == "not-found"
