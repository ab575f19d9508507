"""`transients inbox`: numbers, gaps, and documents out of it that can be read again."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import handler_samples
import pytest
from command_line import ask, command
from service_samples import with_store

from ingest import iter_documents
from schemas import Gap, Instant, RawAlert, sha256_hex
from transients.config import Settings
from transients.service.intake import Intake
from transients.store import Store

BURST = {"Burst_TJD": "20436", "Burst_SOD": "25689.10"}
BODIES = {
    "gcn.classic.voevent.FERMI_GBM_FLT_POS": handler_samples.voevent(111, {"TrigID": "700000001", **BURST}),
    "gcn.classic.voevent.FERMI_GBM_GND_POS": handler_samples.voevent(112, {"TrigID": "700000001", **BURST}),
    "igwn.gwalert": handler_samples.gwalert(),
    "/home/x y/../odd topic é.xml": b"\x00 nothing that is known",
}


@pytest.fixture
def filled(postgres_url: str) -> str:
    """A database with a few documents, one of which came twice."""
    alerts = [
        RawAlert(
            content_id=sha256_hex(body), body=body, source="gcn", topic=topic, partition=0, offset=n,
            received=Instant(utc=f"2024-05-06T07:0{n}:00"), headers={"_format": "x"} if n == 0 else {},
        )
        for n, (topic, body) in enumerate([*BODIES.items(), *list(BODIES.items())[:1]])
    ]  # fmt: skip
    with_store(postgres_url, lambda store: Intake(store, Settings()).put_many(alerts))
    return postgres_url


def index_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.with_name(f"{path.name}.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tar.xz"])
def test_what_is_exported_is_read_again(filled: str, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"alerts{suffix}"
    answer = ask("inbox", "export", "--out", out, TRANSIENTS_DATABASE__URL=filled)
    assert answer == {"file": str(out), "documents": len(BODIES), "size_bytes": sum(map(len, BODIES.values()))}
    assert [document.data for document in iter_documents([out])] == list(BODIES.values())
    lines = index_lines(out)
    with tarfile.open(out) as archive:
        assert [member.name for member in archive] == [line["file"] for line in lines]
    assert [line["content_id"] for line in lines] == [sha256_hex(body) for body in BODIES.values()]
    assert lines[0]["file"] == f"gcn.classic.voevent.FERMI_GBM_FLT_POS/{sha256_hex(next(iter(BODIES.values())))}.xml"
    assert lines[3]["file"].startswith("home_x_y_.._odd_topic_.xml/")
    assert [(each["topic"], each["offset"], each["headers"]) for each in lines[0]["deliveries"]] == [
        ("gcn.classic.voevent.FERMI_GBM_FLT_POS", 0, {"_format": "x"}),
        ("gcn.classic.voevent.FERMI_GBM_FLT_POS", 4, {}),
    ]
    assert lines[0]["parsed"] | {"handler_version": ""} == {
        "outcome": "notice", "kind": "FERMI_GBM_FLT_POS", "handler_version": "", "origin": "Fermi-GBM", "event_id": "700000001",
        "revision": "FLT_POS 0", "role": "observation",
    }  # fmt: skip
    assert [line["parsed"]["outcome"] for line in lines] == ["notice", "notice", "notice", "refusal"]
    summary = ask("parse", out, "--summary")
    assert (summary["documents"], summary["notices"], summary["refused"]) == (4, 3, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == [out.name, f"{out.name}.jsonl"]


@pytest.mark.parametrize(
    ("conditions", "chosen"),
    [
        (("--event", "700000001"), [0, 1]),
        (("--topic", "igwn.gwalert"), [2]),
        (("--from", "2024-05-06T07:01:00", "--to", "2024-05-06T07:03:00"), [1, 2]),
        (("--event", "Fermi-GBM:700000001", "--from", "2024-05-06T07:01:00", "--to", "2024-05-06T07:02:00"), [1]),
        (("--source", "hop"), []),
    ],
)
def test_conditions_choose(filled: str, tmp_path: Path, conditions: tuple[str, ...], chosen: list[int]) -> None:
    out = tmp_path / "some.tar"
    assert ask("inbox", "export", "--out", out, *conditions, TRANSIENTS_DATABASE__URL=filled)["documents"] == len(chosen)
    bodies = list(BODIES.values())
    assert [line["content_id"] for line in index_lines(out)] == [sha256_hex(bodies[n]) for n in chosen]


def test_nothing_is_overwritten_and_nothing_half_made_is_left(filled: str, tmp_path: Path) -> None:
    out = tmp_path / "alerts.tar"
    ask("inbox", "export", "--out", out, TRANSIENTS_DATABASE__URL=filled)
    before = out.read_bytes()
    for name in ("alerts.tar", "alerts.zip", "no/such/folder.tar"):
        answer = command("inbox", "export", "--out", tmp_path / name, "--json", TRANSIENTS_DATABASE__URL=filled)
        assert answer.error["kind"] == "refused-input", name
    unknown = command(
        "inbox", "export", "--out", tmp_path / "x.tar", "--event", "none", "--json", TRANSIENTS_DATABASE__URL=filled
    )
    assert unknown.error["kind"] == "not-found"
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alerts.tar", "alerts.tar.jsonl"]


def test_numbers_of_the_inbox(filled: str) -> None:
    stats = ask("inbox", "stats", TRANSIENTS_DATABASE__URL=filled)
    size_bytes = sum(map(len, BODIES.values()))
    assert (stats["documents"], stats["waiting"], stats["expired"]) == (4, 0, 0)
    assert stats["size_bytes"] == stats["kept_bytes"] == size_bytes
    assert [(part["outcome"], part["documents"]) for part in stats["parts"]] == [("notice", 3), ("refusal", 1)]
    assert stats["sources"] == [
        {"source": "gcn", "deliveries": 5, "duplicates": 1, "heartbeats": 0, "last_received_utc": "2024-05-06T07:04:00.000"}
    ]
    assert "refusal" in command("inbox", "stats", TRANSIENTS_DATABASE__URL=filled).out


def test_gaps_are_seen_everywhere_and_closed_by_a_person(postgres_url: str) -> None:
    at = Instant(utc="2024-05-06T07:00:00")
    lost = Gap(source="gcn", topic="igwn.gwalert", partition=0, reason="retention", first_offset=10, last_offset=19, until=at)
    silent = Gap(source="vtp", topic="broker", reason="silence", since=at, remark="no pulse")

    async def fill(store: Store) -> None:
        await store.put_gap(lost)
        await store.put_gap(silent)

    with_store(postgres_url, fill)
    card = ask("status", "--source", "sim:1", TRANSIENTS_DATABASE__URL=postgres_url)
    assert card["gaps"] == 2
    assert [words.partition(" in ")[2] for words in card["open_gaps"]] == [
        "vtp, broker, since 2024-05-06T07:00:00, not heard again yet: no pulse",
        "gcn, igwn.gwalert, partition 0, offsets 10 to 19 until 2024-05-06T07:00:00",
    ]
    assert (card["lines"]["vtp"]["state"], card["lines"]["gcn"]["state"]) == ("silent", "gap")
    assert card["ingest"] == {"gcn": None, "vtp": None}
    assert "offsets 10 to 19" in " ".join(
        command("status", "--source", "sim:1", TRANSIENTS_DATABASE__URL=postgres_url).out.split()
    )

    (gap,) = ask("inbox", "gaps", "--source", "gcn", TRANSIENTS_DATABASE__URL=postgres_url)["gaps"]
    assert (gap["first_offset"], gap["last_offset"], gap["closed_utc"]) == (10, 19, None)
    (closed,) = ask("inbox", "gaps", "--close", gap["gap"], "--why", "had by mail", TRANSIENTS_DATABASE__URL=postgres_url)["gaps"]
    assert closed["closed_why"] == "had by mail"
    assert "by command" in closed["closed_by"]
    assert len(ask("inbox", "gaps", TRANSIENTS_DATABASE__URL=postgres_url)["gaps"]) == 1
    assert len(ask("inbox", "gaps", "--all", TRANSIENTS_DATABASE__URL=postgres_url)["gaps"]) == 2
    again = command("inbox", "gaps", "--close", gap["gap"], "--json", TRANSIENTS_DATABASE__URL=postgres_url)
    assert again.error["kind"] == "not-found"
    assert ask("status", "--source", "sim:1", TRANSIENTS_DATABASE__URL=postgres_url)["gaps"] == 1
    assert command("inbox", "gaps", "--why", "x").code == 2


@pytest.mark.parametrize(
    "arguments", [("inbox", "stats"), ("inbox", "gaps"), ("quarantine", "list"), ("quarantine", "show", "abcd")]
)
def test_without_a_database_it_is_said_which_setting(arguments: tuple[str, ...]) -> None:
    error = command(*arguments, "--json").error
    assert error["kind"] == "configuration"
    assert "TRANSIENTS_DATABASE__URL" in error["message"]
