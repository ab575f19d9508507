"""Probability inside a region of the sky, as a true integral over tiles of constant density."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import astropy.units as u
import numpy as np
import numpy.typing as npt
from astropy.coordinates import SkyCoord

from schemas import FloatArray
from transients.missions.frames import unit_vector

from . import healpix
from .healpix import IntArray
from .maps import SkyMap, refined

BoolArray = npt.NDArray[np.bool_]
Predicate = Callable[[FloatArray, FloatArray], BoolArray]
#: Signed angular distance (rad) of unit vectors (n, 3) to a region's edge, positive inside; it never changes faster than
#: the direction does.
Margin = Callable[[FloatArray], FloatArray]

#: A cone smaller than this, rad (some ten of the deepest tiles), has its share of a cone of this size about the same centre.
LEAST_CONE_RAD = 3e-8
#: Subdivision stops when the tiles still cut by the edge hold less than this of the whole …
TOLERANCE = 1e-3
#: … and less than this of what was found inside, and of what was found outside, though never less than the floors. Cut tiles
#: are shared out in proportion, so the integral's own error is some hundred times smaller (tests: caps of a uniform sky).
RELATIVE_TOLERANCE = 1e-2
FLOOR_INSIDE, FLOOR_OUTSIDE = 1e-10, 1e-5
#: The same for predicates of unknown shape, which are only asked at points.
PREDICATE_TOLERANCE = 2e-4
#: Before anyone asks whether the edge of a black-box predicate crosses a tile, tiles are cut to this order (1.8 deg); each is
#: then asked at 16 points 0.46 deg apart.
PREDICATE_ORDER = 5


@dataclasses.dataclass(frozen=True, eq=False)
class Caps:
    """The region that several caps of the sphere have in common; called, it is the region's margin.

    Attributes
    ----------
    axes : (k, 3) float64
        Unit vectors, ICRS.
    radii_rad : (k,) float64
        pi or more: the whole sky; zero or less: nothing.
    """

    axes: FloatArray
    radii_rad: FloatArray

    def __call__(self, v: FloatArray) -> FloatArray:
        """Signed distance of unit vectors (n, 3) to the nearest edge, rad, positive inside."""
        from . import _caps  # numba takes a quarter of a second

        return _caps.margin(np.ascontiguousarray(v), self.axes, self.radii_rad)


def probability_in_regions(m: SkyMap, axes: FloatArray, radii_rad: FloatArray) -> FloatArray:
    """Probability in each of many regions, each what k caps have in common (k = 1: cones).

    An edge is followed down to the map's tiles, and through large tiles until it is nearly straight across them; there a
    tile's part is found on its own square. Of a uniform sky a cone of any size is right to 1e-5 of itself, 1e-4 at worst (about
    a pole); the cost is that of the tiles along the edges, whatever their order.

    Parameters
    ----------
    axes : (r, k, 3) float64
        Unit vectors, ICRS.
    radii_rad : (r, k) float64
        pi or more: the cap is the whole sky; zero or less: it is empty.

    Returns
    -------
    (r,) float64 in [0, 1]
    """
    from . import _caps  # numba takes a quarter of a second

    radii = np.asarray(radii_rad, dtype=np.float64)
    if np.isnan(radii).any() or np.isnan(axes).any():
        raise ValueError("the edge of a region is not a number")
    wide = radii > 0.5 * np.pi
    # A wide cap is what lies outside the opposite one: its edge is known as finely as a small cap's.
    towards = np.ascontiguousarray(np.where(wide[..., None], -axes, axes), dtype=np.float64)
    narrow = np.where(wide, np.pi - radii, radii)
    empty = np.asarray((radii <= 0.0).any(axis=1))
    keep = np.where((radii >= np.pi) | empty[:, None], 0.0, np.where(wide, -1.0, 1.0))
    found = _caps.inside(*m.tree, towards, np.where(keep == 0.0, 1.0, narrow), keep)
    return np.where(empty, 0.0, found)


def probability_about(m: SkyMap, axis: FloatArray, radii_rad: FloatArray) -> FloatArray:
    """Probability within each of some radii (r,) about one unit vector (3,), (r,)."""
    return probability_in_regions(m, np.broadcast_to(axis, (len(radii_rad), 1, 3)), radii_rad[:, None])


def probability_within(m: SkyMap, margin: Margin, *, tolerance: float = TOLERANCE, max_order: int = healpix.MAX_ORDER) -> float:
    """Probability where `margin` is positive.

    Regions made of caps (`cone`, `band`, `between`, and `both` of them) go to `probability_in_regions`. Of others, a tile whose
    centre is farther from the edge than its radius is wholly in or out; others are cut in four, until what they hold together
    is below `tolerance` and a hundredth of what lies inside (and outside), or they reach `max_order`.
    What is left is shared out by the margin of the tiles' centres in units of their size.

    Parameters
    ----------
    margin : callable
        (n, 3) unit vectors (ICRS) -> (n,) rad, with Lipschitz constant 1: |margin(a) - margin(b)| <= angle(a, b).

    Returns
    -------
    float in [0, 1]
    """
    if isinstance(margin, Caps):
        return float(probability_in_regions(m, margin.axes[None], margin.radii_rad[None])[0])
    keep = m.prob > 0
    order, ipix, prob, v = m.order[keep], m.ipix[keep], m.prob[keep], m.vectors[keep]
    inside, total = 0.0, float(prob.sum())
    while True:
        distance = margin(v)
        cut = np.abs(distance) < healpix.radius_bound_rad(order)
        inside += float(prob[~cut & (distance > 0)].sum())
        order, ipix, prob, distance = order[cut], ipix[cut], prob[cut], distance[cut]
        deep = order >= max_order
        if deep.all() or prob.sum() <= _allowed(inside, total - inside - float(prob.sum()), tolerance):
            return min(inside + float((prob * share(distance, order)).sum()), 1.0)
        inside += float((prob[deep] * share(distance[deep], order[deep])).sum())
        order, ipix, prob = _cut(order[~deep], ipix[~deep], prob[~deep])
        v = healpix.vectors(order, ipix)


def _allowed(inside: float, outside: float, tolerance: float) -> float:
    """How much probability the cut tiles may hold at the end."""
    return min(tolerance, max(RELATIVE_TOLERANCE * inside, FLOOR_INSIDE), max(RELATIVE_TOLERANCE * outside, FLOOR_OUTSIDE))


def share(distance_rad: FloatArray, order: IntArray) -> FloatArray:
    """The part of a tile that lies inside a straight edge at this distance from its centre, taking the tile as a disc."""
    radius = healpix.side_rad(order) / np.sqrt(np.pi)
    t = np.clip(distance_rad / radius, -1.0, 1.0)
    return np.asarray(0.5 + (t * np.sqrt(1 - t * t) + np.arcsin(t)) / np.pi)


def _cut(order: IntArray, ipix: IntArray, prob: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    return np.repeat(order + 1, 4), healpix.children(ipix).ravel(), np.repeat(prob / 4, 4)


def probability_where(m: SkyMap, predicate: Predicate, *, max_order: int = 13, tolerance: float = PREDICATE_TOLERANCE) -> float:
    """Probability where a predicate holds.

    For predicates of which nothing is known but their values: tiles are cut to order 5 (1.8 deg), then those whose
    16 points (the centres of their grandchildren, 0.46 deg apart at first) disagree are cut on, until what they hold together is
    below `tolerance` or they reach `max_order`; there each of the 16 counts for itself. A feature smaller than 0.46 deg
    may be missed: where the region's shape is known use `probability_within` or `probability_in_cone`.

    Parameters
    ----------
    predicate : callable
        (ra_rad, dec_rad), each (n,) -> (n,) bool.
    max_order : int
        Deepest order tiles are cut to (13: 26 arcsec).

    Returns
    -------
    float in [0, 1]
    """
    order, ipix, prob, _ = refined(m, min(PREDICATE_ORDER, max_order))
    keep = prob > 0
    order, ipix, prob = order[keep], ipix[keep], prob[keep]
    inside = 0.0
    while True:
        fraction = _sampled(predicate, order, ipix)
        cut = (fraction > 0) & (fraction < 1) & (order < max_order)
        inside += float((prob[~cut] * fraction[~cut]).sum())
        if not cut.any() or float(prob[cut].sum()) <= tolerance:
            return min(inside + float((prob[cut] * fraction[cut]).sum()), 1.0)
        order, ipix, prob = _cut(order[cut], ipix[cut], prob[cut])


def _sampled(predicate: Predicate, order: IntArray, ipix: IntArray) -> FloatArray:
    """The part of 16 points of each tile at which the predicate holds."""
    depth = np.minimum(2, healpix.MAX_ORDER - order)
    out = np.empty(len(ipix))
    for levels in np.unique(depth):
        at = depth == levels
        fine = healpix.children(ipix[at], int(levels))
        deep = np.repeat(order[at] + levels, fine.shape[1])
        out[at] = predicate(*healpix.centres(deep, fine.ravel())).reshape(fine.shape).mean(axis=1)
    return out


def probability_at_pixels(m: SkyMap, predicate: Predicate, order: int | None = None) -> float:
    """Probability of the tiles at whose centre a predicate holds: the plain pixel-centre rule.

    Parameters
    ----------
    order : int, optional
        Coarser tiles are first cut to this order, as in a flat map of nside 2^order; None: tiles as they are.
    """
    deep, ipix, prob, _ = refined(m, 0 if order is None else order)
    return float(prob[predicate(*healpix.centres(deep, ipix))].sum())


def probability_in_cone(m: SkyMap, centre: SkyCoord, radius: u.Quantity) -> float:
    """Probability within `radius` of `centre`, for any radius from micro-arcseconds to 180 deg (see `probability_in_regions`)."""
    return float(probability_in_cones(m, centre.reshape((1,)), radius)[0])


def probability_in_cones(m: SkyMap, centres: SkyCoord, radius: u.Quantity) -> FloatArray:
    """Probability within `radius` of each of many directions: thousands of fields of view of one map.

    Parameters
    ----------
    centres : SkyCoord (n,)
    radius : Quantity, scalar or (n,)

    Returns
    -------
    (n,) float64 in [0, 1]
    """
    icrs = centres.icrs
    axes = unit_vector(icrs.ra.rad, icrs.dec.rad)
    radii = np.broadcast_to(np.asarray(radius.to_value(u.rad), dtype=np.float64), len(axes))
    looked_at = np.where(radii > 0, np.maximum(radii, LEAST_CONE_RAD), radii)
    part = np.where(radii < looked_at, (radii / LEAST_CONE_RAD) ** 2, 1.0)
    return np.asarray(part * probability_in_regions(m, axes[:, None, :], looked_at[:, None]))


def cone(axis: FloatArray, radius_rad: float) -> Caps:
    """The cone of `radius_rad` about a unit vector."""
    return Caps(axis[None], np.array([radius_rad]))


def between(poles: FloatArray) -> Caps:
    """The side of great circles, and between them, on which their poles (k, 3) lie: polygons, rectangular fields of view."""
    return Caps(np.asarray(poles, dtype=np.float64), np.full(len(poles), 0.5 * np.pi))


def ring(axis: FloatArray, low_rad: float, high_rad: float) -> Caps:
    """The directions from `low_rad` to `high_rad` from a unit vector; from 0 it is a cone."""
    return Caps(np.stack([-axis, axis]), np.array([np.pi - max(low_rad, 0.0), high_rad]))


def both(*margins: Margin) -> Margin:
    """The intersection."""
    caps = [margin for margin in margins if isinstance(margin, Caps)]
    if len(caps) == len(margins):
        return Caps(np.concatenate([c.axes for c in caps]), np.concatenate([c.radii_rad for c in caps]))

    def least(v: FloatArray) -> FloatArray:
        values: Any = [margin(v) for margin in margins]
        return np.asarray(np.min(values, axis=0))

    return least
