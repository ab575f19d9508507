"""Probability that every constraint allows, and within angles of the pointing axis."""

from __future__ import annotations

import numpy as np

from schemas import Attitude, FloatArray
from transients.missions.constraints import Constraint
from transients.missions.frames import unit_vector
from transients.missions.surroundings import Surroundings

from .coarse import CoarseMap, coarsened
from .integrals import Caps, Margin, probability_about, probability_within
from .maps import SkyMap

#: Angles from the pointing axis within which the probability is told.
OFF_AXIS_DEG = (5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 150.0, 180.0)


def allowed_fractions(
    m: SkyMap, constraint: Constraint, about: Surroundings, coarse: CoarseMap | None = None
) -> tuple[float, tuple[tuple[str, float], ...]]:
    """Probability that a constraint allows at one instant, and what each of its parts bars by itself (name, probability)."""
    few = coarsened(m) if coarse is None else coarse
    barred = tuple((p.name, _barred(few, p.margin_rad(few.vectors, about)[0])) for p in constraint.parts())
    return probability_within(m, allowed(constraint, about)), barred


def allowed(constraint: Constraint, about: Surroundings) -> Margin:
    """What a constraint allows at the first instant."""
    caps = constraint.caps(about)
    return Caps(caps[0][0], caps[1][0]) if caps is not None else lambda v: constraint.margin_rad(v, about)[0]


def _barred(few: CoarseMap, margin_rad: FloatArray) -> float:
    return float(np.clip(few.within(-margin_rad), 0.0, 1.0))


def off_axis_fractions(m: SkyMap, attitude: Attitude) -> tuple[tuple[float, float], ...]:
    """(angle, deg; probability within it of the pointing axis) for each of `OFF_AXIS_DEG`."""
    axis = unit_vector(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
    inside = probability_about(m, axis, np.radians(OFF_AXIS_DEG))
    return tuple(zip(OFF_AXIS_DEG, inside.tolist(), strict=True))
