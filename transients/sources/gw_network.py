"""How the gravitational-wave detectors do, in the JSON form of the network's own status page (gwistat)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

from schemas import Instant
from schemas.errors import RefusedInput

#: More detectors, or longer words, are no status of this network.
_MOST, _LONGEST = 20, 60
#: The page may be this far ahead of this clock.
_FUTURE = dt.timedelta(minutes=10)


@dataclasses.dataclass(frozen=True)
class Detector:
    """A detector and what it does, in the network's own words."""

    site: str
    status: str
    #: For how long, as the page tells it ("15:40" is hours and minutes).
    duration: str | None = None


@dataclasses.dataclass(frozen=True)
class GwNetwork:
    """The detectors at one time."""

    at: Instant
    detectors: tuple[Detector, ...]


def read_gw_network(content: bytes, name: str, now: Instant) -> GwNetwork:
    """Read {"UTC": "Jun 09, 18:16 UTC", "detectors": [{"site", "status", …}]}.

    The form tells no year: it is taken as the last time before now that the calendar showed that day.

    Raises
    ------
    RefusedInput
        Naming the field.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RefusedInput(f"no JSON: {error}", where=name) from error
    if not isinstance(document, dict):
        raise RefusedInput("not an object", where=name)
    rows = document.get("detectors")
    if not isinstance(rows, list) or not 0 < len(rows) <= _MOST:
        raise RefusedInput("detectors: not a list of detectors", where=name)
    try:
        return GwNetwork(_time(document.get("UTC"), now.to_datetime()), tuple(_detector(row) for row in rows))
    except ValueError as error:
        raise RefusedInput(str(error), where=name) from error


def _time(text: Any, now: dt.datetime) -> Instant:
    words = str(text).strip()
    for year in (now.year + 1, now.year, now.year - 1):
        try:
            at = dt.datetime.strptime(f"{year} {words}", "%Y %b %d, %H:%M UTC").replace(tzinfo=dt.UTC)
        except ValueError:
            # 29 February, or no time at all.
            continue
        if at <= now + _FUTURE:
            return Instant.from_datetime(at)
    raise ValueError(f"UTC: not a time: {words[:40]!r}")


def _detector(row: Any) -> Detector:
    if not isinstance(row, dict):
        raise ValueError(f"detectors: {str(row)[:40]!r} is no detector")
    site, status = _words(row, "site"), _words(row, "status")
    return Detector(site, status, _words(row, "duration") if row.get("duration") else None)


def _words(row: dict[str, Any], key: str) -> str:
    text = row.get(key)
    if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST:
        raise ValueError(f"detectors: {key}: {str(text)[:40]!r}")
    return text.strip()
