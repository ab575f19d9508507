"""Where the spacecraft was and looked."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from schemas import Instant
from schemas.errors import BadRequest

from ...sources import replies
from ...sources.clock import ijd_of, seconds_between, shift
from ...sources.provider import Provider, parse_time
from .answers import finite, json_reply, text_reply
from .times import science_windows

_LONGEST_HISTORY_S = 3 * 86400.0
_ORBIT_STEP_S = 600.0


def spacecraft_routes(provider: Provider) -> list[HTTPRouteHandler]:
    """`sc`, `ephs`, `att` and the history."""

    @get("/scsystem/api/v1.0/sc/{at:str}/{ra:str}/{dec:str}")
    async def spacecraft(at: str, ra: str, dec: str) -> Response[Any]:
        when = parse_time(at)
        attitude, orbit = await provider.source.attitude(when), await provider.source.orbit(when)
        return json_reply(replies.spacecraft_json(attitude, orbit, finite(ra), finite(dec)))

    @get("/integralhk/api/v1.0/ephs/{at:str}")
    async def ephs(at: str) -> Response[Any]:
        return text_reply(replies.ephs_text(await provider.source.orbit(parse_time(at))))

    @get("/integralhk/api/v1.0/att/{at:str}")
    async def att(at: str) -> Response[Any]:
        return text_reply(replies.att_text(await provider.source.attitude(parse_time(at))))

    @get("/integralhk/api/v1.0/sc/{start:str}/{stop:str}")
    async def history(request: Request[Any, Any, Any], start: str, stop: str) -> Response[Any]:
        tier = str(request.query_params.get("source", "cons"))
        return json_reply(await _history(provider, parse_time(start), parse_time(stop), tier))

    return [spacecraft, ephs, att, history]


async def _history(provider: Provider, start: Instant, stop: Instant, tier: str) -> dict[str, Any]:
    """Attitude of each science window and the orbit every ten minutes."""
    length = seconds_between(stop, start)
    if length > _LONGEST_HISTORY_S + 1e-3:
        raise BadRequest("at most 3 days of history at once")
    columns = ["SWID", "TSTART", "TSTOP", "RA_SCX", "DEC_SCX", "RA_SCZ", "DEC_SCZ"]
    windows = await science_windows(provider, tier, start, stop)
    orbit: dict[str, list[float]] = {"TIME": [], "XPOS": [], "YPOS": [], "ZPOS": [], "RDIST": []}
    for step in np.arange(0.0, length, _ORBIT_STEP_S):
        at = shift(start, float(step))
        place = await provider.source.orbit(at)
        xyz = SkyCoord(place.ra_deg, place.dec_deg, unit="deg").cartesian.xyz.value * place.distance_km
        for column, value in zip(orbit, (ijd_of(at), *xyz, place.distance_km), strict=True):
            orbit[column].append(float(value))
    return {"attitude": replies.windows_json(windows, columns), "orbit": orbit}
