"""Parsed documents as plain lines, and what they add up to: the output of `transients parse`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from schemas import Annulus, Circle, CircularLink, Ellipse, Heartbeat, Instant, Notice, Parsed, PointingUpdate, Refusal

from .reading import parse

_KEYS = (
    "file", "status", "kind", "messenger", "event_id", "revision", "role", "time_utc", "ra_deg", "dec_deg", "error_radius_deg",
    "error_containment", "retraction", "reason",
)  # fmt: skip


def parse_line(name: str, parsed: Parsed) -> dict[str, Any]:
    """One document as a flat object; what does not apply is None. An ellipse's error is its longer axis.

    `time_utc` is the event's time, or the one the document states where it does not say the event's.
    """
    line: dict[str, Any] = dict.fromkeys(_KEYS) | {"file": name, "status": "notice", "kind": parsed.kind}
    match parsed:
        case Refusal():
            line |= {"status": "refused", "reason": parsed.reason, "message": parsed.message}
        case Notice():
            line |= {
                "messenger": parsed.messenger, "event_id": parsed.event_id, "revision": parsed.revision, "role": parsed.role,
                "time_utc": _iso(parsed.time or parsed.stated_time), "retraction": parsed.retraction, **_position(parsed),
            }  # fmt: skip
        case PointingUpdate():
            line |= {
                "messenger": "none", "role": parsed.role, "time_utc": parsed.time.iso, "ra_deg": parsed.ra_deg,
                "dec_deg": parsed.dec_deg, "retraction": False,
            }  # fmt: skip
        case Heartbeat():
            line |= {"messenger": "none", "role": "utility", "time_utc": parsed.time.iso, "retraction": False}
        case CircularLink():
            line |= {
                "messenger": "none", "role": "utility", "event_id": parsed.event_id, "revision": parsed.circular_id,
                "time_utc": _iso(parsed.time), "retraction": False,
            }  # fmt: skip
    return line


def _iso(time: Instant | None) -> str | None:
    return time.iso if time is not None else None


def _position(notice: Notice) -> dict[str, float | None]:
    match notice.region:
        case Circle() as region:
            error, containment = region.radius_deg, region.containment
        case Ellipse() as region:
            error, containment = region.semi_major_deg, region.containment
        case Annulus() as region:
            error, containment = None, None
        case _:
            return {}
    return {"ra_deg": region.ra_deg, "dec_deg": region.dec_deg, "error_radius_deg": error, "error_containment": containment}


def parse_lines(documents: Iterable[tuple[str, bytes | Refusal]]) -> Iterator[dict[str, Any]]:
    """Parse documents, (name, bytes), a line each; a document that could not be read comes as its refusal."""
    for name, data in documents:
        yield parse_line(name, data if isinstance(data, Refusal) else parse(data))


def summarise(lines: Iterable[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """Counts over lines: documents, notices, refused, notices by kind, refusals by reason (an unknown kind by its name too).

    `seconds` is the time it took, measured by the caller.
    """
    statuses: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    refused_kinds: Counter[str] = Counter()
    for line in lines:
        statuses[line["status"]] += 1
        if line["status"] == "refused":
            reasons[line["reason"]] += 1
            refused_kinds[line["kind"] or "?"] += 1
        else:
            kinds[line["kind"]] += 1
    return {
        "documents": statuses.total(), "notices": statuses["notice"], "refused": statuses["refused"],
        "by_kind": dict(kinds.most_common()), "by_reason": dict(reasons.most_common()),
        "refused_by_kind": dict(refused_kinds.most_common()), "seconds": seconds,
    }  # fmt: skip
