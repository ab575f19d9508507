"""From the settings to the alert sources: each with its name, its topics and what the inbox remembers for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest

import handlers
from ingest import DirectorySource, Source, VtpSource
from ingest.kafka import KafkaSource
from schemas import Gap, Position
from schemas.errors import ConfigurationError
from transients.config import (
    DirectorySettings,
    GcnSettings,
    HopSettings,
    KafkaSettings,
    Secret,
    Settings,
    VtpSettings,
)
from transients.service import sources
from transients.store import Store

KAFKA = KafkaSettings(name="house", bootstrap_servers=("127.0.0.1:1",), pulse_topic="beat", silence_s=7.0)
HOP = HopSettings(name="hop", username="me-01", password=Secret("word"))
VTP = VtpSettings(name="events", host="127.0.0.1", port=1, identity="ivo://us/x", silence_s=9.0)
FOLDER = DirectorySettings(name="drop", path="inbox", subfolders=False)


class Memory:
    """Stands for the store: what it remembers, and what it was told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.told: list[Gap] = []

    async def positions(self, source: str) -> Mapping[tuple[str, int], Position]:
        self.asked.append(source)
        return {}

    async def put_gap(self, gap: Gap) -> int:
        self.told.append(gap)
        return 1


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, dict[str, Any]]]:
    """What the sources of brokers are made with, by name; none is made, for they would look for their brokers."""
    calls: dict[str, dict[str, Any]] = {}

    def noting(topics: Any, **options: Any) -> Source:
        calls[options["name"]] = {"topics": tuple(topics), **options}
        return cast(Source, object())

    for name in ("GcnSource", "KafkaSource", "hop_source"):
        monkeypatch.setattr(sources, name, noting)
    return calls


def made_of(settings: Settings, memory: Memory | None = None) -> list[Source]:
    return sources.alert_sources(settings, cast(Store, memory or Memory()))


def test_nothing_configured_is_nothing_read() -> None:
    assert made_of(Settings()) == []


def test_circulars_are_read_by_a_source_of_their_own_in_a_group_of_their_own(made: dict[str, dict[str, Any]]) -> None:
    assert len(made_of(Settings(gcn=GcnSettings(enabled=True, client_id="me", group_id="g")))) == 2
    notices, circulars = made["gcn"], made["gcn-circulars"]
    assert set(notices["topics"]) == set(handlers.known_topics()) - {"gcn.circulars"}
    assert (notices["group_id"], notices["pulse_topic"], notices["silence_s"]) == ("g", "gcn.heartbeat", 60.0)
    assert circulars["topics"] == ("gcn.circulars",)
    assert (circulars["group_id"], circulars["pulse_topic"]) == ("g-circulars", None)


@pytest.mark.parametrize(
    ("gcn", "read"),
    [
        (GcnSettings(enabled=True, client_id="me", circulars=False), {"gcn"}),
        (GcnSettings(enabled=True, client_id="me", topics=("igwn.gwalert",)), {"gcn"}),
        (GcnSettings(enabled=True, client_id="me", topics=("gcn.circulars", "igwn.gwalert")), {"gcn", "gcn-circulars"}),
        (GcnSettings(enabled=True, client_id="me", topics=("gcn.circulars",), circulars=False), {"gcn-circulars"}),
    ],
)
def test_circulars_by_the_switch_or_by_name(made: dict[str, dict[str, Any]], gcn: GcnSettings, read: set[str]) -> None:
    made_of(Settings(gcn=gcn))
    assert set(made) == read
    assert "gcn.circulars" not in made.get("gcn", {"topics": ()})["topics"]


def test_each_setting_reaches_its_source(made: dict[str, dict[str, Any]]) -> None:
    found = made_of(Settings(kafka=(KAFKA,), hop=(HOP,), vtp=(VTP,), directory=(FOLDER,)))
    assert (made["house"]["pulse_topic"], made["house"]["silence_s"], made["house"]["bootstrap_servers"]) == (
        "beat",
        7.0,
        ("127.0.0.1:1",),
    )
    assert (made["hop"]["username"], made["hop"]["password"], made["hop"]["group_id"]) == ("me-01", "word", "")
    vtp, folder = found[-2:]
    assert isinstance(vtp, VtpSource)
    assert (vtp.name, vtp._topic, vtp._identity, vtp._silence_s) == ("events", "127.0.0.1:1", "ivo://us/x", 9.0)
    assert isinstance(folder, DirectorySource)
    assert (folder.name, folder._subfolders) == ("drop", False)


async def test_each_source_has_the_inbox_for_its_memory(made: dict[str, dict[str, Any]]) -> None:
    memory = Memory()
    made_of(Settings(gcn=GcnSettings(enabled=True, client_id="me"), kafka=(KAFKA,), hop=(HOP,)), memory)
    for name in ("gcn", "gcn-circulars", "house", "hop"):
        assert await made[name]["positions"]() == {}
        await made[name]["on_gap"](Gap(source=name, topic="t", reason="silence"))
    assert memory.asked == [gap.source for gap in memory.told] == ["gcn", "gcn-circulars", "house", "hop"]


async def test_a_real_one_can_be_made_and_closed() -> None:
    (house,) = made_of(Settings(kafka=(KAFKA,)))
    assert isinstance(house, KafkaSource)
    await house.aclose()


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (Settings(kafka=(KAFKA, KAFKA)), "same name: house"),
        (Settings(vtp=(VTP,), directory=(DirectorySettings(name="events", path="x"),)), "same name: events"),
        (Settings(gcn=GcnSettings(enabled=True, client_id="me"), vtp=(VtpSettings(name="gcn", host="h"),)), "same name: gcn"),
        (Settings(gcn=GcnSettings(enabled=True)), "gcn.client_id"),
        (Settings(vtp=(VtpSettings(name=" ", host="h"),)), "needs a name"),
        (Settings(vtp=(VtpSettings(name="http:x", host="h"),)), "needs a name"),
    ],
)
def test_names_that_could_be_mixed_up_are_refused(settings: Settings, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        made_of(settings)
