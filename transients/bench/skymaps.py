"""Sky maps read, their areas, and the probability of a cone, against astropy, numpy and healpy."""

from __future__ import annotations

import io
from collections.abc import Iterator

import astropy.units as u
import healpy
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table

from schemas import FloatArray
from transients.sky import SkyMap, credible_area_deg2, probability_in_cone, read_skymap

from .checks import require_close
from .lines import Line, line
from .maps import CENTRE_DEG, fine_map_file
from .sizes import Sizes
from .timing import seconds

_LEVELS = (0.5, 0.9)
_CONE_DEG = 5.0
#: Off the map's centre, so that the cone's edge crosses its slope.
_CONE_CENTRE = SkyCoord((CENTRE_DEG[0] + 3.0) * u.deg, CENTRE_DEG[1] * u.deg)


def measure(sizes: Sizes) -> Iterator[Line]:
    """Read and rank; then a cone."""
    data = fine_map_file(sizes.map_order)
    yield from _areas(data, sizes)
    yield from _cone(data, sizes)


def _areas(data: bytes, sizes: Sizes) -> Iterator[Line]:
    require_close("areas, deg2", _our_areas(data), _plain_areas(data), 1e-6)
    ours, plain = seconds([lambda: _our_areas(data), lambda: _plain_areas(data)], sizes.turns)
    tiles = len(read_skymap(data, "bench"))
    name = f"sky: map of {tiles} tiles read, 50 % and 90 % areas"
    yield line(name, ours * 1e3, "ms", "astropy Table.read, numpy argsort and cumsum, nothing checked", plain / ours)


def _our_areas(data: bytes) -> list[float]:
    m = read_skymap(data, "bench")
    return [credible_area_deg2(m, level) for level in _LEVELS]


def _plain_areas(data: bytes) -> list[float]:
    table = Table.read(io.BytesIO(data), format="fits", hdu=1)
    order = np.floor(np.log2(np.asarray(table["UNIQ"], dtype=float) / 4.0) / 2.0)
    area = np.pi / 3.0 / 4.0**order
    prob = np.asarray(table["PROBDENSITY"], dtype=float) * area
    rows = np.argsort(-np.asarray(table["PROBDENSITY"], dtype=float), kind="stable")
    total, areas = np.cumsum(prob[rows]), np.cumsum(area[rows])
    return [float(areas[np.searchsorted(total, level * total[-1])] * (180.0 / np.pi) ** 2) for level in _LEVELS]


def _cone(data: bytes, sizes: Sizes) -> Iterator[Line]:
    m, nside = read_skymap(data, "bench"), sizes.raster_nside
    pixels = rasterised(m, nside)
    # A raster knows a cone's edge to a pixel: some per mille of the probability here, more where pixels are coarse.
    require_close("cone", _our_cone(m), _raster_cone(pixels, nside), 1.0 / nside)
    works = [
        lambda: _our_cone(m),
        lambda: _raster_cone(rasterised(m, nside), nside),
        lambda: _raster_cone(pixels, nside),
    ]
    ours, whole, ready = seconds(works, sizes.turns)
    name = f"sky: probability in a cone of {_CONE_DEG:.0f} deg"
    yield line(name, ours * 1e3, "ms", f"healpy: rasterised at nside {nside}, then query_disc", whole / ours)
    yield line(name, ours * 1e3, "ms", f"healpy: query_disc alone, already rasterised at nside {nside}", ready / ours)


def _our_cone(m: SkyMap) -> float:
    return probability_in_cone(m, _CONE_CENTRE, _CONE_DEG * u.deg)


def _raster_cone(pixels: FloatArray, nside: int) -> float:
    centre = healpy.ang2vec(_CONE_CENTRE.ra.deg, _CONE_CENTRE.dec.deg, lonlat=True)
    return float(pixels[healpy.query_disc(nside, centre, np.radians(_CONE_DEG), nest=True)].sum())


def rasterised(m: SkyMap, nside: int) -> FloatArray:
    """Probability per NESTED pixel; no tile may be finer than the pixels."""
    counts = 4 ** (nside.bit_length() - 1 - m.order)
    rows = np.argsort(m.ipix * counts)
    return np.repeat((m.prob / counts)[rows], counts[rows])
