"""Blind search: scans, candidates, and how far the live search has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schemas import Candidate, Instant, ScanRun, from_json, to_json
from schemas.errors import NotYet

from .database import Database, instant, searchable, stamp, stamp_or_none
from .records import CandidateQuery, KeptCandidate, WatchPosition

#: Candidates written in one statement.
_AT_ONCE = 1000
#: The scan that is none: the live search.
LIVE = ""


class Scans(Database):
    """What blind search found."""

    async def put_scan(self, run: ScanRun, candidates: Sequence[Candidate]) -> int:
        """Keep a scan with all it found, in one transaction; the same scan again changes nothing. Gives how many were new."""
        async with self.transaction():
            await self._do("put_scan", run.scan_id, searchable(run.archive), to_json(run).decode())
            new = await self._put_found(run.scan_id, candidates)
            await self._tell("candidate")
        return len(new)

    async def claim_watch(self, mission: str, instrument: str, holder: str) -> tuple[bool, WatchPosition | None]:
        """Take the live search of an instrument, or keep it: whether it is this holder's, and how far it has come.

        Another's is taken over when it has said nothing for a minute.
        """
        row = await self._row("claim_watch", mission, instrument, holder)
        if row is None:
            return False, None
        return True, None if row["seen_utc"] is None else _position(mission, instrument, row)

    async def put_live_candidates(self, candidates: Sequence[Candidate], position: WatchPosition, holder: str) -> list[Candidate]:
        """Keep what the live search found and how far it has come, in one transaction. Gives those that are new.

        Raises
        ------
        NotYet
            Another holder took over meanwhile: nothing is kept.
        """
        async with self.transaction():
            at = (position.settled.iso, position.seen.iso)
            if await self._row("put_watch_position", position.mission, position.instrument, holder, *at) is None:
                raise NotYet("another process searches this instrument now", where=position.instrument)
            new = await self._put_found(LIVE, candidates)
            if new:
                await self._tell("candidate")
        return new

    async def _put_found(self, scan_id: str, candidates: Sequence[Candidate]) -> list[Candidate]:
        new: list[Candidate] = []
        for begin in range(0, len(candidates), _AT_ONCE):
            part = candidates[begin : begin + _AT_ONCE]
            rows = await self._rows("put_candidates", scan_id, *map(list, zip(*map(_columns, part), strict=True)))
            new += [part[row["position"] - 1] for row in rows]
        return new

    async def scans(self, limit: int = 100) -> tuple[ScanRun, ...]:
        """Scans that were done, newest first."""
        return tuple(from_json(row["record"], ScanRun) for row in await self._rows("scans", limit))

    async def candidates(self, query: CandidateQuery) -> tuple[KeptCandidate, ...]:
        """Candidates that match, newest first."""
        rows = await self._rows("candidates", *_conditions(query), query.limit, query.offset)
        return tuple(
            KeptCandidate(
                candidate_id=row["candidate_id"],
                scan_id=row["scan_id"],
                candidate=from_json(row["record"], Candidate),
                known=instant(row["known_at"]),
            )
            for row in rows
        )

    async def candidate_counts(self, query: CandidateQuery) -> Mapping[str, int]:
        """How many candidates match, by class."""
        rows = await self._rows("candidate_counts", *_conditions(query))
        return {row["classification"]: row["candidates"] for row in rows}

    async def watch_positions(self) -> tuple[WatchPosition, ...]:
        """How far the live search has come with every instrument."""
        return tuple(_position(row["mission"], row["instrument"], row) for row in await self._rows("watch_positions"))


def _columns(each: Candidate) -> tuple[Any, ...]:
    return (
        searchable(each.mission),
        searchable(each.instrument),
        stamp(each.start),
        each.start.iso,
        each.duration_s,
        each.classification,
        each.snr,
        each.far_hz,
        to_json(each).decode(),
    )


def _conditions(query: CandidateQuery) -> tuple[Any, ...]:
    before = (stamp_or_none(query.since), stamp_or_none(query.before))
    return (query.scan_id, query.classification, *before, query.far_hz_at_most)


def _position(mission: str, instrument: str, row: Any) -> WatchPosition:
    return WatchPosition(
        mission=mission,
        instrument=instrument,
        settled=Instant.parse(row["settled_utc"]),
        seen=Instant.parse(row["seen_utc"]),
        age_s=max(0.0, row.get("age_s", 0.0)),
    )
