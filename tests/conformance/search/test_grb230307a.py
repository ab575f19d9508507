"""GRB 230307A in the real SPI-ACS light curve (0.1 s, 540 s), by both methods; numbers measured from that file by other means."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from schemas import Instant, LightCurve
from transients.search import published_search, search, t0_seconds
from transients.search.published import noise_at_scale, nominal_counts

T0 = Instant.parse("2023-03-07T15:44:06.67")


@pytest.fixture(scope="module")
def curve(shared_data: Path) -> LightCurve:
    formats = pytest.importorskip("transients.sources.formats")
    path = shared_data / "integral" / "spiacs_grb230307a_mmoda.fits"
    found: LightCurve = formats.read_lightcurve(path.read_bytes(), path.name)
    return found


def test_ours_finds_it(curve: LightCurve) -> None:
    result = search(curve, T0)
    assert result.time_frame == "spacecraft"
    assert result.detection
    assert result.background_rate_cts_s == pytest.approx(90_650.0, abs=60.0)
    assert result.allwindow is not None
    assert result.allwindow.background_error_cts_s < 40.0
    assert result.onset_s == pytest.approx(0.459, abs=0.002)
    assert result.peak_rate_cts_s == pytest.approx(1.744e6, rel=5e-4)
    assert result.net_counts == pytest.approx(1.52e7, rel=0.005)
    assert result.t90_s == pytest.approx(28.5, abs=0.5)
    assert result.background_word == "very stable"
    assert 1.13 < result.excess_noise["0.1"] < 1.21
    assert result.allwindow.excesses[0].classification == "likely"
    assert not any(excess.spike is not None and excess.spike.likely for excess in result.allwindow.excesses[:5])
    low, high = result.allwindow.sidebands_s[0][1], result.allwindow.sidebands_s[-1][0]
    assert low < 0.46
    assert high > 60.0


def test_the_published_method_does_not(curve: LightCurve) -> None:
    found = published_search(curve, t0_seconds(curve, T0))
    assert found.excesses == ()
    assert found.background_rate_cts_s == pytest.approx(122_377.0, abs=30.0)
    assert found.noise[0].excess_noise == pytest.approx(138.0, abs=0.5)


def test_its_largest_signal_to_noise_is_2_8_at_native_bins(curve: LightCurve) -> None:
    t = curve.centre_s - t0_seconds(curve, T0)
    near = np.abs(t) <= 300.0
    from transients.search import Bins

    counts = nominal_counts(Bins(t[near], curve.width_s[near], curve.counts[near], curve.info.bin_s))
    noise = noise_at_scale(counts, 0.1, 1)
    assert noise is not None
    snr = (counts / 0.1 - noise.mean_cts_s) / (np.sqrt(counts) / 0.1) / noise.excess_noise
    assert snr.max() == pytest.approx(2.8, abs=0.06)


def test_geocentric_times_come_earlier(curve: LightCurve) -> None:
    result = search(curve, T0, time_frame="geocentre", light_travel_s=-0.468, method="allwindow")
    assert result.onset_s == pytest.approx(-0.009, abs=0.002)
