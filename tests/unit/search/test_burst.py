"""Numbers of a burst and their errors, by injection; the counter's steps; fluence."""

from __future__ import annotations

import numpy as np
import pytest
import search_curves as sc

from transients.search import fluence_of_counts, search
from transients.search.saturation import counter_step


def test_errors_of_counts_and_durations_are_right() -> None:
    start = sc.starts()
    truth = 60.0 * np.sqrt(sc.RATE * 4.0)
    pulls, t90s, t90_errors = [], [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        mean = sc.RATE * 0.05 + sc.block(start, 0.51, 4.0, truth)
        counts = np.round(rng.normal(mean, np.sqrt(sc.OVERDISPERSION * mean)))
        result = search(sc.curve(start, counts), sc.T0, method="allwindow")
        assert result.net_counts is not None
        assert result.net_counts_error is not None
        assert result.t90_s is not None
        assert result.t90_error_s is not None
        pulls.append((result.net_counts - truth) / result.net_counts_error)
        t90s.append(result.t90_s)
        t90_errors.append(result.t90_error_s)
    assert 0.6 < np.std(pulls) < 1.4
    assert abs(np.mean(pulls)) < 0.7
    assert np.median(t90s) == pytest.approx(3.6, abs=0.15)
    assert 0.4 < np.median(t90_errors) / np.std(t90s) < 2.5


def test_peaks_at_several_scales_and_both_durations() -> None:
    start = sc.starts()
    counts = sc.noise(np.random.default_rng(3), start)
    counts += sc.block(start, 1.0, 8.0, 80_000.0) + sc.block(start, 3.0, 0.25, 9_000.0) + sc.block(start, 3.1, 0.05, 5_000.0)
    result = search(sc.curve(start, counts), sc.T0, method="allwindow")
    peaks = {peak.scale_s: peak for peak in result.peaks}
    assert sorted(peaks) == [0.05, 0.25, 1.0, 8.0]
    for scale, truth in ((0.05, 7_300.0), (0.25, 16_500.0), (1.0, 24_000.0), (8.0, 94_000.0)):
        assert abs(peaks[scale].net_counts - truth) < 4.0 * peaks[scale].error_counts
    assert peaks[0.05].t_start_s == pytest.approx(3.1)
    assert result.t50_s is not None
    assert result.t90_s is not None
    assert result.t50_error_s is not None
    assert 0.0 < result.t50_s < result.t90_s < 8.5
    wide = search(
        sc.curve(sc.starts(300.0, 8.0), sc.noise(np.random.default_rng(4), sc.starts(300.0, 8.0), bin_s=8.0), bin_s=8.0), sc.T0
    )
    assert wide.peaks == ()


def test_the_counters_steps_are_seen() -> None:
    rng = np.random.default_rng(5)
    counts = rng.poisson(4200.0, 2000).astype(float)
    assert counter_step(counts) == 1
    assert counter_step(2.0 * np.round(counts / 2.0)) == 2
    assert counter_step(16.0 * np.round(50.0 * counts / 16.0)) == 16
    assert counter_step(counts[:10]) is None
    assert counter_step(counts + 0.3) is None
    start = sc.starts()
    even = 2.0 * np.round(sc.noise(rng, start) / 2.0)
    assert search(sc.curve(start, even), sc.T0, method="allwindow").counter_step == 2


def test_fluence_has_three_errors() -> None:
    response = np.array([1e-10, 2e-10, 4e-10, np.nan])
    found = fluence_of_counts(1e4, 500.0, response, np.array([0.2, 0.5, 0.2, 0.1]))
    assert found is not None
    assert found.fluence == pytest.approx(2e-6)
    assert found.statistical == pytest.approx(1e-7)
    assert found.systematic == pytest.approx(4e-7)
    assert (found.low, found.high) == (pytest.approx(1e-6), pytest.approx(4e-6))
    assert found.probability_seen == pytest.approx(0.9)
    assert not found.lower_limit
    assert fluence_of_counts(1.0, 1.0, np.array([np.inf]), np.array([1.0])) is None
    bright = fluence_of_counts(1e4, 500.0, np.array([1e-10]), np.array([1.0]), saturated=True)
    assert bright is not None
    assert bright.lower_limit
    assert bright.low == bright.high == bright.fluence
