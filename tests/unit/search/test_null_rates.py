"""The table of simulated rates against a simulation."""

from __future__ import annotations

import numpy as np
import pytest

from transients.search import count_off_time
from transients.search.falsealarm import FalseAlarms
from transients.search.null_measurement import excesses, white_rates


@pytest.mark.parametrize("bin_s", [0.05, 0.1])
def test_the_table_holds_what_a_simulation_finds(bin_s: float) -> None:
    windows = 60
    found = excesses(71, windows, bin_s)
    nothing = count_off_time(
        np.empty(0), np.empty(0), np.empty(0, bool), live_s=1e-6, bin_s=bin_s, instrument="SPI-ACS", source="nothing"
    )
    alarms = FalseAlarms(nothing, True)
    for spike_like in (False, True):
        seen = int((found["spike_like"] == spike_like).sum())
        expected = windows * 600.0 * float(alarms.floor_hz(spike_like).sum())
        assert seen == pytest.approx(expected, abs=4.0 * np.sqrt(expected) + 0.05 * expected)
    rates = white_rates(found, windows, bin_s, spike_like=False)
    assert rates[3] is not None
    assert rates[3][0] == pytest.approx(9.5, rel=0.6)
    assert rates[-1] is None
