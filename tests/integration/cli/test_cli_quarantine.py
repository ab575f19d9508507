"""`transients quarantine`: poison is looked at, and taken once a handler for it is there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import handler_samples
import msgspec
import pytest
from command_line import ask, command
from service_samples import with_store

import handlers
from handlers.builtin import registry
from schemas import Instant, Notice, Parsed, Policy, RawAlert, Refusal, sha256_hex
from transients.config import Settings
from transients.service.intake import Intake
from transients.store import Store

NOW = Instant(utc="2024-05-06T07:08:30")
NEWS = b'{"sample_telescope": "AT1"}'
HOSTILE = b"\x1b[2J\x00 \xff not an alert\r\nsecond line"
POISON = {NEWS: "new.telescope", b"": "t", b"<VOEvent><What>": "gcn.classic.voevent.X", HOSTILE: "t"}
GOOD = handler_samples.voevent(112, {"TrigID": "700000001", "Burst_TJD": "20436", "Burst_SOD": "25689.10"})


class Telescope:
    """A handler that comes later."""

    name = "sample-telescope"
    kinds = ("SAMPLE_TELESCOPE",)
    topics = ("sample.telescope",)
    policies = (Policy(name="sample-telescope"),)

    def recognise(self, document: Any) -> str | None:
        """Ours."""
        value = getattr(document, "value", None)
        return "SAMPLE_TELESCOPE" if isinstance(value, dict) and "sample_telescope" in value else None

    def parse(self, document: Any, kind: str) -> Parsed:
        """A notice."""
        return Notice(
            kind=kind, messenger="optical", origin="Sample telescope", event_id=document.value["sample_telescope"],
            revision="1", role="observation", time=NOW,
        )  # fmt: skip

    def policy_for(self, notice: Notice) -> Policy:
        """The one there is."""
        return self.policies[0]


def alerts() -> Sequence[RawAlert]:
    """Poison and a good document; the telescope's comes twice."""
    made = [
        RawAlert(
            content_id=sha256_hex(body), body=body, source="gcn" if topic == "t" else "hop", topic=topic, partition=0, offset=n,
            received=NOW, headers={"_id": "7"} if body == NEWS else {},
        )
        for n, (body, topic) in enumerate({**POISON, GOOD: "t"}.items())
    ]  # fmt: skip
    return [*made, msgspec.structs.replace(made[0], offset=99)]


@pytest.fixture
def poisoned(postgres_url: str) -> str:
    """A database with refused documents."""
    with_store(postgres_url, lambda store: Intake(store, Settings()).put_many(alerts()))
    return postgres_url


@pytest.fixture
def telescope(poisoned: str) -> Iterator[None]:
    """The handler is there, after the documents came."""
    handlers.register(Telescope())
    yield
    registry.remove(Telescope.name)


def test_the_list_counts_and_filters(poisoned: str) -> None:
    everything = ask("quarantine", "list", TRANSIENTS_DATABASE__URL=poisoned)
    assert everything["quarantine"] == len(POISON)
    assert sum(everything["by_reason"].values()) == len(POISON)
    assert {line["content_id"] for line in everything["documents"]} == {sha256_hex(body) for body in POISON}
    first = next(line for line in everything["documents"] if line["content_id"] == sha256_hex(NEWS))
    assert first | {"message": "", "kind": ""} == {
        "content_id": sha256_hex(NEWS), "received_utc": NOW.iso, "reason": "unknown-kind", "kind": "", "message": "",
        "source": "hop", "topic": "new.telescope", "partition": 0, "offset": 0, "size": len(NEWS), "expired": False,
    }  # fmt: skip
    for filters, bodies in (
        (("--reason", "unknown-kind"), [NEWS]),
        (("--reason", "empty", "--source", "gcn"), [b""]),
        (("--reason", "empty", "--source", "hop"), []),
        (("--kind", first["kind"]), [NEWS]),
        (("--since", "2100-01-01T00:00:00"), []),
        (("--since", "2020-01-01T00:00:00"), list(POISON)),
    ):
        found = ask("quarantine", "list", *filters, TRANSIENTS_DATABASE__URL=poisoned)
        assert {line["content_id"] for line in found["documents"]} == {sha256_hex(body) for body in bodies}, filters
        assert found["quarantine"] == len(bodies), filters
    one = ask("quarantine", "list", "--limit", 1, TRANSIENTS_DATABASE__URL=poisoned)
    assert (len(one["documents"]), one["quarantine"]) == (1, len(POISON))
    text = command("quarantine", "list", TRANSIENTS_DATABASE__URL=poisoned).out
    assert sha256_hex(NEWS)[:12] in text
    assert "unknown-kind" in text


def test_a_document_is_shown_by_the_beginning_of_its_name(poisoned: str) -> None:
    shown = ask("quarantine", "show", sha256_hex(NEWS)[:10], TRANSIENTS_DATABASE__URL=poisoned)
    assert (shown["content_id"], shown["outcome"], shown["reason"]) == (sha256_hex(NEWS), "refusal", "unknown-kind")
    assert [(each["offset"], each["headers"]) for each in shown["deliveries"]] == [(0, {"_id": "7"}), (99, {"_id": "7"})]
    assert shown["head"] == NEWS.decode()
    assert [saying["outcome"] for saying in shown["sayings"]] == ["refusal"]
    missing = command("quarantine", "show", "abcd", "--json", TRANSIENTS_DATABASE__URL=poisoned)
    assert missing.error["kind"] == "not-found"
    for nonsense in ("abc", "ABCD", "xyz'--"):
        assert (
            command("quarantine", "show", nonsense, "--json", TRANSIENTS_DATABASE__URL=poisoned).error["kind"] == "refused-input"
        )


def test_bytes_are_shown_without_steering_the_terminal(poisoned: str) -> None:
    name = sha256_hex(HOSTILE)
    head = ask("quarantine", "show", name, TRANSIENTS_DATABASE__URL=poisoned)["head"]
    assert head == "\\x1b[2J\\x00 \\xff not an alert\nsecond line"
    text = command("quarantine", "show", name, TRANSIENTS_DATABASE__URL=poisoned).out
    assert "\x1b" not in text
    assert "\x00" not in text


def test_raw_is_the_bytes_and_nothing_else(poisoned: str) -> None:
    from click.testing import CliRunner

    from transients.cli import main

    arguments = ["quarantine", "show", sha256_hex(HOSTILE), "--raw"]
    result = CliRunner().invoke(main, arguments, env={"TRANSIENTS_DATABASE__URL": poisoned})
    assert result.stdout_bytes == HOSTILE


@pytest.mark.usefixtures("telescope")
def test_a_new_handler_takes_what_was_refused(poisoned: str) -> None:
    answer = command("quarantine", "replay", "--all", "--json", TRANSIENTS_DATABASE__URL=poisoned)
    assert answer.code == 0
    lines = {line["content_id"]: line for line in answer.lines}
    assert set(lines) == {sha256_hex(body) for body in POISON}
    news = lines.pop(sha256_hex(NEWS))
    assert (news["before"]["outcome"], news["before"]["reason"]) == ("refusal", "unknown-kind")
    assert (news["after"]["outcome"], news["after"]["event_key"]) == ("notice", "Sample telescope:AT1")
    assert all(line["before"] == line["after"] for line in lines.values())

    async def kept(store: Store) -> None:
        assert {event.event_key for event in await store.events()} == {"Sample telescope:AT1", "Fermi-GBM:700000001"}
        assert {job.event_key for job in await store.jobs()} == {"Sample telescope:AT1", "Fermi-GBM:700000001"}
        assert sum((await store.quarantine_counts()).values()) == len(POISON) - 1
        # What was said before is not erased, and what is as before is not said again.
        assert [type(parsed) for _, parsed in await store.sayings(sha256_hex(NEWS))] == [Refusal, Notice]
        assert len(await store.sayings(sha256_hex(b""))) == 1

    with_store(poisoned, kept)
    again = command("quarantine", "replay", sha256_hex(NEWS)[:8], "--json", TRANSIENTS_DATABASE__URL=poisoned)
    assert again.data["before"] == again.data["after"] == news["after"]
    with_store(poisoned, kept)
    shown = ask("quarantine", "show", sha256_hex(NEWS), TRANSIENTS_DATABASE__URL=poisoned)
    assert [saying["outcome"] for saying in shown["sayings"]] == ["refusal", "notice"]


@pytest.mark.usefixtures("telescope")
def test_replay_by_reason_says_before_and_after(poisoned: str) -> None:
    text = command("quarantine", "replay", "--reason", "unknown-kind", TRANSIENTS_DATABASE__URL=poisoned).out
    first, last = text.splitlines()
    assert first.startswith(f"{sha256_hex(NEWS)[:12]}: refusal")
    assert first.endswith("→ notice (SAMPLE_TELESCOPE, Sample telescope:AT1)")
    assert last == "1 notice"
    assert command("quarantine", "replay", "--reason", "nothing", "--json", TRANSIENTS_DATABASE__URL=poisoned).error["kind"] == (
        "not-found"
    )


@pytest.mark.parametrize("arguments", [(), ("--all", "--reason", "empty"), ("abcd", "--all"), ("abcd", "--kind", "k")])
def test_replay_wants_one_choice(arguments: tuple[str, ...]) -> None:
    assert command("quarantine", "replay", *arguments).code == 2


def test_bytes_that_went_by_policy_are_said(poisoned: str) -> None:
    with_store(poisoned, lambda store: store.expire([("*", Instant(utc="2100-01-01T00:00:00"))]))
    shown = ask("quarantine", "show", sha256_hex(NEWS), TRANSIENTS_DATABASE__URL=poisoned)
    assert (shown["head"], shown["reason"]) == (None, "unknown-kind")
    name = sha256_hex(NEWS)
    assert command("quarantine", "show", name, "--raw", TRANSIENTS_DATABASE__URL=poisoned).code == 1
    line = command("quarantine", "replay", name, "--json", TRANSIENTS_DATABASE__URL=poisoned).data
    assert line["after"] == {"outcome": None, "kind": None}


def test_status_counts_the_quarantine(poisoned: str) -> None:
    card = ask("status", "--source", "sim:1", TRANSIENTS_DATABASE__URL=poisoned)
    assert (card["quarantine"], card["gaps"], card["open_gaps"]) == (len(POISON), 0, [])
    assert card["lines"]["hop"] | {"lag_s": 0} == {
        "state": "heard", "lag_s": 0, "last_pulse": None, "deliveries": 3, "duplicates": 1, "gaps": 0,
        "since": None, "reason": "",
    }  # fmt: skip
    assert set(card["ingest"]) == {"gcn", "hop"}
    json.dumps(card, allow_nan=False)
