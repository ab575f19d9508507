"""The figures of the excess table, by hand."""

from __future__ import annotations

import outgoing_samples as samples
import pytest

from schemas import FluencePerCount
from transients.report.excesses import flux

FACTOR = FluencePerCount(instrument="SPI-ACS", spectrum="hard", median_erg_cm2=2e-10, low_erg_cm2=1.5e-10, high_erg_cm2=3.5e-10)


def test_flux_and_its_two_errors() -> None:
    value, statistical, localisation = flux(samples.excess(counts=1000.0, duration_s=2.0, snr=5.0), FACTOR)
    assert value == pytest.approx(1e-7)
    assert statistical == pytest.approx(2e-8)
    # Half of 500 cts/s x 2e-10, and 20 % of 1e-7, in quadrature.
    assert localisation == pytest.approx((5e-8**2 + 2e-8**2) ** 0.5)


def test_a_position_without_spread_keeps_the_systematic() -> None:
    point = FluencePerCount(instrument="SPI-ACS", spectrum="hard", median_erg_cm2=2e-10, low_erg_cm2=2e-10, high_erg_cm2=2e-10)
    value, _, localisation = flux(samples.excess(), point)
    assert localisation == pytest.approx(0.2 * value)
