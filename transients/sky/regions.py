"""Sky maps from what an alert says of a position."""

from __future__ import annotations

import dataclasses
import math
from typing import assert_never

import numpy as np

from schemas import AllSky, Annulus, Circle, CoreTail, Ellipse, FloatArray, Polygon, SkyMapRef, SkyRegion
from schemas.errors import RefusedInput
from transients.missions.frames import unit_vector

from ._mesh import LEAST_ORDER, Shape, mesh
from ._shapes import AnnulusShape, EllipseShape, FisherShape, PolygonShape
from .maps import SkyMap

#: What a radius is taken to contain when the source does not say: the commonest statement of alerts.
DEFAULT_CONTAINMENT = 0.9
#: What an unknown error radius is taken as, deg: the error of an imager's first position; a remark tells.
UNKNOWN_RADIUS_DEG = 0.1
#: What a "one sigma" radius on the sky contains, as those who publish systematic errors of positions mean it.
_ONE_SIGMA = 0.68
#: The finest radius the deepest tiles can show with the mesh's fineness, deg.
LEAST_RADIUS_DEG = 1e-5


def skymap_from_region(region: SkyRegion, *, unknown_radius_deg: float = UNKNOWN_RADIUS_DEG) -> SkyMap:
    """A sky map of a circle, an ellipse, an annulus, a polygon or the whole sky, normalised to 1.

    A circle is a Fisher distribution (the Gaussian of the sphere) with the stated containment in its radius, exact for any
    radius; one so wide that even equal density would hold more than the containment becomes the whole sky. A circle with a
    systematic error of its own is two of them, a core and a tail. An ellipse is a
    Gaussian in the tangent plane of distance and position angle; an annulus is Gaussian in distance; a convex polygon has
    equal density, its angles below 180 deg. Tiles are an eighth of a standard deviation or less, unless that takes more
    than 100 000 (thin long rings): then coarser, with a remark beyond half a standard deviation.

    Parameters
    ----------
    region : SkyRegion
    unknown_radius_deg : float
        Radius of a circle that has none, at 90 % containment; a remark says so, and `meta["radius_assumed"]` is True.

    Raises
    ------
    RefusedInput
        For a reference to a map (fetch and read it instead), impossible numbers, a polygon that is not convex.
    """
    match region:
        case Circle():
            return _circle(region, unknown_radius_deg)
        case Ellipse():
            return _ellipse(region)
        case Annulus():
            return _annulus(region)
        case Polygon():
            return _polygon(region)
        case AllSky():
            return _all_sky([])
        case SkyMapRef():
            raise RefusedInput("the region is a sky map by reference: it has to be fetched and read")
        case _:
            assert_never(region)


def _circle(region: Circle, unknown_radius_deg: float) -> SkyMap:
    remarks: list[str] = []
    radius_deg = region.radius_deg
    if radius_deg is None:
        radius_deg = unknown_radius_deg
        remarks.append(f"the error radius is unknown: taken as {radius_deg:g} deg")
    _require_positive("radius", radius_deg)
    containment = _containment(region.containment, remarks)
    centre = _centre(region.ra_deg, region.dec_deg)
    if region.systematic is not None:
        shape = _core_and_tail(centre, radius_deg, containment, region.systematic, remarks)
    else:
        if region.systematic_included is False:
            remarks.append("the error radius is statistical only")
        kappa = _kappa(math.radians(max(radius_deg, LEAST_RADIUS_DEG)), containment)
        shape = None if kappa is None else FisherShape(centre, np.array([kappa]), np.ones(1))
    if shape is None:
        return _all_sky([*remarks, "the error radius takes in the whole sky"])
    m = _made(shape, remarks, peak_deg=(region.ra_deg % 360.0, region.dec_deg))
    if region.radius_deg is None:
        m.meta["radius_assumed"] = True
    return m


def _kappa(radius_rad: float, containment: float) -> float | None:
    """None where even equal density holds that much within the radius."""
    if radius_rad >= math.pi or math.sin(0.5 * radius_rad) ** 2 >= containment:
        return None
    return fisher_kappa(radius_rad, containment)


def _core_and_tail(
    centre: FloatArray, radius_deg: float, containment: float, extra: CoreTail, remarks: list[str]
) -> FisherShape | None:
    """Two Fisher distributions: the statistical radius, brought to 68 %, and each systematic one added in squares."""
    _require_positive("core", extra.core_deg)
    _require_positive("tail", extra.tail_deg)
    if not 0.0 < extra.core_weight < 1.0:
        raise RefusedInput(f"a core with {extra.core_weight:g} of the probability leaves no tail")
    statistical_deg = radius_deg * math.sqrt(math.log1p(-_ONE_SIGMA) / math.log1p(-containment))
    remarks.append(
        f"the error radius is statistical only: systematic error added, {100 * extra.core_weight:g} % with {extra.core_deg:g} deg "
        f"and the others with {extra.tail_deg:g} deg (68 % radii, {extra.source})"
    )
    core, tail = (
        _kappa(math.radians(math.hypot(statistical_deg, radius)), _ONE_SIGMA) for radius in (extra.core_deg, extra.tail_deg)
    )
    if core is None or tail is None:
        return None
    return FisherShape.mixed(centre, np.array([core, tail]), np.array([extra.core_weight, 1.0 - extra.core_weight]))


def fisher_kappa(radius_rad: float, containment: float) -> float:
    """Concentration of the Fisher distribution that has `containment` within `radius_rad` of its centre.

    Solves (1 - exp(-kappa h)) / (1 - exp(-2 kappa)) = containment with h = 1 - cos(radius) (Fisher 1953, Proc. R. Soc. A
    217, 295, integrated over a cap). For small radii kappa = -2 ln(1 - containment) / radius^2, the plane Gaussian.

    Raises
    ------
    ValueError
        If equal density already holds that much: (1 - cos radius) / 2 >= containment.
    """
    from scipy.optimize import brentq  # half a second that few wait for

    h = 2.0 * math.sin(0.5 * radius_rad) ** 2
    if 0.5 * h >= containment:
        raise ValueError("no Fisher distribution is as wide")
    # An upper bound: leaving out the denominator's exp(-2 kappa) only raises kappa.
    high = -math.log1p(-containment) / h

    def excess(log_kappa: float) -> float:
        kappa = math.exp(log_kappa)
        return math.expm1(-kappa * h) / math.expm1(-2.0 * kappa) - containment

    return math.exp(brentq(excess, math.log(1e-9), math.log(high) + 1e-9, xtol=1e-14))


def _ellipse(region: Ellipse) -> SkyMap:
    remarks: list[str] = []
    _require_positive("semi-major axis", region.semi_major_deg)
    _require_positive("semi-minor axis", region.semi_minor_deg)
    if max(region.semi_major_deg, region.semi_minor_deg) > 90.0:
        raise RefusedInput(f"an ellipse of {region.semi_major_deg:g} deg is no ellipse on the sky")
    scale = math.sqrt(-2.0 * math.log1p(-_containment(region.containment, remarks)))
    centre = _centre(region.ra_deg, region.dec_deg)
    ra, dec, angle = (math.radians(x) for x in (region.ra_deg, region.dec_deg, region.position_angle_deg))
    north = np.array([-math.sin(dec) * math.cos(ra), -math.sin(dec) * math.sin(ra), math.cos(dec)])
    east = np.array([-math.sin(ra), math.cos(ra), 0.0])
    first = north * math.cos(angle) + east * math.sin(angle)
    second = east * math.cos(angle) - north * math.sin(angle)
    axes = [(region.semi_major_deg, first), (region.semi_minor_deg, second)]
    # Some sources print the axes the other way round; the shape is the same.
    (minor_deg, minor), (major_deg, major) = sorted(axes, key=lambda a: a[0])
    sigmas = [math.radians(max(a, LEAST_RADIUS_DEG)) / scale for a in (major_deg, minor_deg)]
    shape = EllipseShape(centre, major, minor, sigmas[0], sigmas[1])
    return _made(shape, remarks, peak_deg=(region.ra_deg % 360.0, region.dec_deg))


def _annulus(region: Annulus) -> SkyMap:
    _require_positive("width of the annulus", region.sigma_deg)
    if not 0.0 <= region.radius_deg <= 180.0:
        raise RefusedInput(f"an annulus cannot have a radius of {region.radius_deg:g} deg")
    shape = AnnulusShape(
        _centre(region.ra_deg, region.dec_deg),
        math.radians(region.radius_deg),
        math.radians(max(region.sigma_deg, LEAST_RADIUS_DEG)),
    )
    return _made(shape, [])


def _polygon(region: Polygon) -> SkyMap:
    if len(region.vertices_deg) < 3:
        raise RefusedInput("a polygon needs three vertices")
    v = np.array([_centre(ra, dec) for ra, dec in region.vertices_deg])
    following = np.roll(v, -1, axis=0)
    keep = np.linalg.norm(v - following, axis=1) > 1e-12
    v = v[keep]
    if len(v) < 3:
        raise RefusedInput("a polygon needs three different vertices")
    normals = np.cross(v, np.roll(v, -1, axis=0))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    sines = v @ normals.T
    if (sines < -1e-9).any() and (sines > 1e-9).any():
        raise RefusedInput("the polygon is not convex, or its vertices are not in order")
    if np.abs(sines).max() < 1e-9:
        raise RefusedInput("the polygon has no area")
    size = float(np.arcsin(min(np.abs(sines).max(), 1.0)))
    return _made(PolygonShape(normals if sines.max() > 1e-9 else -normals, size), [])


def _all_sky(remarks: list[str]) -> SkyMap:
    ipix = np.arange(12 << (2 * LEAST_ORDER), dtype=np.int64)
    meta = {"name": "region", "kind": "region", "total_probability": 1.0, "remarks": tuple(remarks)}
    return SkyMap(np.full(len(ipix), LEAST_ORDER), ipix, np.full(len(ipix), 1.0 / len(ipix)), meta=meta)


def _made(shape: Shape, remarks: list[str], peak_deg: tuple[float, float] | None = None) -> SkyMap:
    order, ipix, prob, coarsening = mesh(shape)
    total = float(prob.sum())
    if not total > 0:
        raise RefusedInput("the region is too small to be shown")
    # Four times coarser than an eighth of a standard deviation: beyond, the tiles' size shows in areas.
    if coarsening > 4:
        remarks = [*remarks, f"tiles are {coarsening:g} times coarser than the region's width asks"]
    meta = {"name": "region", "kind": "region", "total_probability": 1.0, "remarks": tuple(remarks)}
    if peak_deg is not None:
        meta["peak_deg"] = peak_deg
    return SkyMap(order, ipix, prob / total, meta=meta, formula=Normalised(shape, total))


@dataclasses.dataclass(frozen=True)
class Normalised:
    """Probability per steradian of a shape at unit vectors (n, 3); unlike a closure it goes to other processes."""

    shape: Shape
    total: float

    def __call__(self, v: FloatArray) -> FloatArray:
        return np.asarray(self.shape.density(v) / self.total)


def _centre(ra_deg: float, dec_deg: float) -> FloatArray:
    if not -90.0 <= dec_deg <= 90.0:
        raise RefusedInput(f"a declination of {dec_deg:g} deg is not on the sky")
    return unit_vector(math.radians(ra_deg), math.radians(dec_deg))


def _containment(stated: float | None, remarks: list[str]) -> float:
    if stated is None:
        remarks.append(f"the containment of the error is not stated: taken as {DEFAULT_CONTAINMENT:g}")
        return DEFAULT_CONTAINMENT
    if not 0.0 < stated < 1.0:
        raise RefusedInput(f"a containment of {stated:g} is not between 0 and 1")
    return stated


def _require_positive(what: str, value_deg: float) -> None:
    if not value_deg > 0:
        raise RefusedInput(f"the {what} of {value_deg:g} deg is not positive")
