"""The canary: an alert that the service sends itself, to see that alerts come through. A test, of nothing, about nowhere in particular."""

from __future__ import annotations

from schemas import Circle, Instant, Notice, Parsed, Policy

from .documents import Document, JsonDocument
from .numbers import celestial
from .refused import Refused
from .times import read_iso

KIND = "transients.canary"
ORIGIN = "transients canary"
#: The radius about the position it gives, deg: any would do.
_RADIUS_DEG = 5.0


class Canary:
    """Handler of canaries."""

    name = "canary"
    kinds = (KIND,)
    #: No topic: it never leaves the house.
    topics = ()
    #: Worked on although it is a test. Nobody is told, nothing is deposited.
    policies = (Policy(name="canary", roles=("test",)),)

    def recognise(self, document: Document) -> str | None:
        """By its topic, which no broker has."""
        return KIND if isinstance(document, JsonDocument) and document.topic == KIND else None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read a canary. Raises Refused (no-identity, bad-time)."""
        assert isinstance(document, JsonDocument)
        name, time = document.value.get("canary"), _time(document, "t0")
        if not isinstance(name, str) or not name:
            raise Refused("no-identity", "the canary has no name")
        place = celestial(document.value.get("ra_deg"), document.value.get("dec_deg"))
        circle = None if place is None else Circle(ra_deg=place[0], dec_deg=place[1], radius_deg=_RADIUS_DEG, containment=0.9)
        return Notice(
            kind=kind, messenger="none", origin=ORIGIN, event_id=name, revision="1", role="test",
            time=time, issued=_time(document, "issued"), region=circle, fields=document.fields(),
        )  # fmt: skip

    def policy_for(self, notice: Notice) -> Policy:
        """The one that takes tests."""
        return self.policies[0]


def _time(document: JsonDocument, key: str) -> Instant:
    printed = document.value.get(key)
    time = read_iso(printed) if isinstance(printed, str) else None
    if time is None:
        raise Refused("bad-time", f"no readable {key}: {printed!r}")
    return time
