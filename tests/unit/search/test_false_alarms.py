from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

from schemas import OffTimeRates, from_json, to_json
from schemas.errors import RefusedInput
from transients.search import association_fap, background_word, count_off_time, fap_class, snr_word
from transients.search.association import Association
from transients.search.falsealarm import FalseAlarms
from transients.search.off_time import together


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


def counted(snr: list[float], live_s: float, *, duration_s: float = 0.3, spike: bool = False, **about: object) -> OffTimeRates:
    values = np.array(snr)
    known = {"bin_s": 0.05, "instrument": "SPI-ACS", "source": "test"} | about
    return count_off_time(values, np.full(len(values), duration_s), np.full(len(values), spike), live_s=live_s, **known)  # type: ignore[arg-type]


def test_ranks_are_integrated_over_time_and_octaves() -> None:
    """The number of background excesses of a rank or better that touch the window, against scipy's integral."""
    rates, scales = (1e-2, 1e-3), (0.1, 5.0)
    for window in ((-300.0, 300.0), (-1.0, 5.0), (2.0, 50.0)):
        association = Association(np.array(rates), np.array(scales), window)
        for rank in (1e-3, 0.1, 3.0):
            truth = 0.0
            for rate, d in zip(rates, scales, strict=True):
                kinks = {sign * at for at in (d, rank / 4.0 / rate, 0.0) for sign in (-1.0, 1.0)}
                low, high = window[0] - 0.5 * d, window[1] + 0.5 * d
                edges = [low, *sorted(kink for kink in kinks if low < kink < high), high]
                for part in itertools.pairwise(edges):
                    truth += quad(lambda t, f=rate, d=d: min(f, rank / 4.0 / max(abs(t), d)), *part)[0]  # noqa: B023
            assert association.expected(rank) == pytest.approx(truth, rel=1e-9)
            assert 0.0 < association.probability(rank) <= 1.0
    faps = [association.probability(rank) for rank in np.geomspace(1e-9, 1e3, 50)]
    assert (np.diff(faps) >= -1e-12).all()
    assert association.probability(0.0) == 0.0
    assert faps[0] == pytest.approx(association.expected(1e-9), rel=1e-6)


def test_what_is_counted_in_little_time_scales_the_simulation() -> None:
    quiet, noisy = (FalseAlarms(counted([3.5] * n, 600.0), True) for n in (12, 120))
    assert quiet.white_factor[0] < 1.0 < noisy.white_factor[0]
    assert noisy.octave_rate_hz(5.0, 3) > quiet.octave_rate_hz(5.0, 3)
    assert quiet.relative_error(4.5, 3) < 0.12 < quiet.relative_error(6.0, 3)
    assert "12 excesses above S/N 3.25 in 600 s of test" in quiet.trials_from
    assert "particle hits" in quiet.trials_from
    assert "particle hits" not in FalseAlarms(counted([3.5], 600.0), False).trials_from
    assert counted([3.1], 600.0).burst_like == counted([], 600.0).burst_like


def test_an_archives_counts_stand_for_themselves() -> None:
    """A power law is counted in an archive; the white shape would give nothing at S/N 8, the archive gives what happened."""
    rng = np.random.default_rng(6)
    snr = 3.25 * rng.random(20_000) ** (-1.0 / 2.7)
    alarms = FalseAlarms(counted(list(snr), 1e6, source="archive"), True)
    octave = 2  # 0.2 to 0.35 s
    for level in (3.5, 4.1, 6.5, 8.0):
        assert alarms.octave_rate_hz(level, octave) == pytest.approx(20_000 / 1e6 * (level / 3.25) ** -2.7, rel=0.1)
        assert alarms.relative_error(level, octave) < 0.2
    rates = [alarms.octave_rate_hz(float(level), octave) for level in np.linspace(3.25, 40.0, 300)]
    assert all(a >= b for a, b in itertools.pairwise(rates))
    assert alarms.relative_error(60.0, octave) > 1.0
    # Another octave, of which nothing was counted, keeps the simulation's shape.
    assert alarms.octave_rate_hz(8.0, 6) < 1e-9


def test_particle_hits_are_counted_by_their_shape() -> None:
    usual, many = (FalseAlarms(counted([7.0] * n, 86_400.0, duration_s=0.05, spike=True), True) for n in (60, 240))
    assert 0.5 < usual.hit_factor < 1.5
    assert many.hit_factor / usual.hit_factor == pytest.approx(4.0, rel=0.1)
    assert FalseAlarms(counted([], 600.0), False).hit_factor == 0.0


def test_counts_are_put_together_of_one_kind_only() -> None:
    both = together([counted([3.5, 9.0], 600.0), counted([4.0], 1200.0)], "two stretches")
    assert both.live_s == 1800.0
    assert sum(map(sum, both.burst_like)) == 3
    assert from_json(to_json(both), OffTimeRates) == both
    for other in (counted([4.0], 600.0, bin_s=0.1), counted([4.0], 600.0, instrument="IBIS/Veto")):
        with pytest.raises(RefusedInput, match="not of one kind"):
            together([counted([3.5], 600.0), other], "wrong")


def test_a_single_bin_is_counted_as_the_normal_law_says() -> None:
    alarms = FalseAlarms(counted([3.3] * 17, 600.0), False)
    assert alarms.octave_rate_hz(4.0, 0) == pytest.approx(alarms.white_factor[0] * 3.167e-5 / 0.066, rel=0.06)
