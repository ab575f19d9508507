"""Every query of the shipped rules and of the dashboard, asked of a real Prometheus that reads a real service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from journey_samples import SaidSource, mission
from service_samples import about, free_port, raw, running, settings

from schemas.errors import NoData
from transients.config import CanarySettings, KafkaSettings, WebSettings
from transients.embedded import EmbeddedKafka
from transients.service.intake import Intake
from transients.store import Store

pytestmark = pytest.mark.prometheus
DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
RULES = DEPLOY / "prometheus" / "rules.yml"
#: Nothing of the kind happens in this test, so it has no value; the test of the rules has one.
_WITHOUT_VALUE = 'outcome="failed"'


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} here: it comes with the system's package prometheus")
    return found


def queries() -> dict[str, str]:
    """Each query by where it stands."""
    found = {f"rule {name}": expr for name, expr in re.findall(r"- alert: (\w+)\n\s+expr: (.+)", RULES.read_text())}
    for panel in json.loads((DEPLOY / "grafana" / "transients.json").read_text())["panels"]:
        for target in panel["targets"]:
            found[f"panel {panel['title']}, {target['refId']}"] = target["expr"]
    return found


def test_the_rules_fire_when_they_should_and_only_then() -> None:
    for arguments in (
        ["check", "rules", "rules.yml"],
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "rules.test.yml"],
    ):
        done = subprocess.run([tool("promtool"), *arguments], cwd=RULES.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
async def prometheus(tmp_path: Path) -> AsyncIterator[tuple[str, int]]:
    """A Prometheus that looks once a second; gives its address, and the port that it reads."""
    port, target = free_port(), free_port()
    rules = shutil.copy(RULES, tmp_path / "rules.yml")
    config = tmp_path / "prometheus.yml"
    config.write_text(
        f"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [{rules}]\nscrape_configs:\n"
        f"  - {{job_name: transients, static_configs: [{{targets: ['127.0.0.1:{target}']}}]}}\n"
    )
    command = [tool("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'data'}"]
    with (tmp_path / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, f"--web.listen-address=127.0.0.1:{port}", stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}", target
    finally:
        process.terminate()
        await process.wait()


async def asked(client: httpx2.AsyncClient, query: str) -> list[Any]:
    reply = await client.get("/api/v1/query", params={"query": query})
    assert reply.status_code == 200, (query, reply.text)
    result: list[Any] = reply.json()["data"]["result"]
    return result


async def test_every_query_has_an_answer(store: Store, postgres_url: str, tmp_path: Path, prometheus: tuple[str, int]) -> None:
    address, target = prometheus
    every = queries()
    assert len(every) > 25
    with EmbeddedKafka() as broker:
        broker.create_topic("igwn.gwalert")
        made = settings(
            postgres_url, tmp_path, web=WebSettings(port=target), canary=CanarySettings(interval_s=86400.0),
            kafka=(KafkaSettings(name="kafka", bootstrap_servers=(broker.bootstrap_servers,), topics=("igwn.gwalert",)),),
        )  # fmt: skip
        data = SaidSource({"light_curve": NoData("none")})
        async with running(made, ("ingest", "worker", "web"), data=data, alerts=None, mission=mission()):
            await Intake(store, made).put(raw(about("S230518h")[0]))
            await Intake(store, made).put(raw(replace(about("Antares")[0], body=b"nothing that is known"), 1))
            async with httpx2.AsyncClient(base_url=address, trust_env=False) as client:
                unanswered = set(every)
                # Rates need two looks, the numbers of the database are told every ten seconds, Prometheus itself has to come up.
                for _ in range(60):
                    await asyncio.sleep(1.0)
                    with contextlib.suppress(httpx2.TransportError):
                        unanswered = {name for name in unanswered if not await holds(client, every[name])}
                    if not unanswered:
                        break
                assert not unanswered
                (build,) = await asked(client, "transients_build_info")
                firing = await asked(client, 'ALERTS{alertstate="firing"}')
    assert build["value"][1] == "1"
    assert firing == []


async def holds(client: httpx2.AsyncClient, query: str) -> bool:
    """Whether a query has an answer: for a rule, whether what it compares has a value."""
    plain = re.sub(r"\s(==|>)\s[\d.]+$", "", query)
    if _WITHOUT_VALUE in plain:
        # It must be understood all the same.
        await asked(client, plain)
        return True
    return bool(await asked(client, plain))
