"""Alerts that the inbox cannot take, kept as files until it can."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import structlog

from schemas import RawAlert, from_json, to_json
from schemas.errors import TransientsError

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

    def keep(self, raw: RawAlert) -> None:
        """Write an alert, whole or not at all. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{raw.content_id}"
        with unfinished.open("wb") as file:
            file.write(to_json(raw))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._path(raw))
        log.error("an alert is set aside", action="set-aside", path=str(self._path(raw)), topic=raw.topic, offset=raw.offset)

    def count(self) -> int:
        """How many are here."""
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
