"""The screened search against every window one by one, and the stream against itself cut otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import RefusedInput
from transients.search.octaves import octaves
from transients.search.stream import Found, Stream, Triggers, WindowStream, joined

BIN_S = 0.05


@st.composite
def streams(draw: st.DrawFn) -> tuple[np.ndarray, ...]:
    """Starts, ends, counts, expectation: quiet, with gaps, with odd bins, with bursts, at few and many counts, over a trend."""
    n = draw(st.integers(1, 900))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    odd, gaps, burst = draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from([0.0, 0.05, 3.0]))
    width = BIN_S * (rng.choice([1.0, 1.0, 1.0, 0.5, 2.5], n) if odd else np.ones(n))
    gap = np.where(rng.random(n) < 0.01, rng.choice([0.2, 3.0, 50.0], n), 0.0) if gaps else np.zeros(n)
    start = np.cumsum(width + gap) - width
    rate = draw(st.sampled_from([1.0, 40.0, 80_000.0])) * (1.0 + 0.3 * np.sin(np.arange(n) / 100.0))
    expected = rate * width
    high = np.zeros(n)
    at = rng.integers(0, n)
    high[at : at + rng.integers(1, 300)] = burst
    return start, start + width, rng.poisson(expected * (1.0 + high)).astype(float), expected


def brute_force(curve: tuple[np.ndarray, ...], bounds: np.ndarray) -> np.ndarray:
    """Largest ratio for each octave and last bin over all starts, by numpy over every window."""
    start, stop, counts, expected = curve
    n = len(counts)
    x_cum, b_cum = (np.concatenate([[0.0], np.cumsum(a)]) for a in (counts, expected))
    best = np.zeros((len(bounds), n))
    for end in range(n):
        first = np.arange(end + 1)
        x, b = x_cum[end + 1] - x_cum[first], b_cum[end + 1] - b_cum[first]
        ratio = np.where(x > b, x * np.log(np.where(x > b, x / b, 1.0)) - (x - b), 0.0)
        length = stop[end] - start[first]
        for octave, (low, high) in enumerate(bounds):
            best[octave, end] = np.max(ratio, where=(length >= low) & (length <= high), initial=0.0)
    return best


def pushed(curve: tuple[np.ndarray, ...], bounds: np.ndarray, floors: np.ndarray, chunk: int) -> Found:
    stream = WindowStream(BIN_S, bounds, 1 << 9)
    parts = [stream.push(*(a[i : i + chunk] for a in curve), floors) for i in range(0, len(curve[0]), chunk)]
    return joined(Found, parts)


@settings(max_examples=120, deadline=None)
@given(streams(), st.sampled_from([0.4, 5.0, 100.0]), st.sampled_from([0.0, 2.0, 3.25, 4.0]), st.sampled_from([7, 160, 900]))
def test_equals_every_window_one_by_one(curve: tuple[np.ndarray, ...], longest: float, floor_snr: float, chunk: int) -> None:
    bounds = octaves(BIN_S, longest)
    floors = np.full(len(bounds), 0.5 * floor_snr**2) * np.linspace(1.0, 1.5, len(bounds))
    truth = brute_force(curve, bounds)
    found = pushed(curve, bounds, floors, chunk)
    ours = np.zeros_like(truth)
    ours[found.octave, found.stop - 1] = found.statistic
    scale = 1e-9 * max(1.0, float(curve[2].sum()))
    above = truth > floors[:, None] + scale
    np.testing.assert_allclose(ours[above], truth[above], rtol=1e-9, atol=scale)
    assert (ours[truth < floors[:, None] - scale] == 0.0).all()
    np.testing.assert_allclose(found.start_s, curve[0][found.first])
    np.testing.assert_allclose(found.stop_s, curve[1][found.stop - 1])
    x = np.concatenate([[0.0], np.cumsum(curve[2])])
    np.testing.assert_allclose(found.counts, x[found.stop] - x[found.first], atol=10.0 * scale)


def test_long_windows_survive_the_moving_of_the_buffers() -> None:
    rng = np.random.default_rng(8)
    n = 60_000
    start = BIN_S * np.arange(n)
    expected = np.full(n, 4200.0)
    counts = rng.poisson(expected).astype(float)
    counts[31_000:32_900] += 30.0  # 95 s, 20 sigma, less than half a sigma a bin
    bounds = octaves(BIN_S)
    floors = np.full(len(bounds), 8.0)
    whole = pushed((start, start + BIN_S, counts, expected), bounds, floors, n)
    stream = WindowStream(BIN_S, bounds, 1)
    assert stream.capacity < 12_000  # so that the buffers move many times
    parts = [stream.push(*(a[i : i + 160] for a in (start, start + BIN_S, counts, expected)), floors) for i in range(0, n, 160)]
    cut = joined(Found, parts)
    order = [np.lexsort((found.octave, found.stop)) for found in (whole, cut)]
    for name in ("first", "stop", "octave"):
        np.testing.assert_array_equal(getattr(whole, name)[order[0]], getattr(cut, name)[order[1]])
    np.testing.assert_allclose(whole.statistic[order[0]], cut.statistic[order[1]], rtol=1e-7)
    best = int(np.argmax(cut.statistic))
    assert cut.start_s[best] == pytest.approx(1550.0, abs=2.0)
    assert cut.stop_s[best] == pytest.approx(1645.0, abs=2.0)


def sky(seed: int, hours: float = 0.5, trend: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    start = BIN_S * np.arange(round(hours * 3600.0 / BIN_S))
    mean = 4200.0 * (1.0 + trend * np.sin(start / 3000.0))
    return start, np.round(rng.normal(mean, np.sqrt(1.3 * mean)))


def run(start: np.ndarray, counts: np.ndarray, chunk: int) -> tuple[Triggers, Stream]:
    stream = Stream(BIN_S)
    width = np.full(len(start), BIN_S)
    parts = [stream.push(start[i : i + chunk], width[i : i + chunk], counts[i : i + chunk]) for i in range(0, len(start), chunk)]
    return joined(Triggers, parts), stream


def test_a_stream_finds_a_burst_over_a_background_it_follows() -> None:
    start, counts = sky(3)
    counts[20_000:20_040] += 500.0
    for chunk in (160, len(start)):
        found, stream = run(start, counts, chunk)
        best = found.strongest()
        assert best.start_s[0] == pytest.approx(1000.0, abs=0.15)
        assert best.duration_s[0] == pytest.approx(2.0, abs=0.2)
        assert best.counts[0] - best.expected[0] == pytest.approx(20_000.0, rel=0.1)
        assert (best.snr[1:] < 6.0).all()
        assert len(best) < 20
        rate, error = stream.tracker.rate_cts_s
        truth = 84_000.0 * (1.0 + 0.05 * np.sin(start[-1] / 3000.0))
        assert abs(rate - truth) < 4.0 * error
        assert stream.scatter.ratio[:5] == pytest.approx(np.full(5, 1.3), abs=0.1)
        assert stream.tracker.times_lost == 0


def test_a_burst_does_not_lift_its_own_background() -> None:
    start, counts = sky(4)
    counts[20_000:21_600] += 2000.0  # 80 s at half the background
    found, stream = run(start, counts, 160)
    best = found.strongest()
    assert best.counts[0] - best.expected[0] == pytest.approx(1600 * 2000.0, rel=0.02)
    assert stream.tracker.times_lost == 0


def test_another_background_is_acquired_anew_and_gaps_are_no_excess() -> None:
    start, counts = sky(5)
    late = start > 900.0
    counts[late] *= 3.0  # into the belt
    _, stream = run(start, counts, 160)
    assert stream.tracker.times_lost == 1
    assert stream.state == "tracking"
    assert stream.tracker.rate_cts_s[0] == pytest.approx(3.0 * 84_000.0, rel=0.06)
    start, counts = sky(6)
    kept = (start < 600.0) | (start > 700.0)
    found, stream = run(start[kept], counts[kept], 160)
    assert stream.tracker.times_lost == 0
    assert (found.snr < 6.0).all()


def test_time_only_grows() -> None:
    stream = Stream(BIN_S)
    start, counts = sky(7, 0.05)
    width = np.full(len(start), BIN_S)
    stream.push(start, width, counts)
    with pytest.raises(RefusedInput, match="order of time"):
        stream.push(start, width, counts)
    with pytest.raises(RefusedInput, match="order of time"):
        WindowStream(BIN_S, octaves(BIN_S)).push(start[::-1], start[::-1] + BIN_S, counts, counts + 1.0, np.full(11, 8.0))
    assert len(Stream(BIN_S).push(start[:0], width[:0], counts[:0])) == 0
