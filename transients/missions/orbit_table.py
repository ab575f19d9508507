"""The places of a spacecraft in time, from state vectors: positions, and velocities where they are given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schemas import FloatArray, Instant, OrbitState
from schemas.errors import RefusedInput

from .frames import vector_direction
from .polynomials import interpolate
from .row_times import place
from .times import ijd, to_instant, to_time

#: Rows that a place is interpolated from, with velocities and without: polynomials of degree 7 and 5.
_NODES_HERMITE, _NODES_LAGRANGE = 4, 6
#: Nothing that stays with the Earth flies faster (escape velocity at its surface, km/s).
_FASTEST_KM_S = 11.2
_SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True, eq=False)
class OrbitTable:
    """Places of a spacecraft in time.

    Attributes
    ----------
    time_ijd : (n,)
        Days of TT since 2000-01-01, strictly ascending.
    position_km : (n, 3)
        From Earth's centre, GCRS axes (ICRS directions).
    velocity_km_s : (n, 3) or None
    source, name
        What it is, for people; and its file.
    error_km
        The error of a row, where it is known.
    usable_ijd
        The part of the table that its maker allows; None: all.
    """

    time_ijd: FloatArray
    position_km: FloatArray
    source: str
    name: str
    velocity_km_s: FloatArray | None = None
    error_km: float | None = None
    usable_ijd: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if np.any(np.diff(self.time_ijd) <= 0):
            raise RefusedInput("times that do not ascend", where=self.name)
        if np.any(np.linalg.norm(self.position_km, axis=-1) < 1.0):
            raise RefusedInput("a place at Earth's centre", where=self.name)

    def at(self, instant: Instant) -> OrbitState:
        """The place at an instant: Hermite's polynomial where velocities are given, else Lagrange's.

        The error is the row's own plus how far the polynomial through fewer rows lies from the one used: an estimate that is
        larger than the true error as long as the rows resolve the orbit. Outside the table (8 s at the most) it is what the
        fastest flight allows.

        Raises
        ------
        NoData
            Outside the table, or outside the part of it that its maker allows.
        """
        day = ijd(to_time(instant))
        found = place(*self._covered(), day, self.name)
        clipped = float(np.clip(day, self.time_ijd[0], self.time_ijd[-1]))
        nodes = _NODES_LAGRANGE if self.velocity_km_s is None else _NODES_HERMITE
        here = self._polynomial(clipped, nodes)
        rough = self._polynomial(clipped, nodes - 2)
        error = float(np.linalg.norm(here - rough)) + found.outside_s * _FASTEST_KM_S + (self.error_km or 0.0)
        if not np.all(np.isfinite(here)) or np.linalg.norm(here) < 1.0:
            raise RefusedInput(f"no place can be made of the rows about {to_instant(to_time(instant))}", where=self.name)
        direction = vector_direction(here)
        return OrbitState(
            at=instant,
            ra_deg=float(direction.ra.deg),
            dec_deg=float(direction.dec.deg),
            distance_km=float(np.linalg.norm(here)),
            source=self.source,
            error_km=error or None,
        )

    def _covered(self) -> tuple[FloatArray, FloatArray]:
        if self.usable_ijd is None:
            return self.time_ijd, self.time_ijd
        first, last = self.usable_ijd
        return np.array([max(first, self.time_ijd[0])]), np.array([min(last, self.time_ijd[-1])])

    def _polynomial(self, day: float, nodes: int) -> FloatArray:
        """The place (3,) on the polynomial through the `nodes` rows about `day`."""
        after = int(np.searchsorted(self.time_ijd, day, side="right"))
        first = int(np.clip(after - nodes // 2, 0, max(len(self.time_ijd) - nodes, 0)))
        rows = slice(first, first + nodes)
        seconds = (self.time_ijd[rows] - day) * _SECONDS_PER_DAY
        slopes = None if self.velocity_km_s is None else self.velocity_km_s[rows]
        return interpolate(seconds, self.position_km[rows], slopes, 0.0)
