"""The lines alerts come on: how far each was read, and where something may be missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schemas import Gap, Instant, Position, from_json, to_json
from schemas.errors import NotFound

from .database import Database, instant, searchable
from .records import KeptGap, ToldLine


class Lines(Database):
    """Positions, gaps, and what those who listen say."""

    async def positions(self, source: str) -> Mapping[tuple[str, int], Position]:
        """The last message of each (topic, partition) of a source that is in the inbox."""
        rows = await self._rows("positions", searchable(source))
        return {(row["topic"], row["partition"]): _position(row) for row in rows}

    async def tell_lines(self, lines: Sequence[ToldLine]) -> None:
        """Say how lines are now, each source once."""
        rows = [
            (
                searchable(line.source),
                line.condition,
                line.since.iso,
                searchable(line.reason),
                None if line.last_pulse is None else line.last_pulse.iso,
            )
            for line in sorted(lines, key=lambda line: line.source)
        ]
        if rows:
            await self._do("put_line_states", *map(list, zip(*rows, strict=True)))

    async def told_lines(self) -> tuple[ToldLine, ...]:
        """How each line was when it was last said, and how long ago that is."""
        return tuple(
            ToldLine(
                source=row["source"],
                condition=row["condition"],
                since=Instant.parse(row["since_utc"]),
                reason=row["reason"],
                last_pulse=None if row["last_pulse_utc"] is None else Instant.parse(row["last_pulse_utc"]),
                age_s=max(0.0, row["age_s"]),
            )
            for row in await self._rows("line_states")
        )

    async def put_gap(self, gap: Gap) -> int:
        """Note a gap; the same gap told again (a silence that has ended now) is the same. Gives its number.

        What a person closed stays closed.
        """
        since = None if gap.since is None else gap.since.iso
        identity = (searchable(gap.source), searchable(gap.topic), gap.partition, gap.reason, gap.first_offset, since)
        async with self.transaction():
            row = await self._row("put_gap", *identity, to_json(gap).decode())
            await self._tell("gap")
        number: int = row["gap_id"]
        return number

    async def close_gap(self, gap_id: int, who: str, why: str = "") -> KeptGap:
        """Close a gap: it was looked into, or filled. Raises NotFound when it is no open gap."""
        async with self.transaction():
            row = await self._row("close_gap", gap_id, searchable(who), searchable(why))
            if row is None:
                raise NotFound(f"no open gap {gap_id}")
            await self._tell("gap")
        return _kept(row)

    async def gaps(self, source: str | None = None, *, open_only: bool = True) -> tuple[KeptGap, ...]:
        """Gaps of a source, or of all; newest first."""
        return tuple(_kept(row) for row in await self._rows("gaps", searchable(source), open_only))


def _position(row: Any) -> Position:
    utc = row["broker_utc"]
    return Position(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        broker_time=None if utc is None else Instant.parse(utc),
    )


def _kept(row: Any) -> KeptGap:
    return KeptGap(
        gap_id=row["gap_id"],
        gap=from_json(row["record"], Gap),
        known=instant(row["known_at"]),
        closed=None if row["closed_at"] is None else instant(row["closed_at"]),
        closed_by=row["closed_by"],
        closed_why=row["closed_why"],
    )
