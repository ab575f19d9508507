"""When a region can be pointed at over the days to come, and what limits it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schemas import FloatArray, Instant, VisibilityForecast, VisibilityWindow
from transients.missions import times
from transients.missions.almanac import Almanac
from transients.missions.constraints import Constraint
from transients.missions.frames import ra_dec_deg
from transients.missions.surroundings import Surroundings

from . import healpix
from .coarse import CoarseMap

#: Where looking begins; intervals in which the margin may change sign are cut in so many until they are shorter than a second.
_STEP_S, _PIECES = 3600.0, 18
_SHORTEST_S = 1.0
#: The slope of a margin at a window's end is taken over this, s.
_SLOPE_S = 30.0
#: What a window is bounded by where the range begins or ends.
_RANGE = "range"


def forecast(
    direction: FloatArray,
    start: Instant,
    span_s: float,
    constraint: Constraint,
    almanac: Almanac,
    *,
    coarse: CoarseMap | None = None,
    every_s: float = 3 * 3600.0,
    orbit_source: str | None = None,
) -> VisibilityForecast:
    """Windows of a direction over `span_s` seconds from `start`, and the visible probability of a map in steps.

    No window and no break that lasts longer than a second is missed: margins change no faster than the bodies move on the
    spacecraft's sky, so an interval is left alone only where its ends prove that the sign stays.

    Parameters
    ----------
    direction : (3,)
        Unit vector, ICRS.
    almanac : Almanac
        Begins at `start`; places of the bodies.
    coarse : CoarseMap, optional
        The map whose visible fraction is told `every_s` seconds.
    """
    t, margins = _certain(direction, span_s, constraint, almanac)
    found = _windows(t, margins, start, constraint, direction, almanac)
    ra_deg, dec_deg = ra_dec_deg(direction)
    errors = [e for w in found for e in (w.start_error_s, w.stop_error_s) if e is not None]
    return VisibilityForecast(
        start=start,
        stop=times.shift(start, span_s),
        ra_deg=ra_deg,
        dec_deg=dec_deg,
        windows=found,
        observable_s=sum((times.seconds_between(w.stop, w.start) for w in found), 0.0),
        fractions=() if coarse is None else visible_fractions(coarse, constraint, almanac, span_s, every_s),
        constraints=tuple(part.text for part in constraint.parts()),
        limited_by=None if found else _names(constraint)[int(margins[:, 0].argmin())],
        orbit_source=orbit_source,
        error_s=max(errors, default=None),
    )


def visible_fractions(
    coarse: CoarseMap, constraint: Constraint, almanac: Almanac, span_s: float, every_s: float
) -> tuple[tuple[float, float], ...]:
    """(seconds from the start, probability that the constraint allows), evenly spaced and no farther apart than `every_s`."""
    seconds = np.linspace(0.0, span_s, max(int(np.ceil(span_s / every_s)), 1) + 1)
    about = almanac.at(seconds)
    caps = constraint.caps(about)
    allowed = coarse.within(constraint.margin_rad(coarse.vectors, about)) if caps is None else coarse.in_caps(*caps)
    return tuple((float(s), min(float(f), 1.0)) for s, f in zip(seconds, allowed, strict=True))


def _names(constraint: Constraint) -> tuple[str, ...]:
    return tuple(part.name for part in constraint.parts())


def _margins(direction: FloatArray, about: Surroundings, constraint: Constraint) -> FloatArray:
    """Of every part, (parts, m)."""
    return np.stack([part.margin_rad(direction[np.newaxis], about)[:, 0] for part in constraint.parts()])


def _certain(direction: FloatArray, span_s: float, constraint: Constraint, almanac: Almanac) -> tuple[FloatArray, FloatArray]:
    """Instants and margins between which the least margin keeps its sign, but for stretches shorter than a second."""

    def looked_at(t: FloatArray) -> _Looked:
        about = almanac.at(t)
        return _Looked(t, _margins(direction, about, constraint), about.position_km)

    share = np.arange(1, _PIECES) / _PIECES
    known = looked_at(np.linspace(0.0, span_s, int(np.ceil(span_s / _STEP_S)) + 1))
    todo = np.arange(len(known.t) - 1)
    while True:
        cut = todo[_uncertain(known, todo, constraint, almanac)]
        if not len(cut):
            return known.t, known.margins
        between = known.t[cut, np.newaxis] + (known.t[cut + 1] - known.t[cut])[:, np.newaxis] * share
        known = known.with_more(np.repeat(cut + 1, len(share)), looked_at(between.ravel()))
        # What is put in moves what follows, and leaves so many pieces to be asked.
        left = cut + len(share) * np.arange(len(cut))
        todo = (left[:, np.newaxis] + np.arange(_PIECES)).ravel()


@dataclass(frozen=True, eq=False)
class _Looked:
    """Instants (m,) in order, s, the margins of every part then, (parts, m), and where the spacecraft was, (m, 3) km, if known."""

    t: FloatArray
    margins: FloatArray
    position_km: FloatArray | None

    def with_more(self, before: healpix.IntArray, more: _Looked) -> _Looked:
        """With others put in before the rows named."""
        places = None
        if self.position_km is not None and more.position_km is not None:
            places = np.insert(self.position_km, before, more.position_km, axis=0)
        return _Looked(np.insert(self.t, before, more.t), np.insert(self.margins, before, more.margins, axis=1), places)


def _uncertain(
    known: _Looked, at: healpix.IntArray, constraint: Constraint, almanac: Almanac
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the sign may change in the intervals that begin with the rows `at`, and they are long enough to be cut."""
    t, margins, place = known.t, known.margins, known.position_km
    length = t[at + 1] - t[at]
    rates = almanac.rates(None if place is None else place[at], None if place is None else place[at + 1], t[at], length)
    change = np.stack([rates.of(part.body) for part in constraint.parts()]) * length
    both = margins[:, at] + margins[:, at + 1]
    # A margin within an interval lies between (a + b - L h)/2 and (a + b + L h)/2.
    least, most = 0.5 * (both - change).min(axis=0), 0.5 * (both + change).min(axis=0)
    return np.asarray((least <= 0) & (most >= 0) & (length > _SHORTEST_S))


def _windows(
    t: FloatArray, margins: FloatArray, start: Instant, constraint: Constraint, direction: FloatArray, almanac: Almanac
) -> tuple[VisibilityWindow, ...]:
    least = margins.min(axis=0)
    allowed = least > 0
    edges = np.flatnonzero(allowed[1:] != allowed[:-1])
    between = least[edges] / (least[edges] - least[edges + 1])
    crossed = t[edges] + between * (t[edges + 1] - t[edges])
    # The part that bars on the side where it is barred.
    barring = margins.argmin(axis=0)
    part = np.where(allowed[edges], barring[edges + 1], barring[edges])
    # Told to a second.
    ends = list(zip(np.round(crossed).tolist(), part.tolist(), strict=True))
    errors = _end_errors(ends, constraint, direction, almanac)
    marks: list[tuple[float, str, float | None]] = [
        (at, _names(constraint)[p], error) for (at, p), error in zip(ends, errors, strict=True)
    ]
    if allowed[0]:
        marks.insert(0, (float(t[0]), _RANGE, None))
    if allowed[-1]:
        marks.append((float(t[-1]), _RANGE, None))
    return tuple(
        VisibilityWindow(
            start=times.shift(start, opened[0]),
            stop=times.shift(start, closed[0]),
            opened_by=opened[1],
            closed_by=closed[1],
            start_error_s=opened[2],
            stop_error_s=closed[2],
        )
        for opened, closed in zip(marks[::2], marks[1::2], strict=True)
    )


def _end_errors(
    ends: list[tuple[float, int]], constraint: Constraint, direction: FloatArray, almanac: Almanac
) -> list[float | None]:
    """Bounds on the errors of windows' ends, s: of the bodies' directions, over how fast the margin changes there."""
    if not ends:
        return []
    t = np.array([at for at, _ in ends])
    rows, columns = np.array([part for _, part in ends]), np.arange(len(ends))
    before, after = np.split(_margins(direction, almanac.at(np.concatenate([t - _SLOPE_S, t + _SLOPE_S])), constraint), 2, axis=1)
    slope = np.abs(after - before)[rows, columns] / (2.0 * _SLOPE_S)
    turn = almanac.direction_errors_rad(t)
    found: list[float | None] = []
    for k, row in enumerate(rows):
        error_rad = float(turn.of(constraint.parts()[int(row)].body)[k])
        bounded = np.isfinite(error_rad) and slope[k] > 0
        found.append(float(max(error_rad / slope[k], _SHORTEST_S)) if bounded else None)
    return found
