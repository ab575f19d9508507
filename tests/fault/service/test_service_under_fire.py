"""The whole service as six processes over a real Apache Kafka and PostgreSQL, everything killed at random moments of its work.

After each round every alert has its final result, none twice, and the whole database holds.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from plugins.brokers import ApacheKafka, running_kafka
from plugins.postgres import server_folder
from service_faults import Fleet, documents, fill, finished, outcome, story
from service_samples import free_port

from transients.embedded import EmbeddedPostgres

pytestmark = pytest.mark.fault

#: Killed in each round, over about the time that the work takes.
KILLS = 5
OVER_S = 25.0


@pytest.fixture(scope="module")
def broker() -> Iterator[ApacheKafka]:
    """A broker that may be killed."""
    with running_kafka() as made:
        yield made


@pytest.fixture(scope="module")
def database() -> Iterator[EmbeddedPostgres]:
    """A server that may be killed."""
    folder = server_folder()
    server = EmbeddedPostgres(folder / "data", fast=True)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Simulated data services."""
    port = free_port()
    command = [sys.executable, "-m", "transients.cli", "simulate", "--port", str(port), "--seed", "3"]
    with (tmp_path_factory.mktemp("simulate") / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    yield f"http://127.0.0.1:{port}/"
    process.terminate()
    process.wait(30)


async def a_round(
    number: int, kills: int, broker: ApacheKafka, database: EmbeddedPostgres, gateway: str, folder: Path
) -> tuple[dict[str, Any], list[str]]:
    """Everything once through a database and topics of its own."""
    rng = random.Random(number)
    name = _name(number, kills)
    admin = await asyncpg.connect(database.url_of("postgres"))
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    url = database.url_of(name)
    every = documents()
    topics = {topic: f"{name}.{topic}" for topic in {message.topic for message in every}}
    await asyncio.to_thread(fill, broker, topics, every)
    fleet = Fleet(broker, database, url, folder, gateway, topics)
    async with fleet.flying():
        killed = await fleet.under_fire(rng, kills, OVER_S)
        await finished(url, len({message.body for message in every}))
    return await outcome(url), killed


async def the_same(
    found: dict[str, Any], undisturbed: dict[str, Any], number: int, kills: int, database: EmbeddedPostgres
) -> None:
    """Nothing differs; else what does, with the story of each event."""
    different = [key for key in sorted(found.keys() | undisturbed.keys()) if found.get(key) != undisturbed.get(key)]
    if different:
        pairs = "\n".join(f"{key}: {found.get(key)}\n  undisturbed: {undisturbed.get(key)}" for key in different)
        steps = "\n".join(await story(database.url_of(_name(number, kills)), different))
        pytest.fail(f"{pairs}\n{steps}")


def _name(number: int, kills: int) -> str:
    return f"round_{number}_{kills}"


@pytest.fixture(scope="module")
def undisturbed(
    broker: ApacheKafka, database: EmbeddedPostgres, gateway: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What comes out when nothing is killed."""
    found, _ = asyncio.run(a_round(0, 0, broker, database, gateway, tmp_path_factory.mktemp("undisturbed")))
    return found


def test_the_same_comes_out_whatever_is_killed(undisturbed: dict[str, Any]) -> None:
    assert len(undisturbed) >= 8
    assert {each["verdict"] for each in undisturbed.values()} >= {"non-detection", "retracted"}
    assert all(each["assessed"] in (None, each["revision"]) for each in undisturbed.values())


@pytest.mark.parametrize("number", range(1, 11))
async def test_killed_at_random_moments(
    number: int, undisturbed: dict[str, Any], broker: ApacheKafka, database: EmbeddedPostgres, gateway: str, tmp_path: Path
) -> None:
    found, killed = await a_round(number, KILLS, broker, database, gateway, tmp_path)
    assert len(killed) == KILLS
    await the_same(found, undisturbed, number, KILLS, database)


@pytest.mark.nightly
@pytest.mark.parametrize("number", range(11, 211))
async def test_killed_at_random_moments_all_night(
    number: int, undisturbed: dict[str, Any], broker: ApacheKafka, database: EmbeddedPostgres, gateway: str, tmp_path: Path
) -> None:
    found, _ = await a_round(number, 2 * KILLS, broker, database, gateway, tmp_path)
    await the_same(found, undisturbed, number, 2 * KILLS, database)
