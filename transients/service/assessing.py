"""The job that assesses an event: run the journey, save the result with its files, queue what follows."""

from __future__ import annotations

import dataclasses
import mimetypes
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import structlog

import handlers
from schemas import Assessment, Circular, Event, Instant
from transients.config import Settings
from transients.missions import seconds_between, shift
from transients.pipeline import (
    Compute,
    Context,
    Outcome,
    OwnTrigger,
    Signing,
    Stage,
    draw_products,
    is_data,
    journey,
    write_draft,
)
from transients.pipeline.localise import Found, find, localised
from transients.report import is_complete, variant_of
from transients.store import EventQuery, RetryLater, Store, Wanted
from transients.store.assessments import File

from .clock import MACHINE_CLOCK, Clock
from .later_data import look_again_s, looks
from .outgoing import is_deposited
from .patience import ASK_AGAIN_S, adds, given_up, next_look_s
from .people import people_on_shift
from .priorities import JobKind, Work, priority
from .watching import observe_stage

_RETRACTED = "{} retracted the event."
#: A map that is not there for the figures is asked for again after this at least, and for so long, s.
_MAP_AGAIN_S, _MAP_AWAITED_S = 60.0, 86400.0
_GIVEN_UP = "Asked for 14 days in vain and taken as final without: {}."


class Assessing:
    """Handlers of the jobs "assess" and what they need."""

    def __init__(
        self,
        store: Store,
        context: Context,
        settings: Settings,
        *,
        urgent: Compute | None = None,
        ask_again_s: tuple[float, float] = ASK_AGAIN_S,
        clock: Clock = MACHINE_CLOCK,
    ) -> None:
        self._store = store
        self._clock = clock
        self._context = context
        #: For first looks, which take little and do not wait for what takes long.
        self._first = context if urgent is None else dataclasses.replace(context, compute=urgent)
        self._settings = settings
        self._ask_again_s = ask_again_s
        self._log = structlog.get_logger("transients.assessing")

    @property
    def _behind_s(self) -> float:
        """How long after an instant its first data comes, s."""
        return min((tier.delay_s for tier in self._context.mission.tiers), default=0.0)

    async def assess(self, event_key: str | None, payload: dict[str, Any]) -> None:
        """Assess an event at a stage; a job for an older revision of the event has nothing to do.

        Killed anywhere and run again, it comes to the same: what was saved is found, what was queued is not queued twice.
        """
        assert event_key is not None
        event = await self._store.event(event_key)
        if payload["event_revision"] < event.revision:
            return
        before = await self._store.assessment(event_key)
        # Once searched, an event is not shown as "pending" again while a better position is worked in.
        stage: Stage = "geometry" if payload["stage"] == "geometry" and not (before and before.searches) else "search"
        now = self._clock.now()
        outcome = await journey(
            event,
            handlers.policies[event.policy],
            self._first if stage == "geometry" else self._context,
            now=now,
            stage=stage,
            own_triggers=await self._own_triggers(event),
            before=None if before is None else before.geometry,
        )
        outcome, wanting = self._settled(event, outcome, now)
        if wanting and stage == "search" and not adds(outcome.assessment, before):
            raise self._again(event, wanting, outcome.not_yet, now)
        kept = await self._keep(event, outcome, stage, payload["stage"], now)
        if kept is None:
            return
        saved, new = kept
        self._measure(event, payload["stage"], stage)
        if new and variant_of(saved) is not None:
            self._measure(event, payload["stage"], "draft")
        self._log.info(
            "assessed",
            action="assessed",
            event_key=event_key,
            stage=stage,
            verdict=saved.verdict,
            revision=saved.revision,
            new=new,
        )
        if wanting and stage == "search":
            raise self._again(event, wanting, outcome.not_yet, now)
        self._await_tier(event, payload["stage"], saved, now)

    async def draw(self, event_key: str | None, payload: dict[str, Any]) -> None:
        """Make the folder of a result: figures, and the lists of what there is.

        Drawing takes several times as long as computing, so whatever is new goes before; and where a newer result stands, or the event
        has changed, nobody would look at the figures of a result without a draft.
        """
        assert event_key is not None
        revision = payload["revision"]
        saved, circular = await self._store.assessment(event_key, revision), await self._store.circular(event_key, revision)
        assert saved is not None
        newest, newest_result = await self._store.event(event_key), await self._store.assessment(event_key)
        assert newest_result is not None
        overtaken = saved.event_revision < newest.revision or revision < newest_result.revision
        names = [file.name for file in await self._store.artefacts(event_key, revision)]
        if is_complete(names) or (overtaken and circular is None):
            return
        revisions = (newest,) if not overtaken else await self._store.event_revisions(event_key)
        (event,) = (each for each in revisions if each.revision == saved.event_revision)
        data = {name: await self._store.artefact(event_key, revision, name) for name in names if is_data(name)}
        found = await self._found(event, saved)
        files = await self._context.compute(_drawn, event, saved, circular, data, found)
        async with self._store.transaction():
            await self._store.save_artefacts(event_key, revision, _files(files), keep=True)
            await self._store.tell_drawn(event_key, revision)
            if newest.state != "retracted" and is_deposited(saved, self._settings):
                await self._store.enqueue_many([self._wanted("publish", event, saved, priority("publish", self._age_s(event)))])

    async def _found(self, event: Event, saved: Assessment) -> Found | None:
        """What the map of a result is made from. One that was there and cannot be had now is waited for, for a day."""
        if saved.geometry is None:
            return None
        found = await find(event, self._context)
        if found.error is not None and found.error.retriable and found.source not in saved.geometry.provenance.inputs:
            age_s = seconds_between(self._clock.now(), saved.created)
            if age_s < _MAP_AWAITED_S:
                raise RetryLater(max(_MAP_AGAIN_S, 0.1 * age_s), f"the map cannot be had: {found.error}")
        return found

    def _measure(self, event: Event, asked: str, stage: str) -> None:
        """How long a first look took since the alert came, or since its search could begin; later looks are no news."""
        if asked not in ("geometry", "search"):
            return
        since = event.history[-1].received
        if stage != "geometry" and event.t0 is not None:
            window_s = handlers.policies[event.policy].search_half_width_s + self._behind_s
            since = max(since, shift(event.t0, window_s))
        observe_stage(stage, since, self._clock.now())

    def _await_tier(self, event: Event, tier: str, saved: Assessment, now: Instant) -> None:
        """Come again while the data that this job is for is not there; equal facts meanwhile give no new result."""
        if event.t0 is None or event.state != "active":
            return
        instrument = self._context.mission.searched
        again_s = look_again_s(tier, saved.data, instrument, seconds_between(now, event.t0), self._context.mission.tiers)
        if again_s is not None:
            raise RetryLater(again_s, f"waiting for {tier} data of {instrument}")

    def _settled(self, event: Event, outcome: Outcome, now: Instant) -> tuple[Outcome, tuple[str, ...]]:
        """The outcome with what the service has to say of it, and what it is still worth waiting for."""
        caveats: list[str] = []
        wanting = outcome.wanting if event.state == "active" else ()
        if wanting and given_up(event, now):
            caveats.append(_GIVEN_UP.format(", ".join(wanting)))
            wanting = ()
        assessment = outcome.assessment
        settled = msgspec.structs.replace(assessment, caveats=(*assessment.caveats, *caveats))
        return dataclasses.replace(outcome, assessment=settled), wanting

    def _again(self, event: Event, wanting: Sequence[str], why: Sequence[str], now: Instant) -> RetryLater:
        """To come again; `why` names, for some of what is wanted, what its source said."""
        said = "".join(f" ({each})" for each in why if each.partition(":")[0] in wanting and ":" in each)
        return RetryLater(next_look_s(event, now, self._ask_again_s), f"waiting for: {', '.join(wanting)}{said}")

    async def _keep(
        self, event: Event, outcome: Outcome, stage: Stage, asked: Work, now: Instant
    ) -> tuple[Assessment, bool] | None:
        """Save a result with its data and its draft, and queue what follows, unless it was overtaken while it was computed: None then,
        and whoever overtook it has the say."""
        # Who is on shift is asked, and may be waited for, only where somebody is to sign.
        signing = Signing() if variant_of(outcome.assessment) is None else await self._signing(event, now)
        try:
            async with self._store.transaction():
                # Nobody folds or saves until this ends, so what is read now stays true.
                if await self._store.hold_event(event.event_key) > event.revision:
                    raise _Overtaken
                saved, new = await self._store.save_assessment(outcome.assessment, _files(outcome.data))
                if new and stage == "geometry" and saved.revision > 1:
                    last = await self._store.assessment(event.event_key, saved.revision - 1)
                    if last is not None and last.searches and last.event_revision == event.revision:
                        raise _Overtaken
                circular = write_draft(event, saved, signing, saved.created)
                if circular is not None:
                    await self._store.save_circular(circular)
                await self._follow(event, saved, asked, self._looks(event, stage, asked))
        except _Overtaken:
            self._log.info("overtaken", action="overtaken", event_key=event.event_key, event_revision=event.revision)
            return None
        return saved, new

    def _age_s(self, event: Event) -> float | None:
        return None if event.t0 is None else seconds_between(self._clock.now(), event.t0)

    def _looks(self, event: Event, stage: Stage, asked: str) -> list[Wanted]:
        """What follows a first look: the search for when the window has passed (unless it was just done), and the looks for better
        tiers still to come."""
        t0 = event.t0
        if asked != "geometry" or event.state != "active" or t0 is None:
            return []
        policy = handlers.policies[event.policy]
        age_s = seconds_between(self._clock.now(), t0)
        due: dict[Work, float] = {"search": policy.search_half_width_s + self._behind_s} if stage == "geometry" else {}
        if event.role == "observation":
            due.update(looks(self._context.mission.tiers, age_s).items())
        return [
            Wanted(
                "assess",
                event.event_key,
                {"stage": name, "event_revision": event.revision},
                dedupe_key=f"{event.event_key}:{event.revision}:{name}",
                priority=priority(name, age_s),
                not_before=self._clock.on_machine(shift(t0, after)) if after > age_s else None,
            )
            for name, after in due.items()
        ]

    async def _follow(self, event: Event, saved: Assessment, asked: Work, looks: Sequence[Wanted]) -> None:
        """Queue what follows a result, in the transaction that keeps it."""
        age_s = self._age_s(event)
        # The figures of what nobody waits for need not be there sooner than it.
        drawn = min(priority("draw", age_s), priority(asked, age_s))
        wanted = [self._wanted("tell", event, saved, priority("tell", age_s)), self._wanted("draw", event, saved, drawn)]
        if event.state == "retracted":
            await self._store.withdraw_circulars(event.event_key, saved.revision, _RETRACTED.format(event.origin))
            wanted.append(self._wanted("withdraw", event, saved, priority("tell", age_s)))
        await self._store.enqueue_many([*wanted, *looks])

    @staticmethod
    def _wanted(kind: JobKind, event: Event, saved: Assessment, turn: int) -> Wanted:
        return Wanted(
            kind,
            event.event_key,
            {"revision": saved.revision},
            dedupe_key=f"{event.event_key}:{saved.revision}:{kind}",
            priority=turn,
        )

    async def _own_triggers(self, event: Event) -> tuple[OwnTrigger, ...]:
        """The mission's own alerts within the searched window, other than the event itself."""
        if event.t0 is None:
            return ()
        policy = handlers.policies[event.policy]
        width = policy.search_half_width_s
        query = EventQuery(
            origin=self._context.mission.name,
            role="observation",
            t0_from=shift(event.t0, -width),
            t0_before=shift(event.t0, width),
            limit=100,
        )
        page = await self._store.find_events(query)
        return tuple(
            (other.event.history[-1].kind, other.event.event_id, seconds_between(other.event.t0, event.t0))
            for other in page.items
            if other.event.event_key != event.event_key and other.event.t0 is not None and other.event.state == "active"
        )

    async def _signing(self, event: Event, now: Instant) -> Signing:
        shifts = await people_on_shift(self._settings, now)
        return Signing(
            people=tuple(each.person for each in shifts),
            settings=self._settings.circular,
            links=event.links,
        )


class _Overtaken(Exception):  # noqa: N818 -- nothing went wrong
    """Something newer was saved meanwhile."""


def _drawn(
    event: Event, saved: Assessment, circular: Circular | None, data: Mapping[str, bytes], found: Found | None
) -> dict[str, bytes]:
    """The folder of a result. A map that could be had then and cannot now, or the reverse, does not belong to it."""
    belongs = found is not None and saved.geometry is not None and found.source in saved.geometry.provenance.inputs
    skymap = localised(event, found)[0] if belongs and found is not None else None
    return draw_products(event, saved, circular, data, skymap)


def _files(files: Mapping[str, bytes]) -> dict[str, File]:
    return {name: File(data, _media_type(name)) for name, data in files.items()}


def _media_type(name: str) -> str:
    known = {".fits": "application/fits", ".ipynb": "application/x-ipynb+json", ".md": "text/markdown"}
    for suffix, media_type in known.items():
        if name.endswith(suffix):
            return media_type
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
