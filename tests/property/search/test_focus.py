"""The recursion against the search of every window one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transients.search.focus import cumulative, most_significant_windows
from transients.search.kernels.focus import hull_windows


def brute_force(
    start: np.ndarray, stop: np.ndarray, counts: np.ndarray, expected: np.ndarray, low: float, high: float
) -> np.ndarray:
    best = np.zeros(len(counts))
    for end in range(len(counts)):
        for first in range(end + 1):
            if low <= stop[end] - start[first] <= high:
                x, b = counts[first : end + 1].sum(), expected[first : end + 1].sum()
                if x > b:
                    best[end] = max(best[end], x * np.log(x / b) - (x - b))
    return best


@st.composite
def light_curves(draw: st.DrawFn) -> tuple[np.ndarray, ...]:
    """Few and many counts, gaps, odd bins, bursts, trends."""
    n = draw(st.integers(1, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    width = rng.choice([1.0, 1.0, 1.0, 2.0, 3.0], n) if draw(st.booleans()) else np.ones(n)
    gap = rng.choice([0.0, 0.0, 0.0, 5.0, 20.0], n) if draw(st.booleans()) else np.zeros(n)
    start = np.cumsum(width + gap) - width
    rate = draw(st.sampled_from([0.05, 1.0, 30.0, 4000.0])) * (1.0 + 0.5 * rng.random(n))
    expected = rate * width
    counts = rng.poisson(expected * (1.0 + draw(st.sampled_from([0.0, 0.3, 5.0])) * (rng.random(n) < 0.2))).astype(float)
    return start, start + width, counts, expected


@settings(max_examples=150, deadline=None)
@given(light_curves(), st.sampled_from([0.5, 1.5, 3.5, 7.5]), st.sampled_from([0.5, 2.5, 6.5, 15.5, 31.5, 1e9]))
def test_equals_brute_force(curve: tuple[np.ndarray, ...], shortest: float, longest: float) -> None:
    start, stop, counts, expected = curve
    statistic, first = most_significant_windows(start, stop, counts, expected, shortest, longest)
    truth = brute_force(start, stop, counts, expected, shortest, longest)
    np.testing.assert_allclose(statistic, truth, rtol=1e-9, atol=1e-9 * max(1.0, counts.sum()))
    for end in np.flatnonzero(first >= 0):
        assert shortest <= stop[end] - start[first[end]] <= longest
        x, b = counts[first[end] : end + 1].sum(), expected[first[end] : end + 1].sum()
        np.testing.assert_allclose(statistic[end], x * np.log(x / b) - (x - b), rtol=1e-9, atol=1e-9 * max(1.0, counts.sum()))


@settings(max_examples=60, deadline=None)
@given(light_curves(), st.sampled_from([0.0, 1.0, 4.5, 12.5]))
def test_compiled_is_the_reference_and_a_floor_only_hides(curve: tuple[np.ndarray, ...], floor: float) -> None:
    start, stop, counts, expected = curve
    statistic, first = most_significant_windows(start, stop, counts, expected, 0.5, 31.5, floor)
    n = len(counts)
    plain, scratch = (np.zeros(n), np.full(n, -1, np.int64)), np.zeros((3, n + 1), np.int64)
    sums = cumulative(counts, expected)
    hull_windows.py_func(start, stop, *sums, 0, n, 0.5, 31.5, floor, scratch, *plain)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(first, plain[1])
    np.testing.assert_allclose(statistic, plain[0], rtol=1e-12)
    full, _ = most_significant_windows(start, stop, counts, expected, 0.5, 31.5)
    np.testing.assert_allclose(statistic, np.where(full > floor, full, 0.0), rtol=1e-9, atol=1e-9 * max(1.0, counts.sum()))


@pytest.mark.nightly
def test_equals_brute_force_at_length() -> None:
    rng = np.random.default_rng(12)
    for _ in range(20):
        start = np.arange(1500.0)
        expected = rng.uniform(10.0, 20.0, 1500)
        counts = rng.poisson(expected).astype(float)
        statistic, _ = most_significant_windows(start, start + 1.0, counts, expected, 0.5, 100.5)
        np.testing.assert_allclose(statistic, brute_force(start, start + 1.0, counts, expected, 0.5, 100.5), rtol=1e-8, atol=1e-7)
