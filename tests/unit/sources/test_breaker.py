"""A source that fails is left alone, one question at a time finds out whether it is back, and whatever answers is well."""

from __future__ import annotations

import asyncio

import pytest
from journey_samples import T0, SaidSource, mission

from schemas import Instant
from schemas.errors import NoData, RefusedInput, ServiceUnreachable
from transients.sources.breaker import Breaker

GONE = ServiceUnreachable("no answer in time", where="there")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def broken() -> tuple[Breaker, SaidSource, Clock]:
    source, clock = SaidSource({"attitude": GONE, "orbit": NoData("none")}), Clock()
    return Breaker(source, failures=3, first_pause_s=10.0, longest_pause_s=35.0, clock=clock), source, clock


async def fail(breaker: Breaker, times: int) -> str:
    said = ""
    for _ in range(times):
        with pytest.raises(ServiceUnreachable) as error:
            await breaker.attitude(T0)
        said = str(error.value)
    return said


async def test_after_three_failures_nobody_waits() -> None:
    breaker, source, clock = broken()
    await fail(breaker, 3)
    assert len(source.asked) == 3
    assert breaker.open_for_s == 10.0
    clock.now += 4.0
    assert await fail(breaker, 5) == "sample source: left alone for 6 s more after 3 failures, the last: no answer in time"
    # Nothing else of it is asked either.
    with pytest.raises(ServiceUnreachable, match="left alone"):
        await breaker.orbit(T0)
    assert len(source.asked) == 3


async def test_one_question_finds_out_and_the_pause_doubles() -> None:
    breaker, source, clock = broken()
    await fail(breaker, 3)
    pauses = []
    for _ in range(4):
        clock.now += breaker.open_for_s
        before = len(source.asked)
        await fail(breaker, 3)
        assert len(source.asked) == before + 1
        pauses.append(breaker.open_for_s)
    assert pauses == [20.0, 35.0, 35.0, 35.0]
    clock.now += 35.0
    source.answers.pop("attitude")
    assert (await breaker.attitude(T0)).source == "simulated"
    assert breaker.open_for_s == 0.0
    source.answers["attitude"] = GONE
    await fail(breaker, 2)
    assert breaker.open_for_s == 0.0


@pytest.mark.parametrize("answer", [NoData("none"), RefusedInput("a page")])
async def test_an_answer_that_is_no_data_shows_that_it_is_there(answer: Exception) -> None:
    breaker, source, _ = broken()
    await fail(breaker, 2)
    source.answers["orbit"] = answer
    with pytest.raises(type(answer)):
        await breaker.orbit(T0)
    await fail(breaker, 2)
    assert breaker.open_for_s == 0.0


async def test_while_one_finds_out_the_others_do_not_wait() -> None:
    breaker, source, clock = broken()
    await fail(breaker, 3)
    clock.now += 10.0
    slow = asyncio.Event()
    asked = 0

    async def attitude(at: object) -> object:
        nonlocal asked
        asked += 1
        await slow.wait()
        raise GONE

    source.attitude = attitude  # type: ignore[method-assign, assignment]
    first = asyncio.create_task(breaker.attitude(T0))
    await asyncio.sleep(0)
    await fail(breaker, 4)
    assert asked == 1
    slow.set()
    with pytest.raises(ServiceUnreachable):
        await first
    assert breaker.open_for_s == 20.0


async def test_it_is_the_source_in_all_else() -> None:
    source = SaidSource()
    breaker = Breaker(source)
    assert (breaker.name, breaker.simulated) == ("sample source", True)
    assert await breaker.orbit(T0) == await source.orbit(T0)
    assert len(await breaker.light_curve("SPI-ACS", T0, 5.0)) == 200
    assert await breaker.science_window(T0) == await source.science_window(T0)
    assert await breaker.expectation(T0) == await source.expectation(T0)
    later = Instant(utc="2023-05-19T00:00:00")
    assert await breaker.pointings(T0, later) == await source.pointings(T0, later) != ()
    tier = mission().tiers[0]
    assert await breaker.newest(tier, T0) == await source.newest(tier, T0)
    assert breaker.clock_offset() == source.clock_offset()
    await breaker.aclose()
