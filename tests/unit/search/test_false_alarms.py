from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from transients.search import association_fap, background_word, fap_class, snr_word
from transients.search.falsealarm import COUNTED_SNR, measure_false_alarms, white_rate_hz
from transients.search.octaves import octave_scale


def test_words_change_at_their_bounds() -> None:
    assert [fap_class(fap) for fap in (0.0, 0.0029999, 0.003, 0.01, 0.05, 0.9999, 1.0, 7.0)] == [
        "likely",
        "likely",
        "tentatively",
        "possibly",
        "likely background",
        "likely background",
        "background",
        "background",
    ]
    assert [snr_word(snr) for snr in (3.0, 4.999, 5.0, 6.999, 7.0)] == ["marginal"] * 2 + ["moderately significant"] * 2 + [
        "significant"
    ]
    assert [background_word(noise) for noise in (1.0, 1.199, 1.2, 1.5, 2.0)] == [
        "very stable",
        "very stable",
        "rather stable",
        "somewhat unstable",
        "very unstable",
    ]


def test_association_is_a_probability_and_monotone() -> None:
    rates = np.geomspace(1e-12, 10.0, 60)
    faps = [association_fap(rate, 3.0, 1.0, 600.0, 0.02) for rate in rates]
    assert all(0.0 <= fap <= 1.0 for fap in faps)
    assert all(a <= b for a, b in itertools.pairwise(faps))
    offsets = [association_fap(1e-5, t, 1.0, 600.0, 0.02) for t in (0.0, 0.5, 1.0, 10.0, 100.0, 300.0, 1000.0)]
    assert offsets == sorted(offsets)
    assert association_fap(0.0, 10.0, 1.0, 600.0, 0.02) == 0.0


def test_association_counts_what_it_says() -> None:
    """Poisson excesses of known rates: the share of windows with one of rank u or better is 1 - exp(-u (1 + ln(W F / u)))."""
    rng = np.random.default_rng(11)
    window, floor = 600.0, 0.02
    best = []
    for _ in range(4000):
        count = rng.poisson(floor * window)
        rate = floor * rng.random(count)  # rates at least as rare are uniform below the floor
        t = rng.uniform(-300.0, 300.0, count)
        best.append(
            min((association_fap(float(f), float(x), 0.0, window, floor) for f, x in zip(rate, t, strict=True)), default=1.0)
        )
    for level in (0.02, 0.1, 0.5):
        assert np.mean(np.array(best) < level) == pytest.approx(level, abs=4.0 * math.sqrt(level * (1.0 - level) / 4000))


def test_more_excesses_counted_raise_the_rate() -> None:
    scales = octave_scale(0.05)
    quiet = measure_false_alarms(scales, np.full(5, 3.5), 600.0, spikes=False)
    noisy = measure_false_alarms(scales, np.full(80, 3.5), 600.0, spikes=False)
    assert quiet.factor < 1.0 < noisy.factor
    assert noisy.rate_hz(5.0, 3) > quiet.rate_hz(5.0, 3)
    assert "80 excesses above S/N 3.25 in 600 s" in noisy.trials_from
    assert "spike" not in noisy.trials_from
    spiky = measure_false_alarms(scales, np.full(20, 3.5), 600.0, spikes=True)
    assert "published spike rate" in spiky.trials_from
    assert spiky.rate_hz(8.0, 0) == pytest.approx(len(scales) * 60.0 / 86400.0 * (8.0 / 6.0) ** -2.7, rel=1e-6)
    assert measure_false_alarms(scales, np.full(3, COUNTED_SNR - 0.1), 600.0, spikes=False).counted == 0


def test_a_single_bin_is_counted_as_the_normal_law_says() -> None:
    assert white_rate_hz(4.0, 0, 0.05) == pytest.approx(3.167e-5 / 0.05, rel=0.06)
