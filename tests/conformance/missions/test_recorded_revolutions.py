"""Revolutions and their phases against what was recorded on both sides of 2015: science windows, triggers."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from astropy.time import Time
from mission_samples import shipped_integral

from transients.missions import ijd, time_report
from transients.missions.integral.revolutions import perigee_error_h, perigee_ijd
from transients.missions.integral.windows import START_AFTER_PERIGEE_H, STOP_BEFORE_PERIGEE_H

MISSION = shipped_integral()
#: Recorded instants and the science windows that services gave for them.
RECORDED = {
    "2005-06-22T23:58:55.816": "032800550010",
    "2009-04-01T02:25:00": "078900560010",
    "2011-11-11T11:11:11": "110800450010",
    "2019-06-02T17:59:27": "209700520010",
    "2020-03-16T21:57:56.157221": "220600180010",
    "2023-05-18T12:59:08": "264100200010",
}
#: How far the ends of a data window lie from the modelled ones beside the perigee's own error, h.
EDGE_H = 0.65
#: A few rows of the list are malformed.
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
#: When the orbit was lowered, as a year.
LOWERED = 2015.05


@pytest.mark.parametrize(("utc", "scw"), RECORDED.items())
def test_time_report_at_every_recorded_science_window(utc: str, scw: str) -> None:
    report = time_report(utc, "auto", MISSION)
    assert report["revolution"] == int(scw[:4])
    assert 0 <= report["phase"] < 1
    assert 0 < report["phase_error"] < 0.08
    # And back, approximately: within the error that is stated.
    back = time_report(scw, "auto", MISSION)
    assert back["revolution"] == int(scw[:4])
    assert abs(back["ijd"] - report["ijd"]) * 86400 < back["time_error_s"]
    assert "approximate" in back["source"]


def _triggers(shared_data: Path) -> Time:
    with (shared_data / "integral/all_acs_ibas_triggers.csv").open(newline="") as lines:
        texts = [row["isotime"] for row in csv.DictReader(lines) if _ISO.fullmatch(row["isotime"] or "")]
    return Time(texts, format="isot", scale="utc")


def test_triggers_lie_where_data_is_expected(shared_data: Path) -> None:
    """14 593 triggers of SPI-ACS, 2002 to 2020: outside the belts, within the stated error of the perigees."""
    time = _triggers(shared_data)
    assert len(time) == 14593
    numbers = np.arange(1, 2400)
    perigees = np.array([perigee_ijd(int(n)) for n in numbers])
    row = np.searchsorted(perigees, ijd(time)) - 1
    error = np.array([perigee_error_h(int(n)) for n in numbers])[row] + EDGE_H
    since, until = 24 * (ijd(time) - perigees[row]), 24 * (perigees[row + 1] - ijd(time))
    allowed = (since >= START_AFTER_PERIGEE_H - error) & (until >= STOP_BEFORE_PERIGEE_H - error)
    forbidden_h = np.maximum(START_AFTER_PERIGEE_H + STOP_BEFORE_PERIGEE_H - 2 * error, 0.0)
    after = time.jyear > LOWERED
    # Were the phases wrong, so many would lie near perigee by chance.
    by_chance = forbidden_h / (24 * np.diff(perigees)[row])
    assert by_chance[after].sum() > 70
    assert by_chance[~after].sum() > 60
    assert np.count_nonzero(~allowed & after) == 0
    # Three of 2008 and 2009, which the belts' own particles may have made.
    assert np.count_nonzero(~allowed & ~after) <= 3
