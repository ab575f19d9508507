"""Limits printed in INTEGRAL's circulars, from their printed percentages."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from transients.missions.integral.response import ResponseModel, response_from_json
from transients.search import published_limits

#: Best SPI-ACS response to the hard spectrum, erg cm-2 per count, as printed in 2023.
BEST_HARD = 1.4206e-10
#: SPI-ACS rate assumed for 2019-2020, cts/s, from one circular's own numbers (GCN 25190): S/N 5.22 is 9629 cts/s in 50 ms with a ratio
#: of sigmas of 1.2, so the rate is 0.05 (9629 / 5.22 / 1.2)^2.
RATE_2019 = 0.05 * (9629.0 / 5.22 / 1.2) ** 2
EVENTS = ("S190701ah", "S191205ah", "S191204r", "S190930t", "IceCube-201209A")


@pytest.fixture(scope="module")
def model() -> ResponseModel:
    return response_from_json((files("transients.missions.integral") / "response.json").read_bytes())


def soft_over_hard(model: ResponseModel, theta_deg: float, percent: float) -> float:
    """Soft over hard response at the phi (0..180 deg) of this theta where the hard percentage is nearest the printed one."""
    phi = np.radians(np.arange(0.0, 180.1, 0.5))
    theta = np.full(phi.shape, np.radians(theta_deg))
    hard = model.fluence_per_count("SPI-ACS", "hard", theta, phi)
    k = int(np.argmin(np.abs(100.0 * model.best("SPI-ACS", "hard") / hard - percent)))
    return float(model.fluence_per_count("SPI-ACS", "soft", theta, phi)[k] / hard[k])


def test_s230627c_to_5_percent(model: ResponseModel) -> None:
    """Count limits 1035.18 (1 s) and 2910.31 (8 s), theta 94 deg, ACS 81 %: 1.8e-7, 1.6e-7, 5.5e-8."""
    hard = BEST_HARD / 0.81
    soft = hard * soft_over_hard(model, 94.0, 81.0)
    found = published_limits({"SPI-ACS": {1.0: 1035.18, 8.0: 2910.31}}, {("SPI-ACS", "hard"): hard, ("SPI-ACS", "soft"): soft})
    print(f"S230627c: {found.hard_1s_erg_cm2:.3e} {found.soft_1s_erg_cm2_s:.3e} {found.soft_8s_erg_cm2_s:.3e}")
    assert found.hard_1s_erg_cm2 == pytest.approx(1.8e-7, rel=0.05)
    assert found.soft_1s_erg_cm2_s == pytest.approx(1.6e-7, rel=0.05)
    assert found.soft_8s_erg_cm2_s == pytest.approx(5.5e-8, rel=0.05)


def test_five_events_from_their_printed_numbers(shared_data: Path) -> None:
    """Ratio ours / published of the hard 1 s limit, printed as a table.

    Assumption, stated because the circulars print no count rate: 118 000 cts/s for all five, times the printed ratio of sigmas.
    Percentages and ratios are printed to two digits (5 to 10 %). A circular's limit is a median over the 50 % region where ours
    here is of one direction, that of the printed percentage: S190930t (one detector, 24 000 deg2) is where that shows.
    """
    path = shared_data / "published" / "gcn_circulars_integral.csv"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    rows = {row["event"]: row for row in csv.DictReader(lines)}
    ratios = {}
    for event in EVENTS:
        row = rows[event]
        counts = 3.0 * float(row["excess_variance"]) * np.sqrt(RATE_2019)
        response = BEST_HARD / (float(row["acs_pct"]) / 100.0)
        ours = published_limits({"SPI-ACS": {1.0: counts}}, {("SPI-ACS", "hard"): response}).hard_1s_erg_cm2
        assert ours is not None
        ratios[event] = ours / float(row["ul_hard_1s"])
        print(f"{event:18s} ours {ours:.2e}  published {row['ul_hard_1s']}  ratio {ratios[event]:.3f}")
    wide = ratios.pop("S190930t")
    assert 1.0 < wide < 1.4
    assert all(ratio == pytest.approx(1.0, abs=0.1) for ratio in ratios.values())
