"""`transients status`: the status card."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click
import msgspec

from schemas import Instant
from schemas.errors import RefusedInput, ServiceUnreachable
from transients.config import Settings

from .options import UTC, settings_of, source_option
from .output import emit, emit_json, json_option, reports_errors
from .status_words import for_people, plain_card

if TYPE_CHECKING:
    from transients.web import StatusCard

#: A service on this machine answers at once; the first time its sources are asked on the way.
_PATIENCE_S = 30.0


@click.command("status")
@click.option("--url", metavar="ADDRESS", help="Ask the service whose dashboard is there.")
@click.option("--at", type=UTC, help="The card as of that moment, from the data sources alone.")
@source_option
@json_option
@click.pass_context
@reports_errors
def status_command(context: click.Context, url: str | None, at: Instant | None, source: str | None, as_json: bool) -> None:
    """How fresh the data is, where the spacecraft is, when data breaks off next, how the service does.

    Asked is the database of the settings; without one, the service or demo that runs at the settings' dashboard address; where
    none runs, or a source or a moment is given, the data sources alone.

    Exit code 0 whenever there is a card, however little it knows: what is missing stands in it with the reason.
    """
    if url is not None and (at is not None or source is not None):
        raise click.UsageError("--url asks a service for its card of now: it goes with neither --at nor --source")
    settings = settings_of(context)
    card, asked = _card(settings, url, source, at)
    if as_json:
        emit_json({**plain_card(card), "asked": asked})
    else:
        emit(for_people(card, asked), as_json=False)


def _card(settings: Settings, url: str | None, source: str | None, at: Instant | None) -> tuple[StatusCard, str]:
    """The card, and who gave it."""
    if url is not None:
        card = _of_service(url)
        if card is None:
            raise ServiceUnreachable("no service answers", where=url)
        return card, url
    if settings.database.url is None and source is None and at is None:
        address = settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}"
        card = _of_service(address)
        if card is not None:
            return card, address
    return asyncio.run(_own(settings, source, at))


def _of_service(address: str) -> StatusCard | None:
    """The card of a running service; None where nothing listens.

    Raises
    ------
    RefusedInput
        Something listens that is no service of ours.
    ServiceUnreachable
        It listens and does not answer.
    """
    import httpx2

    from transients.web.api import StatusAnswer

    try:
        # A service of one's own is not behind a proxy.
        with httpx2.Client(timeout=_PATIENCE_S, trust_env=False) as client:
            reply = client.get(f"{address.rstrip('/')}/api/v1/status")
            reply.raise_for_status()
        return msgspec.json.decode(reply.content, type=StatusAnswer).status
    except (httpx2.ConnectError, httpx2.ConnectTimeout):
        return None
    except (httpx2.HTTPStatusError, msgspec.DecodeError, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise RefusedInput(f"no service of ours: {error}", where=address) from error
    except httpx2.HTTPError as error:
        raise ServiceUnreachable(f"{type(error).__name__}: {error}", where=address) from error


async def _own(settings: Settings, source: str | None, at: Instant | None) -> tuple[StatusCard, str]:
    from transients.missions import to_time
    from transients.service.observed import observe
    from transients.service.parts import mission_of, source_of, utc_now
    from transients.service.status import status_card
    from transients.store import Store

    mission = mission_of(settings)
    # Of a day before the launch there is no card: that is said before anybody is asked.
    mission.revolution(to_time(utc_now() if at is None else at))
    async with source_of(source, settings, mission) as data:
        observed = await observe(data, mission, utc_now() if at is None else at)
    now = utc_now() if at is None else at
    if settings.database.url is None or at is not None:
        return await status_card(None, observed, mission, settings, now, past=at is not None), "no service"
    store = await Store.open(settings.database.url.reveal(), pool_size=1)
    try:
        return await status_card(store, observed, mission, settings, now), "database"
    finally:
        await store.aclose()
