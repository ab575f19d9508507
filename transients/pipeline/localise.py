"""The event's region as a sky map."""

from __future__ import annotations

import dataclasses

from schemas import AllSky, Annulus, Circle, Ellipse, Event, InputRef, Localisation, Polygon, SkyMapRef, sha256_hex, to_json
from schemas.errors import TransientsError
from transients.sky import SkyMap, localisation, read_skymap, skymap_from_region

from .context import Context


@dataclasses.dataclass(frozen=True)
class Localised:
    """The map, its numbers, what it was made from, and what to be told about it."""

    skymap: SkyMap
    localisation: Localisation
    source: InputRef
    caveats: tuple[str, ...] = ()
    #: The map could not be had now, but may be later.
    retry: bool = False


async def localise(event: Event, context: Context) -> Localised:
    """Make the sky map of an event's best region. A map that cannot be had leaves the whole sky, and says why."""
    region = event.region or AllSky()
    caveats = () if event.region is not None else ("The alert gives no position: computed for the whole sky.",)
    name = "the alert"
    try:
        if not isinstance(region, SkyMapRef):
            made = await context.compute(_of_region, region)
            assumed = tuple(f"Position: {remark}." for remark in made[0].remarks)
            return _localised(made, sha256_hex(to_json(region)), name, (*caveats, *assumed))
        name = region.label or region.url or f"map {region.blob_id}"
        data = await context.fetch_map(region)
        return _localised(await context.compute(_of_map, data, name), sha256_hex(data), name, caveats)
    except TransientsError as error:
        made = await context.compute(_of_region, AllSky())
        caveat = f"The position could not be used ({error}): computed for the whole sky."
        return _localised(made, sha256_hex(to_json(AllSky())), "none", (caveat,), retry=error.retriable)


def _of_region(region: Circle | Ellipse | Annulus | Polygon | AllSky) -> tuple[SkyMap, Localisation]:
    skymap = skymap_from_region(region)
    return skymap, localisation(skymap, str(region.__struct_config__.tag))


def _of_map(data: bytes, name: str) -> tuple[SkyMap, Localisation]:
    skymap = read_skymap(data, name)
    return skymap, localisation(skymap, "skymap")


def _localised(
    made: tuple[SkyMap, Localisation], sha256: str, source: str, caveats: tuple[str, ...], *, retry: bool = False
) -> Localised:
    return Localised(*made, InputRef(name="localisation", sha256=sha256, source=source), caveats, retry)
