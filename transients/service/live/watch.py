"""The task that watches: asks for the newest counts, searches them, keeps and tells what it finds."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable
from pathlib import Path

import structlog

from schemas import Candidate, Instant, LightCurve
from schemas.errors import ConfigurationError, NoData, NotYet, TransientsError
from transients.config import ScanSettings
from transients.missions import Mission, seconds_between, shift
from transients.missions.known import known_instrument
from transients.sources import DataSource
from transients.sources.refusals import OverRevolution
from transients.store import Store, WatchPosition

from ..scanning.orders import ScanOrders
from ..scanning.rates import read_rates
from .search import LiveSearch

#: The longest stretch asked for at once, s.
_MOST_S = 600.0
#: Data read before what is searched, to know the background and its noise, s; and the furthest back that a restart looks, s.
_LEAD_S = 1800.0
_CATCH_UP_S = 86_400.0

log = structlog.get_logger("transients.live")


async def watch(
    store: Store,
    data: DataSource,
    mission: Mission,
    settings: ScanSettings,
    stopping: asyncio.Event,
    clock: Callable[[], Instant],
) -> None:
    """Search the real-time counts of the mission's searched instrument until it stops.

    Of several processes one does; another takes over when it has said nothing for a minute.

    Raises
    ------
    ConfigurationError
        The instrument has no native bin, or the file of rates is none.
    """
    watcher = Watcher(store, data, mission, settings, clock)
    said = ""
    while not stopping.is_set():
        try:
            more, said = await watcher.step(), ""
        except Exception as error:
            more, ours = False, isinstance(error, TransientsError)
            kind = error.kind if isinstance(error, TransientsError) else type(error).__name__
            # Once for each kind of trouble: it is asked again every few seconds.
            if kind != said:
                log.warning("the live search waits", action="live-waiting", error=str(error), exc_info=not ours)
            said = kind
            if not ours:
                # A plug-in's source may break in any way, and alerts are taken all the same; where it broke is not known.
                watcher.forget()
        if not more:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), settings.interval_s)


class Watcher:
    """What `watch` does, a step at a time; parameters as there."""

    def __init__(
        self, store: Store, data: DataSource, mission: Mission, settings: ScanSettings, clock: Callable[[], Instant]
    ) -> None:
        instrument = known_instrument(mission.name, mission.searched)
        if instrument is None or instrument.bin_s is None:
            raise ConfigurationError(f"{mission.searched} of {mission.name} has no native bin to search", where="scan.live")
        self._bin_s = instrument.bin_s
        self._store, self._data, self._mission, self._settings, self._clock = store, data, mission, settings, clock
        self._orders = ScanOrders(threshold_snr=settings.threshold_snr)
        self._holder = uuid.uuid4().hex
        self._search: LiveSearch | None = None
        #: Found, and not in the database yet: it may be away when they are written.
        self._unkept: list[Candidate] = []
        self._last: LightCurve | None = None
        path = Path(settings.rates) if settings.rates else None
        self._counted = None if path is None else read_rates(path, mission.searched, self._bin_s)

    async def step(self) -> bool:
        """Ask for the next stretch and search it; whether there is more to do at once."""
        now = self._clock()
        claimed, position = await self._store.claim_watch(self._mission.name, self._mission.searched, self._holder)
        if not claimed:
            self.forget()  # another's turn: what is known here grows old
            return False
        search = self._search = self._search or self._begin(position, now)
        stop = min(now, shift(search.seen, _MOST_S))
        half_s = 0.5 * seconds_between(stop, search.seen)
        if half_s < self._bin_s:
            return False
        before = search.seen
        self._unkept += await self._searched(search, shift(before, half_s), half_s, stop, now)
        position = WatchPosition(
            mission=self._mission.name, instrument=self._mission.searched, settled=search.settled, seen=search.seen
        )
        for each in await self._store.put_live_candidates(self._unkept, position, self._holder):
            _tell(each)
        self._unkept = []
        return stop < now and search.seen > before

    def forget(self) -> None:
        """Begin the next step from what the database knows."""
        self._search, self._unkept = None, []

    async def _searched(self, search: LiveSearch, middle: Instant, half_s: float, stop: Instant, now: Instant) -> list[Candidate]:
        settled = min(stop, shift(now, -self._settings.late_s))
        try:
            lc = await self._data.light_curve(self._mission.searched, middle, half_s)
        except (NotYet, OverRevolution):
            # Sources call it so for hours after a belt passage too, and refuse a stretch over a perigee: what has come since
            # says that nothing is missing before it.
            if settled == stop and await self._has_newer(now):
                search.pass_over(stop)
            return search.pause(now, self._last, self._data.name)
        except NoData:
            # What is that old does not come any more.
            search.pass_over(settled)
            return search.pause(now, self._last, self._data.name)
        self._last = lc
        before = search.seen
        found = await asyncio.to_thread(search.take, lc, now, self._data.name)
        if search.seen == before:
            search.pass_over(settled)
            found += search.pause(now, lc, self._data.name)
        return found

    async def _has_newer(self, now: Instant) -> bool:
        """Whether there is data of the last minutes."""
        half_s = 0.5 * _MOST_S
        try:
            return len(await self._data.light_curve(self._mission.searched, shift(now, -half_s), half_s)) > 0
        except (NoData, OverRevolution):
            return False

    def _begin(self, position: WatchPosition | None, now: Instant) -> LiveSearch:
        oldest = shift(now, -_CATCH_UP_S)
        if position is None:
            settled = now
        else:
            settled = max(position.settled, oldest)
            if settled > position.settled:
                log.warning(
                    "counts were not searched live: they are too old to catch up with; scan them as an archive",
                    action="live-gap", since=position.settled.iso, until=settled.iso,
                )  # fmt: skip
        begin = shift(settled, -_LEAD_S)
        log.info("live search", action="live-started", instrument=self._mission.searched, since=settled.iso)
        return LiveSearch(
            self._mission.name,
            self._mission.searched,
            self._bin_s,
            begin,
            settled,
            self._orders,
            far_hz_at_most=self._settings.far_per_day / 86_400.0,
            late_s=self._settings.late_s,
            counted=self._counted,
        )


def _tell(each: Candidate) -> None:
    log.warning(
        "a candidate", action="live-candidate", instrument=each.instrument, start=each.start.iso, duration_s=each.duration_s,
        snr=round(each.snr, 2), far_hz=each.far_hz, classification=each.classification, simulated=each.simulated,
    )  # fmt: skip
