"""The data services' routes over any provider: the archive, as a public light-curve service, or the simulator.

Paths and replies are those of the services around INTEGRAL, so that one client talks to all of them. What is simulated says so:
header `X-Simulated: transients`, a comment line in text, `simulated` in JSON, keyword SIMULATD in FITS.
"""

from __future__ import annotations

import asyncio
import contextvars
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord
from litestar import Litestar, Request, Response, Router, get
from litestar.handlers import HTTPRouteHandler

from schemas import Instant, LightCurve, Pointing, to_json
from schemas.errors import BadRequest, NoData, RefusedInput, TransientsError

from ..config import WebSettings
from ..missions import to_time
from ..sources import SimulatedObservatory, SimulatedSource, replies
from ..sources.clock import from_ijd, ijd_of, seconds_between, shift, utc_now
from ..sources.provider import Provider, parse_time
from .server import serve_app

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_LONGEST_HISTORY_S = 3 * 86400.0
_ORBIT_STEP_S = 600.0
#: Whether this request's reply is to be cut short.
_cut: contextvars.ContextVar[bool] = contextvars.ContextVar("cut", default=False)
_SIMULATED = {"X-Simulated": "transients"}


@dataclasses.dataclass
class Fault:
    """Something that goes wrong on purpose, for tests and exercises.

    Attributes
    ----------
    path
        Only requests whose path holds this text.
    delay_s
        Wait so long before anything else.
    text
        Answer with this text, status 200, instead of data.
    html
        Put that text into an HTML page.
    status
        Answer with this status.
    cut
        Send only the first half of the reply.
    times
        How often; None: always.
    """

    path: str = ""
    delay_s: float = 0.0
    text: str | None = None
    html: bool = False
    status: int | None = None
    cut: bool = False
    times: int | None = None


class Faults(list[Fault]):
    """The faults in force; may be changed while serving."""

    def take(self, path: str) -> Fault | None:
        """The first fault that applies to a path, counted down."""
        for fault in self:
            if fault.path in path and fault.times != 0:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


def service_routes(provider: Provider, faults: Faults | None = None, path: str = "/") -> Router:
    """All data-service routes under `path`.

    Parameters
    ----------
    provider
        What answers.
    faults
        What goes wrong on purpose; looked at with every request.
    path
        The gateway's path.
    """
    broken = Faults() if faults is None else faults
    marks = _SIMULATED if provider.simulated else {}

    async def before(request: Request[Any, Any, Any]) -> Response[Any] | None:
        fault = broken.take(request.url.path)
        _cut.set(False)
        if fault is None:
            return None
        _cut.set(fault.cut)
        if fault.delay_s > 0:
            await asyncio.sleep(fault.delay_s)
        return _faulty(fault)

    async def mark(response: Response[Any]) -> Response[Any]:
        if _cut.get():
            whole = response.content if isinstance(response.content, str | bytes) else to_json(response.content)
            response.content = whole[: len(whole) // 2]
        response.headers.update(marks)
        return response

    def refuse(request: Request[Any, Any, Any], error: TransientsError) -> Response[Any]:
        response = _error_reply(request.url.path, error)
        response.headers.update(marks)
        return response

    return Router(
        path,
        route_handlers=[
            *_time_routes(provider),
            *_spacecraft_routes(provider),
            *_count_routes(provider),
            *_health_routes(provider),
        ],
        before_request=before,
        after_request=mark,
        exception_handlers={TransientsError: refuse},
        include_in_schema=False,
    )


def create_simulator_app(provider: Provider, faults: Faults | None = None) -> Litestar:
    """A web application of the data services alone."""
    return Litestar([service_routes(provider, faults)], openapi_config=None, logging_config=None)


async def run_simulator(
    host: str,
    port: int,
    observatory: SimulatedObservatory,
    faults: Faults | None = None,
    clock: Callable[[], Instant] = utc_now,
    *,
    stop: asyncio.Event | None = None,
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve a simulated observatory until told to stop, or cancelled.

    Parameters
    ----------
    host, port
        An address of this machine alone; port 0 takes a free one.
    faults
        What goes wrong on purpose.
    clock
        The simulated "now": data younger than its tier's delay is not there yet.
    stop
        Set by the caller to end it.
    started
        Called with the address once requests are answered.

    Raises
    ------
    BadRequest
        For an address beyond this machine: simulated data is not offered to others.
    OSError
        The address cannot be listened on.
    """
    if host not in _LOOPBACK:
        raise BadRequest(f"the simulator serves this machine only, not {host}")
    provider = Provider(SimulatedSource(observatory, clock), observatory.mission, clock)
    address = WebSettings(host=host, port=port)
    await serve_app(create_simulator_app(provider, faults), address, stop or asyncio.Event(), started=started)


def parse_fault(text: str) -> Fault:
    """A fault as the command line gives it: "PATH,KIND[,VALUE]" with KIND one of text, html, status, delay, cut.

    Raises
    ------
    BadRequest
        Naming the text.
    """
    path, _, rest = text.partition(",")
    kind, _, value = rest.partition(",")
    match kind:
        case "text" | "html":
            return Fault(path=path, text=value or "No Data (at this time?)", html=kind == "html")
        case "status" if value.isdigit() and 400 <= int(value) <= 599:
            return Fault(path=path, status=int(value))
        case "delay":
            return Fault(path=path, delay_s=_number(value))
        case "cut":
            return Fault(path=path, cut=True)
        case _:
            raise BadRequest(f"not a fault (PATH,text|html|status|delay|cut[,VALUE]): {text[:80]!r}")


def _faulty(fault: Fault) -> Response[Any] | None:
    if fault.status is not None:
        return _text(fault.text or f"status {fault.status}", fault.status)
    if fault.text is None:
        return None
    if fault.html:
        page = f"<!DOCTYPE html><html><head><title>service</title></head><body><p>{fault.text}</p></body></html>"
        return Response(page, media_type="text/html", status_code=200)
    return _text(fault.text)


def _error_reply(path: str, error: TransientsError) -> Response[Any]:
    """The original's manner: problems of the time service as 400 with a JSON list, the others' as text with status 200."""
    message = error.message
    if isinstance(error, NoData) and "no data" not in message.lower():
        message = f"No Data (at this time?): {message}"
    if "/timesystem/" in path:
        return Response([message], media_type="application/json", status_code=400)
    if isinstance(error, BadRequest | RefusedInput) and "Over revolution" not in message and "Bad Target" not in message:
        return _text(message, 400)
    return _text(message)


def _text(content: str, status: int = 200) -> Response[Any]:
    return Response(content, media_type="text/plain", status_code=status)


def _json(content: Any) -> Response[Any]:
    return Response(content, media_type="application/json")


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise BadRequest(f"not a number: {text[:40]!r}") from error
    if not np.isfinite(value):
        raise BadRequest(f"not a finite number: {text[:40]!r}")
    return value


# Time


def _time_routes(provider: Provider) -> list[HTTPRouteHandler]:
    @get("/timesystem/api/v1.0/converttime/{given:str}/{value:str}/{wanted:str}")
    async def convert(given: str, value: str, wanted: str) -> Response[Any]:
        answer = await _convert(provider, given, value, wanted)
        return _json(answer) if isinstance(answer, dict) else _text(answer + "\n")

    @get("/timesystem/api/v1.0/scwlist/{tier:str}/{start:str}/{stop:str}")
    async def scwlist(request: Request[Any, Any, Any], tier: str, start: str, stop: str) -> Response[Any]:
        windows = await _windows(provider, tier, parse_time(start), parse_time(stop))
        query = request.query_params
        kept = tuple(window for window in windows if _wished(window, query))
        columns = [column for column in str(query.get("return_columns", "")).split(",") if column]
        try:
            return _json(replies.windows_json(kept, columns))
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


async def _windows(provider: Provider, tier: str, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
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
        centre = SkyCoord(_number(query["ra"]), _number(query["dec"]), unit="deg")
        if SkyCoord(window.x_ra_deg, window.x_dec_deg, unit="deg").separation(centre).deg > _number(query["radius"]):
            return False
    if "min_good_isgri" in query:
        good = replies.good_isgri_s(window)
        return good is not None and good >= _number(query["min_good_isgri"])
    return True


# The spacecraft


def _spacecraft_routes(provider: Provider) -> list[HTTPRouteHandler]:
    @get("/scsystem/api/v1.0/sc/{at:str}/{ra:str}/{dec:str}")
    async def spacecraft(at: str, ra: str, dec: str) -> Response[Any]:
        when = parse_time(at)
        attitude, orbit = await provider.source.attitude(when), await provider.source.orbit(when)
        return _json(replies.spacecraft_json(attitude, orbit, _number(ra), _number(dec)))

    @get("/integralhk/api/v1.0/ephs/{at:str}")
    async def ephs(at: str) -> Response[Any]:
        return _text(replies.ephs_text(await provider.source.orbit(parse_time(at))))

    @get("/integralhk/api/v1.0/att/{at:str}")
    async def att(at: str) -> Response[Any]:
        return _text(replies.att_text(await provider.source.attitude(parse_time(at))))

    @get("/integralhk/api/v1.0/sc/{start:str}/{stop:str}")
    async def history(request: Request[Any, Any, Any], start: str, stop: str) -> Response[Any]:
        tier = str(request.query_params.get("source", "cons"))
        return _json(await _history(provider, parse_time(start), parse_time(stop), tier))

    return [spacecraft, ephs, att, history]


async def _history(provider: Provider, start: Instant, stop: Instant, tier: str) -> dict[str, Any]:
    """Attitude of each science window and the orbit every ten minutes."""
    length = seconds_between(stop, start)
    if length > _LONGEST_HISTORY_S + 1e-3:
        raise BadRequest("at most 3 days of history at once")
    columns = ["SWID", "TSTART", "TSTOP", "RA_SCX", "DEC_SCX", "RA_SCZ", "DEC_SCZ"]
    windows = await _windows(provider, tier, start, stop)
    orbit: dict[str, list[float]] = {"TIME": [], "XPOS": [], "YPOS": [], "ZPOS": [], "RDIST": []}
    for step in np.arange(0.0, length, _ORBIT_STEP_S):
        at = shift(start, float(step))
        place = await provider.source.orbit(at)
        xyz = SkyCoord(place.ra_deg, place.dec_deg, unit="deg").cartesian.xyz.value * place.distance_km
        for column, value in zip(orbit, (ijd_of(at), *xyz, place.distance_km), strict=True):
            orbit[column].append(float(value))
    return {"attitude": replies.windows_json(windows, columns), "orbit": orbit}


# Counts


def _count_routes(provider: Provider) -> list[HTTPRouteHandler]:
    @get("/integralhk/api/v1.0/genlc/{target:str}/{t0:str}/{dt:str}")
    async def genlc(target: str, t0: str, dt: str) -> Response[Any]:
        return _text(await _genlc(provider, target, parse_time(t0), _number(dt)))

    @get("/integralhk/api/v1.0/ipnlc/{t0:str}/{dt:str}")
    async def ipnlc(t0: str, dt: str) -> Response[Any]:
        return _text(await _ipnlc(provider, parse_time(t0), _number(dt)))

    @get("/integralhk/api/v1.0/rtlc/{t0:str}/{dt:str}")
    async def rtlc(request: Request[Any, Any, Any], t0: str, dt: str) -> Response[Any]:
        return _json(await _rtlc(provider, parse_time(t0), _number(dt), "prophecy" in request.query_params))

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
    t0, half = parse_time(words[0]), _number(words[1]) if len(words) > 1 else 10.0
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
    bin_s = _number(str(query.get("time_bin", "0.05")))
    middle = from_ijd(np.floor(ijd_of(start)), ijd_of(start) % 1.0 * 86400.0 + half)
    lc = await provider.counts("ACS", middle, half)
    sentence = (await provider.source.expectation(middle)).sentence
    try:
        return await asyncio.to_thread(replies.mmoda_fits, lc, bin_s, sentence, await provider.source.orbit(middle))
    except ValueError as error:
        raise BadRequest(str(error)) from error


# Health


def _health_routes(provider: Provider) -> list[HTTPRouteHandler]:
    @get("/healthcheck")
    async def health() -> Response[Any]:
        return _json({"status": "OK"})

    @get("/integralhk/api/v1.0/rthealth")
    async def rthealth() -> Response[Any]:
        """OK while data is expected now."""
        expected = await provider.source.expectation(provider.clock())
        return _json({"status": "OK" if expected.status == "ONLINE" else "NOK"})

    return [health, rthealth]
