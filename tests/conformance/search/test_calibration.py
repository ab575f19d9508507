"""What is promised of confidences, by injection."""

from __future__ import annotations

import numpy as np
import pytest
import search_curves as sc

from transients.search import count_levels, limits


def covered(seed: int, trials: int, duration_s: float, confidence: float) -> float:
    """Share of injected bursts, bright and faint, at any place of a map, whose fluence is below the limit set."""
    rng = np.random.default_rng(seed)
    start = sc.starts(60.0)
    prob = np.array([0.4, 0.3, 0.2, 0.1])
    response = np.array([1.0e-10, 1.5e-10, 2.0e-10, 4.0e-10])
    held = 0
    for _ in range(trials):
        tile = rng.choice(4, p=prob)
        sigma = np.sqrt(sc.OVERDISPERSION * sc.RATE * duration_s)
        fluence = float(rng.uniform(2.0, 9.0)) * sigma * 1.5e-10
        mean = fluence / response[tile] * max(0.0, 1.0 + 0.2 * rng.standard_normal())
        signal = sc.block(start, float(rng.uniform(-20.0, 20.0)), duration_s, mean)
        lc = sc.curve(start, sc.noise(rng, start, rate=sc.RATE + signal / 0.05))
        levels = count_levels(lc, 0.0, (duration_s,), half_width_s=60.0, association_window_s=(-30.0, 30.0))
        (entry,) = limits(levels, {("SPI-ACS", "hard"): response}, prob, confidences=(confidence,))
        held += fluence <= entry.fluence_erg_cm2
    return held / trials


@pytest.mark.parametrize(("duration_s", "confidence"), [(0.1, 0.9), (1.0, 0.9), (8.0, 0.9), (1.0, 0.9973)])
def test_limits_cover(duration_s: float, confidence: float) -> None:
    trials = 100
    share = covered(43, trials, duration_s, confidence)
    print(f"{duration_s:g} s at {confidence}: {share:.3f} of {trials}")
    assert share >= confidence - 3.0 * np.sqrt(confidence * (1.0 - confidence) / trials)


@pytest.mark.nightly
@pytest.mark.parametrize(("duration_s", "confidence"), [(0.1, 0.9), (1.0, 0.9), (8.0, 0.9), (1.0, 0.9973)])
def test_limits_cover_at_length(duration_s: float, confidence: float) -> None:
    trials = 2000
    share = covered(44, trials, duration_s, confidence)
    print(f"{duration_s:g} s at {confidence}: {share:.4f} of {trials}")
    assert share >= confidence - 3.0 * np.sqrt(confidence * (1.0 - confidence) / trials)
