"""Where a spacecraft may point: constraints that can be combined with & | ~ and name what limits them.

A constraint gives a margin: how far (rad) a direction lies inside the region that it allows, negative outside. The margin of a
direction changes no faster than the direction does, so that `sky.integrals` can integrate over it exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from schemas import FloatArray
from schemas.errors import NoData

from .surroundings import Surroundings

#: What a constraint hangs on; "any" where that is not one body.
Body = Literal["sun", "moon", "earth", "any"]
#: Axes (m, k, 3), unit vectors, and radii (m, k), rad, of k caps of the sphere at m instants; pi or more: the whole sky.
CapsOfSky = tuple[FloatArray, FloatArray]


def _separation_rad(directions: FloatArray, axes: FloatArray) -> FloatArray:
    """Angles between unit vectors (n, 3) and m axes (m, 3), (m, n); good to 2e-8 rad, which no constraint comes near."""
    return np.asarray(np.arccos(np.clip(axes @ directions.T, -1.0, 1.0)))


class Constraint:
    """A region of the sky that is allowed at each instant."""

    @property
    def name(self) -> str:
        """What limits, in a word or two: "Sun"."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The rule for people: "Sun 50 to 130 deg"."""
        raise NotImplementedError

    def margin_rad(self, directions: FloatArray, about: Surroundings) -> FloatArray:
        """Signed angle to the edge of what is allowed, (m, n) for directions (n, 3) and m instants; positive: allowed.

        Raises
        ------
        NoData
            When it needs the spacecraft's place and that is not known.
        """
        raise NotImplementedError

    @property
    def body(self) -> Body:
        """The body on whose direction the margin hangs: how fast that moves bounds how fast the margin changes."""
        return "any"

    def parts(self) -> tuple[Constraint, ...]:
        """The constraints that all have to hold, which a window's ends are named by."""
        return (self,)

    def caps(self, about: Surroundings) -> CapsOfSky | None:
        """What is allowed at each instant, where that is what caps of the sphere have in common; None where it is not."""
        return None

    def limiting(
        self, directions: FloatArray, about: Surroundings
    ) -> tuple[FloatArray, np.ndarray[tuple[int, int], np.dtype[np.int64]]]:
        """The margin, and the number of the part that has it, both (m, n)."""
        each = np.stack([part.margin_rad(directions, about) for part in self.parts()])
        return np.asarray(each.min(axis=0)), np.asarray(each.argmin(axis=0))

    def __and__(self, other: Constraint) -> Constraint:
        return AllOf((*self.parts(), *other.parts()))

    def __or__(self, other: Constraint) -> Constraint:
        return AnyOf((self, other))

    def __invert__(self) -> Constraint:
        return Not(self)


@dataclass(frozen=True)
class SunAngle(Constraint):
    """The Sun between two angles from the pointing axis."""

    low_deg: float
    high_deg: float = 180.0

    @property
    def name(self) -> str:
        return "Sun"

    @property
    def body(self) -> Body:
        return "sun"

    @property
    def text(self) -> str:
        return f"Sun {self.low_deg:g} to {self.high_deg:g} deg"

    def margin_rad(self, directions: FloatArray, about: Surroundings) -> FloatArray:
        angle = _separation_rad(directions, about.sun)
        return np.asarray(np.minimum(angle - np.radians(self.low_deg), np.radians(self.high_deg) - angle))

    def caps(self, about: Surroundings) -> CapsOfSky | None:
        radii = np.radians([180.0 - max(self.low_deg, 0.0), self.high_deg])
        return np.stack([-about.sun, about.sun], axis=1), np.broadcast_to(radii, (len(about), 2))


@dataclass(frozen=True)
class MoonLimb(Constraint):
    """At least so far from the Moon's limb; 0: not behind the Moon."""

    least_deg: float

    @property
    def name(self) -> str:
        return "Moon limb"

    @property
    def body(self) -> Body:
        return "moon"

    @property
    def text(self) -> str:
        return f"Moon limb beyond {self.least_deg:g} deg"

    def margin_rad(self, directions: FloatArray, about: Surroundings) -> FloatArray:
        radius = about.moon_radius_rad[:, np.newaxis]
        return np.asarray(_separation_rad(directions, about.moon) - radius - np.radians(self.least_deg))

    def caps(self, about: Surroundings) -> CapsOfSky | None:
        return _beyond(about.moon, about.moon_radius_rad, self.least_deg)


@dataclass(frozen=True)
class EarthLimb(Constraint):
    """At least so far from the Earth's limb; 0: not behind the solid Earth."""

    least_deg: float

    @property
    def name(self) -> str:
        return "Earth limb"

    @property
    def body(self) -> Body:
        return "earth"

    @property
    def text(self) -> str:
        return f"Earth limb beyond {self.least_deg:g} deg"

    def margin_rad(self, directions: FloatArray, about: Surroundings) -> FloatArray:
        earth, radius = _earth(about)
        return np.asarray(_separation_rad(directions, earth) - radius[:, np.newaxis] - np.radians(self.least_deg))

    def caps(self, about: Surroundings) -> CapsOfSky | None:
        return _beyond(*_earth(about), self.least_deg)


def _earth(about: Surroundings) -> tuple[FloatArray, FloatArray]:
    """Directions of the Earth's centre (m, 3), and its angular radii (m,), rad."""
    earth, radius = about.earth, about.earth_radius_rad
    if earth is None or radius is None:
        raise NoData("the Earth's place on the sky is not known without an orbit")
    return earth, radius


def _beyond(body: FloatArray, radius_rad: FloatArray, least_deg: float) -> CapsOfSky:
    """What lies at least so far from the limb of a body in directions (m, 3) with angular radii (m,)."""
    return -body[:, np.newaxis], (np.pi - np.maximum(radius_rad + np.radians(least_deg), 0.0))[:, np.newaxis]


@dataclass(frozen=True)
class AllOf(Constraint):
    """Every one of several."""

    members: tuple[Constraint, ...]

    @property
    def name(self) -> str:
        return " and ".join(member.name for member in self.members)

    @property
    def text(self) -> str:
        return ", ".join(member.text for member in self.members)

    def parts(self) -> tuple[Constraint, ...]:
        return self.members

    def margin_rad(self, directions: FloatArray, about: Surroundings) -> FloatArray:
        return self.limiting(directions, about)[0]

    def caps(self, about: Surroundings) -> CapsOfSky | None:
        each = [found for member in self.members if (found := member.caps(about)) is not None]
        if len(each) < len(self.members):
            return None
        axes, radii = zip(*each, strict=True)
        return np.concatenate(axes, axis=1), np.concatenate(radii, axis=1)


@dataclass(frozen=True)
class AnyOf(Constraint):
    """At least one of several."""

    members: Sequence[Constraint]

    @property
    def name(self) -> str:
        return " or ".join(member.name for member in self.members)

    @property
    def text(self) -> str:
        return " or ".join(member.text for member in self.members)

    def margin_rad(self, directions: FloatArray, about: Surroundings) -> FloatArray:
        return np.asarray(np.max([member.margin_rad(directions, about) for member in self.members], axis=0))


@dataclass(frozen=True)
class Not(Constraint):
    """Where another does not hold."""

    member: Constraint

    @property
    def name(self) -> str:
        return f"not {self.member.name}"

    @property
    def text(self) -> str:
        return f"not ({self.member.text})"

    def margin_rad(self, directions: FloatArray, about: Surroundings) -> FloatArray:
        return -self.member.margin_rad(directions, about)
