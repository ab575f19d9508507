"""The dashboard as an application."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.prometheus import PrometheusConfig, PrometheusController
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import ControllerRouterHandler

import transients
from schemas.errors import TransientsError
from transients.config import Settings

from .api import api
from .board import board
from .candidates import candidates_api, candidates_page
from .curves import event_curve
from .errors import on_any, on_http, on_ours
from .headers import refuse_nul, secure
from .health import live, ready
from .hub import Hub
from .inject import Clock
from .outside import Outside, OutsideSource
from .pages import event_file, event_page, quarantine, raw, refused
from .ports import DashboardStore, HealthChecks, StatusSource
from .stream import stream
from .templating import HERE, environment

PAGES: tuple[ControllerRouterHandler, ...] = (
    board,
    event_page,
    event_file,
    event_curve,
    raw,
    quarantine,
    refused,
    live,
    ready,
    api,
    candidates_api,
    candidates_page,
    stream,
)


def utc_now() -> dt.datetime:
    """The clock of the pages' ages."""
    return dt.datetime.now(dt.UTC)


def create_app(
    store: DashboardStore,
    settings: Settings,
    *,
    status: StatusSource,
    health: HealthChecks | None = None,
    outside: OutsideSource = Outside,
    clock: Clock = utc_now,
    routes: Sequence[ControllerRouterHandler] = (),
) -> Litestar:
    """Build the dashboard, its API and its event stream.

    Parameters
    ----------
    store : DashboardStore
        The read side of the store; opened and closed by the caller.
    settings : Settings
        Only what the pages show is used: the addresses of messages and whether everything is held.
    status : callable
        Gives the status card.
    health : mapping of str to callable, optional
        Further checks of /health/ready beside the database.
    outside : callable
        Gives what others tell, for the front page.
    clock : callable
        Now, for ages.
    routes : sequence
        Further routes, such as the data services.

    Returns
    -------
    Litestar
        `app.state.hub` is the fan-out of changes: close it first when stopping, or open streams keep the server from leaving.
    """
    hub = Hub(store.changes)

    @asynccontextmanager
    async def listening(app: Litestar) -> AsyncIterator[None]:
        hub.start()
        try:
            yield
        finally:
            await hub.close()

    given = {"store": store, "status": status, "health": health or {}, "outside": outside, "hub": hub, "clock": clock}
    app = Litestar(
        route_handlers=[*PAGES, _metrics(), _static(), *routes],
        dependencies={name: Provide(_giver(value), sync_to_thread=False) for name, value in given.items()},
        lifespan=[listening],
        before_request=refuse_nul,
        before_send=[secure],
        exception_handlers={HTTPException: on_http, TransientsError: on_ours, Exception: on_any},
        middleware=[PrometheusConfig(app_name="transients", prefix="transients_http", group_path=True).middleware],
        openapi_config=OpenAPIConfig(
            title="transients",
            version=transients.__version__,
            path="/schema",
            # Only the document: the interactive viewers come from other people's servers.
            render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
        ),
        # The service sets up logging; Litestar's default would take over the root logger.
        logging_config=None,
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment())),
    )
    app.state.hub = hub
    app.state.settings = settings
    return app


def _giver(value: Any) -> Callable[[], Any]:
    def give() -> Any:
        return value

    return give


def _metrics() -> type[PrometheusController]:
    class Metrics(PrometheusController):
        path = "/metrics"
        include_in_schema = False

    return Metrics


def _static() -> ControllerRouterHandler:
    return create_static_files_router("/static", [HERE / "static"], include_in_schema=False)
