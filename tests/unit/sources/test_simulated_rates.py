"""What the simulator counts, measured as one would measure the real instrument."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from schemas import Instant
from schemas.errors import BadRequest, NoData
from transients.missions import light_travel, to_spacecraft
from transients.missions.integral import Integral
from transients.search import spike_shape
from transients.sources import NoiseOptions, SimulatedBurst, SimulatedObservatory, load_response
from transients.sources.clock import seconds_between, shift
from transients.sources.simulator.rates import quantise, quiet_rate
from transients.sources.simulator.spikes import add_spikes, binned_template
from transients.sources.veto import bins_kept, without_periodic_bins

T0 = Instant.parse("2023-06-27T20:00:00.000")
QUIET = NoiseOptions(red=0.0, spikes=0.0, gaps_per_day=0.0, belts=False)


@pytest.fixture(scope="module")
def mission() -> Integral:
    return Integral(load_response())


@pytest.fixture(scope="module")
def observatory(mission: Integral) -> SimulatedObservatory:
    return SimulatedObservatory(11, mission)


def ratio(counts: np.ndarray, bins: int) -> float:
    grouped = counts[: len(counts) // bins * bins].reshape(-1, bins).sum(axis=1)
    return float(np.std(grouped) / np.sqrt(np.mean(grouped)))


def test_white_noise_has_the_measured_ratio_of_sigmas(mission: Integral) -> None:
    lc = SimulatedObservatory(3, mission, noise=QUIET).light_curve("SPI-ACS", T0, 2000.0)
    assert len(lc) == 80_000
    assert ratio(lc.counts, 1) == pytest.approx(1.14, abs=0.01)
    assert ratio(lc.counts, 20) == pytest.approx(1.14, abs=0.05)
    assert abs(np.corrcoef(lc.counts[1:], lc.counts[:-1])[0, 1]) < 0.015
    assert 84_000 < lc.counts.mean() * 20 < 107_000


def test_red_noise_shows_at_seconds(mission: Integral) -> None:
    red = NoiseOptions(spikes=0.0, gaps_per_day=0.0, belts=False)
    lc = SimulatedObservatory(3, mission, noise=red).light_curve("SPI-ACS", T0, 4000.0)
    assert ratio(lc.counts, 1) == pytest.approx(1.14, abs=0.01)
    assert 1.14 < ratio(lc.counts, 160) < 1.30


def test_counts_are_even(observatory: SimulatedObservatory) -> None:
    lc = observatory.light_curve("SPI-ACS", T0, 300.0)
    assert lc.counts.max() < 10_000
    assert (lc.counts % 2 == 0).all()


def test_the_code_has_its_steps() -> None:
    given = np.array([0.0, 101.3, 255.4, 4261.2, 9999.0, 10_001.0, 19_999.0, 20_003.0, 41_111.0])
    coded = quantise(given)
    np.testing.assert_array_equal(coded, [0, 101, 255, 4262, 10_000, 10_000, 20_000, 20_000, 41_104])
    steps = np.array([1, 1, 1, 2, 2, 4, 4, 8, 16])
    assert (coded % steps == 0).all()
    assert (np.abs(coded - given) <= steps / 2).all()


def test_the_rate_follows_the_solar_cycle() -> None:
    year = 365.25 * 86400.0
    rates = quiet_rate("SPI-ACS", np.array([8.2, 14.3, 19.9, 22.0, 23.18]) * year)
    assert rates[1] == rates.min()
    assert rates[2] == rates.max()
    np.testing.assert_allclose(rates[[0, 3, 4]], [116e3, 107e3, 90.65e3], rtol=0.05)


def test_spikes_come_at_the_published_rate() -> None:
    """60 a day at S/N 6 in the largest bin, (S/N)^-2.7: a month's number within 4 sigma of Poisson's."""
    bins = 30 * 1_728_000
    numbers = {}
    for level in (6.0, 12.0):
        seen = 0
        for day in range(30):
            hits = add_spikes(7, 200_000_000 + day * 1_728_000, 1_728_000, lambda _: 1.0)
            seen += int(((hits[1:-1] >= level) & (hits[1:-1] > hits[:-2]) & (hits[1:-1] >= hits[2:])).sum())
        numbers[level] = seen
    assert bins == 51_840_000
    assert numbers[6.0] == pytest.approx(1800, abs=4 * np.sqrt(1800))
    assert numbers[12.0] == pytest.approx(1800 * 2**-2.7, abs=4 * np.sqrt(1800 * 2**-2.7))


def test_a_spike_is_short_with_a_faint_tail() -> None:
    shape = binned_template(0.3)
    assert shape.max() == 1.0
    assert (shape > 0.2).sum() <= 3
    assert 0 < shape[20] < 0.05
    assert spike_shape(np.array([-0.2]))[0] < 1e-6


def test_any_request_gives_the_same_bins(mission: Integral, observatory: SimulatedObservatory) -> None:
    wide = observatory.light_curve("SPI-ACS", T0, 300.0)
    narrow = SimulatedObservatory(11, mission).light_curve("SPI-ACS", shift(T0, 100.0), 20.0)
    offset = seconds_between(narrow.info.reference, wide.info.reference)
    at = np.searchsorted(wide.start_s, narrow.start_s + offset - 0.01)
    np.testing.assert_array_equal(wide.counts[at], narrow.counts)
    other = SimulatedObservatory(12, mission).light_curve("SPI-ACS", shift(T0, 100.0), 20.0)
    assert not np.array_equal(other.counts, narrow.counts)


@pytest.mark.parametrize("instrument", ["SPI-ACS", "IBIS/Veto", "ISGRI"])
@pytest.mark.parametrize("shape", ["pulse", "gaussian", "flat"])
def test_a_burst_gives_fluence_over_response(mission: Integral, instrument: str, shape: str) -> None:
    burst = SimulatedBurst(T0, 100.0, 20.0, 3e-5, "hard", 4.0, shape)  # type: ignore[arg-type]
    noise = NoiseOptions(red=0.0, spikes=0.0, gaps_per_day=0.0)
    source = SimulatedObservatory(5, mission, [burst], noise)
    background = SimulatedObservatory(5, mission, [], noise)
    seen = source.light_curve(instrument, T0, 64.0).counts - background.light_curve(instrument, T0, 64.0).counts
    arrival = source.arrival(burst)
    theta, phi = to_spacecraft(np.radians(100.0), np.radians(20.0), source.attitude(arrival))
    expected = 3e-5 / float(mission.response.fluence_per_count(instrument, "hard", theta, phi))
    assert source.expected_counts(burst, instrument) == pytest.approx(expected, rel=1e-9)
    # The same draws, a little wider where the burst adds counts: 4 sigma of that and of rounding.
    assert seen.sum() == pytest.approx(expected, abs=4.0 * np.sqrt(1.3 * expected) + 0.6 * np.sqrt(len(seen)))


def test_a_burst_arrives_with_the_lights_way_and_lasts_its_t90(mission: Integral) -> None:
    from astropy.coordinates import SkyCoord

    burst = SimulatedBurst(T0, 60.82, -75.38, 1e-4, "hard", 10.0)
    source = SimulatedObservatory(5, mission, [burst], NoiseOptions(red=0, spikes=0, gaps_per_day=0, dispersion=0))
    base = SimulatedObservatory(5, mission, [], NoiseOptions(red=0, spikes=0, gaps_per_day=0, dispersion=0))
    delay = light_travel(SkyCoord(60.82, -75.38, unit="deg"), source.orbit(T0)).to_value("s")
    assert seconds_between(T0, source.arrival(burst)) == pytest.approx(delay, abs=1e-3)
    lc, quiet = source.light_curve("SPI-ACS", T0, 60.0), base.light_curve("SPI-ACS", T0, 60.0)
    share = np.cumsum(lc.counts - quiet.counts) / (lc.counts - quiet.counts).sum()
    t90 = lc.stop_s[np.searchsorted(share, 0.95)] - lc.stop_s[np.searchsorted(share, 0.05)]
    assert t90 == pytest.approx(10.0, abs=0.15)


def test_belts_raise_the_rate_and_end_the_data(mission: Integral) -> None:
    source = SimulatedObservatory(2, mission, noise=NoiseOptions(gaps_per_day=0.0, spikes=0.0))
    window = source.window(2656)
    entry = source.light_curve("SPI-ACS", shift(window.start, 100.0), 300.0)
    later = source.light_curve("SPI-ACS", shift(window.start, 20_000.0), 300.0)
    assert entry.rate.mean() > 1.15 * later.rate.mean()
    assert seconds_between(entry.info.reference, window.start) >= -1e-3
    assert len(entry) == pytest.approx(8000, abs=2)
    with pytest.raises(NoData):
        source.light_curve("SPI-ACS", shift(window.stop, 3600.0), 300.0)
    assert source.expectation(shift(window.stop, 3600.0)).status == "OFFLINE"


def test_gaps_are_absent_bins(mission: Integral) -> None:
    source = SimulatedObservatory(2, mission, noise=NoiseOptions(gaps_per_day=400.0))
    lc = source.light_curve("SPI-ACS", T0, 2000.0)
    steps = np.diff(lc.start_s)
    gaps = steps[steps > 0.06] - 0.05
    assert len(gaps) >= 5
    np.testing.assert_allclose(gaps % 8.0 / 8.0 % 1.0, 0.0, atol=1e-4)
    assert (lc.counts > 0).all()


def test_no_data_after_the_end_of_the_mission(observatory: SimulatedObservatory) -> None:
    with pytest.raises(NoData):
        observatory.light_curve("SPI-ACS", Instant.parse("2026-01-01T00:00:00"), 300.0)


def test_unknown_instruments_are_bad_targets(observatory: SimulatedObservatory) -> None:
    for name in ("PICsIT", "ISGRI/MCE8", "SPI-ACS/MCE0", "ISGRI/MCE"):
        with pytest.raises(BadRequest, match="Bad Target"):
            observatory.light_curve(name, T0, 10.0)


def test_modules_of_isgri_sum_to_the_whole(observatory: SimulatedObservatory) -> None:
    whole = observatory.light_curve("ISGRI", T0, 100.0)
    parts = [observatory.light_curve(f"ISGRI/MCE{i}", T0, 100.0) for i in range(8)]
    np.testing.assert_array_equal(sum(part.counts for part in parts), whole.counts)
    assert 300 < whole.rate.mean() < 1000


def test_the_vetos_periodic_bins_are_recognised(observatory: SimulatedObservatory) -> None:
    lc = observatory.light_curve("IBIS/Veto", T0, 4000.0)
    clean = without_periodic_bins(lc)
    assert len(lc) - len(clean) == pytest.approx(8000 / 576, abs=1)
    assert any("576 s" in remark for remark in clean.info.remarks)
    assert clean.counts.max() < 1.2 * np.median(clean.counts)
    assert without_periodic_bins(clean) is clean


def test_an_hour_shows_which_bins_of_ten_minutes_are_other_data(observatory: SimulatedObservatory) -> None:
    lc = observatory.light_curve("IBIS/Veto", T0, 300.0)
    assert lc.counts.max() > 1.4 * np.median(lc.counts)
    assert without_periodic_bins(lc) is lc
    longer = without_periodic_bins(observatory.light_curve("IBIS/Veto", T0, 1800.0))
    clean = bins_kept(lc, longer)
    assert 1 <= len(lc) - len(clean) <= 2
    assert clean.counts.max() < 1.2 * np.median(clean.counts)
    assert "other data" in clean.info.remarks[-1]
    assert bins_kept(clean, longer) is clean
    elsewhere = observatory.light_curve("IBIS/Veto", shift(T0, 7200.0), 1800.0)
    assert bins_kept(lc, elsewhere) is lc


def test_white_noise_is_normal(mission: Integral) -> None:
    lc = SimulatedObservatory(4, mission, noise=QUIET).light_curve("SPI-ACS", T0, 100.0)
    standard = (lc.counts - lc.counts.mean()) / lc.counts.std()
    assert stats.kstest(standard, "norm").pvalue > 1e-3
