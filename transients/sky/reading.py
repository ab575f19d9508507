"""Sky maps from bytes: multi-order and flat HEALPix maps, and MOCs."""

from __future__ import annotations

from typing import Any

import numpy as np

from schemas import FloatArray
from schemas.errors import RefusedInput

from . import _fits, _flat, healpix
from ._values import clean
from .healpix import IntArray
from .maps import SkyMap

#: Names of the column with probability, best first, as found in maps of LVK, GBM, IPN, IceCube, NITRATES and KM3NeT.
PROBABILITY_NAMES = ("PROBDENSITY", "PROB_DENSITY", "PROBABILITY", "PROB", "DENSITY", "T", "TEMPERATURE", "SIGNAL", "P")
DISTANCE_NAMES = ("DISTMU", "DISTSIGMA", "DISTNORM")
#: Names of the column with pixel numbers in maps of a part of the sky.
PIXEL_NAMES = ("PIXEL", "PIX", "IPIX", "HPX_PIXEL")

_DEG2_PER_SR = (180.0 / np.pi) ** 2


def read_skymap(data: bytes, name: str, *, max_bytes: int = _fits.MAX_BYTES) -> SkyMap:
    """Read a sky map: multi-order, flat (RING or NESTED, any nside, gzipped or not), or a MOC.

    A flat map becomes multi-order by joining equal pixels. A MOC has no probability: it is taken as a region of equal
    density, and a remark says so. Probability is normalised to 1; `total_probability` is the sum as found.

    Parameters
    ----------
    data : bytes
        A FITS file, gzipped or not.
    name : str
        What to call it in messages.
    max_bytes : int
        Refused if it unpacks to more.

    Raises
    ------
    RefusedInput
        Naming `name` and what is wrong: not FITS, cut short, no usable column, overlapping or impossible pixels, negative
        or infinite probability, a sum of zero, coordinates that are not equatorial.
    """
    header, table = _fits.first_table(data, name, max_bytes)
    try:
        return _read(header, table, name)
    except _fits.BROKEN as error:
        raise RefusedInput(f"the sky map cannot be read: {error}", where=name) from error


def _read(header: Any, table: Any, name: str) -> SkyMap:
    remarks: list[str] = []
    _require_equatorial(header, name, remarks)
    columns = {str(c).upper(): str(c) for c in table.dtype.names or ()}
    ordering = str(header.get("ORDERING", "")).strip().upper()
    if "UNIQ" in columns or ordering == "NUNIQ":
        return _multi_order(header, table, columns, name, remarks)
    if "RANGE" in columns or ordering == "RANGE":
        return _range_moc(header, table, columns, name, remarks)
    return _flat_map(header, table, columns, name, remarks)


def _require_equatorial(header: Any, name: str, remarks: list[str]) -> None:
    system = str(header.get("COORDSYS", "")).strip().upper()
    if not system:
        remarks.append("COORDSYS is missing: taken as equatorial (ICRS)")
    elif system not in {"C", "ICRS", "EQUATORIAL", "CEL", "CELESTIAL", "EQ", "J2000", "FK5", "Q"}:
        raise RefusedInput(f"the sky map is in coordinates {system!r}, not equatorial", where=name)


def _multi_order(header: Any, table: Any, columns: dict[str, str], name: str, remarks: list[str]) -> SkyMap:
    codes = _fits.column(table, columns.get("UNIQ", table.dtype.names[0]))
    if not np.issubdtype(codes.dtype, np.integer):
        raise RefusedInput(f"the column UNIQ holds {codes.dtype}, not whole numbers", where=name)
    order, ipix = healpix.split_uniq(codes)
    _require_disjoint(order, ipix, name)
    found = _probability_column(columns)
    if found is None:
        return _moc(order, ipix, header, name, remarks)
    area = healpix.area_sr(order)
    per_sr = _per_sr(_unit(header, columns[found]), area, density="DENSITY" in found)
    prob = _fits.column(table, columns[found]).astype(np.float64) * per_sr * area
    return _finish("multi-order", order, ipix, prob, _distances(table, columns), header, name, remarks)


def _per_sr(unit: str, area_sr: Any, *, density: bool) -> Any:
    """What turns a column into probability per steradian."""
    text = unit.replace(" ", "").replace("^", "").replace("*", "").lower()
    if text in {"sr-1", "1/sr", "sr**-1", "/sr"} or (density and not text):
        return 1.0
    if text in {"deg-2", "1/deg2", "deg**-2", "/deg2", "sqdeg-1"}:
        return _DEG2_PER_SR
    return 1.0 / area_sr


def _range_moc(header: Any, table: Any, columns: dict[str, str], name: str, remarks: list[str]) -> SkyMap:
    if str(header.get("MOCDIM", "SPACE")).strip().upper() != "SPACE":
        raise RefusedInput(f"a MOC of {header['MOCDIM']} is no region of the sky", where=name)
    bounds = _fits.column(table, columns.get("RANGE", table.dtype.names[0])).astype(np.int64)
    if len(bounds) % 2:
        raise RefusedInput("the MOC's ranges are not in pairs", where=name)
    start, stop = bounds[::2], bounds[1::2]
    sort = np.argsort(start, kind="stable")
    start, stop = start[sort], stop[sort]
    if start[0] < 0 or stop.max() > 12 << (2 * healpix.MAX_ORDER) or (start >= stop).any() or (start[1:] < stop[:-1]).any():
        raise RefusedInput("the MOC's ranges are out of order or out of the sky", where=name)
    # Ranges are always in pixels of order 29; what the MOC's own order cannot resolve is not in them.
    order, ipix = healpix.tiles_of_ranges(start, stop)
    return _moc(order, ipix, header, name, remarks)


def _moc(order: IntArray, ipix: IntArray, header: Any, name: str, remarks: list[str]) -> SkyMap:
    remarks.append("a MOC has no probability: taken as a region of equal density")
    area = healpix.area_sr(order)
    return _finish("moc", order, ipix, area / area.sum(), None, header, name, remarks)


def _flat_map(header: Any, table: Any, columns: dict[str, str], name: str, remarks: list[str]) -> SkyMap:
    found = _probability_column(columns)
    if found is None:
        raise RefusedInput(f"no column of probability among {', '.join(columns) or 'none'}", where=name)
    values = _fits.column(table, columns[found])
    pixel = next((columns[c] for c in PIXEL_NAMES if c in columns), None)
    nside = _flat.nside_of(header, len(values), name, remarks, partial=pixel is not None)
    level = healpix.order_of_nside(nside)
    area = np.pi / (3.0 * nside**2)
    factor = _per_sr(_unit(header, columns[found]), area, density="DENSITY" in found) * area
    ring = _flat.is_ring(header, name, remarks)
    numbers = None if pixel is None else _flat.pixel_numbers(_fits.column(table, pixel), nside, name)
    distances = _distances(table, columns)
    order, ipix, merged = _flat.to_tiles(level, values, distances, numbers, ring=ring)
    # Pixels are joined by their value; a joined tile holds as many pixels' worth.
    prob = merged[0] * factor * np.ldexp(1.0, 2 * (level - order))
    dist = tuple(merged[1:]) if distances is not None else None
    return _finish("flat", order, ipix, prob, dist, header, name, remarks, {"nside": nside, "pixels": len(values)})


def _probability_column(columns: dict[str, str]) -> str | None:
    named = next((c for c in PROBABILITY_NAMES if c in columns), None)
    others = [c for c in columns if c != "UNIQ"]
    if named is None and len(others) == 1 and others[0] not in PIXEL_NAMES:
        return others[0]
    return named


def _unit(header: Any, column: str) -> str:
    for index in range(1, int(header["TFIELDS"]) + 1):
        if str(header.get(f"TTYPE{index}", "")).strip() == column.strip():
            return str(header.get(f"TUNIT{index}", "") or "")
    return ""


def _distances(table: Any, columns: dict[str, str]) -> tuple[Any, ...] | None:
    if not all(c in columns for c in DISTANCE_NAMES):
        return None
    return tuple(_fits.column(table, columns[c]) for c in DISTANCE_NAMES)


def _require_disjoint(order: IntArray, ipix: IntArray, name: str) -> None:
    start, stop = healpix.ranges(order, ipix)
    sort = np.argsort(start, kind="stable")
    if (start[sort][1:] < stop[sort][:-1]).any():
        raise RefusedInput("tiles of the sky map overlap", where=name)


def _finish(
    kind: str,
    order: IntArray,
    ipix: IntArray,
    prob: FloatArray,
    distances: tuple[Any, ...] | None,
    header: Any,
    name: str,
    remarks: list[str],
    more: dict[str, Any] | None = None,
) -> SkyMap:
    area = healpix.area_sr(order)
    prob, total = clean(prob, area, name, remarks)
    covered = float(area.sum() / (4.0 * np.pi))
    if kind == "multi-order" and abs(covered - 1.0) > 1e-9:
        remarks.append(f"the map covers {100 * covered:.4g} % of the sky")
    meta = {"name": name, "kind": kind, "total_probability": total, "remarks": tuple(remarks), **_facts(header), **(more or {})}
    mu, sigma, norm = distances if distances is not None else (None, None, None)
    return SkyMap(order, ipix, prob, mu, sigma, norm, meta)


def _facts(header: Any) -> dict[str, Any]:
    keys = {"OBJECT": "object", "INSTRUME": "instruments", "DATE-OBS": "date_obs", "CREATOR": "creator", "REFERENC": "reference"}
    facts: dict[str, Any] = {ours: str(header[key]) for key, ours in keys.items() if key in header}
    for key, ours in {"DISTMEAN": "distmean_mpc", "DISTSTD": "diststd_mpc"}.items():
        value = header.get(key)
        if isinstance(value, int | float) and np.isfinite(value) and value > 0:
            facts[ours] = float(value)
    return facts
