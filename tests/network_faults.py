"""Alerts for a service whose lines are cut, and what must hold of them when the lines are mended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import httpx2
from service_samples import about, worked

from transients.demo import Message
from transients.store import Store

#: Three events of three messengers before the line fails …
BEFORE = (*about("Antares"), *about("S230524x")[:1], *about("699896651")[:2])
#: … and, while it does, a new one, a retraction and a better position.
DURING = (*about("138193"), *about("S230524x")[1:], *about("699896651")[2:])
EVENTS = 4


def drop(folder: Path, messages: Sequence[Message]) -> None:
    """Put alerts into a folder that is listened to, each whole at once."""
    folder.mkdir(exist_ok=True)
    for message in messages:
        begun = folder.parent / "unfinished"
        begun.write_bytes(message.body)
        begun.rename(folder / f"{message.topic}.{len(list(folder.iterdir())):03}.xml")


async def until(true: Callable[[], Awaitable[bool]], patience_s: float = 60.0) -> None:
    """Wait until something holds that others bring about."""
    async with asyncio.timeout(patience_s):
        while not await true():  # noqa: ASYNC110 -- others write
            await asyncio.sleep(0.05)


async def all_well(store: Store, documents: int, events: int = EVENTS, patience_s: float = 90.0) -> None:
    """Wait for the end of the work: every alert has its final result, none twice, and the whole database holds."""

    async def stored() -> bool:
        return (await store.check()).checked["documents"] >= documents

    await until(stored, patience_s)
    await worked(store, patience_s)
    checked = await store.check()
    assert checked.violations == (), checked.violations
    assert checked.checked["documents"] == documents
    page = await store.events()
    assert len(page) == events
    for event in page:
        kept = await store.assessments(event.event_key)
        assert kept[0].event_revision == event.revision, event.event_key
        assert kept[0].verdict not in ("pending", None), event.event_key
        assert len({(each.event_revision, each.verdict, each.data, each.caveats) for each in kept}) == len(kept)
        assert await store.artefacts(event.event_key, kept[0].revision)
    keys = [job.dedupe_key for job in await store.jobs()]
    assert len(keys) == len(set(keys))


@contextlib.asynccontextmanager
async def asking(url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the dashboard, once that listens."""
    async with httpx2.AsyncClient(trust_env=False, base_url=url, timeout=20.0) as client:

        async def listens() -> bool:
            with contextlib.suppress(httpx2.TransportError):
                return (await client.get("/health/live")).status_code == 200
            return False

        await until(listens)
        yield client
