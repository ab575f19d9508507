"""The demo: the real service on embedded parts, fed by the shipped scenario over the Kafka protocol."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterator
from pathlib import Path

import confluent_kafka

from schemas.errors import ServiceUnreachable
from transients import demo
from transients.config import KafkaSettings, NotifySettings, Settings, WebSettings
from transients.embedded import EmbeddedKafka, free_port
from transients.sources import SimulatedObservatory, SimulatedSource
from transients.store import EventQuery, Store

from .apart import running
from .app import Service
from .parts import integral_of

_SEED = 230307
#: Somebody is always on shift in the demo; messages are recorded, not sent.
_ROTA = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//transients//demo//EN
BEGIN:VEVENT
UID:demo-shift
DTSTAMP:20200101T000000Z
DTSTART:20200101T000000Z
DTEND:20200102T000000Z
RRULE:FREQ=DAILY
SUMMARY:Advocate on shift (demo)
END:VEVENT
END:VCALENDAR
"""
_POLL_S = 0.1
#: The scenario is done within a minute; a machine under load gets more.
_PATIENCE_S = 300.0


@dataclasses.dataclass(frozen=True)
class Played:
    """What came of the scenario."""

    events: int
    notices: int
    documents: int
    circular_drafts: int
    seconds: float
    url: str


@contextlib.asynccontextmanager
async def demonstration(settings: Settings, folder: Path, port: int | None) -> AsyncIterator[tuple[Service, Played]]:
    """Run the service in `folder`, play the scenario, and give the service, still running, when the last job is done.

    Parameters
    ----------
    port
        Of the dashboard; None: a free one.
    """
    started = time.monotonic()
    mission = integral_of(settings)
    observatory = SimulatedObservatory(_SEED, mission, bursts=demo.BURSTS, pointings=demo.POINTINGS)
    with EmbeddedKafka() as broker:
        script = await asyncio.to_thread(demo.messages)
        for topic in sorted({message.topic for message in script}):
            broker.create_topic(topic)
        service = Service(
            _demo_settings(settings, folder, broker, script, port), data=SimulatedSource(observatory), mission=mission
        )
        async with running(service) as task:
            await asyncio.to_thread(_publish, broker, script)
            yield service, await _played(service, task, script, started)


def _demo_settings(
    settings: Settings, folder: Path, broker: EmbeddedKafka, script: tuple[demo.Message, ...], port: int | None
) -> Settings:
    rota = folder / "rota.ics"
    rota.write_text(_ROTA.replace("\n", "\r\n"))
    kafka = KafkaSettings(
        name="demo",
        bootstrap_servers=(broker.bootstrap_servers,),
        topics=tuple(sorted({message.topic for message in script})),
        group_id="transients-demo",
    )
    # Nothing of the user's own world: no broker, no folder, no database, no deposit but a recorded one.
    return Settings(
        workers=settings.workers,
        shutdown_s=settings.shutdown_s,
        log_format=settings.log_format,
        mission=settings.mission,
        circular=settings.circular,
        data_dir=str(folder),
        kafka=(kafka,),
        notify=NotifySettings(rota=str(rota), contacts={"Advocate on shift (demo)": ("mail:advocate@example.org",)}),
        web=WebSettings(host="127.0.0.1", port=port if port is not None else free_port()),
    )


def _publish(broker: EmbeddedKafka, script: tuple[demo.Message, ...]) -> None:
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.bootstrap_servers, "message.max.bytes": 8_000_000})
    for message in script:
        producer.produce(message.topic, message.body)
    left = producer.flush(30.0)
    if left:
        raise ServiceUnreachable(f"{left} messages of the scenario could not be published", where="embedded Kafka")


async def _played(service: Service, task: asyncio.Task[None], script: tuple[demo.Message, ...], started: float) -> Played:
    """Wait until every document was delivered and understood and no job is left."""
    store = service.store
    assert store is not None
    deadline = started + _PATIENCE_S
    while not await _done(store, len(script)):
        if task.done():
            task.result()
        if time.monotonic() > deadline:
            raise ServiceUnreachable(
                f"the scenario was not done after {_PATIENCE_S:.0f} s: {await store.job_counts()}", where="demo"
            )
        await asyncio.sleep(_POLL_S)
    totals = await store.totals()
    page = await store.find_events(EventQuery(limit=100))
    drafts = [await store.circular(item.event.event_key) for item in page.items]
    return Played(
        events=page.total,
        notices=totals.notices,
        documents=len(script),
        circular_drafts=sum(draft is not None for draft in drafts),
        seconds=round(time.monotonic() - started, 2),
        url=service.url,
    )


async def _done(store: Store, documents: int) -> bool:
    states = await store.source_states()
    if sum(state.deliveries for state in states) < documents or await store.backlog():
        return False
    counts = await store.job_counts()
    return not counts.get("queued") and not counts.get("running")
