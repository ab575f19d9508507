"""What stands about a result: the mission's own triggers, the caveats, and addresses."""

from __future__ import annotations

from collections.abc import Mapping

from schemas import Assessment, Event

from ..facts import HIDDEN_CAVEAT, event_name, joined
from ..numbers import offset
from ..text import wrap

_TRIGGER_ROWS = 6


def own_triggers(event: Event, assessment: Assessment) -> str:
    """Whether the mission's own triggers were received: from the notices, never from habit."""
    mission = assessment.mission
    itself = event.origin.partition(" ")[0] == mission
    own = [f"{event_name(event)} is itself a trigger of {mission}."] if itself else []
    if not assessment.own_triggers:
        own.append(
            f"Among the alerts this service received there is no {'other ' if itself else ''}{mission} trigger associated with T0."
        )
        return wrap(" ".join(own))
    shown = assessment.own_triggers[:_TRIGGER_ROWS]
    said = joined(f"{kind} {number} at {offset(shift, 1)} s" for kind, number, shift in shown)
    more = len(assessment.own_triggers) - len(shown)
    rest = f" and {more} more" if more else ""
    own.append(f"{mission} sent {'further' if itself else 'its own'} alerts near T0: {said}{rest}.")
    return wrap(" ".join(own))


def caveats(assessment: Assessment) -> str | None:
    """What the parts of the assessment warn of, each once, in words for the public.

    Addresses of services and names of folders stay in the assessment: a circular says what is missing, not where it was looked for.
    Where no data was at hand, nothing is said of limits that were not set.
    """
    lines = [*assessment.caveats]
    parts = (assessment.geometry, *assessment.searches, assessment.limits)
    for part in parts:
        if part is not None:
            lines += part.caveats
    if assessment.verdict in ("inactive", "no-data"):
        lines = [line for line in lines if not line.startswith("No limit")]
    else:
        lines = [line for line in lines if not line.startswith(HIDDEN_CAVEAT)]
    said = [wrap(f"- {_public(line)}", indent="  ") for line in lines]
    return "\n".join(["Notes:", *dict.fromkeys(said)]) if said else None


def _public(line: str) -> str:
    """A caveat without the place that it may name: of "No X data: PLACE: reason" the head is left."""
    head, colon, rest = line.partition(": ")
    return head if colon and ("/" in rest or "\\" in rest) else line


def listing(links: Mapping[str, str]) -> str | None:
    """Addresses, one to a line pair, never cut."""
    return "\n".join(wrap(f"{name}: {address}") for name, address in links.items()) or None
