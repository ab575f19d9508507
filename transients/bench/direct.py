"""The steps of an alert called one after the other, in this process, without queue and database: what the service is measured against."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Iterable

import handlers
from schemas import Notice, SkyMapRef, sha256_hex
from schemas.errors import NoData, TransientsError
from transients import __version__
from transients.config import Settings
from transients.pipeline import Context, Signing, draw_products, journey, write_draft
from transients.service.parts import utc_now

from .documents import burst
from .load import due
from .unbroken import parts


@dataclasses.dataclass(frozen=True)
class Steps:
    """Times from the bytes to the geometry, on to the draft of the search, and on to its figures, s; one each for every alert."""

    located_s: tuple[float, ...]
    drafted_s: tuple[float, ...]
    drawn_s: tuple[float, ...]

    def __add__(self, other: Steps) -> Steps:
        return Steps(self.located_s + other.located_s, self.drafted_s + other.drafted_s, self.drawn_s + other.drawn_s)


class Direct:
    """Alerts of its own, each taken the whole way."""

    def __init__(self) -> None:
        mission, source = parts()

        async def fetch(reference: SkyMapRef) -> bytes:
            raise NoData("the alerts of the measurement bring no map")

        self._context = Context(mission, source, Settings(), fetch, __version__)

    async def steps(self, numbers: Iterable[int]) -> Steps:
        """Take alerts, one after the other."""
        return Steps(*zip(*[await self._spent(number) for number in numbers], strict=True))

    async def _spent(self, number: int) -> tuple[float, float, float]:
        document = burst(number, due(utc_now(), number))
        begun = time.perf_counter()
        notice = handlers.parse(document)
        if not isinstance(notice, Notice):
            raise TransientsError(f"the measurement's own document was not taken: {notice}")
        event = handlers.fold(None, notice, content_id=sha256_hex(document), received=utc_now())
        policy = handlers.policies[event.policy]
        geometry = await journey(event, policy, self._context, now=utc_now(), stage="geometry")
        located = time.perf_counter() - begun
        outcome = await journey(event, policy, self._context, now=utc_now(), before=geometry.assessment.geometry)
        circular = write_draft(event, outcome.assessment, Signing(), utc_now())
        if circular is None or not outcome.assessment.searches:
            raise TransientsError(f"the measurement's own alert was not searched: {outcome.assessment.verdict}")
        drafted = time.perf_counter() - begun
        await asyncio.to_thread(draw_products, event, outcome.assessment, circular, outcome.data, outcome.skymap)
        return located, drafted, time.perf_counter() - begun
