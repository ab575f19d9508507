"""The result: what was found about an event, part by part, each part with the inputs it was made from."""

from __future__ import annotations

from typing import Literal

from .base import Instant, Record
from .geometry import Geometry
from .joint import JointSearch
from .limits import LimitResult
from .search import SearchResult


class DataStatus(Record, kw_only=True):
    """Which data there is about T0."""

    instrument: str
    tier: Literal["realtime", "nrt", "cons", "archive", "simulated", "none"]
    #: Observed over expected time in the window.
    completeness: float
    source: str
    simulated: bool = False


class Assessment(Record, kw_only=True):
    """All that is known of one event by one mission, at one revision. Parts are None until they are computed."""

    event_key: str
    event_id: str
    event_revision: int
    #: Counts the assessments of this event; nothing is overwritten.
    revision: int
    mission: str
    created: Instant
    role: str
    state: Literal["active", "retracted"]
    #: True if anything in it comes from the simulator; then every page, figure and text says so.
    simulated: bool
    geometry: Geometry | None = None
    data: tuple[DataStatus, ...] = ()
    searches: tuple[SearchResult, ...] = ()
    #: All detectors together.
    joint: JointSearch | None = None
    limits: LimitResult | None = None
    #: "detection", "non-detection", "inactive", "no-data", "retracted", "pending".
    verdict: Literal["detection", "non-detection", "inactive", "no-data", "retracted", "pending"]
    #: Own triggers actually received around T0: (kind, event id, offset from T0 in s).
    own_triggers: tuple[tuple[str, str, float], ...] = ()
    caveats: tuple[str, ...] = ()
    #: Whether the messenger's policy, announced in advance, proposes a circular about it, and whether it wakes a person.
    circular_proposed: bool = False
    wake: bool = False
    version: str
