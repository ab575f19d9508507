"""Commands on the database: circular, publish, hold, status; on a real PostgreSQL, and asking a running service."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import dashboard_samples
import handler_samples
import msgspec
import outgoing_samples
import pytest
from command_line import ask, command

from schemas import Instant, RawAlert, sha256_hex
from transients.cli.status_words import plain_card
from transients.config import Settings, WebSettings
from transients.service.intake import Intake
from transients.store import Store
from transients.store.assessments import File
from transients.web import create_app, serve_app

FILES = {"README.txt": b"a list\n", "circular.txt": b"a draft\n", "assessment.json": b"{}\n"}
BURST = {"TrigID": "700000001", "Burst_TJD": "20436", "Burst_SOD": "25689.10"}


def raw(body: bytes) -> RawAlert:
    return RawAlert(content_id=sha256_hex(body), source="test", topic="t", body=body, received=Instant(utc="2024-05-06T07:08:30"))


async def with_store(url: str, work: Callable[[Store], Awaitable[Any]]) -> Any:
    store = await Store.open(url, pool_size=2)
    try:
        return await work(store)
    finally:
        await store.aclose()


async def fill(store: Store, **changes: Any) -> str:
    """A burst by the front door, assessed twice, drafted once. Gives its key."""
    await Intake(store, Settings()).put(raw(handler_samples.voevent(112, BURST)))
    (event,) = await store.events()
    for number in (1, 2):
        assessment = outgoing_samples.assessment(event_key=event.event_key, caveats=(f"sample {number}",), **changes)
        saved, _ = await store.save_assessment(assessment, {name: File(body, "text/plain") for name, body in FILES.items()})
        if number == 1:
            await store.save_circular(dashboard_samples.circular(saved))
    return event.event_key


@pytest.fixture
def filled(postgres_url: str) -> str:
    """A database with one assessed event."""
    assert asyncio.run(with_store(postgres_url, fill)) == "Fermi-GBM:700000001"
    return postgres_url


@pytest.mark.parametrize("name", ["Fermi-GBM:700000001", "700000001"])
def test_circular_is_found_by_key_and_name(filled: str, name: str) -> None:
    report = ask("circular", name, TRANSIENTS_DATABASE__URL=filled)
    assert report["event_key"] == "Fermi-GBM:700000001"
    assert report["assessment_revision"] == 1
    assert report["subject"] == "S230518h: a draft"
    text = command("circular", name, TRANSIENTS_DATABASE__URL=filled)
    assert text.out.startswith("Subject: S230518h: a draft\n\n")
    assert report["body"] in text.out


def test_circular_that_is_not_there(filled: str) -> None:
    missing = command("circular", "700000001", "--revision", 2, "--json", TRANSIENTS_DATABASE__URL=filled)
    assert missing.error["kind"] == "not-found"
    unknown = command("circular", "S240101zz", "--json", TRANSIENTS_DATABASE__URL=filled)
    assert unknown.error == {"kind": "not-found", "message": "S240101zz: no such event"}


def test_one_name_for_two_events_is_refused(postgres_url: str) -> None:
    async def two(store: Store) -> None:
        intake = Intake(store, Settings())
        await intake.put(raw(handler_samples.voevent(112, BURST)))
        await intake.put(raw(handler_samples.voevent(53, BURST, ivorn="ivo://example.org/alerts#Sample_700000001-0-001")))
        keys = await store.event_keys("700000001")
        assert len(keys) == 2, keys

    asyncio.run(with_store(postgres_url, two))
    error = command("circular", "700000001", "--json", TRANSIENTS_DATABASE__URL=postgres_url).error
    assert "Fermi-GBM:700000001" in error["message"]
    assert "INTEGRAL IBIS:700000001" in error["message"]


@pytest.mark.parametrize("args", [("circular", "X"), ("publish", "X", "--to", "zenodo"), ("hold", "on")])
def test_without_a_database_it_is_said_which_setting(args: tuple[str, ...]) -> None:
    error = command(*args, "--json").error
    assert error["kind"] == "configuration"
    assert "TRANSIENTS_DATABASE__URL" in error["message"]


def test_a_database_that_does_not_answer() -> None:
    error = command("circular", "X", "--json", TRANSIENTS_DATABASE__URL="postgresql://nobody@127.0.0.1:9/none").error
    assert error["kind"] == "service-unreachable"


def test_publish_by_hand_is_recorded_once(filled: str) -> None:
    first = ask("publish", "700000001", "--to", "zenodo", TRANSIENTS_DATABASE__URL=filled)
    assert (first["state"], first["assessment_revision"], first["sandbox"]) == ("recorded", 2, True)
    assert {file["name"]: file["sha256"] for file in first["files"]} == {name: sha256_hex(body) for name, body in FILES.items()}
    again = ask("publish", "700000001", "--to", "zenodo", "--release", TRANSIENTS_DATABASE__URL=filled)
    assert again == first

    async def publications(store: Store) -> int:
        return len(await store.publications())

    assert asyncio.run(with_store(filled, publications)) == 1


def test_nothing_is_published_before_its_figures_are_drawn(filled: str) -> None:
    async def undrawn(store: Store) -> None:
        (event,) = await store.events()
        last = await store.assessment(event.event_key)
        assert last is not None
        await store.save_assessment(msgspec.structs.replace(last, caveats=("something new",)))

    asyncio.run(with_store(filled, undrawn))
    error = command("publish", "700000001", "--to", "zenodo", "--json", TRANSIENTS_DATABASE__URL=filled).error
    assert error["kind"] == "not-yet"
    assert "still to be drawn" in error["message"]


def test_nothing_is_published_while_held(filled: str) -> None:
    asyncio.run(with_store(filled, lambda store: store.set_hold(True, "test")))
    error = command("publish", "700000001", "--to", "zenodo", "--json", TRANSIENTS_DATABASE__URL=filled).error
    assert "held" in error["message"]


def test_hold_is_switched_and_kept(filled: str) -> None:
    publish = ("publish", "700000001", "--to", "zenodo")
    assert ask("hold", TRANSIENTS_DATABASE__URL=filled) == {"hold": False}
    assert ask("hold", "on", TRANSIENTS_DATABASE__URL=filled) == {"hold": True}
    assert ask("hold", TRANSIENTS_DATABASE__URL=filled) == {"hold": True}
    assert "held" in command(*publish, "--json", TRANSIENTS_DATABASE__URL=filled).error["message"]
    assert ask("hold", "off", TRANSIENTS_DATABASE__URL=filled) == {"hold": False}
    assert ask(*publish, TRANSIENTS_DATABASE__URL=filled)["state"] == "recorded"
    assert command("hold", "perhaps", TRANSIENTS_DATABASE__URL=filled).code == 2


@pytest.mark.parametrize(
    ("changes", "said"), [({"role": "test"}, "role test"), ({"verdict": "pending"}, "no result to publish: pending")]
)
def test_what_does_not_leave_the_house(postgres_url: str, changes: dict[str, str], said: str) -> None:
    asyncio.run(with_store(postgres_url, lambda store: fill(store, **changes)))
    error = command("publish", "700000001", "--to", "zenodo", "--json", TRANSIENTS_DATABASE__URL=postgres_url).error
    assert said in error["message"]


def test_publishing_switched_off_is_said(filled: str) -> None:
    answer = command(
        "publish", "700000001", "--to", "zenodo", "--json", TRANSIENTS_DATABASE__URL=filled, TRANSIENTS_ZENODO__MODE="off"
    )
    assert answer.error["kind"] == "configuration"


def test_publish_knows_its_channels() -> None:
    assert command("publish", "X", "--to", "the-moon").code == 2


KEYS = {"realtime", "nrt", "cons", "revolution", "distance_mm", "next_break", "ingest", "jobs", "clock_offset_s", "hold"}


def test_status_with_a_database(filled: str) -> None:
    card = ask("status", "--source", "sim:1", TRANSIENTS_DATABASE__URL=filled)
    assert set(card) >= KEYS | {"simulated", "caveats"}
    assert card["asked"] == "database"
    assert card["simulated"] is True
    # The burst was taken in from the source "test", and its first look is queued.
    assert list(card["ingest"]) == ["test"]
    assert card["jobs"]["queued"] == 1
    assert card["hold"] is False


def test_status_alone_says_what_it_does_not_know() -> None:
    card = ask("status", TRANSIENTS_WEB__PORT="9")
    assert set(card) >= KEYS
    assert card["asked"] == "no service"
    assert card["revolution"] > 3000
    assert card["ingest"] == {}
    assert any("database" in caveat for caveat in card["caveats"])
    text = command("status", TRANSIENTS_WEB__PORT="9").out
    assert re.search(r"orbit +3\d\d\d, [\d.]+ ± [\d.]+ Mm \(orbit model\) to Earth", text)
    assert "no service" in text


@pytest.fixture
def dashboard() -> Iterator[str]:
    """Address of a running dashboard."""
    address: list[str] = []
    listening, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    def started(url: str) -> None:
        address.append(url)
        listening.set()

    def serve() -> None:
        app = create_app(dashboard_samples.filled_store(), Settings(), status=dashboard_samples.status)
        loop.run_until_complete(serve_app(app, WebSettings(port=0), stop, started=started))

    thread = threading.Thread(target=serve)
    thread.start()
    assert listening.wait(20)
    yield address[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(20)
    assert not thread.is_alive()
    loop.close()


def test_status_of_a_running_service(dashboard: str) -> None:
    wanted = plain_card(asyncio.run(dashboard_samples.status()))
    card = ask("status", "--url", dashboard)
    assert card["asked"] == dashboard
    assert {key: card[key] for key in KEYS} == {key: wanted[key] for key in KEYS}
    # Without being told where: the settings' dashboard is asked.
    assert ask("status", TRANSIENTS_WEB__PUBLIC_URL=dashboard)["revolution"] == wanted["revolution"]


def test_a_service_that_is_not_there_or_not_ours(dashboard: str) -> None:
    assert command("status", "--url", "http://127.0.0.1:9", "--json").error["kind"] == "service-unreachable"
    assert command("status", "--url", f"{dashboard}/health", "--json").error["kind"] == "refused-input"
    assert command("status", "--url", "nonsense", "--json").error["kind"] == "refused-input"
