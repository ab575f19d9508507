from __future__ import annotations

import re

import numpy as np
import pytest
import search_curves as sc

from schemas.errors import BadRequest
from transients.search import (
    DistanceNodes,
    count_levels,
    count_limit,
    efficiencies,
    fluence_per_count,
    isotropic_erg,
    levels_from_count_limits,
    limit_curves,
    limit_from_counts,
    limit_report,
    limits,
    published_limits,
)
from transients.search.chance import MissChance


def test_published_isotropic_energies() -> None:
    """S190930t and S191205ah as their circulars print them."""
    assert isotropic_erg(3.3e-7, 108.0) == pytest.approx(4.6e47, rel=0.01)
    assert isotropic_erg(1.8e-7, 385.0) == pytest.approx(3.2e48, rel=0.01)
    assert isotropic_erg(None, 100.0) is None
    assert isotropic_erg(1e-7, None) is None


def test_published_recipe_on_a_small_map() -> None:
    """Four tiles of equal area; the 50 % region is the first two."""
    prob = np.array([0.3, 0.4, 0.2, 0.1])
    responses = {
        ("SPI-ACS", "hard"): np.array([2.0, 4.0, 0.1, 0.1]),
        ("SPI-ACS", "soft"): np.array([1.0, 3.0, 0.1, 0.1]),
        ("IBIS/Veto", "soft"): np.array([5.0, 0.5, 0.1, 0.1]),
    }
    found = published_limits({"SPI-ACS": {1.0: 10.0, 8.0: 20.0}, "IBIS/Veto": {8.0: 8.0}}, responses, prob, 100.0)
    assert found.hard_1s_erg_cm2 == pytest.approx(30.0)
    assert found.soft_1s_erg_cm2_s == pytest.approx(20.0)
    assert found.soft_8s_erg_cm2_s == pytest.approx(0.125 * 4.0)
    assert found.eiso_hard_1s_erg == isotropic_erg(found.hard_1s_erg_cm2, 100.0)
    assert found.instruments == ("IBIS/Veto", "SPI-ACS")


def test_medians_go_by_area() -> None:
    responses = {("SPI-ACS", "hard"): np.array([1.0, 2.0, 9.0])}
    prob = np.array([0.2, 0.2, 0.6])
    small = published_limits({"SPI-ACS": {1.0: 1.0}}, responses, prob, areas=[1.0, 1.0, 100.0])
    assert small.hard_1s_erg_cm2 is not None
    assert small.hard_1s_erg_cm2 > 8.0  # the large tile fills the region
    assert small.soft_1s_erg_cm2_s is None


def test_unseen_regions_have_no_published_limit() -> None:
    responses = {("SPI-ACS", "hard"): np.array([np.nan, 1.0, 1.0]), ("SPI-ACS", "soft"): np.array([np.inf, np.inf, np.inf])}
    found = published_limits({"SPI-ACS": {1.0: 1.0, 8.0: 1.0}}, responses, np.array([0.8, 0.1, 0.1]))
    assert found.hard_1s_erg_cm2 is None
    assert found.soft_1s_erg_cm2_s is None
    assert found.soft_8s_erg_cm2_s is None


def test_conversions() -> None:
    (found,) = fluence_per_count({("SPI-ACS", "hard"): np.array([1.0, 3.0, 7.0])}, np.array([0.4, 0.4, 0.2]))
    assert (found.low_erg_cm2, found.median_erg_cm2, found.high_erg_cm2) == (1.0, 2.0, 3.0)


def test_count_limits_of_the_command_line() -> None:
    assert limit_from_counts(["SPI-ACS:1:1035.18", "SPI-ACS:8:2910.31", "IBIS/Veto:8:1839.17"]) == {
        "SPI-ACS": {1.0: 1035.18, 8.0: 2910.31},
        "IBIS/Veto": {8.0: 1839.17},
    }
    for text in (
        "SPI-ACS",
        "SPI-ACS:1",
        "SPI-ACS:one:2",
        ":1:2",
        "SPI-ACS:0:2",
        "SPI-ACS:1:nan",
        "SPI-ACS:1:-3",
        "SPI-ACS:1:inf",
    ):
        with pytest.raises(BadRequest, match=re.escape(text)):
            limit_from_counts([text])


def test_the_limit_is_where_the_chance_is_the_confidence() -> None:
    (level,) = levels_from_count_limits({"SPI-ACS": {1.0: 1035.18}})
    for confidence in (0.5, 0.9, 0.9973):
        counts = count_limit(level, confidence)
        assert float(MissChance.of(level, 0.2)(np.array([counts]))[0]) == pytest.approx(1.0 - confidence, abs=1e-4)
    assert count_limit(level, 0.5) == pytest.approx(1035.18, rel=0.01)
    assert count_limit(level, 0.9, 0.2) > count_limit(level, 0.9, 0.0)
    with pytest.raises(ValueError, match="systematic"):
        count_limit(level, 0.9973, 0.5)


def test_one_direction_and_a_map_of_equal_response_agree() -> None:
    levels = levels_from_count_limits({"SPI-ACS": {1.0: 1000.0, 8.0: 2900.0}})
    one = limits(levels, {("SPI-ACS", "hard"): 2e-10, ("SPI-ACS", "soft"): 1.8e-10}, distance_mpc=100.0)
    many = limits(levels, {("SPI-ACS", "hard"): np.full(5000, 2e-10)}, np.ones(5000))
    assert len(one) == 8
    assert len(many) == 4
    assert one[0].fluence_erg_cm2 == pytest.approx(many[0].fluence_erg_cm2, rel=1e-4)
    assert one[0].probability_covered == pytest.approx(1.0)
    assert one[0].fluence_erg_cm2 == pytest.approx(2e-10 * one[0].count_limit, rel=1e-4)
    assert one[0].eiso_erg == isotropic_erg(one[0].fluence_erg_cm2, 100.0)


def test_a_map_is_covered_as_far_as_it_is_seen() -> None:
    levels = levels_from_count_limits({"SPI-ACS": {1.0: 1000.0}})
    prob = np.array([0.5, 0.45, 0.05])
    response = np.array([1e-10, 3e-10, np.inf])
    (entry,) = limits(levels, {("SPI-ACS", "hard"): response}, prob, confidences=(0.9,))
    assert entry.fluence_erg_cm2 > 3e-10 * 1000.0
    assert entry.probability_covered == pytest.approx(0.5) or entry.probability_covered == pytest.approx(0.95)
    assert limits(levels, {("SPI-ACS", "hard"): response}, prob, confidences=(0.96,)) == ()
    assert limits(levels, {("SPI-ACS", "hard"): np.full(3, np.nan)}, prob) == ()


def test_levels_measured_in_the_window() -> None:
    rng = np.random.default_rng(31)
    start = sc.starts()
    counts = sc.noise(rng, start)
    counts[6100:6120] += 400.0  # T0 + 5 .. 6 s
    levels = {level.duration_s: level for level in count_levels(sc.curve(start, counts), 0.0)}
    assert set(levels) == {0.1, 1.0, 8.0}
    assert levels[1.0].sigma_counts == pytest.approx(np.sqrt(sc.OVERDISPERSION * sc.RATE), rel=0.15)
    assert levels[1.0].threshold_counts == pytest.approx(8000.0, abs=1500.0)
    (before,) = count_levels(sc.curve(start, counts), 0.0, (1.0,), association_window_s=(-50.0, 0.0))
    assert before.threshold_counts < 6.0 * before.sigma_counts
    coarse = sc.starts(300.0, 8.0)
    eight = sc.curve(coarse, sc.noise(rng, coarse, bin_s=8.0, rate=1000.0), bin_s=8.0, instrument="IBIS/Veto")
    assert [level.duration_s for level in count_levels(eight, 0.0)] == [8.0]


def test_the_report_has_the_agreed_keys() -> None:
    counts = limit_from_counts(["SPI-ACS:1:1035.18"])
    responses = {("SPI-ACS", "hard"): 1.77e-10, ("SPI-ACS", "soft"): 1.54e-10}
    report = limit_report(published_limits(counts, responses), limits(levels_from_count_limits(counts), responses))
    assert set(report["published"]) >= {"hard_1s_erg_cm2", "soft_1s_erg_cm2_s", "soft_8s_erg_cm2_s"}
    assert set(report["limit"]) >= {"confidence", "duration_s", "spectrum", "fluence_erg_cm2", "eiso_erg", "probability_covered"}
    assert report["limit"]["spectrum"] == "hard"
    assert report["limit"]["duration_s"] == 1.0
    assert report["published"]["soft_8s_erg_cm2_s"] is None
    assert limit_report(published_limits(counts, responses), (), duration_s=8.0)["limit"] is None


def test_distances_along_the_line_of_sight() -> None:
    """Against draws from p(r) ~ r^2 exp(-(r - mu)^2 / 2 sigma^2) (Singer et al. 2016)."""
    rng = np.random.default_rng(70)
    mu, sigma = np.array([100.0, 40.0, np.inf]), np.array([20.0, 30.0, 1.0])
    nodes = DistanceNodes.of(mu, sigma)
    for tile in range(2):
        r = np.linspace(0.0, 400.0, 40001)
        density = r**2 * np.exp(-0.5 * ((r - mu[tile]) / sigma[tile]) ** 2)
        for power in (1, 2):
            truth = float((r**power @ density) / density.sum())
            assert float(nodes.mpc[tile] ** power @ nodes.share[tile]) == pytest.approx(truth, rel=0.02)
    assert nodes.share[2].sum() == 0.0
    # The limit on the energy is where bursts drawn over tiles and distances exceed the level as often as said.
    level = levels_from_count_limits({"SPI-ACS": {1.0: 1000.0}})
    prob, response = np.array([0.5, 0.3, 0.2]), np.array([1.5e-10, 2.5e-10, 2.0e-10])
    (entry,) = limits(level, {("SPI-ACS", "hard"): response}, prob, confidences=(0.9,), distances=nodes)
    assert entry.eiso_erg is not None
    assert entry.liso_erg_s == pytest.approx(entry.eiso_erg)
    tile = rng.choice(2, p=prob[:2] / prob[:2].sum(), size=40_000)
    drawn = np.empty(len(tile))
    for each in range(2):
        r = np.linspace(0.0, 400.0, 40001)
        density = r**2 * np.exp(-0.5 * ((r - mu[each]) / sigma[each]) ** 2)
        drawn[tile == each] = rng.choice(r, p=density / density.sum(), size=int((tile == each).sum()))
    area = 4.0 * np.pi * (drawn * 3.0856775814913673e24) ** 2
    mean = entry.eiso_erg / area / response[tile] * np.maximum(0.0, 1.0 + 0.2 * rng.standard_normal(len(tile)))
    sigma_counts = np.sqrt(level[0].sigma_counts ** 2 + level[0].overdispersion * mean)
    assert np.mean(rng.normal(mean, sigma_counts) > 1000.0) == pytest.approx(0.9, abs=0.01)
    (plain,) = limits(level, {("SPI-ACS", "hard"): response}, prob, confidences=(0.9,), distance_mpc=100.0)
    assert plain.eiso_erg == isotropic_erg(plain.fluence_erg_cm2, 100.0)


def test_depth_over_the_map() -> None:
    level = levels_from_count_limits({"SPI-ACS": {1.0: 1000.0}})
    response = np.geomspace(1.4e-10, 6.0e-10, 1000)
    (entry,) = limits(level, {("SPI-ACS", "hard"): response}, np.ones(1000), confidences=(0.9,))
    assert [part for part, _ in entry.depths] == [0.1, 0.25, 0.5, 0.75, 0.9]
    for part, depth in entry.depths:
        assert np.mean(response * entry.count_limit <= depth) == pytest.approx(part, abs=0.002)
    assert (entry.median_erg_cm2, entry.worst_erg_cm2) == (dict(entry.depths)[0.5], dict(entry.depths)[0.9])
    (half,) = limits(
        level, {("SPI-ACS", "hard"): np.where(np.arange(1000) < 950, response, np.inf)}, np.ones(1000), confidences=(0.9,)
    )
    assert half.worst_erg_cm2 == pytest.approx(entry.worst_erg_cm2 * half.count_limit / entry.count_limit)


def test_curves_and_efficiencies() -> None:
    rng = np.random.default_rng(71)
    start = sc.starts()
    levels = count_levels(sc.curve(start, sc.noise(rng, start)), 0.0, (0.1, 1.0, 8.0))
    responses = {("SPI-ACS", "hard"): 1.5e-10, ("SPI-ACS", "soft"): 1.3e-10}
    entries = limits(levels, responses, confidences=(0.9,))
    hard, soft = limit_curves(entries)
    assert hard.duration_s == (0.1, 1.0, 8.0)
    assert soft.fluence_erg_cm2[1] == pytest.approx(hard.fluence_erg_cm2[1] * 1.3 / 1.5, rel=1e-3)
    assert list(hard.expected_erg_cm2) == sorted(hard.expected_erg_cm2)
    for curve in efficiencies(levels, responses):
        assert list(curve.probability) == sorted(curve.probability)
        assert curve.probability[0] == pytest.approx(curve.false_alarm_probability, abs=0.02)
        assert np.interp(0.5, curve.probability, np.arange(len(curve.probability))) == pytest.approx(6.0, abs=0.01)
        assert curve.probability[-1] > 0.999
    assert efficiencies(levels_from_count_limits({"SPI-ACS": {1.0: 1000.0}}), responses) == ()
