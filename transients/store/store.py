"""The whole store: one class, its rooms inherited one from the other."""

from __future__ import annotations

from .changes import Changes
from .database import instant, translated
from .migrations import Migrations
from .queries import load_queries
from .records import SourceState, Totals


class Store(Changes, Migrations):
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
        return tuple(
            SourceState(
                source=row["source"],
                lag_s=max(0.0, row["lag_s"]),
                last_received=instant(row["last_received"]),
                deliveries=row["deliveries"],
                duplicates=row["duplicates"],
                heartbeats=row["heartbeats"],
            )
            for row in await self._rows("source_states")
        )

    async def lags(self) -> dict[str, float]:
        """Seconds since each source was last heard."""
        return {state.source: state.lag_s for state in await self.source_states()}
