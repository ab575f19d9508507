"""`transients status`: the status card."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click
import msgspec

from schemas.errors import RefusedInput, ServiceUnreachable
from transients.config import Settings

from .options import settings_of, source_option
from .output import emit, emit_json, json_option, reports_errors

if TYPE_CHECKING:
    from transients.web import StatusCard

#: A service on this machine answers at once; its sources may be asked on the way.
_PATIENCE_S = 30.0


@click.command("status")
@click.option("--url", metavar="ADDRESS", help="Ask the service whose dashboard is there.")
@source_option
@json_option
@click.pass_context
@reports_errors
def status_command(context: click.Context, url: str | None, source: str | None, as_json: bool) -> None:
    """How fresh the data is, where the spacecraft is, when data breaks off next, how the service does.

    Asked is the database of the settings; without one, the service or demo that runs at the settings' dashboard address; where
    none runs, the data sources alone.
    """
    settings = settings_of(context)
    card, asked = _card(settings, url, source)
    plain = {**msgspec.to_builtins(card), "at": card.at.iso, "lines": _lines(card), "watch": _watched(card), "asked": asked}
    if as_json:
        emit_json(plain)
    else:
        emit(_for_people(plain), as_json=False)


def _card(settings: Settings, url: str | None, source: str | None) -> tuple[StatusCard, str]:
    """The card, and who gave it."""
    if url is not None:
        card = _of_service(url)
        if card is None:
            raise ServiceUnreachable("no service answers", where=url)
        return card, url
    if settings.database.url is None and source is None:
        address = settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}"
        card = _of_service(address)
        if card is not None:
            return card, address
    return asyncio.run(_own(settings, source))


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


async def _own(settings: Settings, source: str | None) -> tuple[StatusCard, str]:
    from transients.service.parts import mission_of, source_of, utc_now
    from transients.service.status import status_card
    from transients.store import Store

    mission = mission_of(settings)
    async with source_of(source, settings, mission) as data:
        if settings.database.url is None:
            return await status_card(None, data, mission, settings, utc_now()), "no service"
        store = await Store.open(settings.database.url.reveal(), pool_size=1)
        try:
            return await status_card(store, data, mission, settings, utc_now()), "database"
        finally:
            await store.aclose()


def _for_people(card: dict[str, Any]) -> dict[str, Any]:
    """The card as short lines."""
    tiers = {name: _tier(card[name]) for name in ("realtime", "nrt", "cons")}
    waiting = ", ".join(f"{count} {state}" for state, count in card["jobs"].items())
    heard = ", ".join(f"{name} {'never' if lag is None else f'{lag:.0f} s ago'}" for name, lag in card["ingest"].items())
    return {
        f"{card['mission']}, UTC": card["at"],
        "data": "SIMULATED" if card["simulated"] else "as the sources give it",
        **tiers,
        "revolution": card["revolution"],
        "phase": card["phase"],
        "distance, Mm": card["distance_mm"],
        "next break": card["next_break"],
        "alerts heard": heard or None,
        "lines": "; ".join(_line(name, line) for name, line in card["lines"].items()) or None,
        "gaps": "; ".join(card["open_gaps"]) or (card["gaps"] or "none"),
        "quarantine": card["quarantine"],
        "jobs": waiting or None,
        "clock offset, s": card["clock_offset_s"],
        "live search": "; ".join(_watch(name, each) for name, each in card["watch"].items()) or None,
        "hold": "on: nothing leaves the house" if card["hold"] else "off",
        "asked": card["asked"],
        "caveats": "; ".join(card["caveats"]) or None,
    }


def _watch(name: str, watch: dict[str, Any]) -> str:
    return f"{name}: {watch['state']}, seen to {watch['lag_s']:.0f} s ago"


def _watched(card: StatusCard) -> dict[str, Any]:
    """The live search, with times as text."""
    return {name: {"state": each.state, "seen": each.seen.iso, "lag_s": each.lag_s} for name, each in card.watch.items()}


def _lines(card: StatusCard) -> dict[str, Any]:
    """The lines, with times as text."""
    plain: dict[str, Any] = msgspec.to_builtins(card.lines)
    for name, line in card.lines.items():
        for key, when in (("last_pulse", line.last_pulse), ("since", line.since)):
            plain[name][key] = None if when is None else when.iso
    return plain


def _line(name: str, line: dict[str, Any]) -> str:
    pulse = "" if line["last_pulse"] is None else f", last pulse {line['last_pulse']}"
    gaps = f", {line['gaps']} open gaps" if line["gaps"] else ""
    state = f"{line['state']} ({line['reason']})" if line["reason"] else line["state"]
    return f"{name}: {state}, {line['deliveries']} deliveries, {line['duplicates']} known before{pulse}{gaps}"


def _tier(tier: dict[str, Any] | None) -> str | None:
    if tier is None:
        return None
    age = "" if tier["latency_s"] is None else f", {tier['latency_s']:.0f} s old"
    last = "" if tier["last"] is None else f", {tier['last']}"
    place = "" if tier["ra_deg"] is None else f", at ({tier['ra_deg']:.3f}, {tier['dec_deg']:.3f}) deg"
    return f"{tier['state']}{age}{last}{place}"
