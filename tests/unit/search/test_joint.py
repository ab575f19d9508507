"""All detectors together: unbiased, never worse than the best alone, sceptical of what one alone sees."""

from __future__ import annotations

import numpy as np
import pytest
import search_curves as sc
from mission_samples import shipped_response

from schemas import FloatArray
from transients.search import (
    Hypotheses,
    Rates,
    burst_interval,
    combine,
    counts_per_fluence,
    fit_burst,
    joint_search,
    levels_of,
    limits,
    rates_about,
)

#: Bin (s), cts/s, variance over mean, as measured for each.
DETECTORS = {"SPI-ACS": (0.05, 84_000.0, 1.3), "IBIS/Veto": (8.0, 5_000.0, 9.0), "ISGRI": (1.0, 720.0, 1.1)}
SPECTRA = ("hard", "soft")
#: Directions of a localisation: three on the side, one behind; deg.
THETA, PHI = np.radians([60.0, 70.0, 85.0, 150.0]), np.radians([90.0, 95.0, 100.0, -170.0])
PROB = np.array([0.4, 0.3, 0.2, 0.1])


@pytest.fixture(scope="module")
def responses() -> dict[tuple[str, str], FloatArray]:
    model = shipped_response()
    return {(name, spectrum): model.fluence_per_count(name, spectrum, THETA, PHI) for name in DETECTORS for spectrum in SPECTRA}


#: T0 -+ this: a whole number of 8 s bins.
HALF_S = 152.0


def see(
    rng: np.random.Generator, counts: dict[str, float], at_s: float, duration_s: float, names: tuple[str, ...] = tuple(DETECTORS)
) -> list[Rates]:
    """The detectors with a flat burst of these counts."""
    found = []
    for name in names:
        bin_s, rate, dispersion = DETECTORS[name]
        start = sc.starts(HALF_S, bin_s)
        signal = sc.block(start, at_s, duration_s, counts.get(name, 0.0), bin_s)
        drawn = sc.noise(rng, start, bin_s=bin_s, rate=rate + signal / bin_s, ratio=dispersion)
        found.append(rates_about(sc.curve(start, drawn, bin_s=bin_s, instrument=name), 0.0, HALF_S))
    return found


def expected(responses: dict[tuple[str, str], FloatArray], fluence: float, spectrum: str, tile: int) -> dict[str, float]:
    return {name: fluence / float(responses[name, spectrum][tile]) for name in DETECTORS}


@pytest.mark.parametrize(("spectrum", "tile", "duration_s"), [("hard", 0, 8.0), ("soft", 3, 20.0), ("hard", 1, 1.0)])
def test_fluences_are_recovered(
    responses: dict[tuple[str, str], FloatArray], spectrum: str, tile: int, duration_s: float
) -> None:
    """One direction and the right spectrum: unbiased, with the scatter that the error says, wherever the burst falls in 8 s bins."""
    rng = np.random.default_rng(50 + tile)
    here = {(name, spectrum): responses[name, spectrum][tile : tile + 1] for name in DETECTORS}
    hypotheses = Hypotheses.of(list(DETECTORS), [spectrum], here, np.ones(1))
    fluence, pulls = 3.0e-6, []
    for _ in range(60):
        at_s = float(rng.uniform(-20.0, 20.0))
        fit = fit_burst(
            see(rng, expected(responses, fluence, spectrum, tile), at_s, duration_s), hypotheses, at_s, duration_s, 0.2
        )
        assert fit is not None
        (found,) = fit.fluences
        assert found.localisation_erg_cm2 == pytest.approx(0.0, abs=1e-12)
        assert found.systematic_erg_cm2 == pytest.approx(0.2 * found.fluence_erg_cm2)
        pulls.append((found.fluence_erg_cm2 - fluence) / found.statistical_erg_cm2)
    assert abs(np.mean(pulls)) < 4.0 / np.sqrt(60.0)
    assert 0.75 < np.std(pulls) < 1.3


def test_a_burst_is_found_where_it_was(responses: dict[tuple[str, str], FloatArray]) -> None:
    rng = np.random.default_rng(61)
    hypotheses = Hypotheses.of(list(DETECTORS), SPECTRA, responses, PROB)
    detectors = see(rng, expected(responses, 4.0e-6, "hard", 3), 33.3, 6.4)
    window = joint_search(detectors, hypotheses)
    assert window is not None
    assert window.start_s == pytest.approx(33.3, abs=1.0)
    assert window.duration_s == pytest.approx(6.4)
    assert window.noise_probability < 1e-6
    start_s, duration_s = burst_interval(detectors, window)
    assert start_s <= 33.3
    assert start_s + duration_s >= 39.7
    fit = fit_burst(detectors, hypotheses, start_s, duration_s, 0.2)
    assert fit is not None
    assert fit.degrees_of_freedom == 2
    assert fit.p_value is not None
    assert fit.p_value > 0.01
    # Its direction is not known: within the errors, the localisation's among them.
    hard = next(entry for entry in fit.fluences if entry.spectrum == "hard")
    error = np.hypot(hard.statistical_erg_cm2, np.hypot(hard.localisation_erg_cm2, hard.systematic_erg_cm2))
    assert abs(hard.fluence_erg_cm2 - 4.0e-6) < 3.0 * error
    assert sum(entry.probability for entry in fit.fluences) == pytest.approx(1.0)
    assert fit.log_ratio_alone is not None
    assert fit.log_ratio_alone > 0.0
    assert {ratio.denominator for ratio in fit.ratios} == {"IBIS/Veto"}  # from behind it sees most
    for ratio in fit.ratios:
        truth = float(responses[ratio.denominator, "hard"][3] / responses[ratio.numerator, "hard"][3])
        assert abs(ratio.ratio - truth) < 4.0 * ratio.error


def test_what_one_alone_sees_is_no_burst(responses: dict[tuple[str, str], FloatArray]) -> None:
    """A strong hit in SPI-ACS: the others would have seen a burst of that size."""
    rng = np.random.default_rng(62)
    hypotheses = Hypotheses.of(list(DETECTORS), SPECTRA, responses, PROB)
    detectors = see(rng, {"SPI-ACS": 9_000.0}, 12.0, 0.1)
    window = joint_search(detectors, hypotheses)
    assert window is not None
    assert window.start_s == pytest.approx(12.0, abs=0.05)
    fit = fit_burst(detectors, hypotheses, window.start_s, window.duration_s, 0.2)
    assert fit is not None
    assert fit.alone == "SPI-ACS"
    assert fit.log_ratio_alone is not None
    assert fit.log_ratio_alone < -3.0
    assert fit.p_value is not None
    assert fit.p_value < 0.01
    # The same counts with their share in the others are one.
    fluence = 9_000.0 * float(responses["SPI-ACS", "hard"][0])
    whole = fit_burst(see(rng, expected(responses, fluence, "hard", 0), 12.0, 0.1), hypotheses, 12.0, 0.1, 0.2)
    assert whole is not None
    assert whole.log_ratio_alone is not None
    assert whole.log_ratio_alone > 0.0
    assert whole.p_value is not None
    assert whole.p_value > 0.01


def test_missing_detectors_drop_their_term(responses: dict[tuple[str, str], FloatArray]) -> None:
    rng = np.random.default_rng(63)
    hypotheses = Hypotheses.of(list(DETECTORS), SPECTRA, responses, PROB)
    counts = expected(responses, 3.0e-6, "hard", 0)
    for names in (("SPI-ACS",), ("SPI-ACS", "ISGRI"), ("IBIS/Veto",)):
        detectors = see(rng, counts, 5.0, 8.0, names)
        window = joint_search(detectors, hypotheses)
        fit = fit_burst(detectors, hypotheses, 5.0, 8.0, 0.2)
        assert window is not None
        assert fit is not None
        assert {entry.instrument for entry in fit.detectors} == set(names)
        assert fit.degrees_of_freedom == len(names) - 1
        assert (fit.p_value is None) == (fit.log_ratio_alone is None) == (len(names) == 1)
    assert joint_search([], hypotheses) is None
    assert fit_burst([], hypotheses, 0.0, 1.0, 0.2) is None
    assert (
        combine(
            see(rng, counts, 5.0, 8.0, ("SPI-ACS",)), {"SPI-ACS": counts_per_fluence(responses["SPI-ACS", "hard"])}, PROB, 8.0
        )
        is None
    )


def test_an_instrument_that_sees_nothing_says_nothing(responses: dict[tuple[str, str], FloatArray]) -> None:
    dark = responses | {("ISGRI", spectrum): np.full(4, np.nan) for spectrum in SPECTRA}
    hypotheses = Hypotheses.of(list(DETECTORS), SPECTRA, dark, PROB)
    detectors = see(np.random.default_rng(64), expected(responses, 3.0e-6, "hard", 0), 5.0, 8.0)
    fit = fit_burst(detectors, hypotheses, 5.0, 8.0, 0.2)
    assert fit is not None
    assert next(entry for entry in fit.detectors if entry.instrument == "ISGRI").expected_counts == 0.0
    together = combine(detectors, {name: counts_per_fluence(dark[name, "hard"]) for name in DETECTORS}, PROB, 8.0)
    assert together is not None
    assert together.level.instrument == "SPI-ACS+IBIS/Veto"


def test_together_against_the_best_alone(responses: dict[tuple[str, str], FloatArray]) -> None:
    """The limit that is expected without a burst, and that the others add where bursts are long."""
    detectors = see(np.random.default_rng(65), {}, 0.0, 1.0)
    behind = np.array([0.0, 0.0, 0.0, 1.0])
    hard = {(name, "hard"): responses[name, "hard"] for name in DETECTORS}
    for prob in (PROB, behind):
        for duration in (1.0, 8.0, 16.0):
            together = combine(
                detectors, {name: counts_per_fluence(responses[name, "hard"]) for name in DETECTORS}, prob, duration
            )
            assert together is not None
            level = together.level
            (joint,) = limits((level,), {(level.instrument, "hard"): together.per_count}, prob, confidences=(0.9,))
            alone = [
                entry.expected_erg_cm2 or np.inf
                for rates in detectors
                for entry in limits(levels_of(rates, (duration,)), hard, prob, confidences=(0.9,))
            ]
            assert joint.expected_erg_cm2 is not None
            # From behind Veto sees nearly all: trying windows at every 50 ms, where it has 8 s, costs a few percent.
            assert joint.expected_erg_cm2 < (1.0 if prob is PROB else 1.1) * min(alone)
            if prob is PROB and duration > 1.0:
                assert joint.expected_erg_cm2 < 0.98 * min(alone)


def test_noise_alone_is_not_called_a_burst(responses: dict[tuple[str, str], FloatArray]) -> None:
    rng = np.random.default_rng(66)
    hypotheses = Hypotheses.of(list(DETECTORS), SPECTRA, responses, PROB)
    chances = []
    for _ in range(40):
        window = joint_search(see(rng, {}, 0.0, 1.0), hypotheses)
        assert window is not None
        chances.append(window.noise_probability)
    assert np.mean(np.array(chances) < 0.1) <= 0.25  # 4 of 40 expected, at most


def test_directions_alike_are_gathered() -> None:
    rng = np.random.default_rng(67)
    per_count = {
        ("SPI-ACS", "hard"): 1e-10 * np.exp(rng.uniform(0.0, 1.5, 5000)),
        ("ISGRI", "hard"): 2e-9 * np.exp(rng.uniform(0.0, 3.0, 5000)),
    }
    found = Hypotheses.of(("SPI-ACS", "ISGRI"), ("hard",), per_count, np.ones(5000))
    assert len(found.prior) <= 40
    assert found.prior.sum() == pytest.approx(1.0)
    assert found.prior @ found.per_fluence[:, 0] == pytest.approx(np.mean(1.0 / per_count["SPI-ACS", "hard"]))
