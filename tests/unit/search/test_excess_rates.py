"""The rate of background excesses is measured, and says what an excess is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from schemas import Spike
from transients.search.excess_rates import measure_rates
from transients.search.falsealarm import white_rate_hz
from transients.search.published_fap import spike_rate_hz
from transients.search.scan import ScanExcess
from transients.search.windows import octave_scale

DAY_S = 86400.0
HIT = Spike(likely=True, log_ratio=4.0, bins=1)
NO_HIT = Spike(likely=False, log_ratio=-4.0, bins=1)
PLAIN = ScanExcess(
    start_s=0.0, duration_s=0.1, peak_s=0.0, counts=600.0, background_cts_s=9e4, snr=5.2, octave=1, first_s=0.0, last_s=0.1,
    windows=1, spike=NO_HIT, saturated=False,
)  # fmt: skip


def excess(**fields: object) -> ScanExcess:
    return dataclasses.replace(PLAIN, **fields)  # type: ignore[arg-type]


def test_white_noise_is_its_own_measure() -> None:
    scale = octave_scale(0.05)
    time_s = 1e9
    expected = [white_rate_hz(5.0, k, float(scale[k])) - white_rate_hz(6.5, k, float(scale[k])) for k in range(len(scale))]
    found = [excess(octave=k, snr=5.3) for k, rate in enumerate(expected) for _ in range(round(rate * time_s))]
    rates = measure_rates(found, time_s, 0.05, 5.0, spikes=False)
    np.testing.assert_allclose(rates.factor, 1.0, atol=0.05)
    one = excess(octave=4, snr=6.0)
    assert rates.far_hz(one) == pytest.approx(len(scale) * white_rate_hz(6.0, 4, float(scale[4])), rel=0.05)


def test_a_restless_octave_has_a_higher_rate_and_the_others_not() -> None:
    quiet = measure_rates([], 30 * DAY_S, 0.05, 5.0, spikes=False)
    loud = measure_rates([excess(octave=9)] * 200, 30 * DAY_S, 0.05, 5.0, spikes=False)
    assert loud.factor[9] > 20.0
    np.testing.assert_array_equal(np.delete(loud.factor, 9), np.delete(quiet.factor, 9))
    assert loud.far_hz(excess(octave=9, snr=7.0)) > 20.0 * quiet.far_hz(excess(octave=9, snr=7.0))


def test_bright_bursts_and_hits_do_not_raise_the_noise() -> None:
    few = measure_rates([], DAY_S, 0.05, 5.0, spikes=True)
    many = measure_rates([excess(snr=40.0)] * 50 + [excess(spike=HIT)] * 50, DAY_S, 0.05, 5.0, spikes=True)
    np.testing.assert_array_equal(many.factor, few.factor)


def test_hits_are_as_frequent_as_counted() -> None:
    hits = [excess(spike=HIT, snr=6.5)] * 240
    rates = measure_rates(hits, 2 * DAY_S, 0.05, 5.0, spikes=True)
    assert rates.spike_factor == pytest.approx(2.0)
    assert rates.spike_rate_hz(6.0, 0) == pytest.approx(120.0 / DAY_S)
    # Too few to count: as published.
    assert measure_rates(hits[:3], 2 * DAY_S, 0.05, 5.0, spikes=True).spike_factor == 1.0
    assert measure_rates(hits, 2 * DAY_S, 0.05, 5.0, spikes=False).far_hz(excess(snr=30.0)) < 1e-100
    leaking = rates.far_hz(excess(snr=30.0))
    assert leaking == pytest.approx(0.05 * 2.0 * spike_rate_hz(30.0, float(rates.scale_s[1])), rel=1e-6)
    assert rates.far_hz(excess(snr=30.0, spike=HIT)) == pytest.approx(20.0 * leaking)


def test_classes() -> None:
    rates = measure_rates([], 30 * DAY_S, 0.05, 5.0, spikes=True)
    limit = 1.0 / (30 * DAY_S)
    assert rates.classify(excess(spike=HIT, snr=50.0), limit) == "spike"
    assert rates.classify(excess(octave=6, snr=9.0), limit) == "burst"
    assert rates.classify(excess(octave=6, snr=5.0), limit) == "faint"
    # Where bins show no shape there is no such class.
    shapeless = measure_rates([], 30 * DAY_S, 8.0, 5.0, spikes=False)
    assert shapeless.classify(excess(octave=1, snr=9.0, spike=None), limit) == "burst"


def test_the_chance_of_a_hit_follows_shape_and_frequency() -> None:
    rates = measure_rates([], 30 * DAY_S, 0.05, 5.0, spikes=True)
    chances = [rates.spike_probability(excess(spike=Spike(likely=r > 0, log_ratio=r, bins=1))) for r in (-900.0, -20.0, 0.0, 5.0)]
    assert all(chance is not None for chance in chances)
    assert chances == sorted(chances)  # type: ignore[type-var]
    assert chances[0] == 0.0
    # At no evidence of shape it is how many of all are hits: 60 a day of hits, 0.3 of bursts, at S/N 5.2.
    assert chances[2] == pytest.approx(1.0 / (1.0 + 0.3 / 60.0 * (5.2 / 6.0) ** 1.7), rel=0.2)
    # Bright ones are rarely hits.
    bright = rates.spike_probability(excess(snr=100.0, spike=Spike(likely=False, log_ratio=0.0, bins=1)))
    assert bright is not None
    assert bright < chances[2]  # type: ignore[operator]
    assert rates.spike_probability(excess(spike=None)) is None
    assert measure_rates([], DAY_S, 0.05, 5.0, spikes=False).spike_probability(excess()) == 0.0
