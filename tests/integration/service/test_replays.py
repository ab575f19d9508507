"""What came once, through the service again: files, events and topics, as of a moment; the service's own database is not touched."""

from __future__ import annotations

import tarfile
from pathlib import Path

import confluent_kafka
import handler_samples
import pytest
from command_line import ask, command
from service_samples import with_store

from schemas import Instant, RawAlert, sha256_hex
from transients.config import Settings
from transients.embedded import EmbeddedKafka
from transients.service.intake import Intake
from transients.store import Store, Totals

#: A burst of long ago: nothing about it is waited for.
BURST = {"TrigID": "700000001", "Burst_TJD": "20436", "Burst_SOD": "25689.10"}
FLIGHT = handler_samples.voevent(111, {**BURST, "Pkt_Ser_Num": "1"}, date="2024-05-06T07:08:20")
GROUND = handler_samples.voevent(
    112, {**BURST, "Pkt_Ser_Num": "2"}, date="2024-05-06T07:09:40", position=("11.5", "-21.25", "0.9")
)
POISON = b"<voe:VOEvent>cut of"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Both notices, one of them twice, and a document that is none; the newest first."""
    for name, body in {"1": GROUND, "2": FLIGHT, "3": FLIGHT, "4": POISON}.items():
        (tmp_path / f"{name}.xml").write_bytes(body)
    return tmp_path


def test_files_are_understood_searched_and_drafted(folder: Path) -> None:
    told = ask("replay", folder, "--source", "sim:3")
    assert (told["documents"], told["duplicates"], told["notices"], told["refused"], told["not_stored"]) == (4, 1, 2, 1, 0)
    (event,) = told["events"]
    assert (event["event_key"], event["revision"], event["state"]) == ("Fermi-GBM:700000001", 2, "active")
    assert event["verdict"] in ("detection", "non-detection", "inactive")
    assert (event["draft"], told["circular_drafts"], told["simulated"]) == (True, 1, True)
    assert (told["jobs_failed"], told["as_of"]) == (0, None)


def test_as_of_a_moment_only_what_was_known_then_is_given(folder: Path) -> None:
    told = ask("replay", folder, "--as-of", "2024-05-06T07:08:30", "--source", "sim:3")
    # The flight notice had been issued, the ground notice had not; the search was still to come.
    assert (told["documents"], told["left_out"]) == (2, {"later": 1, "undated": 1, "unreadable": 0})
    (event,) = told["events"]
    assert (event["revision"], event["verdict"]) == (1, "pending")
    assert told["jobs_waiting"] > 0


def test_an_archive_and_a_pace(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "kept.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(folder / "1.xml", "1.xml")
        tar.add(folder / "2.xml", "2.xml")
    # 80 s between them.
    told = ask("replay", archive, "--speed", "40", "--as-of", "2024-05-06T07:09:50")
    assert told["documents"] == 2
    assert told["seconds"] >= 2.0


@pytest.fixture
def filled(postgres_url: str) -> str:
    """A service's database: the burst as it came on a topic, and another."""

    async def fill(store: Store) -> None:
        other = handler_samples.voevent(112, {**BURST, "TrigID": "700000999"})
        times = ("07:08:21", "07:08:25", "07:08:30", "07:09:41")
        for offset, (body, time) in enumerate(zip((FLIGHT, other, FLIGHT, GROUND), times, strict=True)):
            raw = RawAlert(
                content_id=sha256_hex(body), body=body, source="gcn", topic="gcn.classic", partition=0, offset=offset,
                received=Instant.parse(f"2024-05-06T{time}"),
            )  # fmt: skip
            await Intake(store, Settings()).put(raw)

    with_store(postgres_url, fill)
    return postgres_url


def test_an_event_is_replayed_and_the_database_left_as_it_is(filled: str) -> None:
    before: Totals = with_store(filled, Store.totals)
    told = ask("replay", "700000001", TRANSIENTS_DATABASE__URL=filled)
    assert (told["documents"], told["duplicates"], told["notices"]) == (3, 1, 2)
    assert [event["event_key"] for event in told["events"]] == ["Fermi-GBM:700000001"]
    told = ask("replay", "Fermi-GBM:700000001", "--as-of", "2024-05-06T07:08:26", TRANSIENTS_DATABASE__URL=filled)
    assert (told["documents"], told["left_out"]["later"]) == (1, 2)
    assert with_store(filled, Store.totals) == before


def test_an_export_is_replayed_as_it_came(filled: str, tmp_path: Path) -> None:
    archive = tmp_path / "kept.tar"
    assert command("inbox", "export", "--out", archive, "--json", TRANSIENTS_DATABASE__URL=filled).code == 0
    told = ask("replay", archive)
    assert (told["documents"], told["duplicates"], told["notices"]) == (4, 1, 3)
    # The second delivery of the flight notice was at 07:08:30; the file says only 07:08:20.
    told = ask("replay", archive, "--as-of", "2024-05-06T07:08:29")
    assert (told["documents"], told["left_out"]) == (2, {"later": 2, "undated": 0, "unreadable": 0})
    (tmp_path / "kept.tar.jsonl").write_text("{}")
    assert "kept.tar.jsonl: not an index" in command("replay", archive, "--json").error["message"]


@pytest.mark.parametrize(
    ("stretch", "documents"),
    [((), 4), (("--from", "1", "--to", "3"), 2), (("--from", "2024-05-06T07:08:25", "--to", "2024-05-06T07:08:31"), 2)],
)
def test_a_topic_by_offsets_or_times(filled: str, stretch: tuple[str, ...], documents: int) -> None:
    told = ask("replay", "--topic", "gcn.classic", *stretch, TRANSIENTS_DATABASE__URL=filled)
    assert told["documents"] == documents


def test_a_topic_of_a_broker(mock_kafka: EmbeddedKafka, topic: str, tmp_path: Path) -> None:
    mock_kafka.create_topic(topic)
    producer = confluent_kafka.Producer({"bootstrap.servers": mock_kafka.bootstrap_servers})
    for body in (FLIGHT, GROUND):
        producer.produce(topic, body)
    assert producer.flush(20.0) == 0
    settings = tmp_path / "transients.toml"
    settings.write_text(f'[[kafka]]\nname = "ours"\nbootstrap_servers = ["{mock_kafka.bootstrap_servers}"]\n')
    told = ask("--config", settings, "replay", "--topic", topic, "--broker", "ours")
    assert (told["documents"], told["notices"]) == (2, 2)
    answer = command("--config", settings, "replay", "--topic", topic, "--broker", "theirs", "--json")
    assert "no such broker; there are: gcn, ours" in answer.error["message"]


def test_what_cannot_be_replayed_is_named(filled: str, folder: Path) -> None:
    assert command("replay", "no-such-event", "--json", TRANSIENTS_DATABASE__URL=filled).error["kind"] == "not-found"
    assert "no database" in command("replay", "no-such-event", "--json").error["message"]
    empty = command("replay", "--topic", "nosuch", "--json", TRANSIENTS_DATABASE__URL=filled).error
    assert (empty["kind"], empty["message"]) == ("no-data", "nosuch: nothing to replay")
    early = command("replay", folder, "--as-of", "2020-01-01T00:00:00", "--json").error
    assert early["message"].endswith("nothing to replay: 3 later, 1 without a time")
    two = command("replay", folder / "1.xml", folder / "9.xml", "--json").error["message"]
    assert "9.xml: no such file" in two
    for wrong in ((), ("x", "--topic", "t"), ("x", "--from", "1"), ("x", "--speed", "0"), ("--topic", "t", "--from", "soon")):
        assert command("replay", *wrong).code == 2
