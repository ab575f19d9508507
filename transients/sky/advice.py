"""Where to point for the most probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from schemas import AdvisedPointing, Attitude, FloatArray, Instant, PointingAdvice
from transients.missions.base import ObservingPattern, SlewModel
from transients.missions.constraints import Constraint
from transients.missions.frames import angle_deg, direction_vector, ra_dec_deg, unit_vector
from transients.missions.surroundings import Surroundings

from . import healpix
from .allowed import allowed
from .coarse import CoarseMap, coarsened
from .credible import peak
from .healpix import IntArray
from .integrals import Margin, both, cone, probability_within
from .maps import SkyMap

#: How far the spacecraft may turn from where it points, deg; None: anywhere.
BOUNDS_DEG: tuple[float | None, ...] = (None, 90.0, 45.0)
#: Of pointings that hold the same to this, over the whole sky's half, the one nearer to the peak is better: no plateau is left to chance.
_TIE = 1e-3
#: Less than this is no advice.
_LEAST = 1e-3
#: Orders of the centres that are tried, from 7 deg down to 1.6 arcmin, and how many cells of each are looked into.
_ORDERS = (3, 4, 5, 7, 9, 11)
_WIDTHS = (24, 24, 10, 10, 10, 0)
#: The first are looked at by the cells of this order that they are cut from.
_FIRST_SEEN = 1


@dataclass(frozen=True, eq=False)
class _Cells:
    """Cells of one order, their centres (k, 3), and how many that follow one another are cut from one."""

    order: int
    cells: IntArray
    v: FloatArray
    siblings: int

    @classmethod
    def cut_from(cls, parents: IntArray, order: int, levels: int) -> _Cells:
        """The descendants, so many levels down to `order`."""
        cells = healpix.children(parents, levels)
        v = healpix.vectors(np.full(cells.size, order, dtype=np.int64), cells.ravel())
        return cls(order, cells.ravel(), v, cells.shape[1])

    @property
    def reach_rad(self) -> float:
        """No point of a cell is farther from its centre."""
        return float(healpix.radius_bound_rad(self.order))


@dataclass(frozen=True, eq=False)
class _Search:
    """What is looked for: the most probability within a radius, near the peak. `first` are the cells of the whole sky."""

    m: SkyMap
    coarse: CoarseMap
    peak: FloatArray
    radius_rad: float
    first: _Cells

    def value(self, centres: FloatArray, probability: FloatArray) -> FloatArray:
        """The probability less the price of being far from the peak."""
        return np.asarray(probability - _TIE * np.arccos(np.clip(centres @ self.peak, -1.0, 1.0)) / np.pi)

    def values(self, cells: _Cells) -> tuple[FloatArray, FloatArray]:
        """Of the cells' centres, and what a centre anywhere in each could hold at most, (k,)."""
        reach = cells.reach_rad
        held, at_most = self.coarse.in_cones(cells.v, self.radius_rad, self.radius_rad + reach, together=cells.siblings)
        return self.value(cells.v, held), self.value(cells.v, at_most) + _TIE * reach / np.pi

    def exact(self, centre: FloatArray) -> float:
        """The probability within the radius of a centre, of the map itself."""
        return probability_within(self.m, cone(centre, self.radius_rad))

    @cached_property
    def at_peak(self) -> float:
        """That of the peak: whatever the bounds."""
        return self.exact(self.peak)

    @cached_property
    def first_values(self) -> tuple[FloatArray, FloatArray]:
        """Of the whole sky: the same within whatever bounds."""
        return self.values(self.first)


def pointing_advice(
    m: SkyMap,
    at: Instant,
    constraint: Constraint,
    about: Surroundings,
    patterns: Sequence[ObservingPattern],
    slew: SlewModel,
    *,
    attitude: Attitude | None = None,
    bounds_deg: Sequence[float | None] = BOUNDS_DEG,
    coarse: CoarseMap | None = None,
) -> PointingAdvice:
    """The best allowed centre for each observing pattern, anywhere and within bounds of the current pointing.

    Centres are sought by branch and bound over HEALPix cells on a coarsened map, to 2 arcmin, and lie where the constraint
    allows. The probability that is given is a true integral over the map. Of centres that differ by less than 0.001 in
    probability the one nearer to the peak is taken.

    Parameters
    ----------
    about : Surroundings
        At the one instant `at`.
    attitude : Attitude, optional
        Where the spacecraft points; without it there is only the advice for anywhere.
    coarse : CoarseMap, optional
        The map in few tiles, where it was made already.

    Returns
    -------
    PointingAdvice
        Patterns that hold less than 0.001 of the probability within a bound are left out, with a caveat.
    """
    top = direction_vector(peak(m))
    few = coarsened(m) if coarse is None else coarse
    first = _Cells.cut_from(np.arange(12 << (2 * _FIRST_SEEN), dtype=np.int64), _ORDERS[0], _ORDERS[0] - _FIRST_SEEN)
    axis = None if attitude is None else unit_vector(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
    here = allowed(constraint, about)
    entries: list[AdvisedPointing] = []
    caveats: list[str] = []
    for pattern in patterns:
        search = _Search(m, few, top, float(np.radians(pattern.radius_deg)), first)
        best: FloatArray | None = None
        probability = 0.0
        for bound in sorted(bounds_deg, key=lambda b: 181.0 if b is None else b, reverse=True):
            if bound is not None and axis is None:
                continue
            within = here if bound is None or axis is None else both(here, cone(axis, np.radians(bound)))
            # The best of a wider choice that is also in the narrower one is the best there too.
            if best is None or not float(within(best[np.newaxis])[0]) >= 0.0:
                best, probability = _exact(search, _best(search, within), within)
            where = "anywhere" if bound is None else f"within {bound:g} deg of the pointing"
            if best is None:
                caveats.append(f"{pattern.name}, {where}: nothing of the sky is allowed")
                break
            if probability < _LEAST:
                caveats.append(f"{pattern.name}, {where}: less than {100 * _LEAST:g} % of the probability can be reached")
                break
            entries.append(_entry(best, probability, pattern, bound, top, axis, slew))
    return PointingAdvice(
        at=at,
        entries=tuple(entries),
        constraints=tuple(part.text for part in constraint.parts()),
        caveats=tuple(caveats),
    )


def _best(search: _Search, within: Margin) -> FloatArray | None:
    """The best allowed centre; None where nothing is allowed.

    Cells of each order are ranked by what a centre anywhere in them could hold at most; the best are cut further. Cells that the
    edge of what is allowed crosses stay, so that a centre on the edge is found.
    """
    best, most = search.peak, -np.inf
    if float(within(best[np.newaxis])[0]) >= 0.0:
        most = float(search.coarse.in_cones(best[np.newaxis], search.radius_rad)[0, 0])
    cells = search.first
    for finer, width in zip((*_ORDERS[1:], None), _WIDTHS, strict=True):
        value, at_most = search.first_values if cells is search.first else search.values(cells)
        margin = within(cells.v)
        value = np.where(margin >= 0.0, value, -np.inf)
        row = int(np.argmax(value))
        if value[row] > most:
            best, most = cells.v[row], float(value[row])
        near = np.flatnonzero(margin >= -cells.reach_rad)
        keep = near[np.argsort(-at_most[near], kind="stable")[:width]]
        keep = keep[at_most[keep] >= most]
        if finer is None or not len(keep):
            break
        cells = _Cells.cut_from(np.sort(cells.cells[keep]), finer, finer - cells.order)
    return best if np.isfinite(most) else None


def _exact(search: _Search, found: FloatArray | None, within: Margin) -> tuple[FloatArray | None, float]:
    """What was found on the coarsened map, or the peak itself where that is as good on the map itself; and the true integral."""
    if found is None:
        return None, 0.0
    centres = np.stack([search.peak, found])
    probability = np.array([search.at_peak, search.at_peak if np.array_equal(*centres) else search.exact(found)])
    value = np.where(within(centres) >= 0.0, search.value(centres, probability), -np.inf)
    row = int(np.argmax(value))
    return centres[row], float(probability[row])


def _entry(
    centre: FloatArray,
    probability: float,
    pattern: ObservingPattern,
    bound_deg: float | None,
    top: FloatArray,
    axis: FloatArray | None,
    slew: SlewModel,
) -> AdvisedPointing:
    turn = None if axis is None else angle_deg(centre, axis)
    way = None if turn is None else slew.slew_s(turn)
    ra_deg, dec_deg = ra_dec_deg(centre)
    return AdvisedPointing(
        pattern=pattern.name,
        radius_deg=pattern.radius_deg,
        within_deg=bound_deg,
        ra_deg=ra_deg,
        dec_deg=dec_deg,
        probability=probability,
        from_peak_deg=angle_deg(centre, top),
        from_pointing_deg=turn,
        slew_s=way,
        reaction_s=None if way is None else way + slew.ground_s,
    )
