"""The rate of background excesses is counted, and says what an excess is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from schemas import Spike
from transients.search.excess_rates import ExcessRates, measure_rates, rates_from
from transients.search.octaves import octave_scale
from transients.search.scan import ScanExcess

DAY_S = 86400.0
MONTH_S = 30.0 * DAY_S
#: Once a month.
LIMIT_HZ = 1.0 / MONTH_S
HIT = Spike(likely=True, log_ratio=4.0, bins=1)
NO_HIT = Spike(likely=False, log_ratio=-4.0, bins=1)
PLAIN = ScanExcess(
    start_s=0.0, duration_s=0.1, peak_s=0.0, counts=600.0, background_cts_s=9e4, snr=5.2, octave=1, first_s=0.0, last_s=0.1,
    windows=1, spike=NO_HIT, saturated=False,
)  # fmt: skip


def excess(octave: int = 1, **fields: object) -> ScanExcess:
    duration = 0.05 * 1.4 * 2.0**octave
    return dataclasses.replace(PLAIN, octave=octave, **{"duration_s": duration, **fields})  # type: ignore[arg-type]


def rates(excesses: list[ScanExcess], searched_s: float = MONTH_S, bin_s: float = 0.05, hits: bool = True) -> ExcessRates:
    return measure_rates(excesses, searched_s, bin_s, 5.0, instrument="SPI-ACS", particle_hits=hits, source="a test")


def test_what_was_counted_often_is_its_own_rate() -> None:
    found = [excess(octave=6, snr=5.1)] * 300 + [excess(octave=6, snr=6.2)] * 60
    per_octave = len(octave_scale(0.05)) / MONTH_S
    assert rates(found).far_hz(excess(octave=6, snr=5.0)) == pytest.approx(360 * per_octave)
    assert rates(found).far_hz(excess(octave=6, snr=6.0)) == pytest.approx(60 * per_octave)
    assert rates(found).relative_error(excess(octave=6, snr=6.0)) == pytest.approx(60**-0.5)
    # The same count in half the time is twice the rate.
    assert rates(found, 0.5 * MONTH_S).far_hz(excess(octave=6, snr=6.0)) == pytest.approx(120 * per_octave)


def test_the_rate_falls_with_the_significance() -> None:
    measured = rates([excess(octave=6, snr=5.1)] * 300)
    falling = [measured.far_hz(excess(octave=6, snr=snr)) for snr in np.arange(5.0, 12.0, 0.5)]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] < 1e-6 * falling[0]


def test_bright_bursts_do_not_raise_the_noise() -> None:
    bright = [excess(octave=6, snr=40.0)] * 500
    assert rates(bright).far_hz(excess(octave=6, snr=8.0)) == rates([]).far_hz(excess(octave=6, snr=8.0))
    assert sum(map(sum, rates(bright).counted.burst_like)) == 0


def test_hits_are_counted_at_every_brightness_and_apart() -> None:
    hits = [excess(octave=0, spike=HIT, snr=40.0)] * 60
    measured = rates(hits)
    assert sum(map(sum, measured.counted.spike_like)) == 60
    assert measured.far_hz(excess(octave=0, spike=HIT, snr=24.0)) == pytest.approx(60 * len(octave_scale(0.05)) / MONTH_S)
    assert measured.far_hz(excess(octave=0, snr=24.0)) < 0.1 * measured.far_hz(excess(octave=0, spike=HIT, snr=24.0))


def test_classes() -> None:
    measured = rates([])
    assert measured.classify(excess(spike=HIT, snr=50.0), LIMIT_HZ) == "spike"
    assert measured.classify(excess(octave=6, snr=9.0), LIMIT_HZ) == "burst"
    assert measured.classify(excess(octave=6, snr=5.0), LIMIT_HZ) == "faint"
    assert measured.classify(excess(octave=10, snr=20.0, duration_s=99.9), LIMIT_HZ) == "slow"
    # As rare, and more likely a hit than not, hits being frequent.
    many = rates([excess(octave=0, spike=HIT, snr=6.5)] * 1800)
    doubtful = excess(octave=6, snr=14.0, spike=Spike(likely=False, log_ratio=-0.1, bins=2))
    assert many.far_hz(doubtful) < LIMIT_HZ
    assert many.classify(doubtful, LIMIT_HZ) == "faint"
    assert many.classify(excess(octave=6, snr=14.0), LIMIT_HZ) == "burst"
    # Where bins show no shape there is no spike.
    shapeless = rates([], bin_s=8.0, hits=False)
    assert shapeless.classify(excess(octave=1, snr=9.0, spike=None, duration_s=16.0), LIMIT_HZ) == "burst"


def test_the_chance_of_a_hit_follows_shape_and_frequency() -> None:
    measured = rates([])
    shapes = [Spike(likely=ratio > 0, log_ratio=ratio, bins=1) for ratio in (-900.0, -20.0, 0.0, 5.0)]
    chances = [measured.spike_probability(excess(spike=shape)) or 0.0 for shape in shapes]
    assert chances == sorted(chances)
    assert chances[0] == 0.0
    # With no evidence of shape it is how many of all are hits; few hits are seen in this month, against the published 1800.
    many = rates([excess(octave=0, spike=HIT, snr=6.5)] * 1800).spike_probability(excess(spike=shapes[2]))
    assert many is not None
    assert many > 0.98
    assert chances[2] < many
    # Bright ones are rarely hits.
    bright = rates([excess(octave=0, spike=HIT, snr=6.5)] * 1800).spike_probability(excess(snr=100.0, spike=shapes[2]))
    assert bright is not None
    assert bright < many
    assert measured.spike_probability(excess(spike=None)) is None
    assert rates([], bin_s=8.0, hits=False).spike_probability(excess()) == 0.0


def test_a_count_that_was_kept_gives_the_same_rates() -> None:
    measured = rates([excess(octave=6, snr=5.1)] * 300)
    again = rates_from(measured.counted, particle_hits=True)
    assert again.far_hz(excess(octave=6, snr=7.0)) == measured.far_hz(excess(octave=6, snr=7.0))
