"""What a command looks at: a direction, a circle or a sky map; and where the spacecraft is and points."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from astropy.coordinates import SkyCoord

from schemas import Attitude, Circle, Instant, OrbitState
from schemas.errors import RefusedInput
from transients.config import Settings
from transients.missions import Mission, to_time
from transients.missions.bodies import EARTH_RADIUS_KM
from transients.service.parts import source_of
from transients.sky import SkyMap, peak, read_skymap, skymap_from_region
from transients.sources import DataSource

from .files import read_file
from .options import NUMBER, ORBIT, POSITIVE, attitude_from_axes, direction

T = TypeVar("T")
Command = Callable[..., None]

#: A direction without an error is a circle of this radius, deg: 4 arcsec, finer than any spacecraft points.
_POINT_DEG = 1e-3
#: A spacecraft is nearer than the Sun, and above the ground.
_FARTHEST_KM = 1.5e8


def target_options(command: Command) -> Command:
    """--ra and --dec, --radius, --skymap."""
    for option in (
        click.option("--skymap", type=click.Path(path_type=Path), help="A localisation instead of a direction."),
        click.option("--radius", type=POSITIVE, help="90 % radius of the direction's error, deg."),
        click.option("--dec", type=NUMBER, help="Declination, deg ICRS."),
        click.option("--ra", type=NUMBER, help="Right ascension, deg ICRS."),
    ):
        command = option(command)
    return command


orbit_option = click.option("--orbit", type=ORBIT, help="The spacecraft as seen from Earth's centre: deg, deg, km.")


def target_of(ra: float | None, dec: float | None, radius: float | None, skymap: Path | None) -> tuple[SkyMap, SkyCoord]:
    """The region as a map, and its most probable direction."""
    if (skymap is None) == (ra is None and dec is None):
        raise click.UsageError("give --ra and --dec, or --skymap")
    if skymap is not None:
        if radius is not None:
            raise click.UsageError("--radius goes with --ra and --dec")
        m = read_skymap(read_file(skymap), str(skymap))
        return m, peak(m)
    if ra is None or dec is None:
        raise click.UsageError("--ra and --dec go together")
    towards = direction(ra, dec)
    if radius is not None and radius > 180.0:
        raise RefusedInput(f"a radius of {radius:g} deg is more than the whole sky")
    circle = Circle(ra_deg=ra % 360.0, dec_deg=dec, radius_deg=_POINT_DEG if radius is None else radius, containment=0.9)
    return skymap_from_region(circle), towards


def orbit_given(given: tuple[float, ...], when: Instant) -> OrbitState:
    """The spacecraft's place from the command line; above the ground."""
    ra, dec, km = given
    direction(ra, dec)
    if not EARTH_RADIUS_KM < km < _FARTHEST_KM:
        raise RefusedInput(f"{km:g} km from Earth's centre is no orbit")
    return OrbitState(at=when, ra_deg=ra % 360.0, dec_deg=dec, distance_km=km, source="given")


def orbit_at(
    given: tuple[float, ...] | None, when: Instant, source: str | None, settings: Settings, mission: Mission
) -> OrbitState:
    """The place that was given, else that of the named source, else the mission's model."""
    if given is not None:
        return orbit_given(given, when)
    if source is not None:
        return asked(source, settings, lambda data: data.orbit(when))
    return mission.approximate_orbit(to_time(when))


def attitude_at(
    x: tuple[float, ...] | None,
    z: tuple[float, ...] | None,
    when: Instant,
    source: str | None,
    settings: Settings,
    mission: Mission,
) -> Attitude | None:
    """The attitude that was given (X alone: the roll is that which the Sun asks), else that of the named source, else None."""
    if x is not None and z is None:
        return mission.attitude_from_x(direction(x[0], x[1]), when, "axes")
    if x is not None or z is not None:
        return attitude_from_axes(x, z, when)
    return None if source is None else asked(source, settings, lambda data: data.attitude(when))


def asked(source: str | None, settings: Settings, question: Callable[[DataSource], Awaitable[T]]) -> T:
    """One answer of a data source."""

    async def ask() -> T:
        async with source_of(source, settings) as data:
            return await question(data)

    return asyncio.run(ask())


def direction_keys(towards: SkyCoord) -> dict[str, Any]:
    """A direction as keys of a report."""
    return {"ra_deg": float(towards.icrs.ra.deg), "dec_deg": float(towards.icrs.dec.deg)}
