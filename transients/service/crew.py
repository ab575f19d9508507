"""Processes that do the arithmetic, so that the loop that takes alerts never waits for it; each call bounded in time and memory.

The processes are anyio's: started when needed, kept, killed with the call that is given up. They run at a lower priority than the
loop, and hold nothing between calls but what they have imported and compiled, and tables that hang on a call's arguments alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import resource
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import anyio
import anyio.to_process
import structlog
from anyio import BrokenWorkerProcess

from schemas.errors import ComputingLost, NoData, RefusedInput, TooLarge, TransientsError
from transients.missions import Mission

T = TypeVar("T")

#: Below the loop's own: what is computed gives way to what is heard; and what is not urgent, further below, to what is.
_NICE, _GENTLY = 5, 10
#: anyio lets go of a process that idled for 5 min; being asked this often keeps them, s.
_KEEP_S = 120.0

log = structlog.get_logger("transients.crew")


class Crew:
    """Some processes for functions and arguments that can be pickled.

    Parameters
    ----------
    size : int
        Calls at once; more wait their turn. One more process is there for urgent calls.
    longest_s, urgent_s : float
        A call that takes longer is ended with its process; and an urgent one, which takes a fraction of a second.
    memory_mb : int
        Private memory that a process may take, MB.
    mission : Mission, optional
        Whose orbit the processes are warmed up with.
    """

    def __init__(
        self,
        size: int,
        *,
        longest_s: float = 300.0,
        urgent_s: float = 45.0,
        memory_mb: int = 4096,
        mission: Mission | None = None,
    ) -> None:
        self._mission = mission
        self._ordinary, self._every = asyncio.Semaphore(size), asyncio.Semaphore(size + 1)
        self._size = size
        self._longest_s, self._urgent_s = longest_s, urgent_s
        self._memory_bytes = memory_mb << 20

    async def __call__(self, function: Callable[..., T], /, *arguments: Any, **keywords: Any) -> T:
        """What `function` gives, called in one of the processes; its exceptions are raised here.

        Raises
        ------
        ComputingLost
            The process died or took too long.
        TooLarge
            It needed more memory than it may have.
        """
        async with self._ordinary, self._every:
            return await self._called(self._longest_s, _gently, (function, arguments, keywords), {}, function.__name__)

    async def urgent(self, function: Callable[..., T], /, *arguments: Any, **keywords: Any) -> T:
        """The same, for what takes little and is wanted at once: it does not wait for calls that are not urgent."""
        async with self._every:
            return await self._called(self._urgent_s, function, arguments, keywords, function.__name__)

    async def _called(
        self, longest_s: float, function: Callable[..., T], arguments: tuple[Any, ...], keywords: dict[str, Any], name: str
    ) -> T:
        try:
            with anyio.fail_after(longest_s):
                return await anyio.to_process.run_sync(
                    _bounded, self._memory_bytes, function, arguments, keywords,
                    cancellable=True, limiter=anyio.CapacityLimiter(1),
                )  # fmt: skip
        except TimeoutError as error:
            raise ComputingLost(f"took longer than {longest_s:g} s", where=name) from error
        except BrokenWorkerProcess as error:
            raise ComputingLost("the process died", where=name) from error
        except MemoryError as error:
            raise TooLarge(f"needs more than {self._memory_bytes >> 20} MB", where=name) from error

    async def warm(self) -> None:
        """Have every process started and everything imported and compiled before the first alert needs it."""
        await asyncio.gather(*(self._ready() for _ in range(self._size + 1)))

    async def _ready(self) -> None:
        async with self._every:
            await self._called(self._longest_s, _ready, (self._mission,), {}, _ready.__name__)

    async def keep_warm(self, stopping: asyncio.Event) -> None:
        """Do that now, and again and again, until `stopping`."""
        while not stopping.is_set():
            try:
                await self.warm()
            except (TransientsError, OSError) as error:  # the second where the machine has no process to give
                log.warning("no process for computing", action="crew-cold", error=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), _KEEP_S)


_bounded_already = False


def _bounded(memory_bytes: int, function: Callable[..., T], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> T:
    """Runs in the process: the first call sets its bounds."""
    global _bounded_already
    if not _bounded_already:
        os.nice(_NICE)
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes if most < 0 else min(memory_bytes, most), most))
        _bounded_already = True
    return function(*arguments, **keywords)


def _gently(function: Callable[..., T], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> T:
    """Runs in the process: at a lower priority still. A thread of its own can be given one for this call; a process could not take it
    back for the next, which may be urgent."""
    with ThreadPoolExecutor(1, initializer=_step_back) as one:
        return one.submit(function, *arguments, **keywords).result()


def _step_back() -> None:
    # Linux keeps priorities by thread; elsewhere the number of a thread might be that of somebody's process.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + _GENTLY)


def keep_for_good() -> None:
    """Take what there is now out of the garbage collector's rounds: modules and tables are here to stay, and a round over all of them
    holds everything up for a tenth of a second."""
    gc.collect()
    gc.freeze()


def _ready(mission: Mission | None) -> None:
    """Import what the first event of a process would wait seconds for, and have the kernels compiled by a small search, its limits, a
    small region, a place of the mission's and a response."""
    import importlib

    import astropy.units as u
    import numpy as np
    from astropy.coordinates import SkyCoord

    from schemas import Circle, Instant, LightCurve, LightCurveInfo
    from transients.missions import to_time
    from transients.search import combine, levels_of, limits, rates_about, search
    from transients.sky import coarsened, probability_in_cone, skymap_from_region
    from transients.sky.integrals import cone

    for name in ("healpy", "matplotlib.figure", "transients.pipeline", "transients.report.figures"):
        importlib.import_module(name)
    start_s = np.arange(-60.0, 60.0, 0.1)
    t0 = Instant(utc="2020-01-01T00:00:00")
    info = LightCurveInfo(
        mission="none", instrument="none", tier="unknown", reference=t0, bin_s=0.1, content_id="0" * 64, source="warming up"
    )
    counts = np.random.default_rng(1).poisson(1000.0, len(start_s)).astype(float)
    curve = LightCurve(start_s=start_s, width_s=np.full(len(start_s), 0.1), counts=counts, info=info)
    search(curve, t0, half_width_s=60.0)
    rates = rates_about(curve, 0.0, 60.0)
    limits(levels_of(rates, (1.0,)), {("none", "hard"): 1e-9})
    combine([rates, rates], {"none": np.ones(1)}, np.ones(1), 1.0)
    region = skymap_from_region(Circle(ra_deg=1.0, dec_deg=2.0, radius_deg=5.0))
    probability_in_cone(region, SkyCoord(0.0, 0.0, unit="deg"), 9.0 * u.deg)
    cone(region.vectors[0], 0.1)(region.vectors)
    few = coarsened(region)
    few.in_cones(region.vectors, 0.1)
    few.in_caps(region.vectors[np.newaxis, :1], np.ones((1, 1)))
    if mission is not None:
        # What a mission does not have needs no warming.
        with contextlib.suppress(NoData):
            mission.approximate_orbit(to_time(t0))
        for instrument in mission.response.instruments[:1]:
            with contextlib.suppress(RefusedInput):
                mission.response.fluence_per_count(instrument, "hard", np.ones(2), np.ones(2))
    keep_for_good()
