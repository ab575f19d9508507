from __future__ import annotations

import numpy as np
import pytest
import search_curves as sc

from schemas import LightCurve, OffTimeRates, SearchResult, from_json, to_json
from schemas.errors import NoData, RefusedInput
from transients.search import count_off_time, fap_report, search, search_report
from transients.search.spikes import spike_profile

CLI_KEYS = {
    "t0_utc",
    "time_frame",
    "bin_s",
    "bins",
    "completeness",
    "background_rate",
    "onset_s",
    "peak_rate_cts_s",
    "peak_time_s",
    "excess_noise",
    "background_word",
    "published",
    "allwindow",
}
EXCESS_KEYS = {"t_start_s", "duration_s", "counts", "snr", "far_hz", "fap", "class", "spike"}


@pytest.fixture(scope="module")
def burst() -> tuple[np.ndarray, np.ndarray]:
    """A flat burst of 2 s and 12 sigma at T0 + 1.02 s."""
    start = sc.starts()
    rng = np.random.default_rng(23)
    sigma = np.sqrt(sc.OVERDISPERSION * sc.RATE * 2.0)
    return start, sc.noise(rng, start) + np.round(sc.block(start, 1.02, 2.0, 12.0 * sigma))


def test_a_burst_is_detected_and_measured(burst: tuple[np.ndarray, np.ndarray]) -> None:
    start, counts = burst
    result = search(sc.curve(start, counts), sc.T0)
    assert result.detection
    assert result.allwindow is not None
    best = result.allwindow.excesses[0]
    assert best.t_start_s == pytest.approx(1.02, abs=0.2)
    assert best.duration_s == pytest.approx(2.0, abs=0.3)
    assert best.snr == pytest.approx(12.0, abs=2.5)
    assert best.classification == "likely"
    assert best.spike is not None
    assert not best.spike.likely
    assert result.net_counts == pytest.approx(12.0 * np.sqrt(sc.OVERDISPERSION * sc.RATE * 2.0), rel=0.35)
    assert result.t90_s == pytest.approx(1.8, abs=1.2)
    assert result.onset_s is None  # 1.9 sigma a bin
    assert result.background_rate_cts_s == pytest.approx(sc.RATE, rel=0.002)
    assert not result.saturated
    assert result.published is not None
    assert result.published_refused is None
    assert from_json(to_json(result), SearchResult) == result


def test_times_follow_the_frame(burst: tuple[np.ndarray, np.ndarray]) -> None:
    start, counts = burst
    lc = sc.curve(start, counts)
    here = search(lc, sc.T0, method="allwindow")
    there = search(lc, sc.T0, method="allwindow", time_frame="geocentre", light_travel_s=-0.4)
    assert here.allwindow is not None
    assert there.allwindow is not None
    assert there.allwindow.excesses[0].t_start_s == pytest.approx(here.allwindow.excesses[0].t_start_s - 0.4, abs=1e-9)
    assert here.published is None
    assert here.published_refused == "not asked for"
    with pytest.raises(RefusedInput, match="light travel"):
        search(lc, sc.T0, time_frame="geocentre")


def test_an_excess_outside_the_association_window_is_no_detection(burst: tuple[np.ndarray, np.ndarray]) -> None:
    start, counts = burst
    assert not search(sc.curve(start, counts), sc.T0, association_window_s=(-10.0, 0.5), method="allwindow").detection
    assert search(sc.curve(start, counts), sc.T0, association_window_s=(-1.0, 5.0), method="allwindow").detection


def test_a_spike_at_t0_is_no_detection() -> None:
    start = sc.starts()
    rng = np.random.default_rng(22)
    profile = spike_profile(start, start + 0.05, 0.51)
    counts = sc.noise(rng, start) + np.round(30.0 * np.sqrt(sc.RATE * 0.05) * profile / profile.max())
    result = search(sc.curve(start, counts), sc.T0, method="allwindow")
    assert result.allwindow is not None
    best = result.allwindow.excesses[0]
    assert best.snr > 15.0
    assert best.spike is not None
    assert best.spike.likely
    assert not result.detection
    assert result.onset_s is None
    assert result.peak_rate_cts_s is None


def test_short_data_is_searched_and_the_published_method_says_why_not(burst: tuple[np.ndarray, np.ndarray]) -> None:
    start, counts = burst
    near = np.abs(start + 0.025) < 60.0
    result = search(sc.curve(start[near], counts[near]), sc.T0)
    assert result.detection
    assert result.published is None
    assert "20%" in (result.published_refused or "")
    assert any("20% of T0" in caveat for caveat in result.caveats)
    assert search(sc.curve(start[near], counts[near]), sc.T0, half_width_s=60.0).published is not None


def test_a_flat_top_is_called_saturated() -> None:
    start = sc.starts(100.0)
    counts = sc.noise(np.random.default_rng(23), start) + sc.block(start, 0.0, 5.0, 2e6)
    counts[2050:2080] = counts.max() + 100.0
    result = search(sc.curve(start, counts), sc.T0, half_width_s=100.0)
    assert result.saturated
    assert result.detection
    assert result.onset_s == pytest.approx(0.025)
    assert any("lower limits" in caveat for caveat in result.caveats)


def test_refusals(burst: tuple[np.ndarray, np.ndarray]) -> None:
    start, counts = burst
    with pytest.raises(RefusedInput, match="no data within 300 s"):
        search(sc.curve(start + 86400.0, counts), sc.T0)
    with pytest.raises(NoData):
        search(sc.curve(start[:200], counts[:200]), sc.T0)


def test_a_rise_at_the_end_of_the_data_is_no_detection() -> None:
    """Belt entry: six times the rate at the end, with nothing after it."""
    start = sc.starts()
    rate = sc.RATE * (1.0 + 5.0 * np.exp((start - 300.0) / 60.0))
    result = search(sc.curve(start, sc.noise(np.random.default_rng(25), start, rate=rate)), sc.T0, method="allwindow")
    assert not result.detection
    assert any("end of the light curve" in caveat for caveat in result.caveats)


def test_few_counts_are_counts_too() -> None:
    start = sc.starts()
    rng = np.random.default_rng(26)
    counts = rng.poisson(np.full(len(start), 0.3)).astype(float)
    quiet = search(sc.curve(start, counts, instrument="ISGRI"), sc.T0, method="allwindow")
    assert quiet.background_rate_cts_s == pytest.approx(6.0, rel=0.05)
    assert not quiet.detection
    counts[6000:6040] += 2.0
    assert search(sc.curve(start, counts, instrument="ISGRI"), sc.T0, method="allwindow").detection


def test_eight_second_bins_are_searched_too() -> None:
    start = sc.starts(300.0, 8.0)
    counts = sc.noise(np.random.default_rng(24), start, bin_s=8.0, rate=1000.0)
    counts[38] += 1500.0
    result = search(sc.curve(start, counts, bin_s=8.0, instrument="IBIS/Veto"), sc.T0)
    assert result.detection
    assert result.allwindow is not None
    assert result.allwindow.excesses[0].spike is None
    assert "spike" not in result.allwindow.trials_from


def test_reports_have_the_agreed_keys(burst: tuple[np.ndarray, np.ndarray]) -> None:
    start, counts = burst
    report = search_report(search(sc.curve(start, counts), sc.T0))
    assert set(report) >= CLI_KEYS
    assert set(report["published"]) >= {"background_rate", "excesses"}
    assert set(report["allwindow"]) >= {"excesses", "trials_from"}
    assert all(set(excess) >= EXCESS_KEYS for method in ("published", "allwindow") for excess in report[method]["excesses"])
    to_json(report)
    assert fap_report(3.371209972036112, 2.4, -0.22075170199968852) == {
        "fap": pytest.approx(0.009432471324841697),
        "class": "tentatively",
    }


@pytest.mark.parametrize(("hole", "gap"), [((-2.0, 3.0), True), ((-0.3, 0.3), False), ((5.0, 15.0), False)])
def test_a_gap_that_holds_t0_is_said(hole: tuple[float, float], gap: bool) -> None:
    start = sc.starts()
    counts = sc.noise(np.random.default_rng(5), start)
    kept = (start < hole[0] - 1e-9) | (start >= hole[1] - 1e-9)
    result = search(sc.curve(start[kept], counts[kept]), sc.T0)
    if gap:
        assert result.gap_at_t0_s == pytest.approx(hole, abs=1e-6)
        assert any("nothing is known about T0" in caveat for caveat in result.caveats)
    else:
        assert result.gap_at_t0_s is None
    assert not result.detection


def archive(excesses: int, **about: object) -> OffTimeRates:
    snr = 3.25 * np.random.default_rng(1).random(excesses) ** (-1.0 / 2.7)
    known = {"live_s": 1e5, "bin_s": 0.05, "instrument": "SPI-ACS", "source": "an archive"} | about
    return count_off_time(snr, np.full(excesses, 2.0), np.zeros(excesses, bool), **known)  # type: ignore[arg-type]


def test_an_archives_rates_override_those_beside_the_burst(burst: tuple[np.ndarray, np.ndarray]) -> None:
    lc = sc.curve(*burst)
    usual = search(lc, sc.T0, method="allwindow").allwindow
    bad = search(lc, sc.T0, method="allwindow", off_time=archive(50_000)).allwindow
    assert usual is not None
    assert bad is not None
    assert bad.off_time_s == 1e5
    assert "an archive" in bad.trials_from
    assert usual.excesses[0].fap is not None
    assert bad.excesses[0].fap is not None
    assert usual.excesses[0].fap < 1e-6 < 1e-3 < bad.excesses[0].fap
    assert usual.p_value == pytest.approx(usual.excesses[0].fap)
    for other in (archive(10, instrument="IBIS/Veto"), archive(10, bin_s=0.1)):
        with pytest.raises(RefusedInput, match="say nothing of SPI-ACS"):
            search(lc, sc.T0, method="allwindow", off_time=other)


def test_the_hours_around_are_counted_where_there_are_some() -> None:
    start = sc.starts(2100.0)
    lc = sc.curve(start, sc.noise(np.random.default_rng(31), start))
    found = search(lc, sc.T0, method="allwindow").allwindow
    alone = search(lc_within(lc, 300.0), sc.T0, method="allwindow").allwindow
    assert found is not None
    assert alone is not None
    assert alone.off_time_s == pytest.approx(600.0, abs=20.0)
    assert found.off_time_s == pytest.approx(4200.0, abs=30.0)
    assert "6 stretches of ten minutes" in found.trials_from
    assert found.trials > 4 * alone.trials
    assert found.far_relative_error is not None
    assert alone.far_relative_error is not None
    assert found.far_relative_error < alone.far_relative_error
    assert found.background_rate_cts_s == alone.background_rate_cts_s


def lc_within(lc: LightCurve, half_width_s: float) -> LightCurve:
    keep = np.abs(lc.centre_s) <= half_width_s
    return LightCurve(lc.start_s[keep], lc.width_s[keep], lc.counts[keep], lc.info)
