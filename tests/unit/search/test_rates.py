"""Excesses in windows against refits by hand, and the distribution of the largest against simulation."""

from __future__ import annotations

import numpy as np
import pytest
import search_curves as sc

from transients.search import Rates, fit_background, rates_about, window_excess
from transients.search.bins import about
from transients.search.maximum import alarm_chance, hidden_chance, phases, quiet_chance, quiet_quantile


def test_whole_windows_are_sums_of_bins() -> None:
    rng = np.random.default_rng(1)
    start = sc.starts(100.0)
    counts = sc.noise(rng, start)
    rates = rates_about(sc.curve(start, counts), 0.0, 100.0)
    found = window_excess(rates, [start[1000]], 1.0)
    plain = counts[1000:1020].sum() - rates.background.counts[1000:1020].sum()
    assert found.spread[0] == pytest.approx(1.0 / 20.0)
    # Leaving out a window of a two-hundredth of the data moves the background by no more than that.
    assert found.counts[0] == pytest.approx(plain, rel=0.02, abs=0.02 * found.sigma[0])
    assert found.sigma[0] == pytest.approx(np.sqrt(sc.OVERDISPERSION * sc.RATE), rel=0.2)


def test_the_background_does_not_know_the_window() -> None:
    """In closed form what a fit to the other bins gives."""
    rng = np.random.default_rng(2)
    start = sc.starts(100.0, 1.0)
    counts = sc.noise(rng, start, bin_s=1.0, rate=1000.0 * (1.0 + 0.2 * start / 100.0))
    counts[70:110] += 25.0  # far too faint to be put aside as a source, and long
    rates = rates_about(sc.curve(start, counts, bin_s=1.0), 0.0, 100.0)
    background = rates.background
    assert background.order >= 1
    assert not background.source[70:110].any()
    basis = np.diff(background.cumulative_basis, axis=0)
    keep = ~background.source
    keep[70:110] = False
    weight = 1.0 / np.sqrt(background.counts[keep])
    coefficients = np.linalg.lstsq(basis[keep] * weight[:, None], counts[keep] * weight, rcond=None)[0]
    apart = counts[70:110].sum() - (basis[70:110] @ coefficients).sum()
    found = window_excess(rates, [start[70]], 40.0)
    assert found.counts[0] == pytest.approx(apart, rel=1e-3)  # the weights differ a little
    assert abs(found.counts[0]) > abs(counts[70:110].sum() - background.counts[70:110].sum())


def test_coarse_bins_are_read_by_the_part_of_the_burst_in_each() -> None:
    rng = np.random.default_rng(3)
    start = sc.starts(304.0, 8.0)
    quiet = np.full(len(start), 40_000.0)
    for at in (-50.0, -47.0, -44.4, -43.0):
        signal = sc.block(start, at, 10.0, 900.0, 8.0)
        curves = (sc.curve(start, rng.poisson(quiet + signal).astype(float), bin_s=8.0) for _ in range(60))
        found = [float(window_excess(rates_about(lc, 0.0), [at], 10.0).counts[0]) for lc in curves]
        assert np.mean(found) == pytest.approx(900.0, abs=4.0 * np.std(found) / np.sqrt(60.0))
    parts = window_excess(rates_about(sc.curve(start, quiet + rng.normal(0.0, 200.0, len(start)), bin_s=8.0), 0.0), [-50.0], 10.0)
    assert parts.spread[0] == pytest.approx(0.2**2 + 0.8**2)


def test_what_is_not_observed_is_not_judged() -> None:
    rng = np.random.default_rng(4)
    start = sc.starts(100.0)
    keep = (start < 9.99) | (start > 12.01)
    rates = rates_about(sc.curve(start[keep], sc.noise(rng, start)[keep]), 0.0, 100.0)
    found = window_excess(rates, [5.0, 9.5, 11.0, 13.0], 1.0)
    assert np.isfinite(found.sigma).tolist() == [True, False, False, True]
    assert found.snr[1] == 0.0
    assert not np.isfinite(window_excess(rates, [-100.0], 190.0).sigma).any()  # nothing left for a background


@pytest.fixture(scope="module")
def drifting() -> list[Rates]:
    """Backgrounds that only a smooth curve follows."""
    start = sc.starts(300.0, 0.25)
    drift = [20_000.0 * (1.0 + 0.0022 * np.sin(start / 40.0 + seed)) for seed in range(12)]
    counts = [np.random.default_rng(seed).poisson(each).astype(float) for seed, each in enumerate(drift)]
    return [rates_about(sc.curve(start, each, bin_s=0.25), 0.0) for each in counts]


@pytest.mark.parametrize("duration", [0.25, 8.0, 32.0])
def test_windows_on_a_smooth_background_scatter_by_their_noise(drifting: list[Rates], duration: float) -> None:
    """Also those that hide all that tells a knot of the curve."""
    assert all(rates.background.knots_s is not None for rates in drifting)
    start = np.arange(-290.0, 290.0 - duration, max(duration, 8.0))
    found = [window_excess(rates, start, duration) for rates in drifting]
    assert all(np.isfinite(each.sigma).all() for each in found)
    assert np.std(np.concatenate([each.snr for each in found])) == pytest.approx(1.0, abs=0.15)


def moving_maxima(rng: np.random.Generator, trials: int, bins: int, size: int, burst: float = 0.0) -> np.ndarray:
    """Largest of moving sums of `size` bins over unit white noise, in sigmas, with a burst of that size from anywhere in a bin."""
    noise = rng.standard_normal((trials, bins))
    at = rng.uniform(size, bins - 2 * size, trials) if bins > 3 * size else np.full(trials, float(size))
    k = np.arange(bins)
    inside = np.clip(np.minimum(k + 1, at[:, None] + size) - np.maximum(k, at[:, None]), 0.0, 1.0)
    total = np.cumsum(np.concatenate([np.zeros((trials, 1)), noise + burst / np.sqrt(size) * inside], axis=1), axis=1)
    return np.asarray((total[:, size:] - total[:, :-size]).max(axis=1) / np.sqrt(size))


@pytest.mark.parametrize(("size", "bins"), [(1, 1200), (2, 1200), (20, 1200), (160, 1200), (600, 1200)])
def test_the_largest_of_noise(size: int, bins: int) -> None:
    maxima = moving_maxima(np.random.default_rng(5), 2000, bins, size)
    windows = 1.0 + (bins - size) / size
    for part in (0.2, 0.5, 0.8, 0.95):
        level = float(np.quantile(maxima, part))
        assert quiet_chance(level, size, windows) == pytest.approx(part, abs=0.05 if part > 0.4 else 0.08)
        assert quiet_chance(quiet_quantile(part, size, windows), size, windows) == pytest.approx(part, abs=1e-4)


def test_small_chances_are_not_lost() -> None:
    assert alarm_chance(3.0, 20.0, 60.0) == pytest.approx(1.0 - quiet_chance(3.0, 20.0, 60.0))
    at = [alarm_chance(level, 20.0, 60.0) for level in np.arange(3.0, 30.0, 0.25)]
    assert (np.diff(at) < 0.0).all()
    assert 0.0 < at[-1] < 1e-150
    # Where the two ways meet.
    meet = quiet_quantile(0.99, 20.0, 60.0)
    assert alarm_chance(meet + 1e-3, 20.0, 60.0) == pytest.approx(alarm_chance(meet - 1e-3, 20.0, 60.0), rel=0.2)


@pytest.mark.parametrize("size", [1, 2, 4, 20, 100])
def test_the_largest_about_a_burst(size: int) -> None:
    rng = np.random.default_rng(6)
    place = phases(size)
    inside = (1.0 - place / size, 1.0 - (1.0 - place) / size)
    for level in (3.0, 5.0):
        for burst in (level, level + 1.3):
            share = float(np.mean(moving_maxima(rng, 4000, 4 * size + 2, size, burst) <= level))
            assert float(hidden_chance(level, np.array([burst]), inside, size)[0]) == pytest.approx(share, abs=0.035)


def test_fits_of_other_bins_are_left_alone() -> None:
    """`rates_about` takes the same background as the search."""
    rng = np.random.default_rng(7)
    start = sc.starts(60.0)
    lc = sc.curve(start, sc.noise(rng, start))
    assert rates_about(lc, 0.0, 60.0).background.mean_rate == fit_background(about(lc, 0.0, 60.0)).mean_rate
