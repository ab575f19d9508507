"""Handlers of other distributions: found, or named when broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from journey_samples import SaidSource, mission
from service_samples import running, settings

import handlers
from handlers.builtin import registry
from schemas import Notice, Refusal
from transients.config import Settings
from transients.service.observed import observe
from transients.service.parts import utc_now
from transients.service.plugins import load_handlers
from transients.service.sources import alert_sources
from transients.service.status import status_card

MODULE = """
from schemas import Instant, Notice, Policy

class Telescope:
    name = "sample-telescope"
    kinds = ("SAMPLE_TELESCOPE",)
    topics = ("sample.telescope",)
    policies = (Policy(name="sample-telescope"),)

    def recognise(self, document):
        value = getattr(document, "value", None)
        return "SAMPLE_TELESCOPE" if isinstance(value, dict) and "sample_telescope" in value else None

    def parse(self, document, kind):
        return Notice(kind=kind, messenger="optical", origin="Sample telescope", event_id=document.value["sample_telescope"],
                      revision="1", role="observation", time=Instant.parse("2024-01-01T00:00:00"))

    def policy_for(self, notice):
        return self.policies[0]

handler = Telescope()
"""
ENTRY_POINTS = """[transients.handlers]
telescope = sample_plugin:handler
no_module = sample_plugin_that_is_not_there:handler
no_handler = sample_plugin:MISSING
nonsense = sample_plugin:Notice
"""


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed distribution with one good plug-in and three broken ones."""
    (tmp_path / "sample_plugin.py").write_text(MODULE)
    info = tmp_path / "sample_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sample-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    if any(handler.name == "sample-telescope" for handler in registry):
        registry.remove("sample-telescope")


BODY = b'{"sample_telescope": "AT1"}'


@pytest.mark.usefixtures("distribution")
async def test_a_plug_in_takes_its_alerts_and_a_broken_one_is_named(postgres_url: str, tmp_path: Path) -> None:
    before = handlers.parse(BODY)
    assert isinstance(before, Refusal)
    broken = load_handlers()
    assert set(broken) == {f"sample-plugin: {name}" for name in ("no_module", "no_handler", "nonsense")}
    assert "sample_plugin_that_is_not_there" in broken["sample-plugin: no_module"]
    found = handlers.parse(BODY)
    assert isinstance(found, Notice)
    assert handlers.policy_for(found).name == "sample-telescope"
    # A second service in the same process finds it standing.
    assert load_handlers() == broken
    assert "sample.telescope" in handlers.known_topics()

    integral = mission()
    made = settings(postgres_url, tmp_path)
    async with running(made, (), data=SaidSource(), mission=integral) as service:
        assert service.broken_plugins == broken
        assert service.store is not None
        assert alert_sources(Settings(), service.store) == []
        notes = tuple(f"{name}: {reason}" for name, reason in service.broken_plugins.items())
        observed = await observe(SaidSource(), integral, utc_now())
        card = await status_card(service.store, observed, integral, made, utc_now(), notes=notes)
    assert set(notes) <= set(card.caveats)


def test_without_plug_ins_nothing_is_broken() -> None:
    assert load_handlers() == {}
