"""An event of ours, taken the whole way over simulated data: what the report is measured with."""

from __future__ import annotations

import asyncio

import handlers
from schemas import Event, Instant, Notice, SkyMapRef, sha256_hex
from schemas.errors import NoData, TransientsError
from transients import __version__
from transients.config import Settings
from transients.pipeline import Context, Outcome, journey
from transients.sources import SimulatedSource

from .curves import T0, observatory
from .documents import gwalert
from .maps import fine_map_file

#: When the event is worked on: `created` of all that comes of it.
NOW = Instant.parse("2023-05-18T14:00:00")
#: Order of the finest tiles: a usual alert has some thousands.
_MAP_ORDER = 7


class Journey:
    """One event and what it meets: each call of `take` goes the whole way again."""

    def __init__(self) -> None:
        simulated = observatory()
        skymap = fine_map_file(_MAP_ORDER)
        self.event = _event(gwalert(skymap, T0))
        self._policy = handlers.policies[self.event.policy]

        async def fetch(reference: SkyMapRef) -> bytes:
            if reference.blob_id != sha256_hex(skymap):
                raise NoData("the measurements fetch no map but their own")
            return skymap

        self._context = Context(simulated.mission, SimulatedSource(simulated), Settings(), fetch, __version__)

    def take(self) -> Outcome:
        """From the event to its assessment: geometry, both searches of each light curve, limits over the map."""
        return asyncio.run(journey(self.event, self._policy, self._context, now=NOW))


def _event(document: bytes) -> Event:
    notice = handlers.parse(document, topic="igwn.gwalert")
    if not isinstance(notice, Notice):
        raise TransientsError(f"the measurement's own document was not taken: {notice}")
    return handlers.fold(None, notice, content_id=sha256_hex(document), received=NOW)
