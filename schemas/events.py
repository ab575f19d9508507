"""One event: its notices folded together."""

from __future__ import annotations

from typing import Literal

from .alerts import Messenger, Role, Significance
from .base import Instant, Record
from .regions import SkyRegion


class NoticeEntry(Record, kw_only=True):
    """One line of an event's history."""

    content_id: str
    kind: str
    revision: str
    revision_order: tuple[int, ...] = ()
    role: Role
    retraction: bool = False
    issued: Instant | None = None
    received: Instant


class Event(Record, kw_only=True):
    """An event as its notices so far describe it. Built only by folding notices, so it can be rebuilt at any moment.

    `event_key` ("LIGO Virgo KAGRA:S230518h") is unique; `revision` counts the notices folded.
    """

    event_key: str
    event_id: str
    origin: str
    messenger: Messenger
    role: Role
    state: Literal["active", "retracted"] = "active"
    revision: int
    aliases: tuple[str, ...] = ()
    t0: Instant | None = None
    t0_from: str | None = None
    t0_error_s: float | None = None
    #: The best localisation so far, and the content id of the notice that gave it.
    region: SkyRegion | None = None
    region_from: str | None = None
    significance: Significance | None = None
    classification: dict[str, float] = {}
    properties: dict[str, float] = {}
    distance_mpc: float | None = None
    distance_error_mpc: float | None = None
    duration_s: float | None = None
    instruments: tuple[str, ...] = ()
    links: dict[str, str] = {}
    #: Content id of the notice that each other value came from, by field.
    values_from: dict[str, str] = {}
    #: Name of the policy that applies.
    policy: str
    #: The whole history, in the order received.
    history: tuple[NoticeEntry, ...] = ()
