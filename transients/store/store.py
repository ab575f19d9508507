"""The whole store: one class, its rooms inherited one from the other."""

from __future__ import annotations

from typing import Any

from schemas import Heartbeat, from_json

from .changes import Changes
from .checks import Checks
from .database import instant, translated
from .keeping import Keeping
from .lines import Lines
from .migrations import Migrations
from .quarantine import Quarantine
from .queries import load_queries
from .records import SourceState, Totals
from .scans import Scans
from .understood import Understood


class Store(Changes, Understood, Quarantine, Lines, Keeping, Scans, Checks, Migrations):
    """Everything kept. `await Store.open(url)`, then `await store.migrate()` once after an update, `await store.aclose()`."""

    async def ping(self) -> None:
        """Raise ServiceUnreachable when the database does not answer."""
        async with self._connection() as connection:
            with translated():
                await connection.execute(load_queries()["ping"], timeout=5.0)

    async def totals(self) -> Totals:
        """Numbers of the whole."""
        return Totals(**dict(await self._row("totals")))

    async def backlog(self) -> int:
        """Documents that wait for a handler."""
        count: int = (await self._row("backlog"))["unparsed"]
        return count

    async def source_states(self) -> tuple[SourceState, ...]:
        """How each source is doing, by name."""
        return tuple(_state(row) for row in await self._rows("source_states"))

    async def lags(self) -> dict[str, float | None]:
        """Seconds since each source was last heard; None: never."""
        return {state.source: state.lag_s for state in await self.source_states()}


def _state(row: Any) -> SourceState:
    beat = None if row["last_heartbeat"] is None else from_json(row["last_heartbeat"], Heartbeat)
    return SourceState(
        source=row["source"],
        lag_s=None if row["lag_s"] is None else max(0.0, row["lag_s"]),
        last_received=None if row["last_received"] is None else instant(row["last_received"]),
        deliveries=row["deliveries"],
        duplicates=row["duplicates"],
        heartbeats=row["heartbeats"],
        last_pulse=None if beat is None else beat.time,
        gaps=row["gaps"],
        silent=row["silent"],
    )
