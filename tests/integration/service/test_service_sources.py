"""An alert source that is refused: said loudly, and nothing else is stopped by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest
from journey_samples import SaidSource
from service_samples import running, settings

from ingest import DirectorySource, LineState
from schemas import RawAlert
from schemas.errors import ConfigurationError, NoData
from transients.config import WebSettings
from transients.embedded import EmbeddedKafka
from transients.missions.integral import Integral
from transients.service.app import Service
from transients.sources import load_response
from transients.store import Store


class Refused:
    """A source whose login is refused."""

    name = "refused"

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        raise ConfigurationError("invalid_client", where=self.name)
        yield

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        raise AssertionError("nothing to commit")

    async def aclose(self) -> None:
        pass


class Silent:
    """A source whose line is silent."""

    name = "silent"

    def __init__(self) -> None:
        self.line = LineState()
        self._closed = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[RawAlert]:
        self.line.turn("silent", "no pulse for 60 s")
        await self._closed.wait()
        return
        yield

    async def commit(self, raws: Sequence[RawAlert]) -> None:
        raise AssertionError("nothing to commit")

    async def aclose(self) -> None:
        self._closed.set()


@pytest.fixture(scope="module")
def integral() -> Integral:
    return Integral(load_response())


async def test_a_refused_source_stops_no_other_and_is_shown(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    with EmbeddedKafka() as something:
        port = int(something.bootstrap_servers.split(":")[1])
    folder = tmp_path / "alerts"
    folder.mkdir()
    made = settings(postgres_url, tmp_path, web=WebSettings(port=port))
    parts: dict[str, Any] = {"data": SaidSource({"light_curve": NoData("none")}), "mission": integral}
    sources = (Refused(), Silent(), DirectorySource(folder, name="folder", interval_s=0.05))
    async with (
        running(made, ("ingest", "web"), alerts=sources, **parts) as service,
        httpx2.AsyncClient(trust_env=False, base_url=service.url) as client,
        asyncio.timeout(30.0),
    ):
        (folder / "notice.xml").write_text("not an alert")
        while not (await store.totals()).refused:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        assert service.deaf == {"refused": "refused: invalid_client"}
        while True:
            try:
                ready = await client.get("/health/ready")
                break
            except httpx2.TransportError:
                await asyncio.sleep(0.05)
        assert ready.status_code == 503
        assert "invalid_client" in ready.text
        page = (await client.get("/")).text
        assert "invalid_client" in page
        assert "alert source silent is silent since" in page
        assert "no pulse for 60 s" in page


async def test_a_process_that_only_listens_ends_when_nothing_is_left_to_listen_to(
    postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    service = Service(settings(postgres_url, tmp_path), ("ingest",), data=SaidSource(), alerts=(Refused(),), mission=integral)
    with pytest.raises(ExceptionGroup) as group:
        await asyncio.wait_for(service.run(), 20.0)
    assert group.group_contains(ConfigurationError, match="invalid_client")
