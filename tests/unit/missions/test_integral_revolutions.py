"""Revolutions, science windows, data windows and expectation."""

import itertools

import pytest

from schemas import Instant, RevolutionWindow
from schemas.errors import NoData, RefusedInput
from transients.missions import from_ijd, ijd, to_time
from transients.missions.integral import (
    data_window,
    expectation,
    parse_science_window,
    perigee,
    revolution,
    science_window_id,
)
from transients.missions.integral.revolutions import ANCHORS, ERAS, perigee_error_h, perigee_ijd
from transients.missions.integral.windows import window_error_s


def at(text: str) -> Instant:
    return Instant.parse(text)


@pytest.mark.parametrize(
    ("utc", "scw"),
    [
        ("2011-11-11T11:11:11", "110800450010"),
        ("2005-06-22T23:58:55.816", "032800550010"),
        ("2019-06-02T17:59:27", "209700520010"),
        ("2020-03-16T21:57:56.157221", "220600180010"),
        ("2023-05-18T12:59:08", "264100200010"),
        ("2009-04-01T02:11:24", "078900560010"),
    ],
)
def test_recorded_science_windows(utc: str, scw: str) -> None:
    window = parse_science_window(scw)
    assert revolution(to_time(at(utc))).number == window.revolution
    assert (window.kind, window.subdivision, window.version, window.id) == ("pointing", 1, None, scw)
    assert science_window_id(window.revolution, window.pointing) == scw


@pytest.mark.parametrize(("utc", "number"), [("2023-05-19T15:24:10", 2641), ("2023-05-21T05:30:43", 2642)])
def test_recorded_revolution_numbers(utc: str, number: int) -> None:
    assert revolution(to_time(at(utc))).number == number


def test_phase_at_the_measured_perigee_of_789() -> None:
    # The file states REVOL_PHASE 0.63172 at 02:11:30 UTC.
    turn = revolution(to_time(at("2009-04-01T02:11:30")))
    assert turn.phase == pytest.approx(0.63172, abs=2e-4)
    assert turn.phase_error < 0.003
    assert turn.source == "orbit model, anchored at revolution 789"


def test_anchors_hold_and_fade() -> None:
    for anchor in ANCHORS:
        assert perigee_ijd(anchor.number) == pytest.approx(anchor.perigee_ijd, abs=1e-9)
        assert perigee_error_h(anchor.number) == anchor.error_h
    first = ERAS[0]
    assert perigee_ijd(900) == pytest.approx(first.start_ijd + 900 * first.period_d, abs=1e-9)
    assert perigee_error_h(900) == pytest.approx(5.1)
    assert perigee_error_h(4000) > perigee_error_h(2888)


def test_perigees_ascend_through_eras_and_anchors() -> None:
    days = [perigee_ijd(number) for number in range(1, 3000)]
    gaps = [b - a for a, b in itertools.pairwise(days)]
    assert min(gaps) > 2.6
    assert max(gaps) < 3.15


def test_instant_at_a_perigee_begins_its_revolution() -> None:
    for number in (2, 789, 1499, 1500, 2231, 2232, 2641):
        turn = revolution(from_ijd(perigee_ijd(number) + 1e-6))
        assert turn.number == number
        assert turn.phase == pytest.approx(0.0, abs=1e-5)
        assert ijd(perigee(number)) == pytest.approx(perigee_ijd(number), abs=1e-9)


def test_before_the_launch() -> None:
    with pytest.raises(NoData, match="launched"):
        revolution(to_time(at("2002-10-16T00:00:00")))
    with pytest.raises(NoData):
        perigee(0)


@pytest.mark.parametrize("text", ["26410020001", "264100200013", "abcd00200010", "264100200010.1", "", "٢٦٤١٠٠٢٠٠٠١٠"])
def test_refused_science_windows(text: str) -> None:
    with pytest.raises(RefusedInput, match="science window"):
        parse_science_window(text)


def test_science_window_kinds_and_versions() -> None:
    slew = parse_science_window("078900550021.001")
    assert (slew.kind, slew.subdivision, slew.version) == ("slew", 2, "001")
    with pytest.raises(RefusedInput):
        science_window_id(10000, 1)


RECORDED = [
    RevolutionWindow(number=2640, start=at("2023-05-15T02:12:21"), stop=at("2023-05-17T07:25:48")),
    RevolutionWindow(number=2641, start=at("2023-05-17T17:49:17"), stop=at("2023-05-20T00:23:28")),
    RevolutionWindow(number=2642, start=at("2023-05-20T09:39:55"), stop=at("2023-05-22T16:13:43")),
    RevolutionWindow(number=2643, start=at("2023-05-23T01:45:39"), stop=at("2023-05-25T06:57:03")),
    RevolutionWindow(number=2644, start=at("2023-05-25T17:20:32"), stop=at("2023-05-27T23:55:21")),
]


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda w: str(w.number))
def test_modelled_windows_within_their_stated_error(recorded: RevolutionWindow) -> None:
    modelled = data_window(recorded.number)
    error = window_error_s(recorded.number)
    assert error < 3600
    for ours, theirs in ((modelled.start, recorded.start), (modelled.stop, recorded.stop)):
        assert abs((to_time(ours) - to_time(theirs)).to_value("s")) < error


def test_recorded_prophecy_from_recorded_windows() -> None:
    found = expectation(at("2023-05-25T12:00:00"), RECORDED[2:], "service")
    assert found.sentence == "break since 5 hr next data in 5.3 hr"
    assert (found.status, found.source, found.error_s) == ("OFFLINE", "service", None)
    assert (found.previous, found.this, found.next) == tuple(RECORDED[2:])
    assert (found.last_data, found.next_data) == (at("2023-05-25T06:57:03"), at("2023-05-25T17:20:32"))


def test_recorded_prophecy_while_online() -> None:
    found = expectation(at("2023-05-19T15:24:10"), RECORDED[:3])
    assert (found.status, found.last_data, found.next_data) == ("ONLINE", None, None)
    assert (found.previous.number, found.this.number, found.next.number) == (2640, 2641, 2642)
    assert found.sentence == "next break in data in 9 hr: 2023-05-20T00:23:28, for 9.3 hr"


def test_prophecy_from_the_orbit_alone() -> None:
    found = expectation(at("2023-05-25T12:00:00"))
    assert (found.status, found.source, found.this.number) == ("OFFLINE", "orbit", 2643)
    assert found.sentence == "break since 4.4 hr next data in 5.4 hr"
    assert found.error_s is not None
    assert found.error_s < 3600


def test_break_after_perigee_still_belongs_to_the_window_before() -> None:
    after = from_ijd(perigee_ijd(2644) + 0.02)
    found = expectation(at(after.isot))
    assert (found.status, found.previous.number, found.this.number, found.next.number) == ("OFFLINE", 2642, 2643, 2644)


def test_sentence_of_a_dashboard_of_2019() -> None:
    # The original's status card of that day: "next break in data in 29 hr: 2019-06-10T23:32:59, for 9.6 hr".
    window = RevolutionWindow(number=2099, start=at("2019-06-08T12:00:00"), stop=at("2019-06-10T23:32:59"))
    after = RevolutionWindow(number=2100, start=at("2019-06-11T09:08:59"), stop=at("2019-06-13T12:00:00"))
    found = expectation(at("2019-06-09T18:32:59"), [window, after])
    assert found.sentence == "next break in data in 29 hr: 2019-06-10T23:32:59, for 9.6 hr"


def test_windows_of_another_time_do_not_rule() -> None:
    found = expectation(at("2019-06-09T18:32:59"), RECORDED)
    assert found.source == "orbit"
    found = expectation(at("2023-05-29T12:00:00"), RECORDED)
    assert found.source == "orbit"


def test_after_the_last_observation() -> None:
    found = expectation(at("2025-03-01T12:00:00"))
    assert (found.status, found.next_data) == ("OFFLINE", None)
    assert "stopped observing" in found.sentence
    assert expectation(at("2025-02-28T12:00:00")).source == "orbit"


def test_on_the_last_day_nothing_is_promised() -> None:
    for hour in range(24):
        found = expectation(at(f"2025-02-28T{hour:02d}:30:00"))
        assert "2025-03" not in found.sentence
        assert found.next_data is None
        assert "last data of the mission" in found.sentence or "stopped observing within it" in found.sentence


def test_duty_of_the_model() -> None:
    windows = [data_window(number) for number in range(2500, 2600)]
    on = sum((to_time(w.stop) - to_time(w.start)).to_value("d") for w in windows)
    assert on / (100 * ERAS[2].period_d) == pytest.approx(0.845, abs=0.01)
