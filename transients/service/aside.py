"""Alerts that the inbox cannot take, kept as files until it can."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import structlog

from schemas import RawAlert, from_json, to_json
from schemas.errors import TransientsError

#: Alerts held in memory while the disk is full, at most, and how often it is looked whether it still is, s.
_MOST_HELD = 1000
_LOOK_S = 10.0

log = structlog.get_logger("transients.aside")


class Aside:
    """A folder of alerts, a file each: the record with its bytes, as JSON, named by content.

    Parameters
    ----------
    folder : Path
        Made when the first alert comes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: What found no space, by content.
        self.held: dict[str, RawAlert] = {}

    def keep(self, raw: RawAlert) -> None:
        """Write an alert, whole or not at all; hold it where there is no space, until there is.

        Raises OSError when too many are held already.
        """
        try:
            self._write(raw)
        except OSError as error:
            if len(self.held) >= _MOST_HELD:
                raise
            self.held[raw.content_id] = raw
            log.error("an alert is held in memory", action="aside-held", error=str(error), topic=raw.topic, offset=raw.offset)

    def write_held(self) -> None:
        """Write what is held, as far as there is space."""
        with contextlib.suppress(OSError):
            for content_id, raw in tuple(self.held.items()):
                self._write(raw)
                del self.held[content_id]

    async def watch(self, stopping: asyncio.Event) -> None:
        """Write what is held as soon as there is space; a last time when told to stop."""
        while not stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), _LOOK_S)
            if self.held:
                await asyncio.to_thread(self.write_held)

    def _write(self, raw: RawAlert) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{raw.content_id}"
        with unfinished.open("wb") as file:
            file.write(to_json(raw))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._path(raw))
        log.error("an alert is set aside", action="set-aside", path=str(self._path(raw)), topic=raw.topic, offset=raw.offset)

    def count(self) -> int:
        """How many lie here."""
        return sum(1 for _ in self._files())

    async def give_back(self, put_many: Callable[[Sequence[RawAlert]], Awaitable[object]]) -> int:
        """Offer each to the inbox once more; what it takes is removed. Returns how many were taken."""
        taken = 0
        for path in self._files():
            try:
                raw = from_json(path.read_bytes(), RawAlert)
                await put_many([raw])
            except (OSError, msgspec.MsgspecError) as error:
                log.error("not readable", action="aside-unreadable", path=str(path), error=str(error))
            except TransientsError as error:
                log.warning("still not taken", action="aside-kept", path=str(path), error=str(error))
            except Exception:
                log.exception("still not taken", action="aside-kept", path=str(path))
            else:
                path.unlink(missing_ok=True)
                taken += 1
        return taken

    def _path(self, raw: RawAlert) -> Path:
        return self.folder / f"{raw.content_id}.json"

    def _files(self) -> Iterator[Path]:
        yield from sorted(self.folder.glob("*.json"))
