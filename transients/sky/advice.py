"""Where to point for the most probability."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from schemas import AdvisedPointing, Attitude, FloatArray, Instant, PointingAdvice
from transients.missions.base import ObservingPattern, SlewModel
from transients.missions.constraints import Constraint
from transients.missions.frames import angle_deg, ra_dec_deg, unit_vector
from transients.missions.surroundings import Surroundings

from . import healpix
from .allowed import allowed
from .coarse import CoarseMap, coarsened
from .credible import peak_deg
from .healpix import IntArray
from .integrals import Margin, both, cone, probability_about, probability_within
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
    #: No point of a cell is farther from its centre.
    reach_rad: float

    @classmethod
    def cut_from(cls, parents: IntArray, order: int, levels: int) -> _Cells:
        """The descendants, so many levels down to `order`."""
        cells = healpix.children(parents, levels)
        v = healpix.vectors(np.full(cells.size, order, dtype=np.int64), cells.ravel())
        return cls(order, cells.ravel(), v, cells.shape[1], float(healpix.radius_bound_rad(order)))


@dataclass(frozen=True, eq=False)
class _Choice:
    """Where a centre may lie: within a bound, deg, of where the spacecraft points; and how far inside the first cells' centres are."""

    bound_deg: float | None
    within: Margin
    first: FloatArray

    def has(self, centre: FloatArray) -> bool:
        """Whether a centre may lie there."""
        return float(self.within(centre[np.newaxis])[0]) >= 0.0


@dataclass(frozen=True, eq=False)
class _Search:
    """What is looked for: the most probability within a radius, near the peak, which holds `at_peak`. `first` are the cells of the
    whole sky."""

    m: SkyMap
    coarse: CoarseMap
    peak: FloatArray
    at_peak: float
    radius_rad: float
    first: _Cells

    def price(self, centres: FloatArray) -> FloatArray:
        """What being far from the peak costs."""
        return np.asarray((_TIE / np.pi) * np.arccos(np.clip(centres @ self.peak, -1.0, 1.0)))

    def values(self, cells: _Cells) -> tuple[FloatArray, FloatArray]:
        """The probability less its price of the cells' centres, and what a centre anywhere in each could have at most, (k,)."""
        wide = self.radius_rad + cells.reach_rad
        held, at_most = self.coarse.in_cones(cells.v, self.radius_rad, wide, together=cells.siblings)
        price = self.price(cells.v)
        return held - price, at_most - price + _TIE * cells.reach_rad / np.pi

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
    top = unit_vector(*np.radians(peak_deg(m)))
    few = coarsened(m) if coarse is None else coarse
    first = _Cells.cut_from(np.arange(12 << (2 * _FIRST_SEEN), dtype=np.int64), _ORDERS[0], _ORDERS[0] - _FIRST_SEEN)
    axis = None if attitude is None else unit_vector(np.radians(attitude.x_ra_deg), np.radians(attitude.x_dec_deg))
    choices = list(_choices(allowed(constraint, about), axis, bounds_deg, first))
    radii = np.radians([pattern.radius_deg for pattern in patterns])
    at_peak = probability_about(m, top, radii)
    entries: list[AdvisedPointing] = []
    caveats: list[str] = []
    for pattern, radius, at_top in zip(patterns, radii.tolist(), at_peak.tolist(), strict=True):
        search = _Search(m, few, top, at_top, radius, first)
        best: FloatArray | None = None
        probability = 0.0
        for choice in choices:
            bound = choice.bound_deg
            # The best of a wider choice that is also in the narrower one is the best there too.
            if best is None or not choice.has(best):
                best, probability = _exact(search, _best(search, choice), choice)
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


def _choices(here: Margin, axis: FloatArray | None, bounds_deg: Sequence[float | None], first: _Cells) -> Iterator[_Choice]:
    """The widest first; bounds of the pointing only where its axis is known."""
    anywhere = here(first.v)
    for bound in sorted(bounds_deg, key=lambda b: 181.0 if b is None else b, reverse=True):
        if bound is None:
            yield _Choice(None, here, anywhere)
        elif axis is not None:
            near = cone(axis, np.radians(bound))
            yield _Choice(bound, both(here, near), np.minimum(anywhere, near(first.v)))


def _best(search: _Search, choice: _Choice) -> FloatArray | None:
    """The best allowed centre; None where nothing is allowed.

    Cells of each order are ranked by what a centre anywhere in them could hold at most; the best are cut further. Cells that the
    edge of what is allowed crosses stay, so that a centre on the edge is found.
    """
    best, most = search.peak, -np.inf
    if choice.has(best):
        most = float(search.coarse.in_cones(best[np.newaxis], search.radius_rad)[0, 0])
    cells, margin = search.first, choice.first
    value, at_most = search.first_values
    for finer, width in zip((*_ORDERS[1:], None), _WIDTHS, strict=True):
        value = np.where(margin >= 0.0, value, -np.inf)
        row = int(value.argmax())
        if value[row] > most:
            best, most = cells.v[row], float(value[row])
        near = np.flatnonzero((margin >= -cells.reach_rad) & (at_most >= most))
        if finer is None or not len(near):
            break
        keep = near[np.argsort(-at_most[near], kind="stable")[:width]]
        cells = _Cells.cut_from(np.sort(cells.cells[keep]), finer, finer - cells.order)
        margin = choice.within(cells.v)
        value, at_most = search.values(cells)
    return best if np.isfinite(most) else None


def _exact(search: _Search, found: FloatArray | None, choice: _Choice) -> tuple[FloatArray | None, float]:
    """What was found on the coarsened map, or the peak itself where that is as good on the map itself; and the true integral."""
    if found is None:
        return None, 0.0
    if found is search.peak:
        return found, search.at_peak
    centres = np.stack([search.peak, found])
    probability = np.array([search.at_peak, probability_within(search.m, cone(found, search.radius_rad))])
    value = np.where(choice.within(centres) >= 0.0, probability - search.price(centres), -np.inf)
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
