"""Packets and text notices of GCN Classic, of our own writing."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from handlers.packet_layouts import LAYOUTS, SIZE, WORDS, Layout
from handlers.precession import to_j2000
from handlers.vodocument import VOEvent


def packet(number: int, words: Mapping[int, int] | None = None, *, end: int = 10) -> bytes:
    """A packet: a type, what the words hold, the rest zero."""
    values = [0] * WORDS
    values[0], values[WORDS - 1] = number, end
    for index, value in (words or {}).items():
        values[index] = value
    data = struct.pack(f">{WORDS}i", *values)
    assert len(data) == SIZE
    return data


def letters(text: str, first: int) -> dict[int, int]:
    """Words of a text from word `first`: four characters each, the first in the lowest byte."""
    raw = text.encode("ascii")
    raw += b"\0" * (-len(raw) % 4)
    return {first + i // 4: int.from_bytes(raw[i : i + 4], "little", signed=True) for i in range(0, len(raw), 4)}


def pack(document: VOEvent) -> bytes | None:
    """The packet that this VOEvent's notice would be, as far as its layout is a table; None where a number does not fit."""
    number = document.packet
    assert number is not None
    layout = LAYOUTS[number]
    words = {1: int(document.get("Pkt_Ser_Num") or 0)}
    words |= _head(document, layout)
    for item in layout.items:
        printed = document.get(item.name, group=item.group or None)
        if printed is None:
            continue
        value = int(printed, 16) if item.places < 0 else round(float(printed) / float(item.count))
        shift, mask = {"high": (16, 0xFFFF), "uhigh": (16, 0xFFFF), "low": (0, 0xFFFF), "ulow": (0, 0xFFFF)}.get(
            item.part, (0, 0xFFFFFFFF)
        )
        words[item.word] = words.get(item.word, 0) | (value & mask) << shift
    signed = {i: v - (1 << 32) if v >= 1 << 31 else v for i, v in words.items()}
    return packet(number, signed) if all(-(2**31) <= v < 2**31 for v in signed.values()) else None


def _head(document: VOEvent, layout: Layout) -> dict[int, int]:
    day, second = (f"{layout.time}_TJD", f"{layout.time}_SOD") if layout.time else ("EVENT_DATE", "EVENT_TIME")
    words = {
        layout.day: int(document.get(day) or 0),
        layout.second: round(float(document.get(second) or 0) / float(layout.second_count)),
    }
    if document.packet == 131:  # whole seconds, and millionths in a word of their own
        second, _, fraction = (document.get("Trans_SOD") or "0").partition(".")
        words |= {layout.second: int(second) * 100, 12: int(f"{fraction[:6]:0<6}")}
    if layout.trigger is not None:
        words[4] = int(document.get(layout.trigger) or 0) | int(document.get("Segment_Num") or 0) << 24
    if layout.position is not None and document.position is not None:
        target = float(document.position.ra), float(document.position.dec)
        place = _of_date(target, words[layout.day]) if layout.of_date else target
        for word, angle in zip(layout.position, place, strict=True):
            words[word] = round(angle / float(layout.position_count))
        if layout.error is not None:
            words[layout.error] = round(float(document.position.error or 0) / float(layout.error_count))
    return words


def _of_date(target: tuple[float, float], tjd: float) -> tuple[float, float]:
    """The direction of the equinox of a date that is `target` in J2000, found by coming nearer."""
    ra, dec = target
    for _ in range(5):
        there = to_j2000(ra, dec, tjd)
        ra, dec = ra + (target[0] - there[0] + 180) % 360 - 180, dec + target[1] - there[1]
    return ra, dec


def text_notice(title: str, notice_type: str, *lines: str, date: str = "Mon 06 May 24 07:08:20 UT") -> bytes:
    """A text notice: its head and these lines."""
    head = (f"TITLE:           GCN/{title} NOTICE", f"NOTICE_DATE:     {date}", f"NOTICE_TYPE:     {notice_type}")
    return "\n".join((*head, *lines, "")).encode()


#: Place and time of a burst as texts print them.
BURST_LINES = (
    "GRB_RA:           10.500d {+00h 42m 00s} (J2000),",
    "                  10.812d {+00h 43m 15s} (current),",
    "                   9.876d {+00h 39m 30s} (1950)",
    "GRB_DEC:         -20.250d {-20d 15' 00\"} (J2000),",
    "                 -20.117d {-20d 07' 01\"} (current),",
    "                 -20.523d {-20d 31' 23\"} (1950)",
    "GRB_DATE:        20436 TJD;   127 DOY;   24/05/06",
    "GRB_TIME:        25689.10 SOD {07:08:09.10} UT",
)
