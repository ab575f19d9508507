"""From settings to the light parts: the clock, the mission, the data source. What only one kind of source needs is imported with it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from schemas import Instant
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from transients.config import Settings
    from transients.missions import Mission
    from transients.sources import DataSource


def utc_now() -> Instant:
    """The clock of the service."""
    return Instant.from_datetime(dt.datetime.now(dt.UTC))


def mission_of(settings: Settings) -> Mission:
    """The mission the settings describe."""
    from transients.missions.integral import Integral
    from transients.sources import load_response

    return Integral(load_response(settings.mission.response_file))


def named_source(name: str, settings: Settings, mission: Mission) -> DataSource:
    """A data source by the name a command takes: sim[:SEED], an address, or a file or folder.

    Raises
    ------
    ConfigurationError
        When the name is none of these.
    """
    from transients.sources import FileSource, IntegralServices, ServiceSource, SimulatedObservatory, SimulatedSource

    if name == "sim" or name.startswith("sim:"):
        seed = name.partition(":")[2] or "1"
        if not (seed.isascii() and seed.isdigit()):
            raise ConfigurationError(f"a seed is a number, not {seed!r}", where=name)
        return SimulatedSource(SimulatedObservatory(int(seed), mission))
    if name.startswith(("http://", "https://")):
        return ServiceSource(IntegralServices(name, timeout_s=settings.sources.timeout_s, clock=utc_now), utc_now)
    if Path(name).exists():
        return FileSource([name], mission)
    raise ConfigurationError("no such file, folder, address or simulator (sim:SEED)", where=name)


@contextlib.asynccontextmanager
async def source_of(name: str | None, settings: Settings, mission: Mission | None = None) -> AsyncIterator[DataSource]:
    """The named source, or those of the settings one after another: recorded files first, then the data services."""
    from transients.sources import FirstOf

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
