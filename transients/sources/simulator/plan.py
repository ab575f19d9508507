"""What the simulated spacecraft looks at: dithered pointings of half an hour to an hour, slews between, the Sun at its side."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np

from schemas import FloatArray, Instant

from ...missions import sun_direction
from ...missions.frames import direction_vector
from ..clock import shift, time_of
from .draws import generator

#: Steps of the 5 x 5 dither, deg, and the Sun's distance that every target keeps (50-130 deg allowed, less the dither's corner).
_DITHER_DEG = 2.17
_SUN_LOW_DEG, _SUN_HIGH_DEG = 58.0, 122.0
_SHORTEST_S, _LONGEST_S = 1800.0, 3600.0
#: Slew: 185 arcsec/s and time to settle.
_SLEW_DEG_S = 185.0 / 3600.0
_SETTLE_S = 90.0
#: A target is kept for about this long.
_TARGET_S = 90_000.0


@dataclasses.dataclass(frozen=True, eq=False)
class PlannedWindow:
    """One science window of the plan: s from the start of the revolution's data, axis at its start and end (unit vectors)."""

    pointing: int
    kind: Literal["pointing", "slew"]
    start_s: float
    stop_s: float
    x_start: FloatArray
    x_stop: FloatArray
    live_fraction: float

    def axis_at(self, at_s: float) -> FloatArray:
        """The X axis at a time within the window: along the great circle, (3,)."""
        cosine = float(np.clip(self.x_start @ self.x_stop, -1.0, 1.0))
        angle = float(np.arccos(cosine))
        if angle < 1e-9:
            return self.x_start
        share = (at_s - self.start_s) / (self.stop_s - self.start_s)
        mixed = np.sin((1.0 - share) * angle) * self.x_start + np.sin(share * angle) * self.x_stop
        return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float64)


def plan_revolution(seed: int, number: int, start: Instant, length_s: float) -> tuple[PlannedWindow, ...]:
    """The windows of one revolution's data interval, touching each other, from its start to its end.

    Parameters
    ----------
    number
        The revolution; with the seed it decides everything.
    start, length_s
        The data interval.
    """
    draw = generator(seed, "plan", number)
    windows: list[PlannedWindow] = []
    now, pointing, dither = 0.0, 1, 0
    target = _target(draw, start)
    next_target = _TARGET_S * (0.6 + 0.8 * draw.random())
    axis = _dithered(target, dither)
    while now < length_s:
        stop = min(now + _SHORTEST_S + (_LONGEST_S - _SHORTEST_S) * draw.random(), length_s)
        live = 0.82 + 0.06 * draw.random()
        windows.append(PlannedWindow(pointing, "pointing", now, stop, axis, axis, live))
        if stop >= length_s:
            break
        if stop > next_target:
            target, dither = _target(draw, shift(start, stop)), 0
            next_target = stop + _TARGET_S * (0.6 + 0.8 * draw.random())
        else:
            dither += 1
        following = _dithered(target, dither)
        angle = float(np.degrees(np.arccos(np.clip(axis @ following, -1.0, 1.0))))
        now = min(stop + _SETTLE_S + angle / _SLEW_DEG_S, length_s)
        windows.append(PlannedWindow(pointing, "slew", stop, now, axis, following, 0.0))
        axis, pointing = following, pointing + 1
    return tuple(windows)


def _target(draw: np.random.Generator, at: Instant) -> FloatArray:
    """A direction drawn evenly from the part of the sky that the Sun leaves, (3,)."""
    sun = direction_vector(sun_direction(time_of(at)))
    while True:
        vector = draw.standard_normal(3)
        vector = vector / np.linalg.norm(vector)
        angle = float(np.degrees(np.arccos(np.clip(vector @ sun, -1.0, 1.0))))
        if _SUN_LOW_DEG <= angle <= _SUN_HIGH_DEG:
            return np.asarray(vector, dtype=np.float64)


def _dithered(target: FloatArray, index: int) -> FloatArray:
    """The `index`-th point of the 5 x 5 grid about the target, walked from the centre in rows, (3,)."""
    row, column = divmod((index + 12) % 25, 5)
    east = np.cross([0.0, 0.0, 1.0], target)
    if np.linalg.norm(east) < 1e-6:
        east = np.array([1.0, 0.0, 0.0])
    east = east / np.linalg.norm(east)
    north = np.cross(target, east)
    step = np.tan(np.radians(_DITHER_DEG))
    vector = target + step * (column - 2) * east + step * (row - 2) * north
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float64)
