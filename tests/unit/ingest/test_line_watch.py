"""The pulse of a line, and its gaps."""

from __future__ import annotations

import pytest

from ingest.base import raw_alert
from ingest.gaps import GapTeller
from ingest.watch import RENEW_S, LineWatch
from schemas import Gap, Instant, RawAlert
from schemas.errors import ServiceUnreachable


class Told:
    """Takes gaps; can be away."""

    def __init__(self) -> None:
        self.gaps: list[Gap] = []
        self.away = False

    async def __call__(self, gap: Gap) -> None:
        if self.away:
            raise ServiceUnreachable
        self.gaps.append(gap)


def message(topic: str, broker_ms: int = 0) -> RawAlert:
    return raw_alert(b"", source="gcn", topic=topic, partition=0, offset=1, broker_ms=broker_ms)


async def test_a_line_without_pulse_is_told_once_and_again_when_it_is_back() -> None:
    told = Told()
    watch = LineWatch("gcn", pulse_topic="pulse", silence_s=60.0, on_gap=told)
    first = message("pulse")
    watch.heard(first)
    for _ in range(700):
        watch.listened(0.1)
        await watch.tell()
    assert [(gap.reason, gap.topic, gap.since, gap.until) for gap in told.gaps] == [("silence", "pulse", first.received, None)]
    assert watch.line.condition == "silent"
    # Other messages are none of its business.
    watch.heard(message("other"))
    await watch.tell()
    assert (watch.line.condition, len(told.gaps)) == ("silent", 1)
    back = message("pulse")
    watch.heard(back)
    await watch.tell()
    assert [(gap.since, gap.until) for gap in told.gaps[1:]] == [(first.received, back.received)]
    assert (watch.line.condition, watch.line.last_pulse) == ("connected", back.received)


async def test_only_listening_in_vain_counts() -> None:
    told = Told()
    watch = LineWatch("gcn", pulse_topic="pulse", silence_s=60.0, on_gap=told)
    for _ in range(100):
        watch.listened(59.0)
        watch.heard(message("pulse"))
    await watch.tell()
    assert (told.gaps, watch.line.condition) == ([], "connected")


async def test_without_a_pulse_topic_silence_means_nothing() -> None:
    told = Told()
    watch = LineWatch("kafka", pulse_topic=None, silence_s=1.0, on_gap=told)
    watch.heard(message("t"))
    watch.listened(1e6)
    await watch.tell()
    assert (told.gaps, watch.line.condition, watch.renew_due()) == ([], "connected", False)


def test_a_silent_line_is_made_anew_every_few_minutes() -> None:
    watch = LineWatch("gcn", pulse_topic="pulse", silence_s=60.0)
    watch.listened(RENEW_S - 1.0)
    assert not watch.renew_due()
    watch.listened(RENEW_S)
    assert watch.renew_due()
    assert not watch.renew_due()
    watch.listened(RENEW_S + 1.0)
    assert watch.renew_due()
    watch.heard(message("pulse"))
    watch.listened(RENEW_S - 1.0)
    assert not watch.renew_due()


async def test_a_missing_stretch_ends_with_the_next_message_from_there() -> None:
    told = Told()
    watch = LineWatch("gcn", pulse_topic=None, on_gap=told)
    watch.missing(Gap(source="gcn", topic="t", partition=0, reason="retention", first_offset=3, last_offset=5))
    watch.heard(message("another"))
    await watch.tell()
    watch.heard(message("t", broker_ms=1000))
    watch.heard(message("t", broker_ms=2000))
    await watch.tell()
    assert [gap.until for gap in told.gaps] == [None, Instant.parse("1970-01-01T00:00:01")]
    assert {(gap.first_offset, gap.last_offset) for gap in told.gaps} == {(3, 5)}


async def test_who_keeps_gaps_may_be_away(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told()
    teller = GapTeller("gcn", told)
    one, two = (Gap(source="gcn", topic=name, reason="silence") for name in ("one", "two"))
    told.away = True
    await teller.tell(one)
    await teller.tell(two)
    told.away = False
    await teller.tell()
    assert told.gaps == []
    monkeypatch.setattr("ingest.gaps._AGAIN_S", 0.0)
    await teller.tell()
    await teller.tell()
    assert told.gaps == [one, two]


def test_a_refused_line_says_why() -> None:
    watch = LineWatch("gcn", pulse_topic=None)
    watch.waiting("broker down")
    assert (watch.line.condition, watch.line.reason) == ("waiting", "broker down")
    watch.connected()
    assert (watch.line.condition, watch.line.reason) == ("connected", "")
    watch.refused("invalid_client")
    assert (watch.line.condition, watch.line.reason) == ("refused", "invalid_client")
