"""The line to the database dies at each statement of a batch in turn: nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import asyncpg
import asyncpg.transaction
import handler_samples
import pytest

from schemas import Instant, RawAlert, sha256_hex
from schemas.errors import ServiceUnreachable
from transients.config import Settings
from transients.service.intake import Intake
from transients.store import Store

NOW = Instant(utc="2024-05-06T07:10:00")
BURST = {"Burst_TJD": "20436", "Burst_SOD": "25689.10"}
#: More than a batch needs: the last cut falls after all is done.
MOST_STATEMENTS = 60


class Cut:
    """Lets so many statements through, then the line dies, once: before the statement reaches the server, or after it was done."""

    def __init__(self) -> None:
        self.left = -1
        self.late = False

    def wrapped(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def cut(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.late:
                raise asyncpg.ConnectionDoesNotExistError("cut off")
            found = await call(*arguments, **options)
            if self.left == 0 and self.late:
                raise asyncpg.ConnectionDoesNotExistError("cut off")
            return found

        return cut


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cut]:
    """Counts every statement and every commit."""
    made = Cut()
    monkeypatch.setattr(asyncpg.Connection, "fetch", made.wrapped(asyncpg.Connection.fetch))
    monkeypatch.setattr(asyncpg.Connection, "_execute", made.wrapped(asyncpg.Connection._execute))
    monkeypatch.setattr(asyncpg.transaction.Transaction, "commit", made.wrapped(asyncpg.transaction.Transaction.commit))
    yield made
    made.left = -1


def batch(number: int) -> Sequence[RawAlert]:
    """Two notices of a burst, a gravitational wave with its map, a circular, a heartbeat, and what nobody knows; all of their own."""
    bodies = [
        handler_samples.voevent(111, {"TrigID": str(700000000 + number), **BURST}),
        handler_samples.voevent(112, {"TrigID": str(700000000 + number), **BURST}),
        handler_samples.gwalert(f"S240101{chr(97 + number // 26)}{chr(97 + number % 26)}", skymap=handler_samples.FITS + b"%d" % number),
        b'{"circularId": %d, "subject": "GRB 240506A: a burst, trigger %d"}' % (number, number),
        b'{"$schema": "https://example.org/x", "alert_datetime": "2024-05-06T07:%02d:09.123456Z"}' % number,
        b"nobody knows %d" % number,
    ]  # fmt: skip
    return [
        RawAlert(content_id=sha256_hex(body), body=body, source="test", topic=f"t{number}", partition=0, offset=n, received=NOW)
        for n, body in enumerate(bodies)
    ]


@pytest.mark.parametrize("late", [False, True])
async def test_wherever_the_line_dies(store: Store, cut: Cut, late: bool) -> None:
    intake = Intake(store, Settings())
    await intake.put_many(batch(MOST_STATEMENTS))  # statements are prepared
    died = 0
    for number in range(1, MOST_STATEMENTS):
        cut.left, cut.late = number, late
        alerts = batch(number)
        try:
            await intake.put_many(alerts)
        except ServiceUnreachable:
            died += 1
        reached = cut.left <= 0
        cut.left = -1
        # The broker sends it again, and somebody sweeps what was left behind.
        await intake.put_many(alerts)
        await intake.sweep()
        await the_whole_batch(store, number)
        if not reached:
            break
    else:
        pytest.fail("the batch has more statements than were cut")
    assert died >= 12
    (state,) = [state for state in await store.source_states() if state.source == "test"]
    # Of heartbeats nothing is kept but their number: one that comes again is a sign of life again.
    assert state.heartbeats >= number + 1
    assert late or state.heartbeats == number + 1


async def the_whole_batch(store: Store, number: int) -> None:
    """Everything of the batch is there, once."""
    burst, wave, circular = batch(number)[0:1], batch(number)[2], batch(number)[3]
    key = f"Fermi-GBM:{700000000 + number}"
    event = await store.event(key)
    assert (event.revision, len(event.history)) == (2, 2), number
    assert event.history[0].content_id == burst[0].content_id
    (found,) = await store.event_keys(f"S240101{chr(97 + number // 26)}{chr(97 + number % 26)}")
    assert (await store.event(found)).revision == 1
    assert len(await store.jobs(key)) == len(await store.jobs(found)) == 1, number
    for alert in (wave, circular, batch(number)[5]):
        assert len(await store.sayings(alert.content_id)) == 1
        assert len(await store.deliveries(alert.content_id)) == 1
    assert len(await store.circular_edits(str(number))) == 1
    assert await store.backlog() == 0
