"""Completeness and purity against a truth that is known."""

from __future__ import annotations

import json

from schemas import Candidate, CandidateClass, Injection, Instant
from transients.search.scoring import score


def at(second: float) -> Instant:
    return Instant(utc=f"2022-03-01T00:{int(second) // 60:02d}:{int(second) % 60:02d}", ns=round(second % 1 * 1e9))


def burst(second: float, snr: float = 9.0, t90_s: float = 2.0, observed: float = 1.0) -> Injection:
    return Injection(kind="burst", start=at(second), duration_s=t90_s, counts=1.0, snr=snr, observed=observed)


def spike(second: float, observed: float = 1.0) -> Injection:
    return Injection(kind="spike", start=at(second), duration_s=0.05, counts=1.0, snr=6.0, observed=observed)


def candidate(second: float, kind: CandidateClass = "burst", duration_s: float = 0.1) -> Candidate:
    return Candidate(
        mission="INTEGRAL", instrument="SPI-ACS", tier="simulated", start=at(second), duration_s=duration_s, peak=at(second),
        counts=1.0, background_cts_s=1.0, snr=6.0, far_hz=1.0, classification=kind, source="x", version="v",
    )  # fmt: skip


def test_bursts_are_found_where_a_window_touches_them() -> None:
    truth = [burst(100.0), burst(200.0), burst(300.0), burst(400.0, observed=0.1)]
    candidates = [candidate(99.0, duration_s=1.5), candidate(204.9, "faint"), candidate(306.0), candidate(310.0)]
    result = score(truth, candidates)
    (cell,) = result.cells
    assert (cell.injected, cell.found, cell.called_burst) == (3, 2, 1)
    assert (cell.snr_from, cell.snr_below, cell.duration_from_s, cell.duration_below_s) == (8.0, 10.0, 1.0, 4.0)
    assert result.missed_in_gaps == 1
    assert result.purity == {"burst": {"bursts": 1, "spikes": 0, "noise": 2}, "faint": {"bursts": 1, "spikes": 0, "noise": 0}}


def test_what_a_candidate_is() -> None:
    truth = [burst(100.0), spike(100.5), spike(200.0), spike(300.0, observed=0.0), burst(500.0, snr=1.0)]
    candidates = [candidate(t, "spike") for t in (100.4, 199.95, 200.25, 200.5, 300.0, 500.0)]
    assert score(truth, candidates).purity == {"spike": {"bursts": 1, "spikes": 2, "noise": 3}}


def test_cells_add_up_and_are_plain() -> None:
    truth = [burst(10.0 * k, snr=snr, t90_s=t) for k, (snr, t) in enumerate([(3.0, 0.1), (5.5, 0.5), (5.7, 30.0), (99.0, 100.0)])]
    plain = score(truth, []).plain
    assert sum(row["injected"] for row in plain["by_snr"]) == 4
    assert [row["snr_from"] for row in plain["by_snr"]] == [0.0, 5.0, 30.0]
    assert plain["by_snr"][-1]["snr_below"] is None
    assert plain["purity"] == []
    json.dumps(plain, allow_nan=False)


def test_nothing_injected_is_no_score() -> None:
    assert score([], [candidate(1.0)]).plain == {"bursts_in_gaps": 0, "by_snr": [], "by_snr_and_duration": [], "purity": []}
