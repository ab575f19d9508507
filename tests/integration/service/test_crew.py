"""Processes for arithmetic: the loop goes on, and each call is bounded in time and memory."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from journey_samples import SaidSource, mission
from service_samples import about, raw, running, settings, worked

from schemas import sha256_hex, to_json
from schemas.errors import ComputingLost, NoData, TooLarge
from transients.service.crew import Crew
from transients.service.intake import Intake
from transients.store import Store


@pytest.fixture
async def crew() -> Crew:
    """Two processes with little patience."""
    return Crew(2, longest_s=60.0, memory_mb=1024)


def double(values: np.ndarray, *, by: float = 2.0) -> np.ndarray:
    return values * by


def place() -> tuple[int, int]:
    return os.getpid(), os.nice(0)


def refuse() -> None:
    raise NoData("nothing here", where="a place")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hold_the_interpreter(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def take(megabytes: int) -> int:
    return int(np.ones(megabytes << 17).sum())


async def test_what_a_function_gives_and_raises(crew: Crew) -> None:
    np.testing.assert_array_equal(await crew(double, np.arange(5.0), by=3.0), 3.0 * np.arange(5.0))
    with pytest.raises(NoData) as refused:
        await crew(refuse)
    assert (refused.value.message, refused.value.where, str(refused.value)) == (
        "nothing here",
        "a place",
        "a place: nothing here",
    )
    pid, nice = await crew(place)
    assert pid != os.getpid()
    own = os.nice(0)
    assert nice == min(own + 15, 19)
    # The same process serves the next call; one that is urgent goes before the others.
    assert await crew(place) == (pid, nice)
    assert await crew.urgent(place) == (pid, min(own + 5, 19))
    assert await crew(place) == (pid, nice)


async def test_the_loop_goes_on_while_it_is_computed(crew: Crew) -> None:
    await crew.warm()
    late: list[float] = []

    async def tick() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            late.append(time.monotonic() - before - 0.005)

    ticking = asyncio.create_task(tick())
    await asyncio.gather(crew(hold_the_interpreter, 0.5), crew(hold_the_interpreter, 0.5))
    ticking.cancel()
    # A loop that waited for it would have ticked once.
    assert len(late) > 10
    assert sorted(late)[len(late) // 2] < 0.05


async def test_a_process_that_dies_is_told_and_replaced(crew: Crew) -> None:
    with pytest.raises(ComputingLost, match="died"):
        await crew(die)
    assert (await crew(place))[0] != os.getpid()


async def test_what_takes_too_long_is_ended() -> None:
    crew = Crew(1, longest_s=15.0)
    pid, _ = await crew(place)
    with pytest.raises(ComputingLost, match="longer than 15 s"):
        await crew(hold_the_interpreter, 600.0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert (await crew(place))[0] != pid


async def test_an_urgent_call_that_hangs_is_given_up_far_earlier() -> None:
    crew = Crew(1, longest_s=600.0, urgent_s=2.0)
    await crew.warm()
    slow = asyncio.create_task(crew(hold_the_interpreter, 4.0))
    with pytest.raises(ComputingLost, match="longer than 2 s") as lost:
        await crew.urgent(hold_the_interpreter, 600.0)
    # Its job comes again; and what may take longer is not touched.
    assert lost.value.retriable
    await slow
    await crew.urgent(place)


async def test_a_call_given_up_ends_its_process(crew: Crew) -> None:
    await crew(place)
    doing = asyncio.create_task(crew(hold_the_interpreter, 600.0))
    await asyncio.sleep(0.3)
    doing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(doing, 10.0)


async def test_memory_is_bounded(crew: Crew) -> None:
    assert await crew(take, 100) == 100 << 17
    with pytest.raises(TooLarge, match="1024 MB"):
        await crew(take, 4000)
    assert await crew(take, 100) == 100 << 17


async def test_no_more_at_once_than_there_are(crew: Crew) -> None:
    await crew.warm()
    found = await asyncio.gather(*(crew(place) for _ in range(12)))
    assert len({pid for pid, _ in found}) <= 2


async def test_an_urgent_call_waits_for_no_other(crew: Crew) -> None:
    await crew.warm()
    slow = [asyncio.create_task(crew(hold_the_interpreter, 600.0)) for _ in range(4)]
    await asyncio.sleep(0.2)
    # A fifth that is not urgent waits; urgent ones come round one by one.
    waiting = asyncio.create_task(crew(place))
    for _ in range(3):
        await asyncio.wait_for(crew.urgent(place), 60.0)
    assert not waiting.done()
    for task in (*slow, waiting):
        task.cancel()
    await asyncio.wait({*slow, waiting})


async def test_an_event_is_the_same_from_processes_and_from_threads(store: Store, postgres_url: str, tmp_path: Path) -> None:
    found = []
    for computing in (2, 0):
        made = settings(postgres_url, tmp_path, computing=computing)
        message = about("Antares")[0]
        if not computing:
            # Another alert of the same, so that nothing is had from before.
            message = replace(message, body=message.body.replace(b"1439919723", b"1439919724"))
        await Intake(store, made).put(raw(message, computing))
        async with running(made, data=SaidSource(), mission=mission()):
            await worked(store)
        (event,) = [each for each in await store.events() if each.history[0].content_id == sha256_hex(message.body)]
        assessment = await store.assessment(event.event_key)
        assert assessment is not None
        assert assessment.searches
        assert assessment.limits is not None
        found.append((assessment, {file.name for file in await store.artefacts(event.event_key)}))
    (first, files), (second, others) = found
    assert files == others
    for part in ("geometry", "searches", "data", "verdict", "limits", "joint"):
        one, other = (json.loads(to_json(getattr(each, part))) for each in (first, second))
        alike(_without_map(one), _without_map(other), part)


async def test_told_to_stop_a_service_does_not_wait_until_its_processes_are_warm(
    store: Store, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warming = asyncio.Event()

    async def slow(crew: Crew) -> None:
        warming.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Crew, "warm", slow)
    async with (
        asyncio.timeout(20.0),
        running(settings(postgres_url, tmp_path, computing=1), data=SaidSource(), mission=mission()),
    ):
        await warming.wait()


def _without_map(part: Any) -> Any:
    """The map's bytes name the alert, which is another."""
    return {name: value for name, value in part.items() if name != "map_blob_id"} if isinstance(part, dict) else part


def alike(one: Any, other: Any, where: str) -> None:
    """The same but for rounding: the linear algebra library adds up in another order with another number of threads."""
    assert type(one) is type(other), where
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for name in one:
            alike(one[name], other[name], f"{where}.{name}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for n, pair in enumerate(zip(one, other, strict=True)):
            alike(*pair, f"{where}[{n}]")
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-6, abs=1e-12), where
    else:
        assert one == other, where
