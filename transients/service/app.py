"""The running service: its roles over one database, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

import structlog

from ingest import Source, SourceStats, run
from schemas.errors import TransientsError
from transients.config import Settings, StatusSettings
from transients.embedded import EmbeddedPostgres
from transients.missions import Mission
from transients.pipeline import Compute
from transients.sources import DataSource, FirstOf, PointingSource
from transients.store import JobRunner, Store
from transients.store.runner import Handler
from transients.web import StatusCard, alert_routes, create_app
from transients.web.server import serve_app

from .aside import Aside
from .assessing import Assessing
from .canary import CanarySource, watch_canary
from .clock import MACHINE_CLOCK, Clock
from .crew import Crew, keep_for_good
from .first_contact import first_contact
from .intake import Intake
from .lines import tell_lines
from .live import watch
from .observed import Observed, Observing, observe
from .outgoing import Outgoing
from .outside import OutsideSources
from .parts import mission_of, source_of
from .plugins import load_handlers, load_missions
from .priorities import JobKind
from .reassessing import outdated, reassess
from .receiving import Receiving
from .sources import alert_sources
from .status import status_card
from .stopping import unless_stopped
from .upkeep import upkeep
from .watching import observe_job, serve_metrics, tell_numbers, watch_loop
from .wiring import context_of, map_fetcher

Role = Literal["ingest", "worker", "web"]
ROLES: tuple[Role, ...] = ("ingest", "worker", "web")

#: Documents left behind by something that died are looked for this often, s.
_SWEEP_S = 5.0
#: Younger documents are being understood by whoever stored them.
_SWEEP_AGE_S = 2.0

log = structlog.get_logger("transients.service")


class Service:
    """The roles of one process.

    Parameters
    ----------
    settings
        What to run and with what.
    roles
        Any of "ingest", "worker", "web"; several processes with any mix of them share one database.
    data, alerts
        In place of the data source and alert sources that the settings describe (the demo's).
    clock
        What time it is for what is computed: another than the machine's in a replay.
    """

    def __init__(
        self,
        settings: Settings,
        roles: Sequence[Role] = ROLES,
        *,
        data: DataSource | None = None,
        alerts: Sequence[Source] | None = None,
        mission: Mission | None = None,
        clock: Clock = MACHINE_CLOCK,
    ) -> None:
        self.settings = settings
        self._clock = clock
        self.roles = tuple(roles)
        self.mission = mission or mission_of(settings)
        self._data = data
        self._alerts = alerts
        #: What became of the plug-ins that could not be loaded, by name.
        self.broken_plugins = load_handlers() | load_missions()[1]
        #: Why an alert source gives nothing more, by name.
        self.deaf: dict[str, str] = {}
        #: What became of each alert source's alerts, and how its line is.
        self.heard: dict[str, SourceStats] = {}
        self._aside = Aside(Path(settings.data_dir) / "aside")
        #: Alert sources that have given all they had.
        self.ended: set[str] = set()
        self._stopping = asyncio.Event()
        #: Set once everything runs.
        self.ready = asyncio.Event()
        self.store: Store | None = None
        self.url = settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}"

    def stop(self) -> None:
        """Take nothing new; finish what runs; leave."""
        self._stopping.set()

    async def run(self) -> None:
        """Run until `stop`.

        Raises what makes a role impossible (no database within `database.wait_s`, a port in use, every alert source refused where
        nothing else is run); the other roles are stopped then. One refused source of several, or beside other roles, is logged,
        shown and reported by the readiness check, and stops nothing.
        """
        async with contextlib.AsyncExitStack() as stack:
            store = await self._open_store(stack)
            if store is None:
                log.info("left before the database answered", action="stopped")
                return
            data = self._data
            if data is None:
                configured = await stack.enter_async_context(source_of(None, self.settings, self.mission))
                notices = PointingSource(store.pointings_between, self.mission, "the inbox")
                data = FirstOf([configured, notices])
            intake = Intake(store, self.settings)
            serve_metrics(self.settings.metrics)
            async with asyncio.TaskGroup() as group:
                group.create_task(watch_loop(self._stopping), name="watch loop")
                group.create_task(tell_numbers(store, self._stopping), name="tell numbers")
                if self._alerts is None and self.settings.canary.interval_s:
                    group.create_task(watch_canary(store, self.settings, self._stopping), name="watch canary")
                if "ingest" in self.roles:
                    # What an earlier version could not store, this one may.
                    await self._aside.give_back(intake.put_many)
                    sources = self._alerts if self._alerts is not None else self._sources(store)
                    for source in sources:
                        group.create_task(self._listen(source, intake, len(sources)), name=f"ingest {source.name}")
                    group.create_task(tell_lines(store, self.heard, self._stopping), name="tell lines")
                    group.create_task(self._aside.watch(self._stopping), name="watch aside")
                if "worker" in self.roles:
                    group.create_task(self._work(store, data), name="worker")
                    group.create_task(self._sweep(intake), name="sweep")
                    group.create_task(
                        upkeep(store, self.settings.inbox.keep_days, self._stopping, self._clock.now), name="upkeep"
                    )
                    if self.settings.scan.live:
                        group.create_task(
                            watch(store, data, self.mission, self.settings.scan, self._stopping, self._clock.now),
                            name="live search",
                        )
                if "web" in self.roles:
                    group.create_task(self._serve(store, data, intake), name="web")
                self.ready.set()
                log.info("running", action="started", roles=",".join(self.roles))
                await self._stopping.wait()
        log.info("left", action="stopped")

    async def _open_store(self, stack: contextlib.AsyncExitStack) -> Store | None:
        """The store, waited for; None when told to stop meanwhile."""
        database = self.settings.database
        if database.url is not None:
            url = database.url.reveal()
        else:
            server = EmbeddedPostgres(Path(self.settings.data_dir) / "postgres")
            url = (await stack.enter_async_context(server)).url
        store = await first_contact(url, database.pool_size, database.wait_s, self._stopping)
        if store is None:
            return None
        stack.push_async_callback(store.aclose)
        if self.settings.hold:
            await store.set_hold(True, "settings")
        self.store = store
        return store

    def _sources(self, store: Store) -> list[Source]:
        """The configured sources, and the canary's where one is let fly."""
        interval_s = self.settings.canary.interval_s
        return [*alert_sources(self.settings, store), *([CanarySource(interval_s)] if interval_s else [])]

    async def _listen(self, source: Source, intake: Intake, sources: int) -> None:
        try:
            stats = self.heard.setdefault(source.name, SourceStats())
            await run(source, intake.put_many, self._stopping, stats, self._aside.keep)
        except TransientsError as error:
            self.deaf[source.name] = str(error)
            log.error("an alert source ended: nothing comes from it", action="source-lost", source=source.name, error=str(error))
            if self.roles == ("ingest",) and len(self.deaf) == sources:
                raise
        self.ended.add(source.name)

    async def _work(self, store: Store, data: DataSource) -> None:
        compute = await self._crew()
        context = context_of(self.settings, self.mission, data, map_fetcher(store.get_blob, self.settings), compute)
        urgent = compute.urgent if isinstance(compute, Crew) else None
        assessing = Assessing(store, context, self.settings, urgent=urgent, clock=self._clock)
        outgoing = Outgoing(store, self.settings, self.url, clock=self._clock)
        handlers: dict[JobKind, Handler] = {
            "assess": assessing.assess,
            "draw": assessing.draw,
            "tell": outgoing.tell,
            "deliver": outgoing.deliver,
            "publish": outgoing.publish,
            "withdraw": outgoing.withdraw,
        }
        runner = JobRunner(
            store, {kind: handlers[kind] for kind in get_args(JobKind)}, self.settings.workers, observe=observe_job
        )
        await self._queue_outdated(store)
        async with self._kept_warm(compute):
            working = asyncio.create_task(runner.run(), name="jobs")
            stopped = asyncio.create_task(self._stopping.wait(), name="jobs-stop")
            try:
                await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopped.cancel()
                # Also when another role failed: what runs is finished or put back before the database goes.
                await runner.stop(self.settings.shutdown_s)
                await working

    async def _crew(self) -> Compute:
        """Where a worker's arithmetic is done: in processes that are warm before the first alert, or in threads."""
        if not self.settings.computing:
            return asyncio.to_thread
        crew = Crew(self.settings.computing, memory_mb=self.settings.computing_memory_mb, mission=self.mission)
        try:
            # On a busy machine that takes long, and a service that is told to leave needs none of it.
            await unless_stopped(self._stopping, crew.warm(), None)
        except (TransientsError, OSError) as error:
            # The first events wait for what is imported then; they are not lost.
            log.warning("no process for computing yet", action="crew-cold", error=str(error))
        return crew

    @contextlib.asynccontextmanager
    async def _kept_warm(self, compute: Compute) -> AsyncIterator[None]:
        """Meanwhile a crew's processes are kept from going."""
        if not isinstance(compute, Crew):
            yield
            return
        keeping = asyncio.create_task(compute.keep_warm(self._stopping), name="keep warm")
        try:
            yield
        finally:
            # Nobody needs the processes that a round under way would warm.
            keeping.cancel()
            await asyncio.wait({keeping})

    async def _queue_outdated(self, store: Store) -> None:
        """What the version or calibration before has made, to be made anew when nothing else is to do."""
        days = self.settings.reassess_days
        if days <= 0:
            return
        try:
            found = await outdated(store, self.mission, now=self._clock.now(), days=days)
            queued = await reassess(store, self.mission, found)
        except TransientsError as error:
            log.warning("older results were not looked for", action="outdated-failed", error=str(error))
            return
        if queued:
            log.info("older results are made anew", action="outdated", events=len(found), jobs=queued)

    async def _sweep(self, intake: Intake) -> None:
        """Understand what was stored and not understood, again and again; also work of handlers that came new."""
        while not self._stopping.is_set():
            try:
                while await intake.sweep(older_than_s=_SWEEP_AGE_S) and not self._stopping.is_set():
                    pass
            except Exception as error:
                ours = isinstance(error, TransientsError)
                log.warning("sweeping failed", action="sweep-failed", error=str(error), exc_info=not ours)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _SWEEP_S)

    async def _serve(self, store: Store, data: DataSource, intake: Intake) -> None:
        web = self.settings.web

        async def ask() -> Observed:
            return await observe(data, self.mission, self._clock.now())

        observing = Observing(ask, data.name)
        # Before the first page is asked for.
        observing.start()

        async def status() -> StatusCard:
            observed = await observing.get()
            past = self._clock.stands_at is not None
            now = self._clock.now()
            return await status_card(store, observed, self.mission, self.settings, now, past=past, notes=self._notes())

        async def sources() -> str | None:
            return "; ".join(f"{name}: {why}" for name, why in self.deaf.items()) or None

        # In a replay of the past what others tell of today has no place.
        outside = OutsideSources(StatusSettings() if self._clock.stands_at is not None else self.settings.status, self._clock.now)
        routes = alert_routes(self.settings.http, Receiving(store, intake).take)
        health = {"alert sources": sources}
        app = create_app(store, self.settings, status=status, health=health, outside=outside.seen, routes=routes)
        async with contextlib.aclosing(observing), asyncio.TaskGroup() as group:
            looking = group.create_task(outside.run(self._stopping), name="outside sources")
            await serve_app(app, web, self._stopping)
            # Nobody is there to see what a look under way would bring.
            looking.cancel()

    def _notes(self) -> tuple[str, ...]:
        broken = (f"plug-in {name} is not in use: {why}" for name, why in self.broken_plugins.items())
        ended = (f"alert source {name} ended: {why}" for name, why in self.deaf.items())
        count = self._aside.count()
        aside = (f"{count} alerts could not be stored and lie in {self._aside.folder}",) if count else ()
        held = len(self._aside.held)
        nowhere = (f"{held} alerts could be stored nowhere and are in memory alone: the disk is full",) if held else ()
        return (*broken, *ended, *aside, *nowhere, *self._troubles())

    def _troubles(self) -> Iterator[str]:
        """Lines on which nothing comes although they should live."""
        for name, stats in self.heard.items():
            if stats.line is not None and stats.line.reason and name not in self.deaf:
                yield f"alert source {name} is {stats.line.condition} since {stats.line.since.utc}: {stats.line.reason}"


async def run_as_process(service: Service) -> None:
    """Run a service as all that this process is for.

    SIGTERM and SIGINT stop it, the second of either at once; and what is loaded by the time it runs stays out of the garbage
    collector's rounds, each of which would hold up the loop.
    """
    _stop_on_signals(service)

    async def settle() -> None:
        await service.ready.wait()
        keep_for_good()

    settling = asyncio.create_task(settle(), name="settle")
    try:
        await service.run()
    finally:
        settling.cancel()


def _stop_on_signals(service: Service) -> None:
    loop = asyncio.get_running_loop()
    asked = False

    def stop() -> None:
        nonlocal asked
        if asked:
            os._exit(1)
        asked = True
        service.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
