"""What is promised of probabilities, on background alone."""

from __future__ import annotations

import numpy as np
import pytest
import search_curves as sc

from schemas import LightCurve
from transients.search import search
from transients.search.spikes import spike_profile

#: Rate of spikes of S/N 3 and more, from 60 a day at 6 with index -2.7.
SPIKES_ABOVE_3_HZ = 60.0 / 86400.0 * (3.0 / 6.0) ** -2.7


def background_only(rng: np.random.Generator) -> LightCurve:
    start = sc.starts()
    counts = sc.noise(rng, start)
    for hit in rng.uniform(-300.0, 300.0, rng.poisson(600.0 * SPIKES_ABOVE_3_HZ)):
        near = np.abs(start - hit) < 5.0
        profile = spike_profile(start[near], start[near] + 0.05, float(hit))
        height = 3.0 * rng.random() ** (-1.0 / 2.7) * np.sqrt(sc.OVERDISPERSION * sc.RATE * 0.05)
        counts[near] += np.round(height * profile / profile.max())
    return sc.curve(start, counts)


def least_probabilities(seed: int, trials: int) -> tuple[np.ndarray, int]:
    """Least probability of each light curve's excesses, and the number of detections."""
    rng = np.random.default_rng(seed)
    least, detections = [], 0
    for _ in range(trials):
        result = search(background_only(rng), sc.T0, method="allwindow")
        detections += result.detection
        assert result.allwindow is not None
        least.append(min((e.fap for e in result.allwindow.excesses if e.fap is not None), default=1.0))
    return np.array(least), detections


def require_uniform(least: np.ndarray) -> None:
    """Not below what they say (4 sigma), and not above it by more than a factor of four where it can be seen."""
    for level in (0.05, 0.2, 0.5):
        share, error = float(np.mean(least < level)), np.sqrt(level * (1.0 - level) / len(least))
        assert share < level + 4.0 * error
        assert share > level / 4.0 - 4.0 * error
    assert np.mean(least < 0.5) > 0.15


def test_probabilities_on_background_alone() -> None:
    least, detections = least_probabilities(41, 80)
    require_uniform(least)
    assert detections <= 3


@pytest.mark.nightly
def test_probabilities_on_background_alone_at_length() -> None:
    least, detections = least_probabilities(42, 2000)
    require_uniform(least)
    assert detections <= 12  # 0.3 % of 2000 is 6
