"""The mission that docs/missions.md shows is a whole one."""

from __future__ import annotations

import asyncio
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from journey_samples import event, no_map

import handlers
from schemas import Instant, LightCurve, LightCurveInfo
from transients.config import MissionSettings, Settings
from transients.missions import Mission, known
from transients.pipeline import Context, Signing, journey, make_products
from transients.report import check_circular
from transients.sources import MissionPlugin, write_lightcurve

PAGE = Path(__file__).resolve().parents[3] / "docs" / "missions.md"
T0 = Instant(utc="2024-06-01T12:00:00")


@pytest.fixture(scope="module")
def plugin() -> Iterator[MissionPlugin]:
    (text,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    module = types.ModuleType("beacon")
    exec(compile(text, str(PAGE), "exec"), module.__dict__)
    known.join(module.plugin.facts)
    yield module.plugin
    known.leave(module.plugin.name)


def test_it_has_all_that_is_asked_of_a_mission(plugin: MissionPlugin) -> None:
    mission = plugin.make("")
    asked = [name for name in vars(Mission) if not name.startswith("_")]
    assert [name for name in asked if not hasattr(mission, name)] == []
    assert mission.expectation(T0).status == "ONLINE"
    assert mission.constraint().text == "Sun 0 to 180 deg, Earth limb beyond 0 deg"
    assert mission.coding_fraction("BC", np.zeros((3, 1)), np.zeros(4)).shape == (3, 4)


@pytest.mark.parametrize("counts", [0.0, 4000.0])
def test_it_goes_through_a_search_on_its_recorded_rates(plugin: MissionPlugin, counts: float, tmp_path: Path) -> None:
    start = np.arange(-3000.0, 3000.0) / 10.0
    rate = np.random.default_rng(3).poisson(100.0, len(start)) + np.where((start >= 5) & (start < 7), counts / 20, 0.0)
    info = LightCurveInfo(
        mission="Beacon", instrument="BC", tier="archive", reference=T0, bin_s=0.1, content_id="0" * 64, source="test"
    )
    curve = LightCurve(start_s=start, width_s=np.full(len(start), 0.1), counts=np.round(rate).astype(float), info=info)
    (tmp_path / "bc.fits").write_bytes(write_lightcurve(curve))
    mission: Any = plugin.make("")
    settings = Settings(mission=MissionSettings(name="Beacon"))
    context = Context(mission=mission, source=plugin.files(tmp_path, mission), settings=settings, fetch_map=no_map, version="0")
    low_event = event(t0=T0)
    outcome = asyncio.run(journey(low_event, handlers.policies["gbm"], context, now=Instant(utc="2024-06-02T12:00:00")))
    assert outcome.assessment.verdict == ("detection" if counts else "non-detection")
    assert not outcome.assessment.simulated
    made = make_products(low_event, outcome.assessment, outcome, Signing(people=("A. Person",)), T0)
    assert made.circular is not None
    assert check_circular(made.circular, "Beacon") == []
    assert "on behalf of the Beacon team" in made.circular.body
    assert "INTEGRAL" not in made.circular.body
