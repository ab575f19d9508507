"""When results stood, as the database told it to whoever listens: what a dashboard would see."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Literal, get_args

from schemas.errors import TransientsError
from transients.store import Store

#: "files": the figures, and all else that belongs to a result with a draft.
Result = Literal["event", "assessment", "circular", "files"]
_RESULTS: dict[str, Result] = {what: what for what in get_args(Result)}


class Arrivals:
    """By event, when it, its first assessment (the geometry), its first draft and the figures to it stood (`time.perf_counter`), and how
    many came."""

    def __init__(self) -> None:
        self.first: Mapping[Result, dict[str, float]] = {what: {} for what in _RESULTS.values()}
        self.count: Mapping[Result, dict[str, int]] = {what: {} for what in _RESULTS.values()}
        #: Which assessment of an event the first draft was written from.
        self._drafted: dict[str, int | None] = {}
        self._more = asyncio.Event()

    @classmethod
    @contextlib.asynccontextmanager
    async def of(cls, store: Store) -> AsyncIterator[Arrivals]:
        """Listen while the context lasts."""
        heard = cls()
        listening = asyncio.create_task(heard._listen(store))
        try:
            yield heard
            if listening.done():
                listening.result()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def until(self, what: Result, keys: Collection[str], patience_s: float) -> bool:
        """Wait for a result of each of the events; whether they came."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while not self.first[what].keys() >= set(keys):
                    self._more.clear()
                    await self._more.wait()
                return True
        return False

    def times(self, what: Result, since: Mapping[str, float]) -> list[float]:
        """From the moments given by event to its result, s; of those that have one."""
        return [self.first[what][key] - begun for key, begun in since.items() if key in self.first[what]]

    def missing(self, what: Result, keys: Iterable[str]) -> set[str]:
        """Events without it."""
        return set(keys) - self.first[what].keys()

    async def _listen(self, store: Store) -> None:
        async for change in store.changes():
            if change.what == "reconnected":
                raise TransientsError("the measurement missed what the database told")
            what = _RESULTS.get(change.what)
            if what is not None and change.event_key is not None:
                self._note(what, change.event_key, change.revision)

    def _note(self, what: Result, key: str, revision: int | None) -> None:
        if what == "circular":
            self._drafted.setdefault(key, revision)
        if what == "files" and self._drafted.get(key) != revision:
            return
        self.first[what].setdefault(key, time.perf_counter())
        self.count[what][key] = self.count[what].get(key, 0) + 1
        self._more.set()
