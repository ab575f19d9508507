"""Recorded files as a source: light curves, attitude and orbit files, in folders or one by one."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from pathlib import Path

from schemas import Attitude, DataExpectation, Instant, LightCurve, OrbitState, Pointing
from schemas.errors import NoData, RefusedInput, TransientsError

from ..missions import Mission
from ..missions.base import DataTier
from ..missions.integral import AttitudeTable, OrbitTable, read_attitude, read_orbit
from .clock import seconds_between, shift
from .formats import read_lightcurve, select
from .newest import Newest, reach
from .offset import ClockOffset

#: Files larger than this are not looked into: a year of native bins is about 600 MB.
_MAX_BYTES = 1_000_000_000


@dataclasses.dataclass(frozen=True, eq=False)
class _Contents:
    light_curves: tuple[LightCurve, ...]
    attitudes: tuple[AttitudeTable, ...]
    orbits: tuple[OrbitTable, ...]
    refused: tuple[tuple[str, str], ...]


class FileSource:
    """Answers from files; each is read once, when first needed, and kept.

    Parameters
    ----------
    paths
        Files, and folders whose files (at any depth) are looked at. What is none of the known kinds is passed over in a folder
        and listed by `refused`; a path given by itself must be readable.
    mission
        For what no file tells: whether data was expected. None: such questions have no answer.
    """

    def __init__(self, paths: Sequence[str | Path], mission: Mission | None = None) -> None:
        self._paths = tuple(Path(path) for path in paths)
        self._mission = mission
        self._contents: _Contents | None = None
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
        return (await self._read()).refused

    async def _read(self) -> _Contents:
        async with self._lock:
            if self._contents is None:
                self._contents = await asyncio.to_thread(_read_all, self._paths)
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
        tables = (await self._read()).attitudes
        for table in sorted(tables, key=lambda table: _ATTITUDE_ORDER.get(table.source, 9)):
            try:
                return table.at(at)
            except NoData:
                continue
        raise NoData(f"none of {len(tables)} attitude files covers {at}", where=self.name)

    async def orbit(self, at: Instant) -> OrbitState:
        contents = await self._read()
        for table in contents.orbits:
            try:
                return table.at(at)
            except NoData:
                continue
        for lc in contents.light_curves:
            place = _from_light_curve(lc, at)
            if place is not None:
                return place
        raise NoData(f"none of {len(contents.orbits)} orbit files covers {at}", where=self.name)

    async def pointings(self, start: Instant, stop: Instant) -> tuple[Pointing, ...]:
        raise NoData("files give no list of science windows", where=self.name)

    async def expectation(self, at: Instant) -> DataExpectation:
        if self._mission is None:
            raise NoData("files do not tell when data was expected", where=self.name)
        return self._mission.expectation(at)

    async def science_window(self, at: Instant) -> str:
        raise NoData("files give no list of science windows", where=self.name)

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


_ATTITUDE_ORDER = {"historic": 0, "snapshot": 1, "predicted": 2}


def _from_light_curve(lc: LightCurve, at: Instant) -> OrbitState | None:
    """The place that a light curve's own heading gives, for an instant within it (the spacecraft flies 10 000 km an hour)."""
    first, last = shift(lc.info.reference, float(lc.start_s[0])), shift(lc.info.reference, float(lc.stop_s[-1]))
    if lc.info.ephemeris is None or not first <= at <= last:
        return None
    ra, dec, km = lc.info.ephemeris
    # Half the file's length at the fastest the spacecraft flies where data is taken, about 3 km/s.
    error_km = 3.0 * 0.5 * seconds_between(last, first) + 30.0
    return OrbitState(at=at, ra_deg=ra, dec_deg=dec, distance_km=km, source=f"heading of {lc.info.source}", error_km=error_km)


def _read_all(paths: Sequence[Path]) -> _Contents:
    curves: list[LightCurve] = []
    attitudes: list[AttitudeTable] = []
    orbits: list[OrbitTable] = []
    refused: list[tuple[str, str]] = []
    for path, wanted in _listed(paths):
        data = _bytes(path)
        kept, reason = False, ""
        for reader, kind in ((read_attitude, attitudes), (read_orbit, orbits), (read_lightcurve, curves)):
            try:
                kind.append(reader(data, str(path)))  # type: ignore[arg-type]
                kept = True
            except TransientsError as error:
                reason = error.message
        if not kept:
            if wanted:
                raise RefusedInput(reason, where=str(path))
            refused.append((str(path), reason))
    return _Contents(tuple(curves), tuple(attitudes), tuple(orbits), tuple(refused))


def _listed(paths: Sequence[Path]) -> list[tuple[Path, bool]]:
    listed: list[tuple[Path, bool]] = []
    for path in paths:
        if path.is_dir():
            listed.extend((file, False) for file in sorted(path.rglob("*")) if file.is_file())
        else:
            listed.append((path, True))
    return listed


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise RefusedInput(f"larger than {_MAX_BYTES} bytes", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise RefusedInput(f"cannot be read: {error.strerror}", where=str(path)) from error
