"""From settings to parts: the mission, the data source, the sky maps, the embedded servers. Nothing imports this room but the commands."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from schemas import Instant, SkyMapRef
from schemas.errors import ConfigurationError, NoData, NotFound
from transients import __version__
from transients.config import Settings
from transients.missions import Mission
from transients.missions.integral import Integral
from transients.pipeline import Context
from transients.sources import (
    DataSource,
    FileSource,
    FirstOf,
    IntegralServices,
    ServiceSource,
    SimulatedObservatory,
    SimulatedSource,
    fetch_skymap,
    load_response,
)

MapFetcher = Callable[[SkyMapRef], Awaitable[bytes]]


def utc_now() -> Instant:
    """The clock of the service."""
    return Instant.from_datetime(dt.datetime.now(dt.UTC))


def mission_of(settings: Settings) -> Mission:
    """The mission the settings describe."""
    return Integral(load_response(settings.mission.response_file))


def named_source(name: str, settings: Settings, mission: Mission) -> DataSource:
    """A data source by the name a command takes: sim[:SEED], an address, or a file or folder.

    Raises
    ------
    ConfigurationError
        When the name is none of these.
    """
    if name == "sim" or name.startswith("sim:"):
        seed = name.partition(":")[2] or "1"
        if not seed.isdigit():
            raise ConfigurationError(f"a seed is a number, not {seed!r}", where=name)
        return SimulatedSource(SimulatedObservatory(int(seed), mission))
    if name.startswith(("http://", "https://")):
        return ServiceSource(IntegralServices(name, timeout_s=settings.sources.timeout_s, clock=utc_now))
    if Path(name).exists():
        return FileSource([name])
    raise ConfigurationError("no such file, folder, address or simulator (sim:SEED)", where=name)


@contextlib.asynccontextmanager
async def source_of(name: str | None, settings: Settings, mission: Mission | None = None) -> AsyncIterator[DataSource]:
    """The named source, or those of the settings one after another: recorded files first, then the data services."""
    mission = mission or mission_of(settings)
    if name is not None:
        source = named_source(name, settings, mission)
    else:
        names = [*settings.sources.archive_dirs, *([settings.sources.gateway_url] if settings.sources.gateway_url else [])]
        source = FirstOf([named_source(each, settings, mission) for each in names])
    try:
        yield source
    finally:
        await source.aclose()


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


def context_of(settings: Settings, mission: Mission, source: DataSource, fetch_map: MapFetcher) -> Context:
    """What the pipeline needs around an event."""
    return Context(mission=mission, source=source, settings=settings, fetch_map=fetch_map, version=__version__)
