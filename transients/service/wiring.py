"""What the pipeline needs around an event: its sky maps, and everything together as its context."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from schemas import SkyMapRef
from schemas.errors import NoData, NotFound
from transients import __version__
from transients.config import Settings
from transients.missions import Mission
from transients.pipeline import Compute, Context
from transients.sources import DataSource, OrbitFile, fetch_skymap

MapFetcher = Callable[[SkyMapRef], Awaitable[bytes]]


def map_fetcher(blob: Callable[[str], Awaitable[bytes]], settings: Settings) -> MapFetcher:
    """Sky maps by content from `blob`, else by address from the hosts that the settings allow."""

    async def fetch(reference: SkyMapRef) -> bytes:
        if reference.blob_id is not None:
            try:
                return await blob(reference.blob_id)
            except NotFound:
                if reference.url is None:
                    raise
        if reference.url is None:
            raise NoData("the alert names a sky map but neither brings it nor says where it is")
        return await fetch_skymap(reference.url, settings.sources)

    return fetch


def context_of(
    settings: Settings, mission: Mission, source: DataSource, fetch_map: MapFetcher, compute: Compute = asyncio.to_thread
) -> Context:
    """What the pipeline needs around an event."""
    return Context(
        mission=mission,
        source=source,
        settings=settings,
        fetch_map=fetch_map,
        version=__version__,
        other_orbits={name: OrbitFile(path) for name, path in settings.mission.other_spacecraft.items()},
        compute=compute,
    )
