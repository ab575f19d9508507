"""What the handlers are given. Litestar must not validate these: they are live objects, not input."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated

from litestar.params import Dependency

from .hub import Hub
from .outside import OutsideSource
from .ports import DashboardStore, HealthChecks, StatusSource

Clock = Callable[[], dt.datetime]

TheStore = Annotated[DashboardStore, Dependency(skip_validation=True)]
TheStatus = Annotated[StatusSource, Dependency(skip_validation=True)]
TheOutside = Annotated[OutsideSource, Dependency(skip_validation=True)]
TheHealth = Annotated[HealthChecks, Dependency(skip_validation=True)]
TheHub = Annotated[Hub, Dependency(skip_validation=True)]
TheClock = Annotated[Clock, Dependency(skip_validation=True)]
