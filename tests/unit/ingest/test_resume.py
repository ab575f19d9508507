"""Where reading goes on, and what is missing there."""

from __future__ import annotations

import pytest

from ingest.base import raw_alert
from ingest.resume import Known, Start, gap_of, last_offsets, newest_of, start_of
from schemas import Instant, Position

AT = Instant.parse("2026-01-02T03:04:05")
AT_MS = 1767323045000


def stored(offset: int, at: Instant | None = AT) -> Position:
    return Position(topic="t", partition=0, offset=offset, broker_time=at)


@pytest.mark.parametrize(
    ("known", "start"),
    [
        # Nothing is remembered: all of it.
        (Known(None, None, 0, 0), Start(0)),
        (Known(None, None, 7, 100), Start(7)),
        # The broker remembers.
        (Known(50, None, 0, 100), Start(50)),
        (Known(100, None, 0, 100), Start(100)),
        (Known(7, None, 7, 100), Start(7)),
        # The broker has forgotten the group; the inbox knows.
        (Known(None, stored(49), 0, 100), Start(50, time_ms=AT_MS - 600_000)),
        (Known(None, stored(0, None), 0, 1), Start(1)),
        # What was given in this run is not given again.
        (Known(None, stored(49), 0, 100, given=60), Start(60)),
        (Known(40, stored(49), 0, 100, given=60), Start(60)),
        (Known(70, None, 0, 100, given=60), Start(70)),
        (Known(None, None, 80, 100, given=60), Start(80, missing="retention")),
        # Stored and not committed: once more.
        (Known(50, stored(59), 0, 100), Start(50)),
        # Committed and not in the inbox, which was brought back from an older copy.
        (Known(60, stored(49), 0, 100), Start(50)),
        (Known(0, stored(5), 0, 100), Start(0)),
        # Dropped before it was read.
        (Known(50, None, 70, 100), Start(70, missing="retention")),
        (Known(None, stored(49), 51, 51), Start(51, missing="retention")),
        # Dropped after we began, and before anything came.
        (Known(None, None, 9, 12, begun=9), Start(9)),
        (Known(None, None, 9, 12, begun=5), Start(9, missing="retention")),
        (Known(50, stored(49), 0, 100, begun=70), Start(50)),
        # Begun anew.
        (Known(50, None, 0, 10), Start(0, missing="reset")),
        (Known(50, stored(49), 3, 10), Start(3, time_ms=AT_MS - 600_000, missing="reset")),
        (Known(50, stored(49, None), 3, 10), Start(3, missing="reset")),
    ],
)
def test_start(known: Known, start: Start) -> None:
    assert start_of(known) == start


@pytest.mark.parametrize(
    ("known", "offset"),
    [
        (Known(None, None, 0, 0), 0),
        (Known(None, None, 0, 9), 8),
        (Known(3, None, 0, 9), 8),
        # The last was read already.
        (Known(9, None, 0, 9), 9),
        (Known(3, stored(2), 0, 9, given=9), 9),
        # Begun anew.
        (Known(50, None, 0, 9), 9),
        (Known(2, None, 9, 9), 9),
    ],
)
def test_of_the_pulse_the_newest_is_read_and_not_twice(known: Known, offset: int) -> None:
    assert newest_of(known) == offset


@pytest.mark.parametrize(
    ("start", "by_time", "offset"),
    [
        (Start(50), None, 50),
        (Start(50, time_ms=1), None, 50),
        (Start(50, time_ms=1), 44, 44),
        (Start(50, time_ms=1), 55, 50),
        (Start(3, time_ms=1, missing="reset"), 8, 8),
        (Start(3, time_ms=1, missing="reset"), 0, 0),
        (Start(3, time_ms=1, missing="reset"), None, 3),
    ],
)
def test_a_time_never_takes_the_start_past_what_is_wanted(start: Start, by_time: int | None, offset: int) -> None:
    assert start.at(by_time) == offset


def test_what_the_broker_dropped_is_named_by_offset_and_by_time() -> None:
    known = Known(50, stored(49), 70, 100)
    gap = gap_of("gcn", ("t", 0), known, start_of(known))
    assert gap is not None
    assert (gap.source, gap.topic, gap.partition, gap.reason) == ("gcn", "t", 0, "retention")
    assert (gap.first_offset, gap.last_offset, gap.since, gap.until) == (50, 69, AT, None)
    assert "50 was to be next" in gap.remark


def test_the_time_of_another_message_is_not_the_time_of_the_last() -> None:
    known = Known(40, stored(49), 70, 100)
    gap = gap_of("gcn", ("t", 0), known, start_of(known))
    assert gap is not None
    assert (gap.first_offset, gap.since) == (40, None)


def test_offsets_begun_anew_say_nothing_of_which_are_missing() -> None:
    known = Known(50, stored(49), 0, 10)
    gap = gap_of("gcn", ("t", 0), known, start_of(known))
    assert gap is not None
    assert (gap.reason, gap.first_offset, gap.last_offset, gap.since) == ("reset", None, None, AT)
    assert "0 to 9" in gap.remark


@pytest.mark.parametrize("known", [Known(None, None, 7, 9), Known(8, None, 7, 9)])
def test_where_nothing_is_missing_there_is_no_gap(known: Known) -> None:
    assert gap_of("gcn", ("t", 0), known, start_of(known)) is None


def test_of_each_partition_the_last_is_committed() -> None:
    alerts = [
        raw_alert(b"", source="s", topic=topic, partition=0, offset=offset) for topic, offset in (("a", 3), ("b", 0), ("a", 2))
    ]
    assert last_offsets(alerts) == {("a", 0): 3, ("b", 0): 0}
    with pytest.raises(ValueError, match="no broker"):
        last_offsets([raw_alert(b"", source="s", topic="file")])
