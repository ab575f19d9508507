"""The front page: status card, tabs, one row per event."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import get
from litestar.params import Parameter
from litestar.response import Template

from schemas import Instant, Record
from schemas.errors import NotFound, RefusedInput
from transients.report.table import COLUMNS
from transients.store import EventQuery, Listed

from .inject import TheClock, TheOutside, TheStatus, TheStore
from .outside import Outside
from .views import board_row, xray_plot
from .views.xrays import HEIGHT, LEFT, WIDTH

PAGE_SIZE = 25


class Tab(Record, frozen=True, kw_only=True):
    """A choice of events with a name."""

    name: str
    title: str
    messenger: str | None = None
    origin: str | None = None
    role: str | None = None


TABS = (
    Tab(name="observations", title="Observations", role="observation"),
    Tab(name="gw", title="LIGO/Virgo/KAGRA", messenger="gravitational-wave"),
    Tab(name="neutrinos", title="AMON/IceCube, neutrinos", messenger="neutrino"),
    Tab(name="integral", title="INTEGRAL", origin="INTEGRAL"),
    Tab(name="spiacs", title="SPI-ACS", origin="SPI-ACS"),
    Tab(name="fermi", title="Fermi", origin="Fermi"),
    Tab(name="all", title="All"),
)
ROLES = ("observation", "test", "utility")


@get("/", include_in_schema=False)
async def board(
    store: TheStore,
    status: TheStatus,
    outside: TheOutside,
    clock: TheClock,
    tab: Annotated[str, Parameter(max_length=40)] = "all",
    role: Annotated[str, Parameter(max_length=40)] = "",
    q: Annotated[str, Parameter(max_length=200)] = "",
    since: Annotated[str, Parameter(max_length=10)] = "",
    until: Annotated[str, Parameter(max_length=10)] = "",
    page: Annotated[int, Parameter(ge=1, le=400_000)] = 1,
) -> Template:
    """The event table."""
    chosen = next((t for t in TABS if t.name == tab), None)
    if chosen is None or role not in ("", *ROLES):
        raise NotFound("there is no such list of events")
    # A tab of one role has no others.
    role = chosen.role or role
    query = EventQuery(
        messenger=chosen.messenger,
        origin=chosen.origin,
        role=role or None,
        text=q.strip(),
        t0_from=_midnight(since),
        t0_before=_midnight(until, days=1),
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )
    found = await store.find_events(query)
    pages = max(1, -(-found.total // PAGE_SIZE))
    here = {"tab": tab, "role": role, "q": q.strip(), "since": since, "until": until}
    card = await status()
    now = clock()
    context: dict[str, Any] = {
        "card": card,
        "totals": await store.totals(),
        "rows": [_row(item) for item in found.items],
        "columns": COLUMNS,
        "total": found.total,
        "tabs": [(t, _address({**here, "tab": t.name})) for t in TABS],
        "tab": tab,
        "role": role,
        "roles": ROLES,
        "q": q.strip(),
        "since": since,
        "until": until,
        "page": page,
        "pages": pages,
        "here": _address({**here, "page": page}),
        "newer": _address({**here, "page": page - 1}) if page > 1 else None,
        "older": _address({**here, "page": page + 1}) if page < pages else None,
        "now": now,
        **_outside(outside(), now),
    }
    return Template("board.html", context=context)


def _midnight(day: str, days: int = 0) -> Instant | None:
    """Midnight UTC that begins a day, or one so many days later; None where no day is given."""
    if not day:
        return None
    try:
        return Instant.from_datetime(dt.datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=dt.UTC) + dt.timedelta(days=days))
    except (ValueError, OverflowError) as error:
        raise RefusedInput(f"not a day (YYYY-MM-DD): {day!r}") from error


def _outside(seen: Outside, now: dt.datetime) -> dict[str, Any]:
    flux = None if seen.xrays is None else seen.xrays.value
    plot = None if flux is None else xray_plot(flux, now)
    return {"outside": seen, "plot": plot, "plot_width": WIDTH, "plot_height": HEIGHT, "plot_left": LEFT}


def _row(item: Listed) -> Any:
    return board_row(item.event, item.assessment)


def _address(query: dict[str, Any]) -> str:
    kept = {name: value for name, value in query.items() if value not in ("", "all", 1)}
    return f"/?{urlencode(kept)}" if kept else "/"
