"""Where a spacecraft looked, from the notices by which it announces its pointings: a direction of X, and when it is reached.

What a notice's time means was found by comparison with the pointings that INTEGRAL's own burst alerts carry (docs/missions.md): it is
when the spacecraft settles on the direction. The notice itself is sent as the slew begins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from astropy.coordinates import SkyCoord

from schemas import Attitude, AttitudeSource, FloatArray, Instant, Pointing, PointingUpdate
from schemas.errors import NoData

from .frames import angle_deg, unit_vector, vector_direction
from .times import seconds_between, shift

AttitudeFromX = Callable[[SkyCoord, Instant, AttitudeSource, float | None], Attitude]


@dataclass(frozen=True)
class AnnouncementRule:
    """How far notices can be trusted. The numbers are INTEGRAL's, of 2014, 2019, 2021 and 2023."""

    #: A settled pointing lies this close to its notice. 52 alerts of four months carry the imager's axis: 0.133 to 0.154 deg off, at
    #: one and the same place of the spacecraft's frame to 0.025 deg, which is its misalignment; a recorded attitude is 0.006 deg off.
    error_deg: float = 0.03
    #: The longest usual pointing: one in twenty steps from notice to notice is longer: perigees, and missing notices.
    usual_s: float = 75 * 60.0
    #: A field is observed for longer; within this time after a notice, the next one tells whether it still was.
    overdue_s: float = 3 * 3600.0
    #: Dithers about one field keep this close to each other (a step is 2.17 deg).
    field_deg: float = 5.0
    #: A notice is sent at most so long before its slew ends; most are sent as the slew begins.
    lead_s: float = 3600.0


class SlewTime(Protocol):
    """How long the spacecraft is on the way."""

    def slew_s(self, turn_deg: float) -> float: ...


@dataclass(frozen=True)
class Settled:
    """One announced pointing: X from `start` on; the slew to it began at `left`."""

    left: Instant
    start: Instant
    x: tuple[float, float, float]
    ra_deg: float
    dec_deg: float

    @property
    def vector(self) -> FloatArray:
        """The unit vector of X, (3,)."""
        return np.array(self.x)


class AnnouncedPointings:
    """Pointings in the order in which they were reached.

    Parameters
    ----------
    updates
        Notices in any order; tests and repetitions are left out.
    attitude_from_x
        What the mission makes of a direction of X: the roll follows from the Sun.
    slew
        The mission's slews.
    """

    def __init__(
        self,
        updates: Sequence[PointingUpdate],
        attitude_from_x: AttitudeFromX,
        slew: SlewTime,
        rule: AnnouncementRule | None = None,
    ) -> None:
        self.rule = AnnouncementRule() if rule is None else rule
        self._attitude_from_x = attitude_from_x
        self.settled = _in_order(updates, slew, self.rule)

    def attitude(self, at: Instant) -> Attitude:
        """The attitude at an instant, source "notice".

        Settled: the direction of the last notice whose time has come, with the rule's error. On the way to the next: on the great
        circle between the two as time goes, with the larger distance to its ends as the error. Later than the longest usual
        pointing, when a notice may be missing: as long as the next one shows that the same field was observed, with the larger of
        the field and the distance to the next as the error.

        Raises
        ------
        NoData
            Before the first notice, and when the last is too old to tell.
        """
        i = bisect_right(self.settled, at, key=lambda each: each.start) - 1
        if i < 0:
            raise NoData(f"no pointing was announced before {at}")
        here = self.settled[i]
        following = self.settled[i + 1] if i + 1 < len(self.settled) else None
        if following is not None and following.left <= at:
            return self._on_the_way(here, following, at)
        age_s = seconds_between(at, here.start)
        error = self.rule.error_deg
        if age_s > self.rule.usual_s:
            turn = None if following is None else angle_deg(here.vector, following.vector)
            if turn is None or turn > self.rule.field_deg or age_s > self.rule.overdue_s:
                raise NoData(f"the last pointing announced before {at} is of {here.start}: a notice may be missing")
            error = max(self.rule.field_deg, turn)
        x = SkyCoord(here.ra_deg, here.dec_deg, unit="deg")
        return self._attitude_from_x(x, at, "notice", error)

    def _on_the_way(self, here: Settled, there: Settled, at: Instant) -> Attitude:
        share = seconds_between(at, there.left) / max(seconds_between(there.start, there.left), 1e-9)
        turn = angle_deg(here.vector, there.vector)
        x = _between(here.vector, there.vector, share)
        error = max(share, 1 - share) * turn + self.rule.error_deg
        return self._attitude_from_x(vector_direction(x), at, "notice", min(error, 180.0))

    def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        """Pointings that overlap [start, stop], without slews; each lasts to the next slew, or its longest usual time.

        They are no science windows, so their ids are the notices': "notice 2023-05-18T12:10:52".

        Raises
        ------
        NoData
            When none does.
        """
        found = []
        for i, each in enumerate(self.settled):
            end = shift(each.start, self.rule.usual_s)
            if i + 1 < len(self.settled):
                end = min(end, max(self.settled[i + 1].left, each.start))
            if each.start < stop and end > start and end > each.start:
                kind: Literal["pointing"] = "pointing"
                scw_id = f"notice {each.start.utc}"
                found.append(
                    Pointing(scw_id=scw_id, kind=kind, start=each.start, stop=end, x_ra_deg=each.ra_deg, x_dec_deg=each.dec_deg)
                )
        if not found:
            raise NoData(f"no pointing between {start} and {stop} was announced")
        return tuple(found)


def _in_order(updates: Sequence[PointingUpdate], slew: SlewTime, rule: AnnouncementRule) -> tuple[Settled, ...]:
    """By the time at which they are reached; of two for one time, the later issued holds."""
    real = [each for each in updates if each.role != "test"]
    real.sort(key=lambda each: (each.time, each.issued or each.time))
    last = {each.time: each for each in real}
    settled: list[Settled] = []
    for update in last.values():
        x = unit_vector(np.radians(update.ra_deg), np.radians(update.dec_deg))
        turn = angle_deg(settled[-1].vector, x) if settled else 0.0
        left = _left(update, turn, slew, rule)
        if settled and left < settled[-1].start:
            left = settled[-1].start
        settled.append(Settled(left, update.time, (float(x[0]), float(x[1]), float(x[2])), update.ra_deg, update.dec_deg))
    return tuple(settled)


def _left(update: PointingUpdate, turn_deg: float, slew: SlewTime, rule: AnnouncementRule) -> Instant:
    """When the slew began: as the notice was sent; from the length of the slew where that is not told, or cannot be it."""
    needed = slew.slew_s(turn_deg)
    issued = update.issued
    if issued is None or not 0 <= seconds_between(update.time, issued) <= max(rule.lead_s, needed):
        return shift(update.time, -needed)
    return issued


def _between(a: FloatArray, b: FloatArray, share: float) -> FloatArray:
    """The unit vector a share of the way along the great circle from a to b."""
    angle = np.radians(angle_deg(a, b))
    if angle < 1e-9:
        return a
    return np.asarray((np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle))
