"""The time service: scales, science windows, revolutions."""

from __future__ import annotations

from typing import Any

from astropy.coordinates import SkyCoord
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from schemas import Instant, Pointing
from schemas.errors import BadRequest, NoData

from ...missions import to_time
from ...sources import replies
from ...sources.clock import ijd_of, shift
from ...sources.provider import Provider, parse_time
from .answers import finite, json_reply, text_reply


def time_routes(provider: Provider) -> list[HTTPRouteHandler]:
    """`converttime` and `scwlist`."""

    @get("/timesystem/api/v1.0/converttime/{given:str}/{value:str}/{wanted:str}")
    async def convert(given: str, value: str, wanted: str) -> Response[Any]:
        answer = await _convert(provider, given, value, wanted)
        return json_reply(answer) if isinstance(answer, dict) else text_reply(answer + "\n")

    @get("/timesystem/api/v1.0/scwlist/{tier:str}/{start:str}/{stop:str}")
    async def scwlist(request: Request[Any, Any, Any], tier: str, start: str, stop: str) -> Response[Any]:
        windows = await science_windows(provider, tier, parse_time(start), parse_time(stop))
        query = request.query_params
        kept = tuple(window for window in windows if _wished(window, query))
        columns = [column for column in str(query.get("return_columns", "")).split(",") if column]
        try:
            return json_reply(replies.windows_json(kept, columns))
        except KeyError as error:
            raise BadRequest(str(error)) from error

    return [convert, scwlist]


async def _convert(provider: Provider, given: str, value: str, wanted: str) -> Any:
    """A time in another scale: text, or a dict for ANY; windows and revolutions give the two IJD they lie between."""
    if given in ("SCWID", "REVNUM"):
        number = value.strip()
        if not number.isdigit() or len(number) > 12:
            raise BadRequest(f"not a {given}: {value[:40]!r}")
        whole = given == "REVNUM"
        start, stop = provider.revolution_interval(int(number)) if whole else await provider.window_interval(number)
        if wanted == "IJD":
            return f"{'REVNUM ' if whole else ''}{ijd_of(start):.9f} {ijd_of(stop):.9f}"
        at = start
    elif given in ("UTC", "IJD", "MJD", "ANY"):
        at = parse_time(value, given)
    else:
        raise BadRequest(f"no such scale: {given[:20]!r}")
    if wanted == "ANY":
        return await _every_scale(provider, at)
    return await _one_scale(provider, at, wanted)


async def _one_scale(provider: Provider, at: Instant, wanted: str) -> str:
    match wanted:
        case "UTC":
            return at.iso
        case "IJD":
            return f"{ijd_of(at):.12f}"
        case "SCWID":
            return await provider.source.science_window(at)
        case "REVNUM":
            return f"{provider.mission.revolution(to_time(at)).number:04d}"
        case _:
            raise BadRequest(f"no such scale: {wanted[:20]!r}")


async def _every_scale(provider: Provider, at: Instant) -> dict[str, Any]:
    try:
        window: str | None = await provider.source.science_window(at)
    except NoData:
        window = None
    number = provider.mission.revolution(to_time(at)).number
    return {"UTC": at.iso, "IJD": ijd_of(at), "MJD": ijd_of(at) + 51544.0, "SCWID": window, "REVNUM": number}


async def science_windows(provider: Provider, tier: str, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
    """Science windows of a tier: those old enough for it."""
    if stop <= start:
        raise BadRequest("the end is not after the start")
    if tier == "any":
        return await provider.source.pointings(start, stop)
    if tier not in provider.tier_delay_s:
        raise BadRequest(f"no such tier: {tier[:20]!r}")
    newest = shift(provider.clock(), -provider.tier_delay_s[tier])
    return tuple(window for window in await provider.source.pointings(start, stop) if window.stop <= newest)


def _wished(window: Pointing, query: Any) -> bool:
    if {"ra", "dec", "radius"} <= set(query):
        centre = SkyCoord(finite(query["ra"]), finite(query["dec"]), unit="deg")
        if SkyCoord(window.x_ra_deg, window.x_dec_deg, unit="deg").separation(centre).deg > finite(query["radius"]):
            return False
    if "min_good_isgri" in query:
        good = replies.good_isgri_s(window)
        return good is not None and good >= finite(query["min_good_isgri"])
    return True
