"""Count rates, in each form that the services have."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from schemas import Instant, LightCurve
from schemas.errors import BadRequest, NoData

from ...sources import replies
from ...sources.clock import from_ijd, ijd_of, seconds_between, shift
from ...sources.provider import Provider, parse_time
from .answers import finite, json_reply, text_reply


def count_routes(provider: Provider) -> list[HTTPRouteHandler]:
    """`genlc`, `ipnlc`, `rtlc`, the old CGI and the FITS light curve."""

    @get("/integralhk/api/v1.0/genlc/{target:str}/{t0:str}/{dt:str}")
    async def genlc(target: str, t0: str, dt: str) -> Response[Any]:
        return text_reply(await _genlc(provider, target, parse_time(t0), finite(dt)))

    @get("/integralhk/api/v1.0/ipnlc/{t0:str}/{dt:str}")
    async def ipnlc(t0: str, dt: str) -> Response[Any]:
        return text_reply(await _ipnlc(provider, parse_time(t0), finite(dt)))

    @get("/integralhk/api/v1.0/rtlc/{t0:str}/{dt:str}")
    async def rtlc(request: Request[Any, Any, Any], t0: str, dt: str) -> Response[Any]:
        return json_reply(await _rtlc(provider, parse_time(t0), finite(dt), "prophecy" in request.query_params))

    @get("/spiacs-online/spiacs.pl")
    async def legacy(request: Request[Any, Any, Any]) -> Response[Any]:
        return Response(await _legacy(provider, request.query_params), media_type="text/html")

    @get("/mmoda/spi_acs_lc")
    async def mmoda(request: Request[Any, Any, Any]) -> Response[Any]:
        return Response(await _mmoda(provider, request.query_params), media_type="application/fits")

    return [genlc, ipnlc, rtlc, legacy, mmoda]


async def _genlc(provider: Provider, target: str, t0: Instant, half_width_s: float) -> str:
    lc = await provider.counts(target, t0, half_width_s)
    return await asyncio.to_thread(replies.genlc_text, lc, shift(t0, -abs(half_width_s)))


async def _ipnlc(provider: Provider, t0: Instant, half_width_s: float) -> str:
    lc = await provider.counts("ACS", t0, half_width_s)
    return await asyncio.to_thread(replies.ipn_text, lc, t0, float(np.median(lc.counts)))


async def _rtlc(provider: Provider, t0: Instant, half_width_s: float, with_prophecy: bool) -> dict[str, Any]:
    """The real-time reply; without data its table is empty, and the prophecy says why."""
    empty: dict[str, Any] = {"columns": ["counts", "ijd"], "data": []}
    try:
        lc: LightCurve | None = await provider.counts("ACS", t0, half_width_s)
    except NoData:
        if not with_prophecy:
            raise
        lc = None
    reply: dict[str, Any] = {"lc": empty if lc is None else replies.realtime_json(lc)}
    if with_prophecy:
        reply["prophecy"] = replies.prophecy(await provider.source.expectation(t0))
    if provider.simulated:
        reply["simulated"] = "transients"
    return reply


async def _legacy(provider: Provider, query: Any) -> str:
    """The old CGI: requeststring=UTC+dt, generate=ipnlc|ephs|att|genlc|scw; text with <br>."""
    words = str(query.get("requeststring", "")).split()
    if not words:
        raise BadRequest("requeststring=UTC+dt is missing")
    t0, half = parse_time(words[0]), finite(words[1]) if len(words) > 1 else 10.0
    source = provider.source
    makers: dict[str, Callable[[], Awaitable[str]]] = {
        "ipnlc": lambda: _ipnlc(provider, t0, half),
        "genlc": lambda: _genlc(provider, "ACS", t0, half),
        "scw": lambda: source.science_window(t0),
    }
    wanted = str(query.get("generate", "genlc"))
    if wanted == "ephs":
        text = replies.ephs_text(await source.orbit(t0))
    elif wanted == "att":
        text = replies.att_text(await source.attitude(t0))
    elif wanted in makers:
        text = await makers[wanted]()
    else:
        raise BadRequest(f"generate={wanted[:20]!r} is not known")
    return text.replace("\n", "<br>\n")


async def _mmoda(provider: Provider, query: Any) -> bytes:
    """A FITS light curve by T1, T2 (ISO) and time_bin, as MMODA gives it."""
    try:
        start, stop = parse_time(str(query["T1"]), "UTC"), parse_time(str(query["T2"]), "UTC")
    except KeyError as error:
        raise BadRequest(f"{error} is missing") from error
    half = 0.5 * seconds_between(stop, start)
    if half <= 0:
        raise BadRequest("T2 is not after T1")
    bin_s = finite(str(query.get("time_bin", "0.05")))
    middle = from_ijd(np.floor(ijd_of(start)), ijd_of(start) % 1.0 * 86400.0 + half)
    lc = await provider.counts("ACS", middle, half)
    sentence = (await provider.source.expectation(middle)).sentence
    try:
        return await asyncio.to_thread(replies.mmoda_fits, lc, bin_s, sentence, await provider.source.orbit(middle))
    except ValueError as error:
        raise BadRequest(str(error)) from error
