"""Recorded files as a source: light curves, attitudes, orbits, science windows, timelines and pointing notices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing
from schemas.errors import NoData

from ..missions import Mission
from ..missions.announced import AnnouncedPointings
from ..missions.base import DataTier
from .clock import seconds_between, shift
from .formats import select
from .newest import Newest, reach
from .offset import ClockOffset
from .recorded import Recorded, read_recorded


class FileSource:
    """Answers from files; each is read once, when first needed, and kept.

    Parameters
    ----------
    paths
        Files, and folders whose files (at any depth) are looked at. What is none of the known kinds is passed over in a folder
        and listed by `refused`; a path given by itself must be readable. Of archives of alerts only pointing notices are taken.
    mission
        For what no file tells: whether data was expected, and the roll of a pointing that a notice gives. None: such questions
        have no answer.
    """

    def __init__(self, paths: Sequence[str | Path], mission: Mission | None = None) -> None:
        self._paths = tuple(Path(path) for path in paths)
        self._mission = mission
        self._contents: Recorded | None = None
        self._announced: AnnouncedPointings | None = None
        self._lock = asyncio.Lock()

    @property
    def name(self) -> str:
        return "files in " + ", ".join(str(path) for path in self._paths)

    @property
    def simulated(self) -> bool:
        """Files say for themselves, each in its light curve's `info.simulated`."""
        return False

    async def refused(self) -> tuple[tuple[str, str], ...]:
        """Files that are none of the known kinds, and why."""
        return tuple((await self._read()).refused)

    async def _read(self) -> Recorded:
        async with self._lock:
            if self._contents is None:
                self._contents = await asyncio.to_thread(read_recorded, self._paths)
                self._announced = _announced(self._contents, self._mission)
            return self._contents

    async def light_curve(self, instrument: str, t0: Instant, half_width_s: float) -> LightCurve:
        curves = [lc for lc in (await self._read()).light_curves if self._is_of(lc, instrument)]
        found: list[LightCurve] = []
        missed: list[str] = []
        for lc in curves:
            try:
                found.append(select(lc, t0, half_width_s))
            except NoData as error:
                missed.append(str(error))
        if not found:
            raise NoData("; ".join(missed[:3]) or f"no light curve of {instrument}", where=self.name)
        return max(found, key=lambda lc: (float(lc.width_s.sum()), -lc.info.bin_s))

    def _is_of(self, lc: LightCurve, instrument: str) -> bool:
        """Instruments of two missions may share a name."""
        return lc.info.instrument == instrument and (self._mission is None or lc.info.mission == self._mission.name)

    async def attitude(self, at: Instant) -> Attitude:
        """From attitude files, the best first; else from an index of science windows; else from pointing notices."""
        contents = await self._read()
        tables = sorted(contents.attitudes, key=lambda table: _ATTITUDE_ORDER.get(table.source, 9))
        found = _first([table.at for table in tables], at)
        if found is not None:
            return found
        missing = f"none of {len(tables)} attitude files covers {at}"
        if self._announced is None:
            raise NoData(missing, where=self.name)
        try:
            return self._announced.attitude(at)
        except NoData as error:
            raise NoData(f"{missing}; {error.message}", where=self.name) from error

    async def orbit(self, at: Instant) -> OrbitState:
        """From state vectors; else from a light curve's heading; else from the two-line elements nearest in time."""
        contents = await self._read()
        found = _first([table.at for table in contents.orbits], at)
        if found is not None:
            return found
        for lc in contents.light_curves:
            place = _from_light_curve(lc, at)
            if place is not None:
                return place
        satellites = sorted({each.satellite.satnum for each in contents.elements})
        if len(satellites) > 1:
            raise NoData(f"two-line elements of {len(satellites)} satellites: which is meant is not told", where=self.name)
        if contents.elements:
            return min(contents.elements, key=lambda each: abs(each.age_days(at))).at(at)
        raise NoData(f"none of {len(contents.orbits)} orbit files covers {at}", where=self.name)

    async def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        """Science windows of an index; else the pointings that notices announced."""
        contents = await self._read()
        found = tuple(each for each in contents.pointings if each.start < stop and each.stop > start)
        if found:
            return tuple(sorted(found, key=lambda each: each.start))
        if self._announced is None:
            raise NoData("no file lists science windows or announces pointings then", where=self.name)
        return self._announced.pointings(start, stop)

    async def expectation(self, at: Instant) -> DataExpectation:
        """From timelines where they cover the instant, else from the mission's orbit model."""
        contents = await self._read()
        if self._mission is None:
            raise NoData("files do not tell when data was expected", where=self.name)
        return self._mission.expectation(at, contents.windows, "timeline")

    async def science_window(self, at: Instant) -> str:
        """From an index of science windows."""
        contents = await self._read()
        found = next((each.scw_id for each in contents.pointings if each.start <= at < each.stop), None)
        if found is None:
            raise NoData(f"no file lists a science window at {at}", where=self.name)
        return found

    async def newest(self, tier: DataTier, at: Instant) -> Newest:
        """Only what a file itself calls that tier counts: an archive's newest bin is no real-time stream."""
        curves = (await self._read()).light_curves
        until = reach(tier, at, None)
        ends = [shift(lc.info.reference, float(lc.stop_s[-1])) for lc in curves if lc.info.tier == tier.name]
        ended = [end for end in ends if end <= until]
        if not ended:
            raise NoData(f"{_recorded(curves)}, and none is called {tier.name} data before {until.iso}", where=self.name)
        return Newest(max(ended), self.name)

    def clock_offset(self) -> ClockOffset | None:
        return None

    async def aclose(self) -> None:
        """Nothing is held open."""


def _recorded(curves: Sequence[LightCurve]) -> str:
    """What light curves there are, in words."""
    if not curves:
        return "no light curve"
    newest = max(curves, key=lambda lc: shift(lc.info.reference, float(lc.stop_s[-1])))
    end = shift(newest.info.reference, float(newest.stop_s[-1])).utc
    return f"{len(curves)} light curves, the newest {newest.info.instrument} ({newest.info.tier}) until {end}"


_ATTITUDE_ORDER = {"historic": 0, "snapshot": 1, "predicted": 2, "constant": 3}


T = TypeVar("T")


def _first(questions: Sequence[Callable[[Instant], T]], at: Instant) -> T | None:
    """The first answer about an instant."""
    for ask in questions:
        try:
            return ask(at)
        except NoData:
            continue
    return None


def _announced(contents: Recorded, mission: Mission | None) -> AnnouncedPointings | None:
    """Pointings of the mission that notices announced; None where there are none."""
    if mission is None:
        return None
    updates = [each for each in contents.updates if each.mission == mission.name]
    return AnnouncedPointings(updates, mission.attitude_from_x, mission.slew) if updates else None


def _from_light_curve(lc: LightCurve, at: Instant) -> OrbitState | None:
    """The place that a light curve's own heading gives, for an instant within it (the spacecraft flies 10 000 km an hour)."""
    first, last = shift(lc.info.reference, float(lc.start_s[0])), shift(lc.info.reference, float(lc.stop_s[-1]))
    if lc.info.ephemeris is None or not first <= at <= last:
        return None
    ra, dec, km = lc.info.ephemeris
    # Half the file's length at the fastest the spacecraft flies where data is taken, about 3 km/s.
    error_km = 3.0 * 0.5 * seconds_between(last, first) + 30.0
    return OrbitState(at=at, ra_deg=ra, dec_deg=dec, distance_km=km, source=f"heading of {lc.info.source}", error_km=error_km)
