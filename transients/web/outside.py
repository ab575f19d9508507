"""What the front page shows of others: what was read last, when, and why nothing newer was."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Generic, TypeVar

from schemas import Instant
from transients.sources.gw_network import GwNetwork
from transients.sources.xrays import XrayFlux

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Seen(Generic[T]):
    """A value of somebody else's, None before the first; when it was read; why the last look gave none."""

    value: T | None = None
    asked_at: Instant | None = None
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class Outside:
    """The outside sources; None: not asked for in the settings."""

    xrays: Seen[XrayFlux] | None = None
    network: Seen[GwNetwork] | None = None


OutsideSource = Callable[[], Outside]
