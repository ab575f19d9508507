from __future__ import annotations

import numpy as np
import pytest
import search_curves as sc

from schemas.errors import NoData
from transients.search import Bins, excess_noise, fit_background, measure_overdispersion


def bins_of(start: np.ndarray, counts: np.ndarray, bin_s: float = 0.05) -> Bins:
    return Bins(start, np.full(len(start), bin_s), counts, bin_s)


def test_a_bright_burst_does_not_lift_its_background() -> None:
    rng = np.random.default_rng(4)
    start = sc.starts()
    counts = sc.noise(rng, start)
    shape = np.where(start > 0.0, np.exp(-start.clip(0.0) / 20.0), 0.0)
    fit = fit_background(bins_of(start, counts + rng.poisson(60_000.0 * shape)))
    rate, error = fit.mean_rate
    assert abs(rate - sc.RATE) < 5.0 * error + 0.001 * sc.RATE
    assert error < 40.0
    assert fit.source[6010]
    assert not fit.source[:5700].any()


def test_a_trend_is_followed_and_no_source_invented() -> None:
    rng = np.random.default_rng(5)
    start = sc.starts()
    truth = sc.RATE * (1.0 + 0.1 * start / 300.0 + 0.05 * (start / 300.0) ** 2)
    fit = fit_background(bins_of(start, sc.noise(rng, start, rate=truth)))
    assert fit.order >= 2
    assert fit.source.mean() < 0.01
    assert np.abs(fit.counts / 0.05 / truth - 1.0).max() < 0.003


def test_the_order_stays_low_without_a_trend() -> None:
    orders = [
        fit_background(bins_of(sc.starts(), sc.noise(np.random.default_rng(seed), sc.starts()))).order for seed in range(20)
    ]
    assert np.mean(np.array(orders) == 0) >= 0.8


def test_the_error_of_the_background_is_right() -> None:
    rng = np.random.default_rng(6)
    start = sc.starts(100.0)
    pulls = []
    for _ in range(60):
        rate, error = fit_background(bins_of(start, sc.noise(rng, start))).mean_rate
        pulls.append((rate - sc.RATE) / error)
    assert 0.7 < np.std(pulls) < 1.3


def test_overdispersion_is_measured_beside_the_burst() -> None:
    rng = np.random.default_rng(7)
    start = sc.starts()
    counts = sc.noise(rng, start, ratio=1.44)
    counts += sc.block(start, 0.0, 10.0, 300_000.0)
    fit = fit_background(bins_of(start, counts))
    noise = excess_noise(fit)
    assert set(noise) == {"0.05", "1", "8"}
    assert noise["0.05"] == pytest.approx(1.2, abs=0.03)
    assert noise["1"] == pytest.approx(1.2, abs=0.12)
    assert float(measure_overdispersion(fit).at(0.05)) == pytest.approx(1.44, abs=0.07)


def test_gaps_and_odd_bins_are_no_trouble() -> None:
    rng = np.random.default_rng(8)
    start = sc.starts()
    keep = ~((start > -120.0) & (start < -60.0)) & ~((start > 50.0) & (start < 53.0))
    start = start[keep]
    width = np.full(len(start), 0.05)
    counts = sc.noise(rng, start)
    drop = np.arange(100, len(start) - 2, 997)  # three native bins in one
    for k in drop:
        counts[k] += counts[k + 1] + counts[k + 2]
        width[k] = 0.15
    remove = np.zeros(len(start), bool)
    remove[drop + 1] = remove[drop + 2] = True
    fit = fit_background(Bins(start[~remove], width[~remove], counts[~remove], 0.05))
    assert fit.mean_rate[0] == pytest.approx(sc.RATE, rel=0.002)
    assert fit.source.mean() < 0.01
    assert len(fit.sidebands_s) >= 3


@pytest.mark.parametrize("counts", [np.zeros(400), np.full(300, 10.0)])
def test_nothing_to_fit(counts: np.ndarray) -> None:
    start = np.arange(len(counts)) * 0.05
    with pytest.raises(NoData):
        fit_background(bins_of(start, counts))
