"""What goes otherwise: the switch, what a crash left, being overtaken, waiting, stopping, several services at once."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import confluent_kafka
import httpx2
import msgspec
import pytest
from journey_samples import SaidSource, mission, nothing
from service_samples import about, free_port, raw, running, script, settings, worked

import handlers
from schemas import Event, Instant, Message, Publication, RawAlert, sha256_hex
from schemas.errors import ConfigurationError, NoData, NotYet, RefusedInput, ServiceUnreachable
from transients.config import CanarySettings, KafkaSettings, Secret, Settings, WebSettings, ZenodoSettings
from transients.embedded import EmbeddedKafka
from transients.missions.integral import Integral
from transients.service import assessing as assessing_module
from transients.service import outgoing as outgoing_module
from transients.service.app import Service
from transients.service.assessing import Assessing
from transients.service.intake import Intake
from transients.service.outgoing import Outgoing
from transients.service.parts import utc_now
from transients.service.wiring import context_of, map_fetcher
from transients.store import RetryLater, Store

ANTARES = "ANTARES:1439919723"


@pytest.fixture(scope="module")
def integral() -> Integral:
    return mission()


def assessing(store: Store, made: Settings, source: SaidSource, integral: Integral) -> Assessing:
    context = context_of(made, integral, source, map_fetcher(store.get_blob, made))
    return Assessing(store, context, made, ask_again_s=(5.0, 50.0))


async def take(store: Store, made: Settings, name: str, received: Instant | None = None) -> Event:
    """Put a scenario's alert in and give its event."""
    await Intake(store, made).put(raw(about(name)[0], received=received))
    (event,) = await store.events()
    return event


async def test_the_switch_holds_what_leaves_and_nothing_else(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    event = await take(store, made, "S230518h")
    await store.set_hold(True, "a person")
    source = SaidSource({"light_curve": NoData("none")})
    await assessing(store, made, source, integral).assess(event.event_key, {"stage": "geometry", "event_revision": 1})
    assert await store.circular(event.event_key) is None
    assert await store.assessment(event.event_key) is not None
    out = Outgoing(store, made, "http://here", held_s=7.0)
    for job in (out.tell, out.publish):
        payload = {"revision": 1}
        if job == out.publish:
            # "pending" is not deposited at all, held or not.
            await job(event.event_key, payload)
            continue
        with pytest.raises(RetryLater) as held:
            await job(event.event_key, payload)
        assert held.value.delay_s == 7.0
    assert await store.messages() == ()
    await store.set_hold(False, "a person")
    await out.tell(event.event_key, {"revision": 1})
    (message,) = await store.messages()
    assert message.state == "intended"
    await store.set_hold(True, "a person")
    with pytest.raises(RetryLater):
        await out.deliver(event.event_key, {"message_key": message.message_key})
    await store.set_hold(False, "a person")
    await out.deliver(event.event_key, {"message_key": message.message_key})
    assert (await store.message(message.message_key)).state == "recorded"
    # Told again by a job run twice: one message, one delivery.
    await out.tell(event.event_key, {"revision": 1})
    assert [job.kind for job in await store.jobs(event.event_key)].count("deliver") == 1


class Deaf:
    """A channel that nobody answers on."""

    taken = "sent"

    async def send(self, message: Message) -> None:
        raise ServiceUnreachable("no answer")

    async def aclose(self) -> None:
        """Nothing is held."""


async def test_a_message_is_tried_for_a_day(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = settings(postgres_url, tmp_path)
    event = await take(store, made, "S230518h")
    source = SaidSource({"light_curve": NoData("none")})
    await assessing(store, made, source, integral).assess(event.event_key, {"stage": "geometry", "event_revision": 1})
    monkeypatch.setattr(outgoing_module, "channels", lambda _: {"mail": Deaf()})
    real = outgoing_module.deliver

    async def at_once(*arguments: Any, **options: Any) -> Message:
        return await real(*arguments, **(options | {"attempts": 1}))

    monkeypatch.setattr(outgoing_module, "deliver", at_once)
    out = Outgoing(store, made, "http://here")
    await out.tell(event.event_key, {"revision": 1})
    (message,) = await store.messages()
    job = (event.event_key, {"message_key": message.message_key})
    with pytest.raises(RetryLater, match="no answer") as first:
        await out.deliver(*job)
    assert (await store.message(message.message_key)).state == "failed"
    # A server that did not answer is left alone until then: no other message waits for it.
    with pytest.raises(RetryLater, match="mail did not answer, and is left alone") as second:
        await out.deliver(*job)
    assert 0.0 < second.value.delay_s <= first.value.delay_s == outgoing_module.DELIVER_AGAIN_S
    monkeypatch.setattr(outgoing_module, "DELIVER_AGAIN_S", 0.0)
    with pytest.raises(RetryLater, match="no answer"):
        await Outgoing(store, made, "http://here").deliver(*job)
    monkeypatch.setattr(outgoing_module, "DELIVERED_WITHIN_S", 0.0)
    with pytest.raises(ServiceUnreachable):
        await Outgoing(store, made, "http://here").deliver(*job)


async def test_a_deposit_waits_a_week_for_its_service(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    made = settings(postgres_url, tmp_path, zenodo=ZenodoSettings(mode="sandbox", token=Secret("t"), url=nobody))
    event = await take(store, made, "S230518h")
    steps = assessing(store, made, SaidSource(), integral)
    await steps.assess(event.event_key, {"stage": "search", "event_revision": 1})
    assessment = await store.assessment(event.event_key)
    assert assessment is not None
    assert assessment.verdict in outgoing_module.DEPOSITED
    out = Outgoing(store, made, "http://here")
    job = (event.event_key, {"revision": assessment.revision})
    with pytest.raises(NotYet, match="still to be drawn"):
        await outgoing_module.deposit(store, event, assessment, made, release=False)
    assert "publish" not in {each.kind for each in await store.jobs()}
    await steps.draw(*job)
    assert "publish" in {each.kind for each in await store.jobs()}
    with pytest.raises(RetryLater) as later:
        await out.publish(*job)
    assert later.value.delay_s == outgoing_module.DEPOSIT_AGAIN_S
    monkeypatch.setattr(outgoing_module, "DEPOSITED_WITHIN_S", 0.0)
    with pytest.raises(ServiceUnreachable):
        await out.publish(*job)


async def test_the_sweep_finds_what_a_crash_left(store: Store, postgres_url: str, tmp_path: Path) -> None:
    made = settings(postgres_url, tmp_path)
    alert = raw(about("Antares")[0])
    await store.put_raw(alert)
    # It comes again from the broker: known, so nothing more is done with it there.
    await Intake(store, made).put(alert)
    assert await store.events() == ()
    assert await Intake(store, made).sweep() == 1
    (event,) = await store.events()
    assert [job.event_key for job in await store.jobs()] == [event.event_key]
    assert await Intake(store, made).sweep() == 0


async def test_a_document_that_cannot_be_folded_is_kept_and_stops_nothing(
    store: Store, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = settings(postgres_url, tmp_path)
    good, bad = raw(about("Antares")[0]), raw(about("ICECUBE_GOLD")[0], 1)
    fold = handlers.fold

    def faulty(event: Event | None, notice: Any, **options: Any) -> Event:
        if notice.origin == "IceCube":
            raise ZeroDivisionError("a fault of ours")
        return fold(event, notice, **options)

    monkeypatch.setattr(handlers, "fold", faulty)
    await store.put_raw(bad)
    await store.put_raw(good)
    assert await Intake(store, made).sweep() == 2
    assert [event.event_key for event in await store.events()] == [ANTARES]
    (refused,) = await store.refused()
    assert (refused.content_id, refused.reason) == (bad.content_id, "fold-failed")
    assert "a fault of ours" in refused.message
    monkeypatch.undo()
    # Put right, it is taken in.
    await store.reparse(bad.content_id)
    assert await Intake(store, made).sweep() == 1


async def test_a_result_overtaken_by_a_retraction_falls_away(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    first, retraction = about("S230524x")
    intake = Intake(store, made)
    await intake.put(raw(first))
    (event,) = await store.events()

    class Overtaken(SaidSource):
        async def orbit(self, at: Instant) -> Any:
            if len(await store.event_revisions(event.event_key)) == 1:
                await intake.put(raw(retraction, 1))
            return await super().orbit(at)

    source = Overtaken({"light_curve": NoData("none")})
    steps = assessing(store, made, source, integral)
    await steps.assess(event.event_key, {"stage": "search", "event_revision": 1})
    assert await store.assessment(event.event_key) is None
    await steps.assess(event.event_key, {"stage": "geometry", "event_revision": 2})
    found = await store.assessment(event.event_key)
    assert found is not None
    assert (found.verdict, found.revision) == ("retracted", 1)


async def test_a_retraction_waits_for_no_data_and_a_deposit_for_the_switch(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    first, retraction = about("S230524x")
    intake = Intake(store, made)
    await intake.put(raw(first))
    (event,) = await store.events()
    steps = assessing(store, made, SaidSource(), integral)
    await steps.assess(event.event_key, {"stage": "search", "event_revision": 1})
    found = await store.assessment(event.event_key)
    assert found is not None
    assert (found.verdict, found.searches != ()) == ("non-detection", True)

    out = Outgoing(store, made, "http://here")
    await steps.draw(event.event_key, {"revision": 1})
    await store.set_hold(True, "a person")
    with pytest.raises(RetryLater):
        await out.publish(event.event_key, {"revision": 1})
    assert await store.publications() == ()
    await store.set_hold(False, "a person")
    for _ in range(2):
        await out.publish(event.event_key, {"revision": 1})
    (publication,) = await store.publications()
    assert publication.state == "recorded"

    await intake.put(raw(retraction, 1))
    everything_away = SaidSource(nothing(ServiceUnreachable("away")))
    await assessing(store, made, everything_away, integral).assess(event.event_key, {"stage": "geometry", "event_revision": 2})
    last = await store.assessment(event.event_key)
    assert last is not None
    assert (last.verdict, last.revision) == ("retracted", 2)
    # What a draft was written from is drawn all the same, but nothing of a retracted event is deposited any more.
    await steps.draw(event.event_key, {"revision": 1})
    assert "publish" not in {job.kind for job in await store.jobs(state="queued") if job.payload.get("revision") == 2}
    await out.publish(event.event_key, {"revision": 2, "release": True})
    assert len(await store.publications()) == 1


async def test_data_that_never_comes_is_not_waited_for_for_ever(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    event = await take(store, made, "Antares")
    source = SaidSource({"light_curve": NotYet("later")})
    steps = assessing(store, made, source, integral)
    payload = {"stage": "search", "event_revision": 1}
    with pytest.raises(RetryLater, match="waiting for: SPI-ACS") as later:
        await steps.assess(event.event_key, payload)
    assert later.value.delay_s == pytest.approx(5.0)
    assert await store.assessment(event.event_key) is None


async def test_after_two_weeks_there_is_a_result_without(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    event = await take(store, made, "Antares", received=Instant.parse("2024-01-01T00:00:00"))
    source = SaidSource({"light_curve": NotYet("later"), "attitude": ServiceUnreachable("away")})
    await assessing(store, made, source, integral).assess(event.event_key, {"stage": "search", "event_revision": 1})
    found = await store.assessment(event.event_key)
    assert found is not None
    assert found.verdict == "no-data"
    assert any("taken as final without: attitude, SPI-ACS" in caveat for caveat in found.caveats)


async def test_what_fails_for_a_while_replaces_nothing(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    event = await take(store, made, "Antares")
    payload = {"stage": "search", "event_revision": 1}
    away = SaidSource({"attitude": ServiceUnreachable("away")})
    # A search is news even without the attitude; the limits follow.
    with pytest.raises(RetryLater, match="attitude"):
        await assessing(store, made, away, integral).assess(event.event_key, payload)
    first = await store.assessment(event.event_key)
    assert first is not None
    assert (first.verdict, first.limits) == ("non-detection", None)
    with pytest.raises(RetryLater):
        await assessing(store, made, away, integral).assess(event.event_key, payload)
    assert await store.assessment(event.event_key) == first
    await assessing(store, made, SaidSource(), integral).assess(event.event_key, payload)
    whole = await store.assessment(event.event_key)
    assert whole is not None
    assert whole.limits is not None
    with pytest.raises(RetryLater):
        await assessing(store, made, away, integral).assess(event.event_key, payload)
    assert await store.assessment(event.event_key) == whole


async def test_a_stopped_service_puts_back_what_it_cannot_finish(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path, shutdown_s=0.3)
    await take(store, made, "Antares")
    held = asyncio.Event()

    class Slow(SaidSource):
        async def orbit(self, at: Instant) -> Any:
            held.set()
            await asyncio.sleep(60.0)

    async with running(made, data=Slow(), mission=integral):
        await asyncio.wait_for(held.wait(), 20.0)
        begun = time.monotonic()
    assert time.monotonic() - begun < 10.0
    (job,) = await store.jobs()
    assert job.state == "queued"
    async with running(made, data=SaidSource({"light_curve": NoData("none")}), mission=integral):
        await worked(store)
    assert await store.assessment(ANTARES) is not None


async def test_a_port_in_use_is_said(postgres_url: str, tmp_path: Path, integral: Integral) -> None:
    made = settings(postgres_url, tmp_path)
    with EmbeddedKafka() as something:
        host, port = something.bootstrap_servers.split(":")
        taken = msgspec.structs.replace(made, web=WebSettings(host=host, port=int(port)))
        service = Service(taken, ("web", "worker"), data=SaidSource(), alerts=(), mission=integral)
        with pytest.raises(ExceptionGroup) as group:
            await asyncio.wait_for(service.run(), 20.0)
    assert group.group_contains(ConfigurationError, match=rf"{host}:{port}: the dashboard cannot listen there")


async def test_services_in_roles_share_one_database(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral, mock_kafka: EmbeddedKafka, topic: str
) -> None:
    mock_kafka.create_topic(topic)
    kafka = KafkaSettings(name="test", bootstrap_servers=(mock_kafka.bootstrap_servers,), topics=(topic,), group_id=topic)
    made = settings(postgres_url, tmp_path, kafka=(kafka,), canary=CanarySettings(interval_s=0.0))
    parts: dict[str, Any] = {"data": SaidSource({"light_curve": NoData("none")}), "mission": integral}
    stream = [message for message in script() if b"S230524x" in message.body or b"Antares" in message.body]
    stream += about("ICECUBE_GOLD")
    producer = confluent_kafka.Producer({"bootstrap.servers": mock_kafka.bootstrap_servers, "message.max.bytes": 8_000_000})
    for message in [*stream, *stream]:
        producer.produce(topic, message.body)
    assert producer.flush(20.0) == 0
    async with (
        running(made, ("ingest",), alerts=None, **parts),
        running(made, ("worker",), **parts),
        running(made, ("worker",), **parts),
    ):
        async with asyncio.timeout(40.0):
            while sum(state.deliveries for state in await store.source_states()) < 2 * len(stream):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await worked(store)
    assert (await store.totals()).notices == len(stream)
    for event in await store.events():
        assert event.revision == (2 if "S230524x" in event.event_key else 1)
        kept = await store.assessments(event.event_key)
        # One for each revision of the event and stage at most: nothing was made twice.
        assert len({(each.event_revision, each.verdict) for each in kept}) == len(kept)
        assert kept[0].event_revision == event.revision
    keys = [message.message_key for message in await store.messages()]
    assert len(keys) == len(set(keys))
    delivered = [job for job in await store.jobs() if job.kind == "deliver"]
    assert len(delivered) == len(keys)


async def test_the_dashboard_of_a_service_without_other_roles(postgres_url: str, tmp_path: Path, integral: Integral) -> None:
    with EmbeddedKafka() as something:
        port = int(something.bootstrap_servers.split(":")[1])
    made = settings(postgres_url, tmp_path, web=WebSettings(port=port))
    async with running(made, ("web",), data=SaidSource(), mission=integral) as service:
        async with httpx2.AsyncClient(trust_env=False) as client, asyncio.timeout(20.0):
            while True:
                try:
                    reply = await client.get(service.url)
                    break
                except httpx2.TransportError:
                    await asyncio.sleep(0.1)
        assert reply.status_code == 200


def deposit(revision: int, external_id: str | None, channel: str = "zenodo") -> Publication:
    return Publication(
        publication_key=f"{channel}|{revision}", channel=channel, event_key="X:1", assessment_revision=revision,
        state="intended" if external_id is None else "described", external_id=external_id,
    )  # fmt: skip


def test_a_deposit_follows_the_last_that_was_made() -> None:
    made = (deposit(1, "11"), deposit(2, "22"), deposit(3, None), deposit(2, "99", "other"), deposit(5, "55"))
    assert outgoing_module._previous(made, deposit(4, None)) == deposit(2, "22")
    assert outgoing_module._previous(made, deposit(1, None)) is None


async def test_bytes_that_are_not_what_they_say_are_refused(store: Store, postgres_url: str, tmp_path: Path) -> None:
    alert = RawAlert(content_id=sha256_hex(b"x"), body=b"y", source="test", topic="t", received=utc_now())
    with pytest.raises(RefusedInput):
        await Intake(store, settings(postgres_url, tmp_path)).put(alert)


async def test_figures_of_a_geometry_are_drawn_after_it_and_once(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    event = await take(store, made, "S230518h")
    steps = assessing(store, made, SaidSource(), integral)
    await steps.assess(event.event_key, {"stage": "geometry", "event_revision": 1})
    # Telling people waits for no figure; and a geometry alone is not deposited.
    kinds = {job.kind: job for job in await store.jobs() if job.state == "queued"}
    assert {"draw", "tell"} <= kinds.keys()
    assert "publish" not in kinds
    assert kinds["draw"].payload == {"revision": 1}
    assert await store.artefacts(event.event_key, 1) == ()
    await steps.draw(event.event_key, {"revision": 1})
    drawn = await store.artefacts(event.event_key, 1)
    assert {"allsky.png", "assessment.json", "provenance.json"} <= {file.name for file in drawn}
    jobs = len(await store.jobs())
    await steps.draw(event.event_key, {"revision": 1})
    await steps.assess(event.event_key, {"stage": "geometry", "event_revision": 1})
    assert await store.artefacts(event.event_key, 1) == drawn
    assert len(await store.jobs()) == jobs


async def test_nobody_draws_what_was_overtaken(store: Store, postgres_url: str, tmp_path: Path, integral: Integral) -> None:
    made = settings(postgres_url, tmp_path)
    event = await take(store, made, "S230518h")
    steps = assessing(store, made, SaidSource(), integral)
    await steps.assess(event.event_key, {"stage": "geometry", "event_revision": 1})
    await steps.assess(event.event_key, {"stage": "search", "event_revision": 1})
    await steps.draw(event.event_key, {"revision": 1})
    assert await store.artefacts(event.event_key, 1) == ()
    # An event that changed is computed anew; but what a draft was written from is drawn, as the event was then.
    another = about("S230518h")[1]
    await Intake(store, made).put(raw(another, offset=1))
    assert (await store.event(event.event_key)).revision == 2
    draft = await store.circular(event.event_key, 2)
    assert draft is not None
    await steps.draw(event.event_key, {"revision": 2})
    files = {file.name for file in await store.artefacts(event.event_key, 2)}
    assert {"allsky.png", "limits.png", "lightcurve-SPI-ACS.png", "lightcurve-SPI-ACS.fits", "README.txt"} <= files
    assert json.loads(await store.artefact(event.event_key, 2, "event.json"))["revision"] == 1
    assert draft.body.encode() in await store.artefact(event.event_key, 2, "circular.txt")
    assert len(await store.assessments(event.event_key)) == 2


async def test_a_search_stands_with_its_draft_and_data_before_its_figures(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    event = await take(store, made, "S230518h")
    steps = assessing(store, made, SaidSource(), integral)
    await steps.assess(event.event_key, {"stage": "search", "event_revision": 1})
    assert await store.circular(event.event_key, 1) is not None
    data = {file.name: file.sha256 for file in await store.artefacts(event.event_key, 1)}
    assert {"limits.multiorder.fits", "lightcurve-SPI-ACS.fits"} <= data.keys()
    assert {name.rpartition(".")[2] for name in data} == {"fits"}
    assert {"draw", "tell"} <= {job.kind for job in await store.jobs() if job.state == "queued"}
    # Killed here and run again, it comes to the same.
    jobs = len(await store.jobs())
    await steps.assess(event.event_key, {"stage": "search", "event_revision": 1})
    assert len(await store.assessments(event.event_key)) == 1
    assert len(await store.jobs()) == jobs
    await steps.draw(event.event_key, {"revision": 1})
    drawn = {file.name: file.sha256 for file in await store.artefacts(event.event_key, 1)}
    assert drawn.items() >= data.items()
    listed = json.loads(await store.artefact(event.event_key, 1, "provenance.json"))["entity"].values()
    assert {each["label"] for each in listed if "bytes" in each} == drawn.keys() - {"README.txt", "provenance.json"}


async def test_a_map_that_is_not_there_any_more_is_not_replaced_in_the_figure(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = settings(postgres_url, tmp_path)
    event = await take(store, made, "S230518h")
    await assessing(store, made, SaidSource(), integral).assess(event.event_key, {"stage": "geometry", "event_revision": 1})
    seen: list[Any] = []
    real = assessing_module.draw_products

    def noted(*arguments: Any) -> Any:
        seen.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(assessing_module, "draw_products", noted)

    async def gone(blob_id: str) -> bytes:
        raise ServiceUnreachable("the disk is away")

    monkeypatch.setattr(store, "get_blob", gone)
    with pytest.raises(RetryLater, match="the disk is away"):
        await assessing(store, made, SaidSource(), integral).draw(event.event_key, {"revision": 1})
    assert seen == []
    # A day later it is not waited for any more.
    monkeypatch.setattr(assessing_module, "_MAP_AWAITED_S", 0.0)
    await assessing(store, made, SaidSource(), integral).draw(event.event_key, {"revision": 1})
    ((_, saved, _, _, skymap),) = seen
    assert skymap is None
    assert saved.geometry.localisation.area90_deg2 < 41_000
    assert "allsky.png" in {file.name for file in await store.artefacts(event.event_key, 1)}
