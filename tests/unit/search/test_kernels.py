"""Compiled kernels against the same in plain numpy, and against their own Python."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from transients.search.bins import up_to_edges
from transients.search.kernels import maximum, published, tiles, windows
from transients.search.kernels.combined import summed
from transients.search.kernels.falling import scaled
from transients.search.maximum import phases
from transients.search.published import rebin


def test_sums_over_windows_count_bins_by_the_part_inside() -> None:
    rng = np.random.default_rng(1)
    start = np.cumsum(rng.uniform(0.5, 2.0, 50))
    width = np.diff(start, append=start[-1] + 1.0) * np.where(rng.uniform(size=50) < 0.2, 0.6, 1.0)  # some gaps
    values, more = rng.uniform(1.0, 2.0, (50, 2)), rng.uniform(1.0, 2.0, 50)
    squared = np.array([False, True])
    power = np.where(squared, 2, 1)
    cumulative = up_to_edges(np.column_stack([values * width[:, None] ** power, more]))
    begin = rng.uniform(start[0] - 5.0, start[-1] + 5.0, 200)  # in no order
    found = windows.window_sums(start, width, begin, 3.3, values, squared, cumulative)
    inside = np.minimum(start + width, begin[:, None] + 3.3) - np.maximum(start, begin[:, None])
    inside = np.where(inside > 0.999 * width, width, np.where(inside > 1e-3 * width, inside, 0.0))
    for column in range(2):
        np.testing.assert_allclose(found[:, column], (inside ** power[column]) @ values[:, column], rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(found[:, 2], (inside > 0.0) @ more, rtol=1e-11, atol=1e-11)
    plain = windows.window_sums.py_func(start, width, begin, 3.3, values, squared, cumulative)  # type: ignore[attr-defined]
    np.testing.assert_allclose(found, plain, rtol=1e-12, atol=1e-12)


def test_elimination_is_the_solution_of_the_fit() -> None:
    rng = np.random.default_rng(2)
    design = rng.normal(size=(40, 3))
    whole = design.T @ design
    inside = np.array([design[k : k + 5].T @ design[k : k + 5] for k in range(30)])
    pull, share = rng.normal(size=(30, 3)), rng.normal(size=(30, 3))
    solved = np.linalg.solve(whole - inside, share[:, :, None])[:, :, 0]
    shift, variance, told = windows.without_window(whole, pull, share, inside.copy())
    np.testing.assert_allclose(shift, (solved * pull).sum(axis=1), rtol=1e-11)
    np.testing.assert_allclose(variance, (solved * share).sum(axis=1), rtol=1e-11)
    assert told.all()
    nothing_left = np.array([whole, np.diag([whole[0, 0], 0.0, 0.0])])
    assert not windows.without_window(whole * np.eye(3), pull[:2], share[:2], nothing_left)[2].any()


@pytest.mark.parametrize("n", [1, 7, 60])
def test_groups_far_above_their_mean(n: int) -> None:
    rng = np.random.default_rng(n)
    counts = rng.poisson(20.0, 1205).astype(float)
    counts[300:330] += 15.0
    expected = []
    for phase in (0, n // 2):
        sums = rebin(counts, n, phase)
        snr = (sums - sums.mean()) / np.sqrt(sums) / (sums.std() / np.sqrt(sums.mean()))
        expected += [(phase + k * n, sums[k] - sums.mean(), snr[k]) for k in np.flatnonzero(snr > 2.0)]
    assert expected
    found = published.above_mean(up_to_edges(counts), n, np.array([0, n // 2]), 2.0)
    np.testing.assert_allclose(np.array(found).T, expected, rtol=1e-10)


def test_counts_that_do_not_scatter_have_no_excess() -> None:
    same = np.full(1200, 4500.1)
    assert published.above_mean(up_to_edges(same), 3, np.array([0, 1]), 3.0)[0].size == 0


def test_a_table_at_several_scales() -> None:
    table, at, factor = np.linspace(1.0, 0.2, 30) ** 2, np.linspace(0.0, 9.0, 40), np.array([0.5, 1.0, 1.7])
    weight = np.array([0.2, 0.5, 0.3])
    expected = np.interp(at[:, None] * factor, 0.25 * np.arange(30), table, right=0.0) @ weight
    np.testing.assert_allclose(scaled(table, 0.25, at, factor, weight), expected, rtol=1e-12)


@pytest.mark.parametrize("steps", [1.0, 2.0, 40.0])
def test_the_compiled_chance_is_that_of_its_python(steps: float, monkeypatch: pytest.MonkeyPatch) -> None:
    place = phases(steps)
    numbers = (4.0, 4.2, 0.9999, 0.7, max(0.0, 1.0 - 1.0 / steps), 0.02)
    arrays = (np.linspace(0.0, 12.0, 5), 1.0 - place / steps, 1.0 - (1.0 - place) / steps)
    below = maximum.second_below(*numbers[:4], 0.6)
    found = [below, maximum.hidden(*numbers, *arrays, below), maximum.quiet(*numbers[:4])]
    monkeypatch.setattr(maximum, "_beside", maximum._beside.py_func)  # type: ignore[attr-defined]
    second_below, hidden, quiet = (getattr(maximum, name).py_func for name in ("second_below", "hidden", "quiet"))
    plain = [second_below(*numbers[:4], 0.6), hidden(*numbers, *arrays, below), quiet(*numbers[:4])]
    for one, other in zip(found, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-15)


def test_the_normal_law_and_the_exponential_by_table() -> None:
    value, fall = np.linspace(-29.9, 8.0, 3001), np.linspace(-449.0, 39.9, 3001)
    normal = np.array([maximum._normal(each) for each in value])
    np.testing.assert_allclose(normal[value > -7.0], ndtr(value[value > -7.0]), rtol=2e-9, atol=1e-12)
    np.testing.assert_allclose(normal, ndtr(value), rtol=2e-5)
    np.testing.assert_allclose([maximum._falling(each) for each in fall], np.exp(-fall), rtol=2e-12)
    assert maximum._falling(np.inf) < 1e-17
    value = value[value > -10.0]
    beside = ndtr(4.0) - np.exp(0.5 * (value**2 - 16.0)) * ndtr(value)
    np.testing.assert_allclose([maximum._beside(v, 4.0, ndtr(4.0)) for v in value[value < 4.0]], beside[value < 4.0], atol=1e-11)


def test_tiles_of_like_response_are_gathered() -> None:
    rng = np.random.default_rng(3)
    logs, weight = rng.normal(0.0, 0.05, 500), rng.uniform(0.0, 1.0, 500)
    logs[:3], weight[3:6] = (np.inf, -np.inf, np.nan), 0.0
    seen = np.isfinite(logs) & (weight > 0.0)
    cell = np.floor((logs[seen] - logs[seen].min()) / 0.01).astype(int)
    total, mean = np.bincount(cell, weight[seen]), np.bincount(cell, (weight * np.where(seen, logs, 0.0))[seen])
    found = tiles.gathered(logs, weight, 0.01)
    np.testing.assert_allclose(found[1], total[total > 0.0], rtol=1e-12)
    np.testing.assert_allclose(found[0], mean[total > 0.0] / total[total > 0.0], rtol=1e-12)
    assert all(part.size == 0 for part in tiles.gathered(logs, np.zeros(500), 0.01))
    below = (logs > 0.0) & (logs <= 0.03)
    assert tiles.weight_below(logs, weight, 0.03) == pytest.approx(weight[below].sum())


def test_the_sum_of_several_detectors() -> None:
    rng = np.random.default_rng(4)
    counts, sigma, share = rng.normal(0.0, 3.0, (3, 50)), rng.uniform(1.0, 2.0, (3, 50)), np.array([1.0, 0.4, 2.0])
    carried = np.array([0.5, 0.05, 0.45])
    missing = rng.uniform(size=(3, 50)) < 0.2
    counts[missing], sigma[missing] = np.nan, np.inf
    used = ~missing[0] & ~missing[2]
    variance = (share**2 @ np.where(missing, 0.0, sigma) ** 2)[used]
    snr = (share @ np.where(missing, 0.0, counts))[used] / np.sqrt(variance)
    assert summed(counts, sigma, share, carried, 0.9) == pytest.approx((snr.max(), variance.mean(), used.sum()), rel=1e-12)
    assert summed(counts, np.full((3, 50), np.inf), share, carried, 0.9)[2] == 0
