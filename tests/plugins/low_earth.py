"""The Low-Earth test mission, installed as a distribution of its own for as long as a test runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from transients.missions import known

Install = Callable[[str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a distribution "low-earth" whose missions are these entry points."""

    def made(points: str) -> None:
        folder = tmp_path / "site"
        info = folder / "low_earth-1.0.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: low-earth\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[transients.missions]\n{points}\n")
        monkeypatch.syspath_prepend(str(folder))

    return made


@pytest.fixture
def low_earth(install: Install) -> Iterator[str]:
    """The Low-Earth test mission's name, while it is installed."""
    from second_mission.plugin import plugin

    install("lowearth = second_mission.plugin:plugin")
    yield plugin.name
    known.leave(plugin.name)
