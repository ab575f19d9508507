"""Where on the sky: what an alert says of a position, before anyone computes with it. Angles are degrees, ICRS."""

from __future__ import annotations

from .base import Record


class CoreTail(Record, kw_only=True):
    """A systematic error as the sum of two: most positions are off by a little, some by much. Adds in squares to the radius."""

    #: Part of the positions that are in the core.
    core_weight: float
    #: Radii that hold 68 % of each part.
    core_deg: float
    tail_deg: float
    #: Who measured it.
    source: str


class Circle(Record, kw_only=True, tag="circle"):
    """A position with a radius. `radius_deg` None: the error is unknown; 0 is never used for that."""

    ra_deg: float
    dec_deg: float
    radius_deg: float | None = None
    #: Probability inside the radius (0.9, 0.68 …); None where the source does not say.
    containment: float | None = None
    #: Whether the radius includes the systematic error; None where the source does not say.
    systematic_included: bool | None = None
    #: The systematic error that is not in the radius, where it has been measured.
    systematic: CoreTail | None = None


class Ellipse(Record, kw_only=True, tag="ellipse"):
    """A position with semi-axes; the position angle runs from north to east."""

    ra_deg: float
    dec_deg: float
    semi_major_deg: float
    semi_minor_deg: float
    position_angle_deg: float = 0.0
    containment: float | None = None
    systematic_included: bool | None = None


class Annulus(Record, kw_only=True, tag="annulus"):
    """A ring about a centre: radius and Gaussian half width (1 sigma), as triangulation gives it."""

    ra_deg: float
    dec_deg: float
    radius_deg: float
    sigma_deg: float


class Polygon(Record, kw_only=True, tag="polygon"):
    """A convex polygon of equal probability; vertices (ra, dec) in order."""

    vertices_deg: tuple[tuple[float, float], ...]


class SkyMapRef(Record, kw_only=True, tag="skymap"):
    """A HEALPix map: by content (`blob_id`, its SHA-256, once the bytes are here), by address, or both."""

    url: str | None = None
    blob_id: str | None = None
    #: What the source says of the map, to pin it to its version: a file name, "bayestar", "combined".
    label: str | None = None


class AllSky(Record, kw_only=True, tag="all-sky"):
    """No position: anywhere."""


SkyRegion = Circle | Ellipse | Annulus | Polygon | SkyMapRef | AllSky
