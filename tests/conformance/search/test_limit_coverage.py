"""Limits cover as often as they say: bursts injected into counts, through background, levels and limits.

Each burst comes from a direction of the localisation, seen through a response that is off by its systematic error, at any time and any
place within a bin, on over-dispersed counts in steps of two. Its fluence is drawn above the power-constrained floor, where coverage is
to be the confidence, neither less nor more. No spikes: they can only make limits weaker.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import search_curves as sc

from schemas import FloatArray
from transients.search import CountLevel, Rates, combine, counts_per_fluence, efficiencies, levels_of, limits, rates_about

CONFIDENCES = (0.9, 0.95, 0.997)
SYSTEMATIC = 0.2
#: Deviations of a binomial share that are taken for chance: three confidences of several cases are looked at.
MOST_SIGMAS = 3.5


@dataclasses.dataclass(frozen=True)
class Case:
    """A localisation, a noise and a duration."""

    duration_s: float
    response: tuple[float, ...] = (1.5e-10,)
    prob: tuple[float, ...] = (1.0,)
    rate: float = sc.RATE
    dispersion: float = sc.OVERDISPERSION
    #: Change of the background over the data, a part of it.
    trend: float = 0.0
    half_s: float = 60.0
    #: The detectors beside SPI-ACS: bin (s), cts/s, variance over mean, response over that of SPI-ACS by tile.
    others: tuple[tuple[str, float, float, float, tuple[float, ...]], ...] = ()


MAP = {"response": (1.0e-10, 1.5e-10, 2.0e-10, 4.0e-10), "prob": (0.4, 0.3, 0.2, 0.1)}
CASES = {
    "0.05 s, one bin": Case(0.05),
    "0.1 s, best direction": Case(0.1, response=(1.43e-10,), rate=118_000.0, dispersion=1.44),
    "1 s, suppressed direction, noisy": Case(1.0, response=(5.0e-10,), rate=110_000.0, dispersion=3.6),
    "1 s, wide map": Case(1.0, **MAP),  # type: ignore[arg-type]
    "8 s, wide map, noisy, trend": Case(8.0, **MAP, rate=40_000.0, dispersion=2.5, trend=0.05),  # type: ignore[arg-type]
}
LONG = {
    "20 s in ten minutes": Case(20.0, half_s=300.0, trend=0.03),
    "100 s in ten minutes": Case(100.0, half_s=300.0),
}
TOGETHER = Case(
    8.0,
    response=(1.5e-10, 2.5e-10),
    prob=(0.6, 0.4),
    half_s=150.0,
    others=(("IBIS/Veto", 8.0, 5_000.0, 9.0, (3.0, 1.2)), ("ISGRI", 1.0, 720.0, 1.1, (40.0, 60.0))),
)


def detectors(rng: np.random.Generator, case: Case, mean: dict[str, float], at_s: float) -> list[Rates]:
    """Counts of all detectors with a burst of these mean counts."""
    found = []
    for name, bin_s, rate, dispersion, _ in (("SPI-ACS", 0.05, case.rate, case.dispersion, ()), *case.others):
        start = sc.starts(case.half_s, bin_s)
        quiet = rate * bin_s * (1.0 + case.trend * start / case.half_s)
        signal = sc.block(start, at_s, case.duration_s, mean[name], bin_s)
        counts = rng.normal(quiet + signal, np.sqrt(dispersion * (quiet + signal)))
        curve = sc.curve(start, 2.0 * np.round(0.5 * counts), bin_s=bin_s, instrument=name)
        found.append(rates_about(curve, 0.0, case.half_s))
    return found


def level_of(case: Case, rates: list[Rates], tiles: dict[str, FloatArray]) -> tuple[CountLevel, FloatArray]:
    """The level, and the response that goes with it."""
    window = (-case.half_s, case.half_s)
    if not case.others:
        (level,) = levels_of(rates[0], (case.duration_s,), window)
        return level, tiles["SPI-ACS"]
    together = combine(
        rates, {name: counts_per_fluence(each) for name, each in tiles.items()}, np.array(case.prob), case.duration_s, window
    )
    assert together is not None
    assert together.level.instrument == "SPI-ACS+ISGRI+IBIS/Veto"
    return together.level, together.per_count


def injected(case: Case, seed: int, trials: int) -> tuple[FloatArray, float, float, float]:
    """Shares of bursts below their limits, by confidence; found bursts, how many the efficiency curve expects, and its variance."""
    rng = np.random.default_rng(seed)
    prob = np.array(case.prob)
    tiles = {"SPI-ACS": np.array(case.response)}
    tiles |= {name: tiles["SPI-ACS"] * np.array(ratio) for name, _, _, _, ratio in case.others}
    level, response = level_of(case, detectors(rng, case, dict.fromkeys(tiles, 0.0), 0.0), tiles)
    key = (level.instrument, "hard")
    quiet = limits((level,), {key: response}, prob, confidences=CONFIDENCES)
    floor = max(entry.expected_erg_cm2 or 0.0 for entry in quiet)
    (curve,) = efficiencies((level,), {key: response}, prob)
    held = np.zeros(len(CONFIDENCES))
    found, wanted, variance = 0, 0.0, 0.0
    for _ in range(trials):
        fluence = floor * float(np.exp(rng.uniform(np.log(1.05), np.log(4.0))))
        tile = rng.choice(len(prob), p=prob)
        off = max(0.0, 1.0 + SYSTEMATIC * rng.standard_normal())
        mean = {name: fluence / values[tile] * off for name, values in tiles.items()}
        at_s = float(rng.uniform(-0.8 * case.half_s, 0.8 * case.half_s - case.duration_s))
        level, response = level_of(case, detectors(rng, case, mean, at_s), tiles)
        entries = limits((level,), {key: response}, prob, confidences=CONFIDENCES)
        held += [fluence <= entry.fluence_erg_cm2 for entry in entries]
        found += level.threshold_counts / level.sigma_counts > curve.threshold_snr
        chance = float(np.interp(np.log(fluence), np.log(curve.fluence_erg_cm2), curve.probability))
        wanted, variance = wanted + chance, variance + chance * (1.0 - chance)
    return held / trials, float(found), wanted, variance


def require(case: Case, seed: int, trials: int) -> None:
    # A long faint burst that is not put aside as source raises the scatter that is measured: a few in a hundred fewer are found.
    slack = 0.01 if case.duration_s < 10.0 else 0.05
    share, found, wanted, variance = injected(case, seed, trials)
    error = np.sqrt(np.array(CONFIDENCES) * (1.0 - np.array(CONFIDENCES)) / trials)
    print(f"{case.duration_s:g} s, {trials}: {share.round(4)}, found {found:.0f} of {wanted:.1f} expected")
    assert (np.abs(share - CONFIDENCES) <= MOST_SIGMAS * error).all()
    assert abs(found - wanted) <= 4.0 * np.sqrt(variance) + slack * trials


@pytest.mark.parametrize("name", CASES)
def test_limits_cover_what_they_say(name: str) -> None:
    require(CASES[name], 43, 1000)


def test_detectors_together_cover_what_they_say() -> None:
    require(TOGETHER, 44, 300)


@pytest.mark.nightly
@pytest.mark.parametrize("name", [*CASES, *LONG])
def test_limits_cover_what_they_say_at_length(name: str) -> None:
    require({**CASES, **LONG}[name], 45, 4000)


@pytest.mark.nightly
def test_detectors_together_cover_what_they_say_at_length() -> None:
    require(TOGETHER, 46, 2000)


def test_bursts_below_the_floor_are_always_covered() -> None:
    """The power constraint: no limit lies below the one of the median noise, however low the counts happen to be."""
    case, rng = Case(1.0), np.random.default_rng(47)
    for _ in range(30):
        (level,) = levels_of(detectors(rng, case, {"SPI-ACS": 0.0}, 0.0)[0], (1.0,), (-60.0, 60.0))
        for entry in limits((level,), {("SPI-ACS", "hard"): 1.5e-10}, confidences=CONFIDENCES):
            assert entry.expected_erg_cm2 is not None
            assert entry.fluence_erg_cm2 >= entry.expected_erg_cm2 * (1.0 - 1e-6)
