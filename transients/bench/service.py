"""The service as its processes run it: how long an alert takes, and how many it bears."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg

from schemas.errors import ConfigurationError, ServiceUnreachable
from transients.embedded import EmbeddedKafka
from transients.service.app import ROLES

from .direct import Direct
from .fleet import fleet
from .lines import Line, line
from .load import warm
from .loaded import load
from .logs import logs_written
from .lone import lone
from .server import VARIABLE, server
from .sizes import Sizes
from .storms import burst, storm
from .workers import workers


def measure(sizes: Sizes) -> Iterator[Line]:
    """On the in-process broker, and on a PostgreSQL that flushes to disk: one started here, or that of TRANSIENTS_DATABASE__URL.

    Raises
    ------
    ServiceUnreachable
        A server is named, and does not let us in.
    TransientsError
        What came out is not what must: an alert without a result, one assessed twice, an alert of now that waited for the archive.
    """
    try:
        with logs_written():
            yield from asyncio.run(_measured(sizes))
    except ConfigurationError as error:
        yield line("service: broker to geometry", None, "ms", None, None, f"no PostgreSQL: {error}")
    except (OSError, asyncpg.PostgresError) as error:
        raise ServiceUnreachable(f"the server of {VARIABLE} cannot be used: {error}") from error


async def _measured(sizes: Sizes) -> list[Line]:
    direct = Direct()
    with EmbeddedKafka() as broker:
        async with server() as address:
            found: list[Line] = []
            async with fleet(broker, address, [ROLES]) as whole:
                await warm(whole, sizes.warm_alerts)
                alone, steps = await lone(whole, direct, sizes)
                found += [*alone, *await load(whole, sizes)]
            async with fleet(broker, address, [ROLES]) as whole:
                await warm(whole, sizes.warm_alerts)
                found += [*await storm(whole, sizes), *await burst(whole, steps, sizes)]
            return [*found, *await workers(broker, address, steps, sizes)]
