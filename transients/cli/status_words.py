"""The status card as JSON and as the lines that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from schemas import Instant

if TYPE_CHECKING:
    from transients.web import LineStatus, StatusCard, TierStatus

_TIERS = (("realtime", "Real-time"), ("nrt", "NRT"), ("cons", "CONS"))


def plain_card(card: StatusCard) -> dict[str, Any]:
    """The card as plain values, times as text."""
    plain: dict[str, Any] = _texts(card)
    return plain


def _texts(value: Any) -> Any:
    if isinstance(value, Instant):
        return value.iso
    if isinstance(value, msgspec.Struct):
        return {name: _texts(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {name: _texts(item) for name, item in value.items()}
    return [_texts(item) for item in value] if isinstance(value, list | tuple) else value


def for_people(card: StatusCard, asked: str) -> dict[str, Any]:
    """The card as short lines, and its tiers as the table that the shift has known."""
    tiers = [(title, getattr(card, name)) for name, title in _TIERS]
    waiting = ", ".join(f"{count} {state}" for state, count in card.jobs.items())
    heard = ", ".join(f"{name} {'never' if lag is None else f'{age(lag)} ago'}" for name, lag in card.ingest.items())
    offset = None if card.clock_offset_s is None else f"{card.clock_offset_s:+.1f} ± {card.clock_offset_error_s:.1f} s"
    return {
        f"{card.mission}, UTC": card.at.iso,
        "data": "SIMULATED" if card.simulated else "as the sources give it",
        "sources asked": _asked(card),
        "tiers": [_tier(title, row) for title, row in tiers if row is not None],
        "orbit": None if card.revolution is None else f"{card.revolution}, {_distance(card)} to Earth",
        "phase": None if card.phase is None else f"{card.phase:.3f}",
        "next break": _break(card),
        "alerts heard": heard or None,
        "lines": "; ".join(_line(name, line) for name, line in card.lines.items()) or None,
        "gaps": "; ".join(card.open_gaps) or (card.gaps or "none"),
        "quarantine": card.quarantine,
        "jobs": waiting or None,
        "clock offset": offset and f"{offset} (ours minus that of {card.clock_offset_source})",
        "live search": "; ".join(f"{name}: {each.state}, seen to {age(each.lag_s)} ago" for name, each in card.watch.items())
        or None,
        "hold": "on: nothing leaves the house" if card.hold else "off",
        "asked": asked,
        "caveats": "; ".join(card.caveats) or None,
    }


def _asked(card: StatusCard) -> str | None:
    if card.asked_at is None:
        return None
    return f"{card.source}, at {card.asked_at.iso}"


def _tier(title: str, row: TierStatus) -> dict[str, Any]:
    """A row of the table; where there is a science window it stands in the place of the word, as it always did, with the word."""
    return {
        "": title,
        "State": row.state,
        "last": row.last,
        "Latency": None if row.latency_s is None else age(row.latency_s),
        "RA": None if row.ra_deg is None else f"{row.ra_deg:.1f}",
        "Dec": None if row.dec_deg is None else f"{row.dec_deg:.1f}",
        "until": None if row.until is None else row.until.utc,
        "from": row.source or None,
        "why": row.reason or None,
    }


def _distance(card: StatusCard) -> str:
    if card.distance_mm is None:
        return "at an unknown distance"
    error = "" if card.distance_error_mm is None else f" ± {card.distance_error_mm:.2f}"
    return f"{card.distance_mm:.2f}{error} Mm ({card.distance_source})"


def _break(card: StatusCard) -> str | None:
    if card.next_break is None:
        return None
    error = "" if card.next_break_error_s is None else f", times ± {age(card.next_break_error_s)}"
    return f"{card.next_break} ({card.next_break_source}{error})"


def _line(name: str, line: LineStatus) -> str:
    pulse = "" if line.last_pulse is None else f", last pulse {line.last_pulse.iso}"
    gaps = f", {line.gaps} open gaps" if line.gaps else ""
    state = f"{line.state} ({line.reason})" if line.reason else line.state
    return f"{name}: {state}, {line.deliveries} deliveries, {line.duplicates} known before{pulse}{gaps}"


def age(seconds: float) -> str:
    """A span as the card has always told it: seconds and minutes, hours, days, with one decimal."""
    for scale, unit in ((86400.0, "d"), (3600.0, "h")):
        if abs(seconds) >= scale:
            return f"{seconds / scale:.1f} {unit}"
    return f"{seconds:.1f} s"
