"""Who is on shift."""

from __future__ import annotations

import structlog

from schemas import Instant, Shift
from schemas.errors import TransientsError
from transients.config import Settings
from transients.notify import on_shift, read_rota

_log = structlog.get_logger("transients.people")


async def people_on_shift(settings: Settings, now: Instant) -> tuple[Shift, ...]:
    """The shifts that run now by the configured rota.

    A rota that cannot be read is logged loudly and leaves nobody on shift: those told `always` are told all the same.
    """
    if not settings.notify.rota:
        return ()
    try:
        return on_shift(
            await read_rota(settings.notify.rota), now, settings.notify.contacts, time_zone=settings.mission.operations_time_zone
        )
    except TransientsError as error:
        _log.error("the rota cannot be read: nobody is on shift", action="rota-lost", error=str(error))
        return ()
