"""What property tests draw from: sky positions, instants, small sky maps, and every record."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec.inspect as mi
import numpy as np
from hypothesis import strategies as st

from schemas import Attitude, Circle, Instant, OrbitState
from transients.sky import SkyMap

#: Where formulas break: the seam of right ascension, the poles, the corners of the base pixels.
EDGE_RA_DEG = (0.0, 45.0, 90.0, 180.0, 270.0, 360.0 - 1e-10, 359.999)
EDGE_DEC_DEG = (-90.0, -89.999999, -41.8103, 0.0, 41.8103, 89.999999, 90.0)
#: Days that end in a leap second.
LEAP_DAYS = ("2005-12-31", "2008-12-31", "2012-06-30", "2015-06-30", "2016-12-31")

ra_deg = st.one_of(st.sampled_from(EDGE_RA_DEG), st.floats(0.0, 360.0, exclude_max=True))
#: Even over the sphere, with the edges.
dec_deg = st.one_of(
    st.sampled_from(EDGE_DEC_DEG),
    st.floats(-1.0, 1.0).map(lambda sine: float(np.degrees(np.arcsin(sine)))),
    st.floats(-90.0, 90.0),
)
positions_deg = st.tuples(ra_deg, dec_deg)


@st.composite
def instants(draw: st.DrawFn, first: str = "2002-10-17T00:00:00", last: str = "2030-12-31T23:59:59") -> Instant:
    """UTC instants to the nanosecond, INTEGRAL's launch to the near future by default, leap seconds among them."""
    ns = draw(st.one_of(st.sampled_from([0, 1, 999_999_999]), st.integers(0, 999_999_999)))
    leap = [day for day in LEAP_DAYS if first <= f"{day}T23:59:60" <= last]
    if leap and draw(st.integers(0, 9)) == 0:
        return Instant(utc=f"{draw(st.sampled_from(leap))}T23:59:60", ns=ns)
    low, high = dt.datetime.fromisoformat(first), dt.datetime.fromisoformat(last)
    seconds = draw(st.integers(0, int((high - low).total_seconds())))
    return Instant(utc=(low + dt.timedelta(seconds=seconds)).isoformat(timespec="seconds"), ns=ns)


@st.composite
def attitudes(draw: st.DrawFn) -> Attitude:
    """Attitudes with X and Z at right angles."""
    ra, dec = draw(positions_deg)
    turn = draw(st.floats(0.0, 2 * np.pi))
    a, d = np.radians(ra), np.radians(dec)
    north = np.array([-np.sin(d) * np.cos(a), -np.sin(d) * np.sin(a), np.cos(d)])
    east = np.array([-np.sin(a), np.cos(a), 0.0])
    z = north * np.cos(turn) + east * np.sin(turn)
    return Attitude(
        at=draw(instants()),
        x_ra_deg=ra,
        x_dec_deg=dec,
        z_ra_deg=float(np.degrees(np.arctan2(z[1], z[0])) % 360.0),
        z_dec_deg=float(np.degrees(np.arcsin(np.clip(z[2], -1, 1)))),
        source="historic",
    )


@st.composite
def orbits(draw: st.DrawFn) -> OrbitState:
    """Spacecraft positions from perigee to apogee."""
    ra, dec = draw(positions_deg)
    distance = draw(st.floats(8_000.0, 170_000.0))
    return OrbitState(at=draw(instants()), ra_deg=ra, dec_deg=dec, distance_km=distance, source="test")


circles = st.builds(
    Circle,
    ra_deg=ra_deg,
    dec_deg=dec_deg,
    radius_deg=st.one_of(st.sampled_from([0.0003, 0.0169, 5.0, 50.0]), st.floats(1e-3, 60.0)),
    containment=st.sampled_from([0.5, 0.68, 0.9, 0.95]),
)


@st.composite
def sky_maps(draw: st.DrawFn, max_order: int = 5, distances: bool = False) -> SkyMap:
    """Small multi-order maps of the whole sky: base pixels cut here and there, most probability in few tiles, some in none.

    The last pixel (ipix = 12 nside^2 - 1) and the poles are as likely to be cut as any other.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    order = np.zeros(12, dtype=np.int64)
    ipix = np.arange(12, dtype=np.int64)
    for level in range(draw(st.integers(0, max_order))):
        at = np.flatnonzero(order == level)
        chosen = rng.choice(at, size=min(len(at), 12), replace=False)
        if draw(st.booleans()):
            chosen = np.unique(np.append(chosen, at[-1]))
        keep = np.ones(len(order), dtype=bool)
        keep[chosen] = False
        fine = (ipix[chosen][:, None] * 4 + np.arange(4)).ravel()
        order = np.concatenate([order[keep], np.full(len(fine), level + 1)])
        ipix = np.concatenate([ipix[keep], fine])
    prob = rng.gamma(draw(st.sampled_from([0.05, 0.3, 2.0])), size=len(order))
    prob[rng.random(len(prob)) < 0.1] = 0.0
    if not prob.sum() > 0:
        prob[-1] = 1.0
    rows = rng.permutation(len(order))
    columns: dict[str, Any] = {}
    if distances:
        norm = np.where(rng.random(len(order)) < 0.1, 0.0, 1e-5)
        columns = {"distmu": np.where(norm > 0, 150.0, np.inf), "distsigma": np.full(len(order), 40.0), "distnorm": norm}
    return SkyMap(order[rows], ipix[rows], (prob / prob.sum())[rows], **columns)


_JSON_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8)
)
#: Records that do not take every value of their fields' types.
_SPECIAL: dict[type, st.SearchStrategy[Any]] = {Instant: instants()}


def records(kind: Any) -> st.SearchStrategy[Any]:
    """Any instance of a record, or of a union of records, built from the types of its fields."""
    return _of(mi.type_info(kind))


def _of(kind: mi.Type) -> st.SearchStrategy[Any]:
    match kind:
        case mi.StructType():
            if kind.cls in _SPECIAL:
                return _SPECIAL[kind.cls]
            return st.deferred(lambda: st.builds(kind.cls, **{f.name: _of(f.type) for f in kind.fields}))
        case mi.UnionType():
            return st.one_of([_of(t) for t in kind.types])
        case mi.VarTupleType():
            return st.lists(_of(kind.item_type), max_size=2).map(tuple)
        case mi.ListType():
            return st.lists(_of(kind.item_type), max_size=2)
        case mi.TupleType():
            return st.tuples(*[_of(t) for t in kind.item_types])
        case mi.DictType():
            return st.dictionaries(st.text(max_size=8), _of(kind.value_type), max_size=2)
        case mi.LiteralType():
            return st.sampled_from(kind.values)
        case _:
            return _scalar(kind)


def _scalar(kind: mi.Type) -> st.SearchStrategy[Any]:
    simple: dict[type, st.SearchStrategy[Any]] = {
        mi.NoneType: st.none(),
        mi.BoolType: st.booleans(),
        mi.IntType: st.integers(-(2**53), 2**53),
        mi.FloatType: st.floats(allow_nan=False, allow_infinity=False),
        mi.StrType: st.text(max_size=12),
        mi.BytesType: st.binary(max_size=12),
        mi.AnyType: st.one_of(_JSON_SCALARS, st.lists(_JSON_SCALARS, max_size=2)),
    }
    if type(kind) not in simple:
        raise TypeError(f"records have no fields of {type(kind).__name__}: add it to tests/strategies.py")
    return simple[type(kind)]
