"""PgQueuer, as it is used here: its tables in a schema of their own, its names fixed, whatever the environment says."""

from __future__ import annotations

import functools
from importlib.metadata import version
from typing import Any

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel
from pgqueuer.queries import Queries

QUEUE_SCHEMA = "pgqueuer"
QUEUE_CHANNEL = Channel("transients_jobs")
#: Where the lanes of new jobs are told, as queries have it. The library's own channel tells of every change, and not where.
DUE_CHANNEL = "transients_due"
#: Jobs of this priority or a higher one wait in a lane of their own, which has a place in every worker besides: however long what is
#: at work takes, they need not wait for it.
FIRST_PRIORITY = 90
FIRST_LANE = "first"
#: Kinds of jobs that wait for servers of others, and how many of each a worker has at once, in places of their own: a mail server that
#: takes a line and says nothing keeps no alert waiting, and no other kind.
OUTSIDE = {"deliver": 4, "publish": 1, "withdraw": 1}
#: Kinds that take long and that nobody waits for: of no place do they take a turn before a first look that is due.
LEISURELY = frozenset({"draw"})
# Every name that the environment could change otherwise (PGQUEUER_PREFIX …): all processes must agree on them.
_NAMES: dict[str, Any] = {
    "prefix": "",
    "db_schema": QUEUE_SCHEMA,
    "channel": QUEUE_CHANNEL,
    "function": "fn_changed",
    "statistics_table": "statistics",
    "queue_status_type": "status",
    "queue_table": "queue",
    "queue_table_log": "queue_log",
    "trigger": "tg_changed",
    "schedules_table": "schedules",
    "durability": "durable",
}


def lane(kind: str, priority: int) -> str:
    """Where a job waits: its kind, or the first lane."""
    return FIRST_LANE if priority >= FIRST_PRIORITY and kind not in OUTSIDE else kind


def queue_on(connection: Any) -> Queries:
    """PgQueuer's queries over one connection, inside its transaction if it has one."""
    return Queries(AsyncpgDriver(connection), **_builders())


@functools.cache
def _builders() -> dict[str, Any]:
    """What writes the queries: it reads the environment, and is made once."""
    settings = DBSettings(**_NAMES)
    return {
        "qbe": QueryBuilderEnvironment(settings),
        "qbq": QueryQueueBuilder(settings),
        "qbs": QuerySchedulerBuilder(settings),
    }


def queue_version() -> str:
    """The installed PgQueuer: its tables are brought up to date when this changes."""
    return version("pgqueuer")


async def install_queue(connection: Any) -> None:
    """Make PgQueuer's tables, or bring those of an older version up to date."""
    queries = queue_on(connection)
    if await queries.schema_is_installed():
        await queries.upgrade()
    else:
        await queries.install()
