"""The event's region as a sky map."""

from __future__ import annotations

import dataclasses

from schemas import AllSky, Event, InputRef, Localisation, SkyMapRef, SkyRegion, sha256_hex, to_json
from schemas.errors import TransientsError
from transients.sky import SkyMap, localisation, read_skymap, skymap_from_region

from .context import Context


@dataclasses.dataclass(frozen=True)
class Localised:
    """A map's numbers, what it was made from, and what to be told about it."""

    localisation: Localisation
    source: InputRef
    caveats: tuple[str, ...] = ()
    #: The map could not be had now, but may be later.
    retry: bool = False


@dataclasses.dataclass(frozen=True)
class Found:
    """What a sky map is made from: a region, with the bytes where it is a map; or why those cannot be had or used."""

    region: SkyRegion
    name: str
    data: bytes | None = None
    error: TransientsError | None = None

    @property
    def is_place(self) -> bool:
        """Whether it says anything of where on the sky."""
        return self.error is None and not isinstance(self.region, AllSky)

    def failed(self, error: TransientsError) -> Found:
        """The same, with why it cannot be had or used."""
        return Found(self.region, self.name, error=error)

    @property
    def source(self) -> InputRef:
        """It, as a provenance names it."""
        if self.error is not None:
            return InputRef(name="localisation", sha256=sha256_hex(to_json(AllSky())), source="none")
        content = to_json(self.region) if self.data is None else self.data
        return InputRef(name="localisation", sha256=sha256_hex(content), source=self.name)


async def find(event: Event, context: Context) -> Found:
    """An event's best region, its map fetched."""
    region = event.region or AllSky()
    if not isinstance(region, SkyMapRef):
        return Found(region, "the alert")
    name = region.label or region.url or f"map {region.blob_id}"
    try:
        return Found(region, name, await context.fetch_map(region))
    except TransientsError as error:
        return Found(region, name, error=error)


def localised(event: Event, found: Found) -> tuple[SkyMap, Localised]:
    """The sky map of what was found. A map that cannot be had or read leaves the whole sky, and says why."""
    if found.error is not None:
        skymap = skymap_from_region(AllSky())
        caveat = f"The position could not be used ({found.error}): computed for the whole sky."
        facts = localisation(skymap, _tag(AllSky()))
        return skymap, Localised(facts, found.source, (caveat,), retry=found.error.retriable)
    try:
        skymap = skymap_from_region(found.region) if found.data is None else read_skymap(found.data, found.name)
    except TransientsError as error:
        return localised(event, found.failed(error))
    facts = localisation(skymap, _tag(found.region))
    if found.data is not None:
        return skymap, Localised(facts, found.source)
    caveats = () if event.region is not None else ("The alert gives no position: computed for the whole sky.",)
    assumed = tuple(f"Position: {remark}." for remark in skymap.remarks)
    return skymap, Localised(facts, found.source, (*caveats, *assumed))


def _tag(region: SkyRegion) -> str:
    return str(region.__struct_config__.tag)
