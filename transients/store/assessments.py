"""Assessments: append-only, each with what made it; their files, and the circulars written from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import msgspec

from schemas import RECORDS_VERSION, Assessment, Circular, Instant, from_json, sha256_hex, to_json
from schemas.errors import NotFound, RefusedInput

from .database import searchable, stamp, stamp_or_none
from .records import Artefact, Outdated
from .selection import Selection


@dataclasses.dataclass(frozen=True)
class File:
    """A file to keep with an assessment."""

    data: bytes
    media_type: str


def facts_key(assessment: Assessment) -> str:
    """The name of what an assessment rests on: event revision, provenance of each part, and what no provenance covers.

    Equal keys mean equal results, because equal provenance does; when it was computed and its number are no part of it.
    """
    parts = [assessment.geometry, assessment.limits, *assessment.searches]
    basis: dict[str, Any] = {
        "event": (assessment.event_key, assessment.event_revision, assessment.role, assessment.state),
        "mission": assessment.mission,
        "verdict": assessment.verdict,
        "simulated": assessment.simulated,
        "version": assessment.version,
        "data": assessment.data,
        "own_triggers": assessment.own_triggers,
        "caveats": assessment.caveats,
        "provenance": [None if part is None else part.provenance for part in parts],
    }
    return sha256_hex(to_json(basis))


class Assessments(Selection):
    """Saving and reading results."""

    async def save_assessment(self, assessment: Assessment, files: Mapping[str, File] | None = None) -> tuple[Assessment, bool]:
        """Append an assessment, its revision counted here, with its files; the same facts are saved once.

        Returns
        -------
        assessment : Assessment
            As saved: with its revision; the earlier one where the facts are not new.
        new : bool
            Whether a revision was made.

        Raises
        ------
        NotFound
            There is no such event.
        """
        key = assessment.event_key
        async with self.transaction():
            await self.hold_event(key)
            facts = facts_key(assessment)
            found = await self._row("same_assessment", key, facts)
            if found["record"] is not None:
                saved = from_json(found["record"], Assessment)
                await self.save_artefacts(key, saved.revision, files or {}, keep=True)
                return saved, False
            revision = found["next_revision"]
            record = to_json(msgspec.structs.replace(assessment, revision=revision))
            # As it will be read: what is written from it now is what would be written from it later. (A whole number in a field of
            # floats would read as another text.)
            saved = from_json(record, Assessment)
            await self._append(saved, record, facts)
            await self.save_artefacts(key, revision, files or {})
            await self._tell("assessment", key, revision)
        return saved, True

    async def hold_event(self, event_key: str) -> int:
        """Let nobody else fold into an event or save for it until the transaction ends. Gives its revision. Raises NotFound."""
        row = await self._row("hold_event", event_key)
        if row is None:
            raise NotFound(f"no event {event_key}")
        revision: int = row["revision"]
        return revision

    async def save_artefacts(self, event_key: str, revision: int, files: Mapping[str, File], *, keep: bool = False) -> None:
        """Keep files of an assessment. A name is given once.

        Parameters
        ----------
        event_key, revision : str, int
            The assessment.
        files : mapping of str to File
            By name.
        keep : bool
            Where a name has other bytes already, keep those (figures are not reproducible to the byte) and say nothing.

        Raises
        ------
        RefusedInput
            A name has other bytes already.
        """
        if not files:
            return
        rows = [(name, sha256_hex(file.data), file.media_type, file.data) for name, file in sorted(files.items())]
        given = {name: blob_id for name, blob_id, *_ in rows}
        async with self.transaction():
            for row in await self._rows("put_artefacts", event_key, revision, *map(list, zip(*rows, strict=True))):
                if row["blob_id"] != given[row["name"]] and not keep:
                    raise RefusedInput(f"{row['name']} of revision {revision} exists with other content", where=event_key)

    async def tell_drawn(self, event_key: str, revision: int) -> None:
        """Tell whoever listens that the files of an assessment are complete."""
        await self._tell("files", event_key, revision)

    async def assessment(self, event_key: str, revision: int | None = None, as_of: Instant | None = None) -> Assessment | None:
        """An assessment: the newest, a numbered one, or the newest this database knew at an instant.

        None when nothing was computed (by then). Raises NotFound for an unknown event or a revision that is not there.
        """
        row = await self._row("assessment", event_key, revision, stamp_or_none(as_of))
        if row is None:
            raise NotFound(f"no event {event_key}")
        if row["record"] is not None:
            return from_json(row["record"], Assessment)
        if revision is not None:
            raise NotFound(f"no assessment {revision} of {event_key}")
        return None

    async def assessments(self, event_key: str) -> tuple[Assessment, ...]:
        """Every revision, newest first."""
        return tuple(from_json(row["record"], Assessment) for row in await self._rows("assessments", event_key))

    async def artefacts(self, event_key: str, revision: int | None = None) -> tuple[Artefact, ...]:
        """The files of an assessment, by default the newest."""
        return tuple(
            Artefact(name=row["name"], media_type=row["media_type"], size=row["size"], sha256=row["blob_id"])
            for row in await self._rows("artefacts", event_key, revision)
        )

    async def artefact(self, event_key: str, revision: int | None, name: str) -> bytes:
        """A file's bytes. Raises NotFound."""
        row = await self._row("artefact", event_key, revision, searchable(name))
        if row is None:
            raise NotFound(f"no file {name} of {event_key}, revision {revision or 'newest'}")
        data: bytes = row["data"]
        return data

    async def save_circular(self, circular: Circular) -> bool:
        """Keep a draft; one of each variant per assessment, the first stands. False when there was one."""
        async with self.transaction():
            identity = (circular.event_key, circular.assessment_revision, circular.variant)
            row = await self._row("put_circular", *identity, circular.facts_id, to_json(circular).decode())
            if row is not None:
                await self._tell("circular", circular.event_key, circular.assessment_revision)
        return row is not None

    async def circular(self, event_key: str, revision: int | None = None, as_of: Instant | None = None) -> Circular | None:
        """The draft written from an assessment: the newest, that of a revision, or the newest this database knew at an instant.

        None when there is none (by then). NotFound: no such event.
        """
        row = await self._row("circular", event_key, revision, stamp_or_none(as_of))
        if row is not None:
            return _circular(row)
        await self._require_event(event_key)
        return None

    async def circulars(self, limit: int = 100) -> tuple[Circular, ...]:
        """Drafts of every event, newest first."""
        return tuple(_circular(row) for row in await self._rows("circulars", limit))

    async def withdraw_circulars(self, event_key: str, before: int, why: str) -> int:
        """Say of every draft from an assessment before `before` that it must not be sent any more. Gives how many are new."""
        async with self.transaction():
            rows = await self._rows("withdraw_circulars", event_key, before, why)
            if rows:
                await self._tell("circular", event_key, before)
        return len(rows)

    async def outdated(self, mission: str, version: str, response: str, since: Instant | None = None) -> tuple[Outdated, ...]:
        """Active events whose newest assessment another version made, or whose limits rest on another response; newest T0 first."""
        rows = await self._rows("outdated", mission, version, response, stamp_or_none(since))
        return tuple(Outdated(**dict(row)) for row in rows)

    async def _append(self, saved: Assessment, record: bytes, facts: str) -> None:
        columns = (saved.mission, saved.verdict, saved.simulated, facts, sha256_hex(record), stamp(saved.created))
        head = (saved.event_key, saved.revision, saved.event_revision)
        await self._do("put_assessment", *head, *columns, record.decode(), RECORDS_VERSION)

    async def _require_event(self, event_key: str) -> None:
        if await self._row("event_as_of", event_key, None) is None:
            raise NotFound(f"no event {event_key}")


def _circular(row: Any) -> Circular:
    """A draft, and why it was withdrawn where it was."""
    return msgspec.structs.replace(from_json(row["record"], Circular), withdrawn=row["why"])
