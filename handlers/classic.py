"""What all GCN Classic VOEvents share: packet type, role, time with its fall-back, position with its sentinels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas import Circle, Instant, Role

from .numbers import celestial, number, positive
from .packets import packet_name
from .refused import Refused
from .times import from_tjd, read_iso
from .voevent import VOEvent

_ROLES: dict[str, Role] = {"observation": "observation", "test": "test", "utility": "utility", "prediction": "utility"}
#: Pairs of parameters that hold the event's time as truncated Julian day and second of day.
_TJD_PAIRS = (
    *((f"{prefix}_TJD", f"{prefix}_SOD") for prefix in ("Burst", "Trans", "Event", "Trigger", "Slew", "Source", "Detection")),
    ("EVENT_DATE", "EVENT_TIME"),
    ("Discovery_date", "Discovery_time"),
    ("TJD", "SOD"),
)
#: Trigger number of Swift's and Fermi's tests.
_TEST_NUMBER = "99999"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, how it was had when not from the plain field, and what was normalised."""

    time: Instant
    source: str | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A position or none, and what was normalised."""

    circle: Circle | None
    remarks: tuple[str, ...] = ()
    #: The radius as printed, where it is below zero.
    negative_radius: bool = False


def classic_kind(document: VOEvent) -> str | None:
    """The kind by packet type, or None without one."""
    return packet_name(document.packet) if document.packet is not None else None


def role_of(document: VOEvent) -> Role:
    """The document's role, mapped to our three. An unknown word is taken for a test: nothing unclear goes out."""
    return _ROLES.get(document.role.strip().lower(), "test")


def role_by_trigger(document: VOEvent, event_id: str) -> tuple[Role, tuple[str, ...]]:
    """The document's role, corrected where it says "observation" of a test: by the tests' number, by the flag."""
    role = role_of(document)
    if role == "observation" and event_id.lstrip("0") == _TEST_NUMBER:
        return "test", (f"trigger number {event_id} is the tests': role test",)
    if role == "observation" and document.flag("Test_Submission"):
        return "test", ("the test flag is set: role test",)
    return role, ()


def moment_of(document: VOEvent, *, repair_rounding: bool = False, clocks: tuple[str, ...] = ()) -> Moment:
    """Time of the event: the ISO time, or the truncated Julian day where that is impossible.

    GCN prints impossible dates around new year and for stale packets ("2022-01-00T…"); day and second of day stay right.
    `repair_rounding`: the ISO time may lose its seconds' carry ("…:59.100" for 59.999999); day and second of day win when
    the two are apart by more than the ISO time's own rounding, but by no more than a second.
    `clocks`: prefixes of the kind's own pairs (…_TJD, …_SOD), where its time has another name than an event's.

    Raises
    ------
    Refused
        bad-time, when neither can be read.
    """
    iso = read_iso(document.iso_time)
    tjd = next(
        (
            found
            for day, second in (*((f"{each}_TJD", f"{each}_SOD") for each in clocks), *_TJD_PAIRS)
            if (found := from_tjd(document.get(day), document.get(second))) is not None
        ),
        None,
    )
    if iso is None:
        if tjd is None:
            raise Refused("bad-time", f"no readable time of the event: {document.iso_time!r}")
        remark = f"impossible time {document.iso_time!r}: taken from TJD and second of day"
        return Moment(tjd, "TJD+SOD", (remark,))
    if tjd is None or tjd == iso:
        return Moment(iso)
    apart = abs((iso.to_datetime() - tjd.to_datetime()).total_seconds())
    if repair_rounding and 0.05 < apart <= 1.0:
        return Moment(tjd, "TJD+SOD", (f"time {document.iso_time} is rounded wrongly: taken from TJD and second of day",))
    if apart > 1.0:
        return Moment(iso, None, (f"TJD and second of day say {tjd.iso}, not {iso.iso}",))
    return Moment(iso)


def place_of(document: VOEvent, *, containment: float | None = None, systematic_included: bool | None = None) -> Place:
    """The source's position; None with a remark where the numbers are a sentinel or no source's.

    Sentinels: right ascension and declination both 0 with no error, or a right ascension below 0. A declination of
    exactly 0 alone is real. Containment and systematics are what the stream's error radius means.
    """
    printed = document.position
    if printed is None:
        return Place(None)
    direction, error = celestial(printed.ra, printed.dec), number(printed.error)
    text = f"{printed.ra}, {printed.dec}"
    coords = document.get("Coords_Type")
    if direction is None:
        return Place(None, (f"position {text} is not on the sky: no position",))
    if direction == (0, 0) and (error is None or error <= 0):
        return Place(None, (f"position {text} without an error is a sentinel: no position",))
    if coords == "0":
        return Place(None, (f"position {text} is marked unavailable: no position",))
    if coords == "2":
        return Place(None, (f"position {text} is a pointing, not a source: no position",))
    radius = positive(error)
    negative = error is not None and error < 0
    remarks = () if radius is not None else (f"error radius {printed.error} is not a radius: unknown",)
    region = Circle(
        ra_deg=direction[0], dec_deg=direction[1], radius_deg=radius,
        containment=containment if radius is not None else None, systematic_included=systematic_included,
    )  # fmt: skip
    return Place(region, remarks, negative)


def common(document: VOEvent) -> dict[str, Any]:
    """The fields of a Notice that every VOEvent fills the same way."""
    return {
        "issued": read_iso(document.date),
        "document_id": document.ivorn or None,
        "citations": document.citations,
        "fields": document.fields(),
    }


def links_of(document: VOEvent) -> dict[str, str]:
    """Parameters that are addresses, by name."""
    return {p.name: p.value for p in document.params if p.value.startswith(("http://", "https://"))}
