"""The status card: every row from what a source said, its age taken when the card is given, and what is missing named."""

from __future__ import annotations

import asyncio

import pytest
from journey_samples import SaidSource, mission, nothing

from schemas import Instant
from schemas.errors import NoData, RefusedInput, TransientsError
from transients.config import Settings
from transients.missions.integral.operations import TIERS
from transients.service.observed import Observed, Observing, observe
from transients.service.status import status_card
from transients.sources.clock import seconds_between, shift
from transients.sources.newest import Newest
from transients.sources.offset import ClockOffset
from transients.web import StatusCard

#: The card of the seed: 66 s, 1.2 h, 25.3 d; orbit 2100 at 151.93 Mm; break at 23:32:59 for 9.6 hr.
SEED = Instant.parse("2019-06-09T18:16:25")
AFTER = Instant.parse("2026-11-28T03:37:00")
LAST_WINDOW = Newest(Instant.parse("2025-02-28T11:00:00"), "an archive", "288600420010", 45.2, 14.8)


def answers(realtime_s: float = 66.0, nrt_s: float = 4320.0, cons_s: float = 25.3 * 86400) -> dict[str, object]:
    return {
        "newest realtime": Newest(shift(SEED, -realtime_s), "the stream", None, 4.7, 59.6),
        "newest nrt": Newest(shift(SEED, -nrt_s), "scwlist/nrt", "210000250010", 4.3, 61.7),
        "newest cons": Newest(shift(SEED, -cons_s), "scwlist/cons", "209000990010", 320.0, -45.0),
    }


async def card_of(source: SaidSource, now: Instant = SEED, later_s: float = 0.0) -> StatusCard:
    observed = await observe(source, mission(), now)
    return await status_card(None, observed, mission(), Settings(), shift(now, later_s))


async def test_the_card_of_the_seed() -> None:
    card = await card_of(SaidSource(answers(), simulated=False))
    assert (card.realtime.state, card.realtime.latency_s) == ("ONLINE", pytest.approx(66.0))
    assert (card.realtime.ra_deg, card.realtime.dec_deg) == (4.7, 59.6)
    assert (card.nrt.last, card.nrt.latency_s / 3600) == ("210000250010", pytest.approx(1.2))
    assert (card.cons.last, card.cons.latency_s / 86400) == ("209000990010", pytest.approx(25.3))
    assert card.cons.source == "scwlist/cons"
    assert card.revolution == 2100


async def test_distance_and_break_of_the_seed_lie_within_the_models_own_errors() -> None:
    card = await card_of(SaidSource(answers() | {"orbit": NoData("none"), "expectation": NoData("none")}))
    assert card.distance_source == "orbit model"
    assert abs(card.distance_mm - 151.93) < card.distance_error_mm < 6.0
    assert card.next_break.startswith("next break in data in 29 hr: 2019-06-10T2")
    told = Instant.parse(card.next_break.partition(": ")[2][:19])
    assert abs(seconds_between(Instant.parse("2019-06-10T23:32:59"), told)) < card.next_break_error_s < 5000.0
    assert {c.partition(":")[0] for c in card.caveats} >= {"distance is from the orbit model", "breaks are from the orbit model"}


async def test_ages_are_taken_when_the_card_is_given_not_when_the_sources_were_asked() -> None:
    card = await card_of(SaidSource(answers()), later_s=60.0)
    assert card.realtime.latency_s == pytest.approx(126.0)
    assert card.realtime.state == "Delayed"
    assert card.realtime.asked_at == card.asked_at == SEED
    assert seconds_between(card.at, card.asked_at) == pytest.approx(60.0)


async def test_what_no_source_tells_is_unavailable_with_the_reason() -> None:
    card = await card_of(SaidSource(nothing(RefusedInput("an HTML page, not JSON"))))
    for row in (card.realtime, card.nrt, card.cons):
        assert (row.state, row.latency_s, row.last) == ("UNAVAILABLE", None, None)
        assert "an HTML page, not JSON" in row.reason
    # The orbit model and the mission's own windows still tell these, and say that it is they.
    assert card.next_break_source == "orbit"
    assert card.revolution == 2100


async def test_no_data_in_a_break_is_told_as_the_break() -> None:
    within = shift(mission().expectation(SEED).this.stop, 3 * 3600.0)
    old = Newest(shift(within, -3 * 3600.0), "the stream")
    card = await card_of(SaidSource({"newest realtime": old, "expectation": mission().expectation(within)}), within)
    assert card.realtime.state == "OFFLINE"
    assert card.realtime.reason.startswith("break since 3 hr next data in")
    assert card.realtime.latency_s == pytest.approx(3 * 3600.0)


async def test_a_mission_that_ended_is_offline_and_its_archive_complete() -> None:
    said = {"newest realtime": NoData("none"), "newest nrt": LAST_WINDOW, "newest cons": LAST_WINDOW}
    card = await card_of(SaidSource(said), AFTER)
    assert (card.realtime.state, card.nrt.state, card.cons.state) == ("OFFLINE", "OFFLINE", "COMPLETE")
    for row in (card.realtime, card.nrt):
        assert row.reason == "INTEGRAL stopped observing on 2025-02-28: no data since"
    assert card.cons.latency_s == pytest.approx(seconds_between(AFTER, LAST_WINDOW.until))


async def test_an_archive_that_breaks_off_early_is_not_complete() -> None:
    early = Newest(Instant.parse("2025-02-01T00:00:00"), "half an archive", "287600420010")
    assert (await card_of(SaidSource({"newest cons": early}), AFTER)).cons.state == "OFFLINE"


async def test_the_clock_offset_is_measured_or_null_with_the_reason() -> None:
    card = await card_of(SaidSource(answers()))
    assert card.clock_offset_s is None
    assert any("clock offset" in caveat for caveat in card.caveats)
    card = await card_of(SaidSource({"clock_offset": ClockOffset(0.3, 0.6, "http://a")}))
    assert (card.clock_offset_s, card.clock_offset_error_s, card.clock_offset_source) == (0.3, 0.6, "http://a")
    assert not any("apart" in caveat for caveat in card.caveats)
    card = await card_of(SaidSource({"clock_offset": ClockOffset(-3600.2, 0.6, "http://a")}))
    assert any("-3600.2 s apart" in caveat for caveat in card.caveats)


async def test_before_the_launch_there_is_no_card() -> None:
    with pytest.raises(NoData, match="launched"):
        await card_of(SaidSource(), Instant.parse("1999-01-01T00:00:00"))


class Hanging(SaidSource):
    """Answers some questions, never the others."""

    def __init__(self, silent: str) -> None:
        super().__init__(answers())
        self.silent = silent

    async def _say(self, question: str, *arguments: object) -> object:
        if question == self.silent:
            await asyncio.sleep(3600.0)
        return await super()._say(question, *arguments)


@pytest.mark.parametrize("silent", ["newest", "orbit", "expectation"])
async def test_a_question_that_is_never_answered_is_given_up(silent: str) -> None:
    async with asyncio.timeout(10.0):
        observed = await observe(Hanging(silent), mission(), SEED, patience_s=1.0)
    said = [observed.orbit, observed.expectation, *observed.tiers.values()]
    missing = [answer for answer in said if isinstance(answer, TransientsError)]
    assert len(missing) == (len(TIERS) if silent == "newest" else 1)
    assert all("no answer within 1 s" in str(error) for error in missing)


class Asked:
    """Answers by number; waits first while it is told to."""

    def __init__(self) -> None:
        self.count = 0
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self) -> Observed:
        self.count += 1
        count = self.count
        await self.go.wait()
        return Observed(shift(SEED, float(count)), f"answer {count}", simulated=False)


async def test_answers_are_kept_a_while_and_asked_once_for_all() -> None:
    asked = Asked()
    observing = Observing(asked, keep_s=60.0)
    first = await asyncio.gather(*(observing.get() for _ in range(20)))
    assert {seen.source for seen in first} == {"answer 1"}
    assert (await observing.get()).source == "answer 1"
    assert asked.count == 1


async def test_a_source_that_hangs_holds_up_nobody_and_the_answers_say_how_old_they_are() -> None:
    asked = Asked()
    observing = Observing(asked, keep_s=0.0, wait_s=0.01)
    first = await observing.get()
    asked.go.clear()
    async with asyncio.timeout(5.0):
        seen = [await observing.get() for _ in range(5)]
    assert all(answer is first for answer in seen)
    assert asked.count == 2
    asked.go.set()
    await asyncio.sleep(0.02)
    assert (await observing.get()).source != "answer 1"
    await observing.aclose()


async def test_who_stops_waiting_does_not_stop_the_question() -> None:
    asked = Asked()
    asked.go.clear()
    observing = Observing(asked)
    impatient = asyncio.create_task(observing.get())
    await asyncio.sleep(0.01)
    impatient.cancel()
    patient = asyncio.create_task(observing.get())
    await asyncio.sleep(0.01)
    asked.go.set()
    assert (await patient).source == "answer 1"
    assert asked.count == 1


async def test_also_the_first_page_does_not_wait_for_a_source_that_hangs() -> None:
    asked = Asked()
    asked.go.clear()
    observing = Observing(asked, "a slow source", first_wait_s=0.01)
    async with asyncio.timeout(5.0):
        card = await status_card(None, await observing.get(), mission(), Settings(), SEED)
    assert (card.source, card.asked_at) == ("a slow source", None)
    for row in (card.realtime, card.nrt, card.cons):
        assert (row.state, row.reason) == ("UNAVAILABLE", "the sources were asked and have not answered yet")
    asked.go.set()
    await asyncio.sleep(0.01)
    assert (await observing.get()).source == "answer 1"


async def test_closing_ends_the_question() -> None:
    asked = Asked()
    asked.go.clear()
    observing = Observing(asked)
    waiting = asyncio.create_task(observing.get())
    await asyncio.sleep(0.01)
    async with asyncio.timeout(4.0):
        await observing.aclose()
        assert (await waiting).at is None


async def test_a_source_that_breaks_is_named_and_the_rest_shown() -> None:
    card = await card_of(SaidSource(answers() | {"newest nrt": ZeroDivisionError("in a plug-in")}))
    assert card.realtime.state == "ONLINE"
    assert "the source broke: ZeroDivisionError: in a plug-in" in card.nrt.reason
