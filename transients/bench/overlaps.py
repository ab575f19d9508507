"""What an alert's map takes from bytes to all that is said of it, thousands of fields of view, and the overlap of two maps."""

from __future__ import annotations

import io
from collections.abc import Iterator

import astropy.units as u
import healpy
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table

from transients.missions.base import Mission
from transients.missions.integral import Integral
from transients.sky import (
    SkyMap,
    fov_fractions,
    localisation,
    overlap,
    probability_in_cones,
    read_skymap,
    response_over,
    visibility,
    weighted_quantile,
)
from transients.sources import load_response

from .checks import require_close
from .lines import Line, line
from .maps import CENTRE_DEG, fine_map, fine_map_file
from .orient import ATTITUDE
from .sizes import Sizes
from .skymaps import rasterised
from .timing import seconds

#: Most probable coarse tiles that are cut down: with order 9, 19 440 tiles in all, as LIGO Virgo KAGRA's maps have.
_FINE_TILES = 16
_FIELD = 15.0 * u.deg
#: The second map's centre, on the first one's slope.
_OTHER_DEG = (CENTRE_DEG[0] + 7.0, CENTRE_DEG[1] - 3.0)


def measure(sizes: Sizes) -> Iterator[Line]:
    """One map, its fields, and a second map."""
    yield _alert(sizes)
    yield from _fields(sizes)
    yield from _overlap(sizes)


def _alert(sizes: Sizes) -> Line:
    data, mission = fine_map_file(sizes.map_order, _FINE_TILES), Integral(load_response())
    spent, reading = seconds(
        [lambda: _all_said(data, mission), lambda: Table.read(io.BytesIO(data), format="fits", hdu=1)], sizes.turns
    )
    name = f"sky: map of {len(read_skymap(data, 'bench'))} tiles from bytes to areas, fields, Sun and response"
    return line(name, spent * 1e3, "ms", "astropy Table.read alone", reading / spent)


def _all_said(data: bytes, mission: Mission) -> tuple[object, ...]:
    m = read_skymap(data, "bench")
    per_count = response_over(m, ATTITUDE, mission, "SPI-ACS", "hard")
    return (
        localisation(m, "bench"),
        fov_fractions(m, ATTITUDE, mission),
        visibility(m, ATTITUDE.at),
        weighted_quantile(per_count, m.prob, [0.05, 0.5, 0.95]),
    )


def _fields(sizes: Sizes) -> Iterator[Line]:
    m, nside = fine_map(sizes.map_order, _FINE_TILES), sizes.raster_nside
    rng = np.random.default_rng(8)
    ra_deg, dec_deg = rng.uniform(0.0, 360.0, sizes.fields), np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, sizes.fields)))
    centres = SkyCoord(ra_deg * u.deg, dec_deg * u.deg)
    pixels, vectors = (
        rasterised(m, nside),
        healpy.ang2vec(ra_deg[: sizes.plain_fields], dec_deg[: sizes.plain_fields], lonlat=True),
    )

    def plain() -> list[float]:
        discs = (healpy.query_disc(nside, v, _FIELD.to_value(u.rad), nest=True) for v in vectors)
        return [float(pixels[disc].sum()) for disc in discs]

    ours = probability_in_cones(m, centres, _FIELD)
    require_close("fields of view", ours[: sizes.plain_fields], plain(), 1.0 / nside)
    spent, raster = seconds([lambda: probability_in_cones(m, centres, _FIELD), plain], sizes.slow_turns)
    name = f"sky: {sizes.fields} fields of view of a map of {len(m)} tiles"
    ratio = raster / sizes.plain_fields / (spent / sizes.fields)
    yield line(name, spent, "s", f"healpy: query_disc alone, already rasterised at nside {nside}", ratio)


def _overlap(sizes: Sizes) -> Iterator[Line]:
    one, other = (fine_map(sizes.map_order, _FINE_TILES, centre) for centre in (CENTRE_DEG, _OTHER_DEG))
    nside = 1 << sizes.map_order

    def plain() -> float:
        return float(12 * nside**2 * np.sum(rasterised(one, nside) * rasterised(other, nside)))

    require_close("overlap", overlap(one, other), plain(), 1e-9 * plain())
    spent, raster = seconds([lambda: overlap(_anew(one), _anew(other)), plain], sizes.turns)
    name = f"sky: overlap of two maps of {len(one)} tiles"
    yield line(name, spent * 1e3, "ms", f"numpy: both rasterised at nside {nside}, the same to 1e-9", raster / spent)


def _anew(m: SkyMap) -> SkyMap:
    """The same map with nothing kept of earlier work."""
    return SkyMap(m.order, m.ipix, m.prob)
