"""How far each line was read, and where something may be missing."""

from __future__ import annotations

import msgspec
import pytest

from schemas import Gap, Heartbeat, Instant, Position, RawAlert, sha256_hex
from schemas.errors import NotFound
from transients.store import Store

NOW = Instant(utc="2026-11-22T16:00:00")


def at(second: int) -> Instant:
    """Some seconds after."""
    return Instant(utc=f"2026-11-22T16:00:{second:02d}")


def raw(offset: int | None, second: int | None = None, *, topic: str = "t", partition: int = 0, source: str = "gcn") -> RawAlert:
    """An alert with a content of its own."""
    body = f"{topic} {partition} {offset} {second}".encode()
    return RawAlert(
        content_id=sha256_hex(body), body=body, source=source, topic=topic, partition=None if offset is None else partition,
        offset=offset, received=NOW, broker_time=None if second is None else at(second),
    )  # fmt: skip


async def test_positions_are_the_last_of_each_partition(store: Store) -> None:
    assert await store.positions("gcn") == {}
    await store.put_raw_many([raw(0, 1), raw(1, 2), raw(7, 3, partition=1), raw(0, 4, topic="u"), raw(None, topic="file")])
    await store.put_raw_many([raw(5, 6), raw(3, 9, source="hop")])
    assert await store.positions("gcn") == {
        ("t", 0): Position(topic="t", partition=0, offset=5, broker_time=at(6)),
        ("t", 1): Position(topic="t", partition=1, offset=7, broker_time=at(3)),
        ("u", 0): Position(topic="u", partition=0, offset=0, broker_time=at(4)),
    }
    assert set(await store.positions("hop")) == {("t", 0)}


async def test_what_is_read_again_takes_no_line_back_but_a_new_topic_does(store: Store) -> None:
    await store.put_raw_many([raw(10, 10), raw(11, 11)])
    await store.put_raw_many([raw(4, 4)])
    assert (await store.positions("gcn"))["t", 0].offset == 11
    await store.put_raw_many([raw(0, 20)])
    assert (await store.positions("gcn"))["t", 0].offset == 0
    # Several within one tick of the broker's clock, and none at all.
    await store.put_raw_many([raw(1, 20)])
    assert (await store.positions("gcn"))["t", 0].offset == 1
    for offset, expected in ((3, 3), (2, 3), (4, 4)):
        await store.put_raw_many([raw(offset, topic="timeless")])
        assert (await store.positions("gcn"))["timeless", 0].offset == expected


async def test_a_sender_whose_clock_is_ahead_does_not_hold_the_line(store: Store) -> None:
    await store.put_raw_many([raw(5, 50)])
    await store.put_raw_many([raw(6, 7)])
    await store.put_raw_many([raw(7, 8)])
    assert (await store.positions("gcn"))["t", 0].offset == 7


async def test_a_gap_stays_until_somebody_closes_it(store: Store) -> None:
    lost = Gap(
        source="gcn", topic="t", partition=0, reason="retention", first_offset=10, last_offset=19, remark="read on from 20"
    )
    number = await store.put_gap(lost)
    assert await store.put_gap(lost) == number
    (kept,) = await store.gaps()
    assert (kept.gap_id, kept.gap, kept.closed) == (number, lost, None)
    assert await store.gaps("hop") == ()
    closed = await store.close_gap(number, "somebody", "read from the archive")
    assert (closed.closed_by, closed.closed_why) == ("somebody", "read from the archive")
    assert await store.gaps() == ()
    assert await store.gaps(open_only=False) == (closed,)
    with pytest.raises(NotFound):
        await store.close_gap(number, "somebody")
    assert await store.put_gap(lost) == number
    assert await store.gaps() == ()


async def test_a_silence_that_ends_is_the_same_gap(store: Store) -> None:
    silence = Gap(source="vtp", topic="broker", reason="silence", since=at(1))
    number = await store.put_gap(silence)
    (state,) = await store.source_states()
    assert (state.source, state.silent, state.gaps, state.last_received) == ("vtp", True, 1, None)
    assert await store.put_gap(msgspec.structs.replace(silence, until=at(9))) == number
    (kept,) = await store.gaps("vtp")
    assert kept.gap.until == at(9)
    (state,) = await store.source_states()
    assert (state.silent, state.gaps) == (False, 1)
    assert await store.put_gap(Gap(source="vtp", topic="broker", reason="silence", since=at(20))) != number


async def test_a_lines_pulse_is_in_its_state(store: Store) -> None:
    beat = raw(0, topic="gcn.heartbeat")
    await store.put_raw_many([beat, raw(1)])
    await store.record_parsed(beat.content_id, Heartbeat(kind="gcn.heartbeat", time=at(5)), "v")
    (state,) = await store.source_states()
    assert (state.last_pulse, state.heartbeats, state.deliveries, state.gaps) == (at(5), 1, 2, 0)
    assert (await store.lags())["gcn"] is not None
    # The heartbeat's document is gone, its place in the line is not.
    assert (await store.positions("gcn"))["gcn.heartbeat", 0].offset == 0
