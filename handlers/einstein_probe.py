"""Einstein Probe: the wide-field X-ray telescope's transients, JSON only.

The message says neither mission nor type nor time of issue; there is no update, retraction or test. Its `id` names the event;
before July 2024 there was none, and the time with the position does.
"""

from __future__ import annotations

from typing import Any

from schemas import Instant, Notice, Parsed, Policy

from . import gcnjson
from .documents import Document, JsonDocument
from .numbers import celestial
from .refused import Refused

KIND = "gcn.notices.einstein_probe.wxt.alert"


class EinsteinProbe:
    """Handler of Einstein Probe's alerts."""

    name = "einstein-probe"
    kinds = (KIND,)
    topics = (KIND,)
    #: An X-ray transient lasts minutes, and its image was up to 20 minutes in the making: a wide window.
    policies = (Policy(name="einstein-probe", association_window_s=(-300.0, 300.0)),)

    def recognise(self, document: Document) -> str | None:
        """By schema or topic."""
        if not isinstance(document, JsonDocument):
            return None
        return KIND if document.schema == "gcn/notices/einstein_probe/wxt/alert" or document.topic == KIND else None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read an alert. Raises Refused: bad-time, no-identity."""
        assert isinstance(document, JsonDocument)
        value = document.value
        times = gcnjson.times_of(document)
        time = times["time"]
        if time is None:
            raise Refused("bad-time", "the notice has no trigger_time")
        found = gcnjson.identities(value.get("id"))
        region, remarks = gcnjson.region_of(value)
        return Notice(
            kind=kind, messenger="x-ray", origin="Einstein Probe", event_id=found[0] if found else _name(time, value),
            aliases=found[1:], revision="WXT", revision_order=(0,), role=gcnjson.role_of(document),
            retraction=value.get("alert_type") == "retraction", region=region,
            significance=gcnjson.significance_of(value), instruments=("WXT",),
            links=gcnjson.links_of(value), fields=document.fields(),
            remarks=remarks if found else (*remarks, "no id: named by its time and position"), **times,
        )  # fmt: skip

    def policy_for(self, notice: Notice) -> Policy:
        """One policy for all."""
        return self.policies[0]


def _name(time: Instant, value: dict[str, Any]) -> str:
    """Time and position to a thousandth: the decimals beyond are artefacts of rounding ("229.837999999")."""
    direction = celestial(value.get("ra"), value.get("dec"))
    if direction is None:
        raise Refused("no-identity", "neither an id nor a position to name the event by")
    return f"{time.iso} {direction[0]:.3f} {direction[1]:+.3f}"
