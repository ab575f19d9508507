"""What is promised of probabilities: on background alone they are uniform, and one of a hundred happens once in a hundred."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import search_curves as sc
from scipy.stats import binom, kstest

from schemas import Instant, LightCurve
from transients.search import search, t0_seconds
from transients.search.simulation import Noise, simulate


def background_only(rng: np.random.Generator, bin_s: float, white: float) -> LightCurve:
    """SPI-ACS as measured: over-dispersed, sloping, with particle hits at the published rate, in the counter's even steps."""
    start = sc.starts(bin_s=bin_s)
    noise = Noise(float(rng.uniform(70_000.0, 105_000.0)), white, float(rng.uniform(-0.05, 0.05)), 1.0, 2)
    return sc.curve(start, simulate(rng, start, bin_s, noise)[0], bin_s=bin_s)


def p_values(seed: int, windows: int, *, bin_s: float = 0.05, white: float = 1.19**2) -> tuple[np.ndarray, int]:
    """Of so many light curves, and the number of detections among them."""
    rng = np.random.default_rng(seed)
    found, detections = [], 0
    for _ in range(windows):
        result = search(background_only(rng, bin_s, white), sc.T0, method="allwindow")
        assert result.allwindow is not None
        assert result.allwindow.p_value is not None
        found.append(result.allwindow.p_value)
        detections += result.detection
    return np.array(found), detections


def require_uniform(p: np.ndarray) -> None:
    test = kstest(p, "uniform")
    print(f"{len(p)} windows: KS {test.statistic:.4f}, chance {test.pvalue:.3f}; below 1 %: {np.mean(p < 0.01):.2%}")
    assert test.pvalue > 0.01
    for level in (0.01, 0.05, 0.2):
        low, high = binom.interval(0.998, len(p), level)
        assert low <= (p < level).sum() <= high


def test_p_values_are_uniform_on_background_alone() -> None:
    p, detections = p_values(51, 2000)
    require_uniform(p)
    assert detections <= binom.ppf(0.999, 2000, 0.003)


@pytest.mark.nightly
@pytest.mark.parametrize(("bin_s", "white"), [(0.05, 1.14**2), (0.05, 1.57**2), (0.1, 1.41)])
def test_p_values_are_uniform_for_other_noise(bin_s: float, white: float) -> None:
    p, _ = p_values(52, 4000, bin_s=bin_s, white=white)
    require_uniform(p)


def test_a_rate_off_by_two_would_be_seen() -> None:
    """The test above can fail: probabilities half or twice as large are told from uniform ones."""
    p = np.random.default_rng(5).random(2000)
    for wrong in (0.5 * p, 1.0 - (1.0 - p) ** 2):
        assert kstest(wrong, "uniform").pvalue < 1e-6


def test_the_real_files_minutes_without_a_burst(shared_data: Path) -> None:
    """Three minutes before GRB 230307A and three long after it, searched about pseudo T0s: shown, and not absurd."""
    formats = pytest.importorskip("transients.sources.formats")
    path = shared_data / "integral" / "spiacs_grb230307a_mmoda.fits"
    lc = formats.read_lightcurve(path.read_bytes(), path.name)
    burst = Instant.parse("2023-03-07T15:44:06.67")
    t = lc.centre_s - t0_seconds(lc, burst)
    found = []
    for quiet in (t < -1.0, t > 170.0):
        cut = LightCurve(lc.start_s[quiet], lc.width_s[quiet], lc.counts[quiet], lc.info)
        for offset in np.arange(t[quiet][0] + 20.0, t[quiet][-1] - 20.0, 20.0):
            t0 = Instant.from_datetime(burst.to_datetime() + dt.timedelta(seconds=float(offset)))
            result = search(cut, t0, method="allwindow", association_window_s=(-10.0, 10.0))
            assert not result.detection
            assert result.allwindow is not None
            found.append(result.allwindow.p_value)
    print(f"{len(found)} pseudo T0s, 20 s apart: p = {', '.join(f'{p:.2f}' for p in found)}")
    assert len(found) >= 12
    assert min(found) > 0.05 / len(found)
