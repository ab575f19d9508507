"""Localisations as commands take them: a file, or a region in words."""

from __future__ import annotations

from pathlib import Path

import click

from transients.sky import SkyMap, is_region, read_skymap, region_from_words, skymap_from_region

from .files import read_file

#: For the help of commands.
REGIONS_HELP = (
    "A map is a FITS file (multi-order, flat, or a MOC), or a region in words, degrees ICRS: cone:RA,DEC,RADIUS[,CONTAINMENT], "
    "core-tail:RA,DEC,RADIUS,CORE,TAIL,WEIGHT[,CONTAINMENT], ellipse:RA,DEC,MAJOR,MINOR[,ANGLE[,CONTAINMENT]], "
    "annulus:RA,DEC,RADIUS,SIGMA, polygon:RA,DEC,RA,DEC,RA,DEC..., all-sky."
)
map_argument = click.argument("file", metavar="MAP")


def map_of(text: str) -> SkyMap:
    """The map that a file holds, or that words describe; a file of that very name comes first."""
    if is_region(text) and not Path(text).exists():
        return skymap_from_region(region_from_words(text))
    return read_skymap(read_file(Path(text)), text)
