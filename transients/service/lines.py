"""How the lines are: said by the process that listens, read by whoever shows it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

import msgspec

from ingest import SourceStats
from schemas.errors import TransientsError
from transients.store import KeptGap, SourceState, Store, ToldLine
from transients.web import LineStatus

#: It is said this often, and believed for as long as a few of these, s.
_INTERVAL_S = 5.0
BELIEVED_S = 30.0


async def tell_lines(
    store: Store, heard: Mapping[str, SourceStats], stopping: asyncio.Event, interval_s: float = _INTERVAL_S
) -> None:
    """Say how the lines are, until it stops. Where the database is away it is said later; nothing else waits for it."""
    while not stopping.is_set():
        with contextlib.suppress(TransientsError):
            lines = [line for name, stats in heard.items() if (line := told(name, stats)) is not None]
            await store.tell_lines(lines)
            for line in lines:
                await _end_silences(store, line)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), interval_s)


async def _end_silences(store: Store, line: ToldLine) -> None:
    """A silence whose process died has nobody else to end it: the pulse that is heard now does."""
    if line.condition != "connected" or line.last_pulse is None:
        return
    for kept in await store.gaps(line.source):
        gap = kept.gap
        if gap.reason == "silence" and gap.until is None and gap.since is not None and gap.since < line.last_pulse:
            remark = f"{gap.remark}; heard again by a later process"
            await store.put_gap(msgspec.structs.replace(gap, until=line.last_pulse, remark=remark))


def told(name: str, stats: SourceStats) -> ToldLine | None:
    """A line as its source sees it; None where there is no line (files)."""
    line = stats.line
    if line is None:
        return None
    return ToldLine(source=name, condition=line.condition, since=line.since, reason=line.reason, last_pulse=line.last_pulse)


async def line_statuses(store: Store) -> dict[str, LineStatus]:
    """Every source's line by name."""
    states = {state.source: state for state in await store.source_states()}
    lines = {line.source: line for line in await store.told_lines()}
    return {name: line_status(states.get(name), lines.get(name)) for name in sorted({*states, *lines})}


def line_status(state: SourceState | None, line: ToldLine | None) -> LineStatus:
    """How a line is: what keeps it from being read says more than a gap, and that more than that it is heard."""
    state = state or SourceState(source="", lag_s=None, last_received=None, deliveries=0, duplicates=0, heartbeats=0)
    status = LineStatus(
        state="never heard" if state.last_received is None else "heard",
        lag_s=state.lag_s,
        last_pulse=state.last_pulse if line is None or line.last_pulse is None else line.last_pulse,
        deliveries=state.deliveries,
        duplicates=state.duplicates,
        gaps=state.gaps,
    )
    if state.gaps:
        status = msgspec.structs.replace(status, state="silent" if state.silent else "gap")
    if line is None:
        return status
    if line.age_s > BELIEVED_S:
        return msgspec.structs.replace(status, state="not listened to")
    if line.condition == "connected" and state.gaps:
        return status
    return msgspec.structs.replace(status, state=line.condition, since=line.since, reason=line.reason)


def gap_words(kept: KeptGap) -> str:
    """A gap as a sentence."""
    gap = kept.gap
    place = gap.topic if gap.partition is None else f"{gap.topic}, partition {gap.partition}"
    first = "?" if gap.first_offset is None else gap.first_offset
    last = "?" if gap.last_offset is None else gap.last_offset
    offsets = "" if gap.first_offset is None and gap.last_offset is None else f", offsets {first} to {last}"
    since = "" if gap.since is None else f", since {gap.since.utc}"
    until = "" if gap.until is None else f" until {gap.until.utc}"
    still = ", not heard again yet" if gap.until is None and gap.reason == "silence" else ""
    remark = f": {gap.remark}" if gap.remark else ""
    return f"gap {kept.gap_id} ({gap.reason}) in {gap.source}, {place}{offsets}{since}{until}{still}{remark}"
