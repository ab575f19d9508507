"""The live search over replies that overlap, break off, come late or not at all."""

from __future__ import annotations

import functools

import msgspec
import numpy as np
import pytest

from schemas import Candidate, Instant, LightCurve
from transients.missions.integral import Integral
from transients.service.live import LiveSearch
from transients.service.scanning import ScanOrders
from transients.sources import NoiseOptions, SimulatedBurst, SimulatedObservatory, load_response
from transients.sources.clock import seconds_between, shift

BEGIN = Instant(utc="2022-03-03T02:00:00")
SETTLED = shift(BEGIN, 600.0)
BURST = SimulatedBurst(shift(BEGIN, 1000.0), 100.0, 20.0, 5e-6, "hard", 2.0)
LENGTH_S = 1500.0


@functools.cache
def counts() -> LightCurve:
    observatory = SimulatedObservatory(5, Integral(load_response()), [BURST], NoiseOptions(gaps_per_day=0.0))
    middle = shift(Instant(utc="2022-03-03T04:00:00"), 0.5 * LENGTH_S)
    # Data at four o'clock, told as if it were two.
    lc = observatory.light_curve("SPI-ACS", middle, 0.5 * LENGTH_S)
    moved = msgspec.structs.replace(lc.info, reference=shift(lc.info.reference, -7200.0))
    return LightCurve(start_s=lc.start_s, width_s=lc.width_s, counts=lc.counts, info=moved)


def burst_in(lc: LightCurve) -> LightCurve:
    """With two seconds of a burst at 1000 s."""
    at = lc.start_s + seconds_between(lc.info.reference, BEGIN)
    extra = np.where((at >= 1000.0) & (at < 1002.0), 600.0, 0.0)
    return LightCurve(start_s=lc.start_s, width_s=lc.width_s, counts=lc.counts + extra, info=lc.info)


@functools.cache
def curve() -> LightCurve:
    return burst_in(counts())


def between(low_s: float, high_s: float, holes: tuple[tuple[float, float], ...] = ()) -> LightCurve:
    """What a source gives: bins in a stretch, on a reference of its own, without what is not there yet."""
    lc = curve()
    at = lc.start_s + seconds_between(lc.info.reference, BEGIN)
    keep = (at >= low_s) & (at < high_s)
    for begin, end in holes:
        keep &= (at + 0.05 <= begin) | (at >= end)
    origin = float(lc.start_s[keep][0])
    info = msgspec.structs.replace(lc.info, reference=shift(lc.info.reference, origin))
    return LightCurve(
        start_s=lc.start_s[keep] - origin, width_s=lc.width_s[keep].copy(), counts=lc.counts[keep].copy(), info=info
    )


def search(settled: Instant = SETTLED, far_hz: float = 1e-5, late_s: float = 120.0) -> LiveSearch:
    return LiveSearch("INTEGRAL", "SPI-ACS", 0.05, BEGIN, settled, ScanOrders(), far_hz_at_most=far_hz, late_s=late_s)


def run(
    live: LiveSearch, step_s: float = 8.0, until_s: float = LENGTH_S, overlap_s: float = 3.0
) -> list[tuple[float, Candidate]]:
    """Step by step; (seconds from BEGIN at which it was told, candidate)."""
    found = []
    now_s = step_s
    while now_s <= until_s:
        seen_s = seconds_between(live.seen, BEGIN)
        told = live.take(between(max(0.0, seen_s - overlap_s), now_s), shift(BEGIN, now_s), "test")
        found += [(now_s, each) for each in told]
        now_s += step_s
    return found


def test_a_burst_is_told_within_half_a_minute_of_its_last_bin() -> None:
    ((told_s, each),) = run(search())
    assert each.classification == "burst"
    assert abs(seconds_between(each.start, BEGIN) - 1000.0) < 0.2
    assert told_s < 1002.0 + 32.0
    assert each.simulated
    assert each.source == "test"


@pytest.mark.parametrize("step_s", [0.05 * 37, 8.0, 61.0, 600.0])
def test_the_size_of_the_steps_changes_nothing(step_s: float) -> None:
    def plain(each: Candidate) -> tuple[Instant, float, float, float]:
        return each.start, each.duration_s, each.snr, each.counts

    assert [plain(each) for _, each in run(search(), step_s)] == [plain(each) for _, each in run(search())]


def test_late_bins_are_waited_for_and_given_up_after_a_time() -> None:
    live = search(late_s=60.0)
    live.take(between(0.0, 900.0), shift(BEGIN, 900.0), "test")
    holed = between(890.0, 950.0, holes=((905.0, 913.0),))
    live.take(holed, shift(BEGIN, 950.0), "test")
    assert seconds_between(live.seen, BEGIN) == pytest.approx(905.0, abs=0.06)
    # The packet comes.
    live.take(between(890.0, 950.0), shift(BEGIN, 958.0), "test")
    assert seconds_between(live.seen, BEGIN) == pytest.approx(950.0, abs=0.06)
    # Another never does.
    lost = ((955.0, 963.0),)
    live.take(between(940.0, 1020.0, lost), shift(BEGIN, 1020.0), "test")
    assert seconds_between(live.seen, BEGIN) == pytest.approx(955.0, abs=0.06)
    live.take(between(940.0, 1030.0, lost), shift(BEGIN, 1030.0), "test")
    assert seconds_between(live.seen, BEGIN) == pytest.approx(1030.0, abs=0.06)


def test_the_end_of_the_data_ends_what_is_open() -> None:
    live = search()
    lc = between(0.0, 1002.5)
    assert live.take(lc, shift(BEGIN, 1002.5), "test") == []
    assert live.pause(shift(BEGIN, 1100.0), lc, "test") == []
    (each,) = live.pause(shift(BEGIN, 1200.0), lc, "test")
    assert abs(seconds_between(each.start, BEGIN) - 1000.0) < 0.2
    assert live.pause(shift(BEGIN, 1300.0), lc, "test") == []
    assert live.pause(shift(BEGIN, 1300.0), None, "test") == []


def test_what_was_settled_before_a_restart_is_not_told_again() -> None:
    first = search()
    told = run(first, until_s=1200.0)
    assert len(told) == 1
    assert seconds_between(first.settled, BEGIN) > 1002.0
    assert run(search(first.settled)) == []
    # Before it was settled, it is told.
    assert len(run(search(shift(BEGIN, 999.0)))) == 1


def test_frequent_excesses_are_not_told() -> None:
    everything = run(search(far_hz=1.0))
    assert len(everything) > 1
    assert all(each.far_hz <= 1e-5 for _, each in run(search()))


def test_time_without_data_is_passed_over() -> None:
    live = search()
    live.pass_over(shift(BEGIN, 300.0))
    assert live.seen == shift(BEGIN, 300.0)
    live.pass_over(BEGIN)
    assert live.seen == shift(BEGIN, 300.0)
    live.take(between(250.0, 400.0), shift(BEGIN, 400.0), "test")
    assert seconds_between(live.seen, BEGIN) == pytest.approx(400.0, abs=0.06)
