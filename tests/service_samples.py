"""The service over a test's database: settings, documents from the shipped scenario, and waiting until the work is done."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from schemas import Instant, RawAlert, sha256_hex
from transients import demo
from transients.config import DatabaseSettings, NotifySettings, Secret, Settings, WebSettings
from transients.service.app import Role, Service
from transients.service.parts import utc_now
from transients.store import Store

ROTA = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//transients//tests//EN
BEGIN:VEVENT
UID:always
DTSTAMP:20200101T000000Z
DTSTART:20200101T000000Z
DTEND:20200102T000000Z
RRULE:FREQ=DAILY
SUMMARY:Somebody
END:VEVENT
END:VCALENDAR
"""


@functools.cache
def script() -> tuple[demo.Message, ...]:
    """The shipped scenario."""
    return demo.messages()


def about(name: str) -> tuple[demo.Message, ...]:
    """The scenario's messages that hold a name, in order, each once."""
    return tuple(dict.fromkeys(message for message in script() if name.encode() in message.body))


def raw(message: demo.Message, offset: int = 0, received: Instant | None = None) -> RawAlert:
    """A message as a source gives it."""
    return RawAlert(
        content_id=sha256_hex(message.body),
        body=message.body,
        source="test",
        topic=message.topic,
        partition=0,
        offset=offset,
        received=utc_now() if received is None else received,
    )


def settings(url: str, folder: Path, **changes: Any) -> Settings:
    """Of a service on a test's database; somebody is on shift, messages and deposits are recorded."""
    rota = folder / "rota.ics"
    rota.write_text(ROTA.replace("\n", "\r\n"))
    plain: dict[str, Any] = {
        "data_dir": str(folder),
        "database": DatabaseSettings(url=Secret(url), pool_size=6),
        "notify": NotifySettings(rota=str(rota), contacts={"Somebody": ("mail:somebody@example.org",)}),
        "web": WebSettings(port=0),
        "shutdown_s": 5.0,
        # Processes take seconds to start; those tests that are about them ask for them.
        "computing": 0,
    }
    return Settings(**(plain | changes))


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def running(made: Settings, roles: Sequence[Role] = ("worker",), **parts: Any) -> AsyncIterator[Service]:
    """A service that runs until the block ends."""
    service = Service(made, roles, **({"alerts": ()} | parts))
    task = asyncio.create_task(service.run())
    ready = asyncio.create_task(service.ready.wait())
    try:
        await asyncio.wait({ready, task}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield service
    finally:
        ready.cancel()
        service.stop()
        await asyncio.wait_for(task, 30.0)


async def at_rest(store: Store) -> bool:
    """Whether everything stored is understood and no job is open.

    In this order: what is understood queues its job in the same transaction. Asked first, the jobs could be none because nothing was
    understood yet, and the backlog, asked later, none because it was meanwhile.
    """
    return not await store.backlog() and not {"queued", "running"} & (await store.job_counts()).keys()


async def worked(store: Store, patience_s: float = 60.0) -> None:
    """Wait until every document is understood and no job is open; none may have failed."""
    async with asyncio.timeout(patience_s):
        while not await at_rest(store):  # noqa: ASYNC110 -- others write
            await asyncio.sleep(0.05)
    failed = await store.jobs(state="failed")
    assert not failed, [job.error for job in failed]


def with_store(url: str, work: Callable[[Store], Awaitable[Any]]) -> Any:
    """What `work` makes of a store of a database, for tests that are not async."""

    async def run() -> Any:
        store = await Store.open(url, pool_size=2)
        try:
            return await work(store)
        finally:
            await store.aclose()

    return asyncio.run(run())
