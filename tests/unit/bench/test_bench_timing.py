"""How times are taken, and what a line says."""

from __future__ import annotations

import numpy as np
import pytest

from schemas import Notice
from schemas.errors import TransientsError
from transients.bench import timing
from transients.bench.checks import require_close
from transients.bench.documents import voevent
from transients.bench.lines import line
from transients.bench.maps import fine_map


def test_turns_are_taken_in_turn_and_the_first_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    took = {"a": [90.0, 1.0, 5.0, 2.0], "b": [70.0, 10.0, 30.0, 20.0]}
    calls: list[str] = []

    def work(name: str) -> None:
        nonlocal now
        now += took[name][calls.count(name)]
        calls.append(name)

    monkeypatch.setattr(timing.time, "perf_counter", lambda: now)
    assert timing.seconds([lambda: work("a"), lambda: work("b")], turns=3) == [2.0, 20.0]
    assert calls == ["a", "b"] * 4


def test_a_reason_is_a_key_only_where_there_is_one() -> None:
    assert line("x: y", 1.0, "s", "z", 2.0) == {"name": "x: y", "value": 1.0, "unit": "s", "reference": "z", "ratio": 2.0}
    assert line("x: y", None, "s", None, None, "no server")["reason"] == "no server"


@pytest.mark.parametrize("other", [1.2, float("nan"), float("inf")])
def test_results_too_far_apart_are_refused(other: float) -> None:
    require_close("it", [1.0, 2.0], [1.05, 2.0], 0.1)
    with pytest.raises(TransientsError, match=r"it: .* differ"):
        require_close("it", [1.0, 2.0], [other, 2.0], 0.1)


def test_the_measured_voevent_is_a_whole_notice() -> None:
    import handlers

    notice = handlers.parse(voevent())
    assert isinstance(notice, Notice)
    assert notice.event_id == "700000001"


def test_the_measured_map_covers_the_sky_once() -> None:
    m = fine_map(6)
    assert m.prob.sum() == pytest.approx(1.0)
    assert m.area_sr.sum() == pytest.approx(4.0 * np.pi)
    assert len(np.unique(m.uniq)) == len(m)
