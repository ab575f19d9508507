"""Is the process alive, is it ready to serve."""

from __future__ import annotations

import asyncio

import structlog
from litestar import Response, get

from schemas import Record

from .inject import TheHealth, TheStore
from .ports import DashboardStore, HealthCheck

_log = structlog.get_logger("transients.web")

#: A check that does not answer within this is a failed check.
CHECK_TIMEOUT_S = 5.0


class Health(Record, frozen=True, kw_only=True):
    """ "OK" or "NOK", and each check with None (well) or what is wrong."""

    status: str
    checks: dict[str, str | None] = {}  # noqa: RUF012


@get("/health/live", tags=["health"], summary="The process answers")
async def live() -> Health:
    """Always OK: an answer is the proof."""
    return Health(status="OK")


@get("/health/ready", tags=["health"], summary="Everything needed answers")
async def ready(store: TheStore, health: TheHealth) -> Response[Health]:
    """200 when every check is well, else 503 naming what is not."""
    named: dict[str, HealthCheck] = {"database": _database(store), **health}
    answers = await asyncio.gather(*(_ask(check) for check in named.values()))
    checks = dict(zip(named, answers, strict=True))
    well = all(answer is None for answer in answers)
    return Response(Health(status="OK" if well else "NOK", checks=checks), status_code=200 if well else 503)


def _database(store: DashboardStore) -> HealthCheck:
    async def check() -> str | None:
        await store.ping()
        return None

    return check


async def _ask(check: HealthCheck) -> str | None:
    try:
        return await asyncio.wait_for(check(), CHECK_TIMEOUT_S)
    except TimeoutError:
        return f"no answer within {CHECK_TIMEOUT_S:g} s"
    except Exception as error:
        # The message may name hosts and users; the kind is enough for a probe, the log has the rest.
        _log.warning("a health check failed", action="check-failed", error=str(error))
        return f"failed: {type(error).__name__}"
