"""The service as its processes run it: how long an alert takes, and how many it bears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator

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
            yield from _one_by_one(_measured(sizes))
    except ConfigurationError as error:
        yield line("service: broker to geometry", None, "ms", None, None, f"no PostgreSQL: {error}")
    except (OSError, asyncpg.PostgresError) as error:
        raise ServiceUnreachable(f"the server of {VARIABLE} cannot be used: {error}") from error


def _one_by_one(lines: AsyncGenerator[Line, None]) -> Iterator[Line]:
    """Lines as each is measured: it takes minutes until all are."""
    with asyncio.Runner() as runner:
        try:
            while (found := runner.run(_next(lines))) is not None:
                yield found
        finally:
            runner.run(lines.aclose())


async def _next(lines: AsyncGenerator[Line, None]) -> Line | None:
    return await anext(lines, None)


async def _measured(sizes: Sizes) -> AsyncGenerator[Line, None]:
    direct = Direct()
    with EmbeddedKafka() as broker:
        async with server() as address:
            async with fleet(broker, address, [ROLES]) as whole:
                await warm(whole, sizes.warm_alerts)
                alone, steps = await lone(whole, direct, sizes)
                for found in alone:
                    yield found
                for found in await load(whole, sizes):
                    yield found
            async with fleet(broker, address, [ROLES]) as whole:
                await warm(whole, sizes.warm_alerts)
                for found in (*await storm(whole, sizes), *await burst(whole, steps, sizes)):
                    yield found
            for found in await workers(broker, address, steps, sizes):
                yield found
