"""A blind search gives the same excesses however its stream is cut, and says when nothing earlier can come any more."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transients.search.scan import ScanExcess, Scanner, ScanSettings
from transients.search.spikes import spike_profile

BIN_S = 0.05
BINS = 24_000


@functools.cache
def stream(seed: int = 1) -> np.ndarray:
    """Twenty minutes at 50 ms, (3, n): start, width, counts; a gap, a slow drift, two bursts, spikes, one burst over the gap's edge."""
    rng = np.random.default_rng(seed)
    start = np.arange(BINS) * BIN_S
    start[15_000:] += 47.3
    mean = 4500.0 + 20.0 * np.sin(start / 400.0)
    mean[8000:8020] += 700.0
    mean[12_000:13_000] += 60.0 * np.exp(-np.arange(1000) / 300.0)
    mean[14_990:15_000] += 500.0
    for hit in (3000.013 * BIN_S, 10_000.4 * BIN_S, 20_000.7 * BIN_S):
        mean += 1500.0 * spike_profile(start, start + BIN_S, hit) / BIN_S
    counts = np.round(rng.normal(mean, np.sqrt(1.3 * mean)))
    return np.array([start, np.full(BINS, BIN_S), counts])


#: As the live search has it.
SHORT = ScanSettings(stretch_s=10.0)


def search(
    bins: np.ndarray,
    cuts: list[int],
    origin_s: float = 0.0,
    settings: ScanSettings = ScanSettings(),  # noqa: B008
) -> list[ScanExcess]:
    scanner = Scanner(BIN_S, settings)
    found = []
    edges = [0, *sorted(cuts), bins.shape[1]]
    for low, high in itertools.pairwise(edges):
        found += scanner.push(bins[0, low:high] + origin_s, bins[1, low:high], bins[2, low:high])
    return [*found, *scanner.finish()]


@functools.cache
def whole(settings: ScanSettings = ScanSettings()) -> list[ScanExcess]:  # noqa: B008
    return search(stream(), [], settings=settings)


def test_what_was_put_in_is_found_and_named() -> None:
    found = {round(each.start_s): each for each in whole()}
    assert {150, 400, 500, 600} <= set(found)
    assert found[150].spike is not None
    assert found[150].spike.likely
    burst = found[400]
    assert burst.spike is not None
    assert not burst.spike.likely
    assert burst.duration_s == pytest.approx(1.0, abs=0.1)
    assert burst.counts == pytest.approx(20 * 700.0, rel=0.1)
    assert burst.background_cts_s == pytest.approx(4510.0 / BIN_S, rel=0.01)
    assert 400.0 <= burst.peak_s <= 401.0
    assert not burst.saturated


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, BINS), max_size=40))
def test_any_cutting_gives_the_same(cuts: list[int]) -> None:
    assert search(stream(), cuts) == whole()
    assert search(stream(), cuts, settings=SHORT) == whole(SHORT)


@pytest.mark.parametrize("settings", [ScanSettings(), SHORT])
def test_bin_by_bin_gives_the_same(settings: ScanSettings) -> None:
    bins = stream()[:, :9000]
    assert search(bins, list(range(1, 9000)), settings=settings) == search(bins, [], settings=settings)


def test_short_stretches_find_the_same_things() -> None:
    assert [round(each.start_s) for each in whole(SHORT)] == [round(each.start_s) for each in whole()]
    np.testing.assert_allclose([each.snr for each in whole(SHORT)], [each.snr for each in whole()], rtol=0.05)


@settings(max_examples=5, deadline=None)
@given(st.integers(-3, 288))
def test_another_origin_of_time_changes_next_to_nothing(steps: int) -> None:
    moved = search(stream(), [], 300.0 * steps)
    assert [round(each.start_s - 300.0 * steps, 6) for each in moved] == [round(each.start_s, 6) for each in whole()]
    np.testing.assert_allclose([each.snr for each in moved], [each.snr for each in whole()], rtol=0.05)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 5000))
def test_nothing_comes_that_begins_before_what_is_settled(size: int) -> None:
    scanner = Scanner(BIN_S, SHORT)
    bins, settled, seen = stream(), -np.inf, 0
    for low in range(0, BINS, size):
        for each in scanner.push(*bins[:, low : low + size]):
            assert each.start_s >= settled
            seen += 1
        assert scanner.settled_s >= settled
        settled = scanner.settled_s
    assert settled > bins[0, -1] - 150.0
    assert all(each.start_s >= settled for each in scanner.finish())
    assert seen > 3


def test_memory_does_not_grow_with_the_stream() -> None:
    scanner = Scanner(BIN_S, ScanSettings())
    bins = stream()
    held = []
    for turn in range(12):
        scanner.push(bins[0] + 1300.0 * turn, bins[1], bins[2])
        held.append(sum(part.shape[1] for part in scanner._held))
    assert max(held) < 24_000


def test_an_excess_that_never_ends_is_given_in_parts() -> None:
    bins = stream().copy()
    # A staircase up: every step is an excess over the last.
    bins[2] += 300.0 * np.floor(bins[0] / 40.0)
    scanner = Scanner(BIN_S, ScanSettings(most_s=100.0, stretch_s=10.0))
    first = None
    for low in range(0, BINS, 200):
        found = scanner.push(*bins[:, low : low + 200])
        if found and first is None:
            first = bins[0, low]
    assert first is not None
    assert first < 800.0


def test_time_without_a_background_is_not_counted_as_searched() -> None:
    scanner = Scanner(BIN_S, ScanSettings(), counted_s=(100.0, 700.0))
    scanner.push(*stream())
    scanner.finish()
    assert scanner.searched_s == pytest.approx(600.0, abs=0.1)
    early = Scanner(BIN_S, ScanSettings())
    early.push(*stream())
    early.finish()
    # A minute and the lag pass before there is a background.
    assert 1200.0 - 120.0 < early.searched_s < 1200.0 - 55.0
