"""Who searches: this process, some of this machine, or a Dask cluster; results come as they are done."""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from schemas.errors import ConfigurationError, ServiceUnreachable, TransientsError

from .orders import ScanOrders
from .units import Unit
from .work import UnitResult, search_unit

#: Seconds to wait for a cluster's scheduler.
_PATIENCE_S = 10
#: Units handed out for each worker: enough that none waits, few enough that an interrupt loses little.
_AHEAD = 2

T = TypeVar("T")


def results(root: Path, units: Sequence[Unit], orders: ScanOrders, *, workers: int, dask: str | None) -> Iterator[UnitResult]:
    """Search units, in whatever order they get done.

    Parameters
    ----------
    workers
        Processes of this machine; 1: this one.
    dask
        Address of a scheduler ("tcp://host:8786"), whose workers see the archive under the same path; then `workers` is not used.

    Raises
    ------
    ServiceUnreachable
        The cluster does not answer.
    ConfigurationError
        Dask is not installed.
    """
    if dask is not None:
        yield from _on_cluster(root, units, orders, dask)
    elif workers == 1 or len(units) <= 1:
        yield from (search_unit(root, unit, orders) for unit in units)
    else:
        yield from _on_processes(root, units, orders, min(workers, len(units)))


def _on_processes(root: Path, units: Sequence[Unit], orders: ScanOrders, workers: int) -> Iterator[UnitResult]:
    # A fresh interpreter each: threads of this one, as a database's, do not live through a fork.
    context = multiprocessing.get_context("spawn")
    pool = concurrent.futures.ProcessPoolExecutor(workers, mp_context=context)
    try:
        yield from _ahead(units, workers, lambda unit: pool.submit(search_unit, root, unit, orders))
    except concurrent.futures.BrokenExecutor as error:
        raise TransientsError("a process of the scan died; what was done is kept: run it again to go on") from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _ahead(
    units: Sequence[Unit], workers: int, submit: Callable[[Unit], concurrent.futures.Future[UnitResult]]
) -> Iterator[UnitResult]:
    waiting = iter(units)
    running: set[concurrent.futures.Future[UnitResult]] = set()
    while True:
        while len(running) < _AHEAD * workers and (unit := next(waiting, None)) is not None:
            running.add(submit(unit))
        if not running:
            return
        done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
        for future in done:
            yield future.result()


def _on_cluster(root: Path, units: Sequence[Unit], orders: ScanOrders, address: str) -> Iterator[UnitResult]:
    try:
        import distributed
    except ImportError as error:
        raise ConfigurationError("dask is not installed here: the extra 'archive' brings it", where=address) from error
    try:
        client = distributed.Client(address, timeout=_PATIENCE_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise ServiceUnreachable(f"no Dask scheduler answers: {error}", where=address) from error
    with contextlib.closing(client):
        if not client.scheduler_info().get("workers"):
            raise ServiceUnreachable("the Dask cluster has no workers", where=address)
        # pure=False: a result that a former scan left on the cluster is not taken for this one's.
        futures = client.map(search_unit, [root] * len(units), units, [orders] * len(units), pure=False)
        done = distributed.as_completed(futures, loop=client.loop)  # type: ignore[no-untyped-call]
        for future in done:
            yield future.result()
            future.release()
