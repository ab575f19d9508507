"""Documents that were refused, given to the handlers of now: they become notices, events and jobs, and nothing said before is erased."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Sequence

import msgspec

from schemas import Parsed
from transients.config import Settings
from transients.store import QuarantineQuery, Store

from .intake import Intake

#: Documents read and understood at once.
_AT_ONCE = 100


@dataclasses.dataclass(frozen=True)
class Again:
    """What was said of a document before, and what is now. `after` is None where its bytes went by policy."""

    content_id: str
    before: Parsed | None
    after: Parsed | None


async def refused_ids(store: Store, query: QuarantineQuery) -> list[str]:
    """Contents of all refused documents that match, the oldest first; limit and offset do not matter."""
    every = sum((await store.quarantine_counts(query)).values())
    wanted = msgspec.structs.replace(query, limit=every, offset=0)
    return [alert.content_id for alert in reversed(await store.quarantine(wanted))]


async def parse_again(store: Store, settings: Settings, content_ids: Sequence[str]) -> AsyncIterator[Again]:
    """Parse stored documents anew, fold what is a notice now, and queue what follows, as if they came now; in order."""
    intake = Intake(store, settings)
    for begin in range(0, len(content_ids), _AT_ONCE):
        part = list(dict.fromkeys(content_ids[begin : begin + _AT_ONCE]))
        before = {content_id: await store.parsed(content_id) for content_id in part}
        raws = {raw.content_id: raw for raw in await store.raws(part)}
        present = [raws[content_id] for content_id in part if content_id in raws]
        understood = await intake.understand_many(present)
        after = {raw.content_id: parsed for raw, parsed in zip(present, understood, strict=True)}
        for content_id in part:
            yield Again(content_id, before[content_id], after.get(content_id))
