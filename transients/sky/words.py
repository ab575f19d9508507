"""A region of the sky in words, as it is typed: `cone:100,20,5,0.9`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from schemas import AllSky, Annulus, Circle, CoreTail, Ellipse, Polygon, SkyRegion
from schemas.errors import RefusedInput

#: Kind of region: the words after its colon, and how many of them must be there.
FORMS: dict[str, tuple[str, int]] = {
    "cone": ("RA,DEC,RADIUS[,CONTAINMENT]", 3),
    "core-tail": ("RA,DEC,RADIUS,CORE,TAIL,WEIGHT[,CONTAINMENT]", 6),
    "ellipse": ("RA,DEC,MAJOR,MINOR[,ANGLE[,CONTAINMENT]]", 4),
    "annulus": ("RA,DEC,RADIUS,SIGMA", 4),
    "polygon": ("RA,DEC,RA,DEC,RA,DEC[,RA,DEC]...", 6),
    "all-sky": ("", 0),
}


def is_region(text: str) -> bool:
    """Whether a text begins as a region does."""
    return text.partition(":")[0].strip().lower() in FORMS


def region_from_words(text: str) -> SkyRegion:
    """Read a region: its kind, a colon, and numbers in degrees (ICRS), separated by commas.

    `cone` and `ellipse` are Gaussians with the stated containment (0 to 1; where it is not said, 0.9 and a remark of the map)
    in the radius or the semi-axes; the ellipse's angle runs from north to east. `core-tail` is a statistical radius (0.68 where
    not said) with a systematic error of two 68 % radii, the core having WEIGHT of the probability. `annulus` is Gaussian across
    its line, `polygon` convex and uniform, its corners in order.

    >>> region_from_words("cone:100.5,-20,3").radius_deg
    3.0

    Raises
    ------
    RefusedInput
        Naming the text and the form it should have.
    """
    kind, _, rest = text.partition(":")
    kind = kind.strip().lower()
    if kind not in FORMS:
        raise RefusedInput(f"a region is one of {', '.join(_form(k) for k in FORMS)}", where=repr(text))
    try:
        values = [float(part) for part in rest.split(",")] if rest.strip() else []
    except ValueError:
        raise RefusedInput(f"a region's parameters are numbers: {_form(kind)}", where=repr(text)) from None
    least = FORMS[kind][1]
    most = least + FORMS[kind][0].count("[") if kind != "polygon" else len(values) - len(values) % 2
    if not least <= len(values) <= most or not all(map(math.isfinite, values)):
        raise RefusedInput(f"a region of this kind reads {_form(kind)}, finite numbers all", where=repr(text))
    return _READ[kind](values)


def _form(kind: str) -> str:
    return f"{kind}:{FORMS[kind][0]}" if FORMS[kind][0] else kind


def _at(values: Sequence[float], place: int) -> float | None:
    return values[place] if len(values) > place else None


def _core_tail(v: Sequence[float]) -> SkyRegion:
    containment = 0.68 if len(v) < 7 else v[6]
    extra = CoreTail(core_deg=v[3], tail_deg=v[4], core_weight=v[5], source="as given")
    return Circle(
        ra_deg=v[0], dec_deg=v[1], radius_deg=v[2], containment=containment, systematic_included=False, systematic=extra
    )


def _ellipse(v: Sequence[float]) -> SkyRegion:
    return Ellipse(
        ra_deg=v[0], dec_deg=v[1], semi_major_deg=v[2], semi_minor_deg=v[3], position_angle_deg=v[4] if len(v) > 4 else 0.0,
        containment=_at(v, 5),
    )  # fmt: skip


_READ: dict[str, Callable[[Sequence[float]], SkyRegion]] = {
    "cone": lambda v: Circle(ra_deg=v[0], dec_deg=v[1], radius_deg=v[2], containment=_at(v, 3)),
    "core-tail": _core_tail,
    "ellipse": _ellipse,
    "annulus": lambda v: Annulus(ra_deg=v[0], dec_deg=v[1], radius_deg=v[2], sigma_deg=v[3]),
    "polygon": lambda v: Polygon(vertices_deg=tuple(zip(v[::2], v[1::2], strict=True))),
    "all-sky": lambda v: AllSky(),
}
