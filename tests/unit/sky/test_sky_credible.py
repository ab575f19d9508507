"""Credible regions on maps whose answer is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from transients.sky import SkyMap, credible_area_deg2, credible_mask, localisation, peak, weighted_quantile
from transients.sky.healpix import SKY_DEG2


def _twelve(prob: list[float], **more: object) -> SkyMap:
    return SkyMap(np.zeros(12), np.arange(12), np.array(prob), **more)  # type: ignore[arg-type]


def test_greedy_by_density_with_the_crossing_tile() -> None:
    m = _twelve([0.5, 0.3, 0.15, 0.05, *[0.0] * 8])
    assert credible_mask(m, 0.5).sum() == 1
    assert credible_mask(m, 0.51).sum() == 2
    assert credible_mask(m, 0.9).sum() == 3
    assert credible_mask(m, 1.0).sum() == 4
    assert credible_area_deg2(m, 0.9) == pytest.approx(3 * SKY_DEG2 / 12)


def test_density_ranks_and_not_probability() -> None:
    m = SkyMap(np.array([0, 3]), np.array([0, 767]), np.array([0.6, 0.4]))
    assert credible_mask(m, 0.4).tolist() == [False, True]
    assert credible_area_deg2(m, 0.4) == pytest.approx(SKY_DEG2 / 768)


def test_a_region_counts_only_the_part_of_the_last_tile() -> None:
    m = _twelve([1 / 12] * 12, meta={"kind": "region"})
    assert credible_area_deg2(m, 0.3) == pytest.approx(0.3 * SKY_DEG2)


@pytest.mark.parametrize("level", [0.0, -0.1, 1.1, float("nan")])
def test_levels_outside_are_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        credible_mask(_twelve([1 / 12] * 12), level)
    with pytest.raises(ValueError, match="level"):
        credible_area_deg2(_twelve([1 / 12] * 12), level)


def test_localisation_at_the_last_pixel_and_at_right_ascension_zero() -> None:
    prob = [0.0] * 12
    prob[4] = 1.0
    where = localisation(_twelve(prob, meta={"distmean_mpc": 40.0}), "sky map")
    assert (where.peak_ra_deg, where.peak_dec_deg) == pytest.approx((0.0, 0.0))
    assert (where.tiles, where.distmean_mpc, where.diststd_mpc) == (12, 40.0, None)
    last = SkyMap(np.array([29]), np.array([12 * 4**29 - 1]), np.array([1.0]))
    assert peak(last).dec.deg == pytest.approx(0.0, abs=1e-6)


def test_maps_are_checked_and_frozen() -> None:
    with pytest.raises(ValueError, match="one length"):
        SkyMap(np.zeros(2), np.arange(3), np.ones(3))
    with pytest.raises(ValueError, match="not empty"):
        SkyMap(np.zeros(0), np.zeros(0), np.zeros(0))
    mine = np.full(12, 1 / 12)
    m = SkyMap(np.zeros(12), np.arange(12), mine)
    with pytest.raises(ValueError, match="read-only"):
        m.prob[0] = 1.0
    mine[0] = 5.0
    assert m.prob[0] == 1 / 12


def test_quantiles_with_equal_weights_are_numpys() -> None:
    values = np.random.default_rng(2).normal(size=101)
    assert weighted_quantile(values, np.ones(101), 0.5) == pytest.approx(np.median(values))
    assert weighted_quantile(values, np.ones(101), [0.1, 0.9]) == pytest.approx(np.quantile(values, [0.1, 0.9], method="hazen"))


def test_quantiles_follow_the_weights() -> None:
    assert weighted_quantile([1.0, 2.0, 100.0], [1.0, 1.0, 0.0], 1.0) == 2.0
    assert weighted_quantile([3.0, 1.0], [99.0, 1.0], 0.5) == pytest.approx(3.0, abs=0.05)
    assert weighted_quantile([7.0], [0.2], 0.3) == 7.0


@pytest.mark.parametrize(("weights", "q"), [([0.0, 0.0], 0.5), ([-1.0, 2.0], 0.5), ([np.nan, 1.0], 0.5), ([1.0, 1.0], 1.5)])
def test_quantiles_that_cannot_be(weights: list[float], q: float) -> None:
    with pytest.raises(ValueError, match=r"weights|quantile"):
        weighted_quantile([1.0, 2.0], weights, q)
