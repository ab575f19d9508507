from __future__ import annotations

import re

import numpy as np
import pytest
import search_curves as sc

from schemas.errors import NoData
from transients.search import Bins, excess_noise, fit_background, measure_overdispersion, search
from transients.search.noise import white_and_red


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


def test_few_bins_far_wider_than_the_nominal_one_have_a_background() -> None:
    counts = np.random.default_rng(3).poisson(1000.0, 30).astype(float)
    fit = fit_background(Bins(np.arange(30.0), np.ones(30), counts, 0.1))
    assert fit.mean_rate[0] == pytest.approx(1000.0, rel=0.05)


@pytest.mark.parametrize("counts", [np.zeros(400), np.full(300, 10.0)])
def test_nothing_to_fit(counts: np.ndarray) -> None:
    start = np.arange(len(counts)) * 0.05
    with pytest.raises(NoData):
        fit_background(bins_of(start, counts))


def test_wander_is_followed_by_a_smooth_curve_and_noise_is_not() -> None:
    start = sc.starts()
    truth = sc.RATE * (1.0 + 0.01 * np.sin(start / 45.0) + 0.006 * np.cos(start / 61.0))
    fit = fit_background(bins_of(start, sc.noise(np.random.default_rng(11), start, rate=truth)))
    assert "smooth curve" in fit.description
    assert fit.evidence["smooth"] == 0.0
    assert min(value for name, value in fit.evidence.items() if name != "smooth") > 10.0
    pull = (fit.counts / 0.05 - truth) / np.sqrt(np.einsum("ij,jk,ik->i", fit.basis, fit.covariance, fit.basis))
    assert np.abs(pull[200:-200]).mean() < 2.0
    assert np.abs(fit.counts / 0.05 / truth - 1.0).max() < 0.004
    rate, error = fit.mean_rate
    assert abs(rate - truth.mean()) < 4.0 * error
    for seed in range(10):
        quiet = fit_background(bins_of(start, sc.noise(np.random.default_rng(seed), start)))
        assert quiet.knots_s is None


def test_a_long_burst_is_not_taken_for_wander() -> None:
    start = sc.starts()
    counts = sc.noise(np.random.default_rng(12), start) + sc.block(start, -30.0, 60.0, 60.0 * 0.02 * sc.RATE)
    fit = fit_background(bins_of(start, counts))
    inside = (start > -25.0) & (start < 25.0)
    assert fit.source[inside].mean() > 0.9
    assert fit.counts[inside].mean() / 0.05 == pytest.approx(sc.RATE, rel=0.002)


def test_noise_is_parted_into_white_and_red() -> None:
    scale = 0.05 * 2.0 ** np.arange(9)
    sums = 12_000.0 / 2.0 ** np.arange(9)
    rng = np.random.default_rng(13)
    kept = 0
    for _ in range(200):
        white, red, _ = white_and_red(scale, 1.4 * rng.gamma(0.5 * sums, 2.0 / sums), sums)
        kept += red > 0.0
        assert white == pytest.approx(1.4, rel=0.05)
    assert kept < 15
    white, red, gain = white_and_red(scale, (1.3 + 0.2 * scale) * rng.gamma(0.5 * sums, 2.0 / sums), sums)
    assert gain > 20.0
    assert white == pytest.approx(1.3, rel=0.05)
    assert red == pytest.approx(0.2, rel=0.5)


def test_belt_passages_and_flares_are_unusable_and_said_so() -> None:
    start = sc.starts()
    rng = np.random.default_rng(14)
    for rate, why in (
        (sc.RATE * (1.0 + 2.0 * (start + 300.0) / 600.0), "factor of"),
        (
            sc.RATE * np.where(start > -150.0, 1.0 + 0.5 * np.sin(start / 7.0) ** 2, 1.0),
            "Poisson's law|above any steady|factor of",
        ),
    ):
        result = search(sc.curve(start, sc.noise(rng, start, rate=rate)), sc.T0, method="allwindow")
        assert result.background_unusable is not None
        assert re.search(why, result.background_unusable)
        assert not result.detection
        assert any("no counterpart can be told" in caveat for caveat in result.caveats)
    quiet = search(sc.curve(start, sc.noise(rng, start, rate=sc.RATE * (1.0 + 0.1 * start / 300.0))), sc.T0, method="allwindow")
    assert quiet.background_unusable is None
