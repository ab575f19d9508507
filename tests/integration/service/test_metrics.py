"""The numbers of a service, as Prometheus reads them: from the dashboard, and from a port of their own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import msgspec
from journey_samples import SaidSource, mission
from prometheus_client.parser import text_string_to_metric_families
from service_samples import about, free_port, raw, running, settings, worked

from schemas.errors import NoData
from transients import __version__
from transients.config import MetricsSettings, WebSettings
from transients.service.intake import Intake
from transients.store import Store

Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def numbers(address: str) -> Numbers:
    """Every sample at an address, by name and labels."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        reply = await client.get(address)
    reply.raise_for_status()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def risen(name: str, before: Numbers, after: Numbers, **labels: str) -> float:
    key = (name, tuple(sorted(labels.items())))
    return after.get(key, 0.0) - before.get(key, 0.0)


async def test_each_stage_of_an_alert_is_counted_where_prometheus_looks(store: Store, postgres_url: str, tmp_path: Path) -> None:
    port, own = free_port(), free_port()
    made = settings(postgres_url, tmp_path, web=WebSettings(port=port), metrics=MetricsSettings(port=own), workers=2)
    async with running(made, ("worker", "web"), data=SaidSource({"light_curve": NoData("none")}), mission=mission()):
        address = f"http://127.0.0.1:{port}/metrics"
        before = await numbers(address)
        await Intake(store, made).put(raw(about("S230518h")[0]))
        await Intake(store, made).put(msgspec.structs.replace(raw(about("Antares")[0]), offset=1))
        await Intake(store, made).put(raw(type(about("Antares")[0])("t", b"nothing that is known"), 2))
        await worked(store)
        async with asyncio.timeout(30):
            refused = ("transients_quarantine_documents", (("reason", "not-an-alert"),))
            # The numbers of the database are told every ten seconds.
            while (after := await numbers(address)).get(refused) != 1.0:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        apart = await numbers(f"http://127.0.0.1:{own}/metrics")
    for stage in ("issued", "stored", "understood", "geometry", "search", "draft"):
        assert risen("transients_alert_seconds_count", before, after, stage=stage) >= 2, stage
    assert risen("transients_alert_seconds_count", before, after, stage="told") >= 1
    # Understood within seconds of being received; the alerts themselves are of long ago.
    assert 0 < risen("transients_alert_seconds_sum", before, after, stage="understood") < 60
    assert risen("transients_alert_seconds_sum", before, after, stage="issued") > 1e6
    assert risen("transients_alerts_total", before, after, outcome="notice") == 2
    assert risen("transients_alerts_total", before, after, outcome="refusal") == 1
    assert risen("transients_job_attempts_total", before, after, kind="assess", outcome="done") >= 2
    assert risen("transients_job_seconds_count", before, after, kind="tell") >= 1
    assert risen("transients_loop_lag_seconds_count", before, after) > 10
    assert after["transients_database_up", ()] == 1.0
    assert after["transients_hold", ()] == 0.0
    assert after["transients_documents_waiting", ()] == 0.0
    assert after["transients_build_info", (("version", __version__),)] == 1.0
    assert ("transients_source_age_seconds", (("source", "test"),)) in after
    assert apart.keys() >= {key for key in after if key[0].startswith("transients_alert")}
