"""Missions by name: that which ships, those that plug-ins bring, and those that are broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from journey_samples import mission as integral
from plugins.low_earth import Install
from second_mission.mission import LowEarth
from second_mission.plugin import LowEarthSource, plugin

from schemas.errors import ConfigurationError
from transients.config import MissionSettings, Settings
from transients.missions import Mission
from transients.missions.integral import INSTRUMENTS, Integral
from transients.missions.known import known_instrument, known_style
from transients.service.parts import integral_of, mission_of, named_source
from transients.service.plugins import load_missions, mission_plugin
from transients.sources import Breaker, FileSource, SimulatedSource

ASKED = tuple(name for name in vars(Mission) if not name.startswith("_"))


def settings(name: str) -> Settings:
    return Settings(mission=MissionSettings(name=name))


def test_integral_is_there_whatever_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transients.service.plugins.entry_points", lambda group: ())
    assert list(load_missions()[0]) == ["INTEGRAL"]
    made = mission_of(Settings())
    assert isinstance(made, Integral)
    assert made.instruments is INSTRUMENTS


def test_a_mission_of_another_distribution_is_found_by_its_name(low_earth: str) -> None:
    assert known_instrument(low_earth, "LAM") is None
    missions, broken = load_missions()
    assert broken == {}
    assert list(missions) == ["INTEGRAL", low_earth]
    assert isinstance(mission_of(settings(low_earth)), LowEarth)
    assert known_instrument(low_earth, "LAM") is plugin.facts.instruments["LAM"]
    assert known_style(low_earth).keyword == "Low-Earth"
    # A second look finds it standing.
    assert load_missions() == (missions, {})


@pytest.mark.parametrize("mission", [integral(), LowEarth()], ids=["INTEGRAL", "Low-Earth"])
def test_a_mission_has_all_that_is_asked_of_one(mission: Mission) -> None:
    assert len(ASKED) > 15
    assert [name for name in ASKED if not hasattr(mission, name)] == []


def test_an_unknown_mission_is_refused_and_those_there_are_named(low_earth: str) -> None:
    with pytest.raises(ConfigurationError, match=f"mission.name: there is no mission 'XMM', but INTEGRAL, {low_earth}"):
        mission_of(settings("XMM"))


BROKEN = """good = second_mission.plugin:plugin
no_module = a_mission_that_is_not_there:plugin
no_plugin = second_mission.plugin:FACTS
same_name = impostor:plugin"""


@pytest.mark.usefixtures("low_earth")
def test_a_broken_mission_is_named_and_the_others_go_on(install: Install, tmp_path: Path) -> None:
    impostor = "import dataclasses\nfrom second_mission.plugin import plugin as real\nplugin = dataclasses.replace(real)\n"
    (tmp_path / "site" / "impostor.py").write_text(impostor)
    install(BROKEN)
    missions, broken = load_missions()
    assert list(missions) == ["INTEGRAL", plugin.name]
    assert set(broken) == {f"low-earth: {name}" for name in ("no_module", "no_plugin", "same_name")}
    assert "a_mission_that_is_not_there" in broken["low-earth: no_module"]
    assert "MissionFacts is no MissionPlugin" in broken["low-earth: no_plugin"]
    assert f"another mission named {plugin.name}" in broken["low-earth: same_name"]
    with pytest.raises(ConfigurationError, match="low-earth: no_module is not in use: ModuleNotFoundError"):
        mission_plugin("another")


def test_sources_are_those_of_the_mission(low_earth: str, tmp_path: Path) -> None:
    of_integral = [
        named_source(name, Settings(), mission_of(Settings())) for name in ("sim:3", "http://127.0.0.1:9", str(tmp_path))
    ]
    assert [type(source) for source in of_integral] == [SimulatedSource, Breaker, FileSource]
    second = settings(low_earth)
    mission = mission_of(second)
    made = [named_source(name, second, mission) for name in ("sim:3", str(tmp_path))]
    assert [type(source) for source in made] == [LowEarthSource, FileSource]
    assert made[0].simulated
    with pytest.raises(ConfigurationError, match=f"{low_earth} has no data services"):
        named_source("http://127.0.0.1:9", second, mission)
    with pytest.raises(ConfigurationError, match="a seed is a number"):
        named_source("sim:x", second, mission)
    with pytest.raises(ConfigurationError, match=f"of INTEGRAL, not of {low_earth}"):
        integral_of(second)
