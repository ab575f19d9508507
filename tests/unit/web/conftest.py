"""The dashboard over a filled store in memory, asked as a browser without scripts would."""

from __future__ import annotations

from collections.abc import Iterator

import dashboard_samples as samples
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from transients.config import Settings
from transients.web import create_app
from transients.web.memory import MemoryStore


@pytest.fixture
def dashboard_store() -> MemoryStore:
    return samples.filled_store()


@pytest.fixture
def client(dashboard_store: MemoryStore) -> Iterator[TestClient[Litestar]]:
    app = create_app(dashboard_store, Settings(), status=samples.status, clock=lambda: samples.NOW)
    with TestClient(app) as testing:
        yield testing
