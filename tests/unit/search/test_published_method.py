from __future__ import annotations

import numpy as np
import pytest
import search_curves as sc
from scipy.stats import norm

from schemas.errors import NoData, RefusedInput
from transients.search import count_limits, noise_at_scale, published_fap, published_scales, published_search
from transients.search.published import phases, rebin


def test_there_are_128_scales_and_no_29_95_s() -> None:
    scales = published_scales()
    assert len(scales) == 128
    assert 599 not in scales
    assert 600 in scales
    assert scales[:20] == tuple(range(1, 21))
    assert scales[-1] == 620


def test_scales_of_other_bins_are_whole_bins() -> None:
    assert published_scales(0.1)[0] == 1
    assert published_scales(0.1)[-1] == 310
    assert published_scales(8.0) == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("bins", "expected"),
    [
        (1, [0]),  # round(0.5) is 0
        (2, [0, 1]),
        (3, [0, 1, 2]),  # round(1.5) is 2
        (5, [0, 1, 2]),  # round(2.5) is 2
        (19, list(range(11))),  # round(9.5) is 10
        (20, list(range(11))),
        (60, list(range(0, 31, 2))),  # round(30 / 20) is 2
        (620, list(range(0, 311, 16))),
    ],
)
def test_phases(bins: int, expected: list[int]) -> None:
    assert list(phases(bins)) == expected


def test_rebin_drops_the_incomplete_group() -> None:
    assert rebin(np.arange(10.0), 3, 2).tolist() == [9.0, 18.0]


def test_noise_reproduces_the_recorded_run() -> None:
    """S230627c: mean 83670.045, std 1475.445, mean error 1293.600, ratio 1.14057 for 12000 bins of 50 ms."""
    z = norm.ppf((np.arange(12000) + 0.5) / 12000)
    counts = 83670.045 * 0.05 + 1475.445 * 0.05 * z / z.std()
    noise = noise_at_scale(counts, 0.05, 1)
    assert noise is not None
    assert noise.mean_error_cts_s == pytest.approx(1293.600, abs=5e-4)
    assert noise.excess_noise == pytest.approx(1.14057, abs=5e-6)
    assert noise.bins == 12000


def test_count_limits_are_three_standard_deviations() -> None:
    rng = np.random.default_rng(1)
    start = sc.starts()
    counts = sc.noise(rng, start)
    limits = count_limits(sc.curve(start, counts), 0.0, (1.0, 8.0))
    sums = counts.reshape(-1, 20).sum(axis=1)
    assert limits[1.0] == pytest.approx(3.0 * sums.std(), rel=1e-12)
    assert set(limits) == {1.0, 8.0}
    with pytest.raises(NoData, match=r"0\.01 s"):
        count_limits(sc.curve(start, counts), 0.0, (0.01,))


def test_a_planted_excess_is_found_where_it_is_and_once() -> None:
    rng = np.random.default_rng(2)
    start = sc.starts()
    counts = sc.noise(rng, start)
    counts[6000 + 40 : 6000 + 60] += 60.0 * np.sqrt(sc.RATE * 0.05) / np.sqrt(20.0)
    found = published_search(sc.curve(start, counts), 0.0)
    assert found.scales == 128
    best = found.excesses[0]
    assert best.t_start_s < 2.1
    assert 2.9 < best.t_start_s + best.duration_s < 4.5
    assert best.classification == "likely"
    assert best.fap == pytest.approx(published_fap(best.snr, best.duration_s, best.t_start_s + 0.5 * best.duration_s), rel=1e-9)
    centres = [excess.t_start_s + 0.5 * excess.duration_s for excess in found.excesses]
    assert sum(abs(centre - 2.5) < 0.5 * best.duration_s for centre in centres) == 1
    assert [excess.fap for excess in found.excesses] == sorted(excess.fap or 0.0 for excess in found.excesses)
    assert all(excess.snr > 3.0 for excess in found.excesses)


def test_excess_snr_is_the_plain_formula() -> None:
    rng = np.random.default_rng(3)
    start = sc.starts(30.0)
    counts = sc.noise(rng, start)
    counts[700] += 700.0
    best = max(published_search(sc.curve(start, counts), 0.0, 30.0).excesses, key=lambda excess: excess.snr)
    rate = counts / 0.05
    error = np.sqrt(counts) / 0.05
    excvar = rate.std() / np.sqrt(np.mean(error**2))
    assert best.snr == pytest.approx((rate[700] - rate.mean()) / error[700] / excvar, rel=1e-12)
    assert best.t_start_s == pytest.approx(start[700])


def test_refusals() -> None:
    start = sc.starts(80.0)
    lc = sc.curve(start, np.full(len(start), 4200.0))
    with pytest.raises(NoData, match="27%"):
        published_search(lc, 0.0, 300.0)
    with pytest.raises(RefusedInput, match="covers"):
        published_search(lc, 86400.0, 300.0)
    assert published_search(lc, 0.0, 80.0).excesses == ()  # constant: no scatter, no excess
