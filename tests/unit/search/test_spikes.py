from __future__ import annotations

import numpy as np
import search_curves as sc

from transients.search import Bins, classify_spike, fit_background, spike_shape
from transients.search.spikes import spike_profile


def classified(counts: np.ndarray, first: int, stop: int, bin_s: float = 0.05) -> float | None:
    start = sc.starts(60.0, bin_s)
    spike = classify_spike(fit_background(Bins(start, np.full(len(start), bin_s), counts, bin_s)), first, stop, sc.OVERDISPERSION)
    return None if spike is None else spike.log_ratio


def test_the_template_has_the_measured_shape() -> None:
    assert spike_shape(np.array([0.0]))[0] == np.float64(5.5 * (0.3429 + 0.003 + 0.003) / 2.0)
    x = 20.0 * 0.03
    direct = 5.5 * sum(h / (np.exp(x / d) + np.exp(-x / 0.1)) for h, d in ((0.3429, 0.253), (0.003, 15.0), (0.003, 2.0)))
    assert np.isclose(spike_shape(np.array([0.03]))[0], direct, rtol=1e-12)
    far = spike_shape(np.array([-100.0, 100.0]))
    assert np.isfinite(far).all()
    assert (far < 1e-30).all()
    start = sc.starts(10.0)
    assert 1 <= (spike_profile(start, start + 0.05, 0.01) > 0.1 * spike_profile(start, start + 0.05, 0.01).max()).sum() <= 3


def test_spikes_are_spikes_and_bursts_are_not() -> None:
    rng = np.random.default_rng(9)
    start = sc.starts(60.0)
    sigma = np.sqrt(sc.OVERDISPERSION * sc.RATE * 0.05)
    for snr in (8.0, 15.0, 60.0):
        right = 0
        for _ in range(10):
            hit = rng.uniform(-5.0, 5.0)
            profile = spike_profile(start, start + 0.05, hit)
            counts = sc.noise(rng, start) + snr * sigma * profile / profile.max()
            peak = int(np.argmax(profile))
            ratio = classified(counts, peak, peak + 1)
            right += ratio is not None and ratio > 0.0
        assert right >= 9
        for duration in (0.5, 2.0, 10.0):
            counts = sc.noise(rng, start) + sc.block(start, 0.02, duration, snr * sigma * np.sqrt(duration / 0.05))
            ratio = classified(counts, 1200, 1200 + round(duration / 0.05))
            assert ratio is not None
            assert ratio < 0.0


def test_wide_bins_tell_nothing() -> None:
    start = sc.starts(60.0, 1.0)
    counts = sc.noise(np.random.default_rng(1), start, bin_s=1.0)
    counts[60] += 5000.0
    assert classified(counts, 60, 61, 1.0) is None


def test_a_long_faint_excess_is_no_spike_for_its_highest_bin() -> None:
    rng = np.random.default_rng(10)
    start = sc.starts(60.0)
    burst_like = 0
    for _ in range(40):
        counts = sc.noise(rng, start) + sc.block(start, 0.02, 10.0, 4.5 * np.sqrt(sc.OVERDISPERSION * sc.RATE * 10.0))
        ratio = classified(counts, 1200, 1400)
        burst_like += ratio is not None and ratio < 0.0
    assert burst_like == 40


def test_the_template_of_the_table_is_the_template() -> None:
    from transients.search.kernels.spikes import template_to
    from transients.search.spikes import _TABLE_S, _TABLE_STEP_S, _template_integral

    start = np.arange(-1.0, 6.0, 0.05)
    direct = spike_profile(start, start + 0.05, 0.013)
    place = (np.stack([start, start + 0.05]) - 0.013 - _TABLE_S[0]) / _TABLE_STEP_S
    table = np.array([template_to(_template_integral(), high) - template_to(_template_integral(), low) for low, high in place.T])
    np.testing.assert_allclose(table, direct, atol=0.005 * direct.max())


def test_a_burst_with_a_sharp_peak_is_a_burst() -> None:
    rng = np.random.default_rng(11)
    start = sc.starts(60.0)
    sigma = np.sqrt(sc.OVERDISPERSION * sc.RATE * 0.05)
    for peak, extended in ((30.0, 10.0), (100.0, 20.0), (10.0, 8.0)):
        for _ in range(10):
            counts = sc.noise(rng, start) + sc.block(start, 0.02, 8.0, extended * sigma * np.sqrt(160.0))
            counts += peak * sigma * (spike_profile(start, start + 0.05, 2.01) / spike_profile(start, start + 0.05, 2.01).max())
            ratio = classified(counts, 1200, 1360)
            assert ratio is not None
            assert ratio < 0.0
