"""160-byte packets of GCN Classic as the VOEvents of the same notices."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction

from .numbers import celestial
from .packet_layouts import LAYOUTS, SIZE, UNSET, WORDS, Item, Layout, Text, Words
from .packets import packet_name
from .precession import to_j2000
from .refused import Refused
from .times import from_tjd
from .vodocument import Param, Position, VOEvent, voevent_of

#: The last word of a packet: a line feed, or nothing (Fermi's triggers, IceCube's cascades).
_ENDS = (10, 0)
#: Trigger number of every test.
_TEST_TRIGGER = 99999


def is_packet(data: bytes) -> bool:
    """Whether these bytes begin as a packet does: 160 of them, and a packet type in front."""
    return len(data) == SIZE and data[:2] == b"\0\0" and 0 < int.from_bytes(data[:4], "big") < 1000


def read_packet(data: bytes) -> VOEvent:
    """Read a packet.

    Fields of the packet that no parameter is made of are kept as "Packet/n", word by word.

    Raises
    ------
    Refused
        binary-notice, naming the kind: no layout is known for the type, or the packet does not end as one.
    """
    words = Words(struct.unpack(f">{WORDS}i", data))
    number = words[0]
    kind, layout = packet_name(number), LAYOUTS.get(number)
    if layout is None:
        raise Refused("binary-notice", f"no layout is known for packets of {kind} ({number})", kind=kind)
    if words[WORDS - 1] not in _ENDS:
        raise Refused("binary-notice", f"a packet of {kind} ({number}) that does not end as one", kind=kind)
    day, second = str(words[layout.day]), _decimals(words[layout.second] * layout.second_count)
    params = [Param("", "Packet_Type", str(number)), *_trigger(words, layout), *_params(words, layout)]
    named = {param.name: param.value for param in params}
    # What a layout has made of another word stands: LVC's revision, seconds of day with millionths.
    usual = [Param("", "Pkt_Ser_Num", str(words[1]))]
    if layout.time:
        usual += [Param("", f"{layout.time}_TJD", day, "days"), Param("", f"{layout.time}_SOD", second, "sec")]
        second = named.get(f"{layout.time}_SOD", second)
    params += [param for param in usual if param.name not in named]
    time = from_tjd(day, second)
    return voevent_of(
        params, role=_role(words, layout), iso_time=time.iso if time is not None else None, position=_position(words, layout),
        more={"Packet/sod": _decimals(Fraction(words[3], 100))} | {f"Packet/{i}": str(v) for i, v in words.unused().items()},
    )  # fmt: skip


def _trigger(words: Words, layout: Layout) -> list[Param]:
    if layout.trigger is None:
        return []
    if layout.segmented:
        return [
            Param("", layout.trigger, str(words.part(4, "low24"))),
            Param("", "Segment_Num", str(words.part(4, "high8"))),
        ]
    return [Param("", layout.trigger, str(words[4]))]


def _params(words: Words, layout: Layout) -> Iterator[Param]:
    for item in layout.items:
        yield _item(words, item)
    for text in layout.texts:
        yield from _text(words, text)
    for extra in layout.extras:
        yield from extra(words)
    for flags in layout.flags:
        yield from flags.params(words[flags.word])
    if layout.coords:
        yield Param("", "Coords_Type", layout.coords, "dn")


def _item(words: Words, item: Item) -> Param:
    value = words.part(item.word, item.part)
    if item.places < 0:
        return Param(item.group, item.name, f"0x{value & 0xFFFFFFFF:x}", item.unit)
    return Param(item.group, item.name, _decimals(value * item.count, item.places), item.unit)


def _decimals(value: Fraction, places: int = 2) -> str:
    """A number with this many decimals; exact, no float between."""
    scale = 10**places
    whole, rest = divmod(abs(round(value * scale)), scale)
    sign = "-" if value < 0 and (whole or rest) else ""
    return f"{sign}{whole}.{rest:0{places}d}" if places else f"{sign}{whole}"


def _text(words: Words, text: Text) -> Iterator[Param]:
    value = words.text(text.first, text.last)
    if value is not None:
        yield Param(text.group, text.name, f"{text.before}{value}{text.after}")


def _position(words: Words, layout: Layout) -> Position | None:
    if layout.position is None:
        return None
    ra, dec = (words[word] for word in layout.position)
    if UNSET in (ra, dec):
        return None
    error = _decimals(words[layout.error] * layout.error_count, 4) if layout.error is not None else "0.0000"
    direction = celestial(*(float(angle * layout.position_count) for angle in (ra, dec)))
    if layout.of_date and direction is not None:
        day = words[layout.day] + words[layout.second] * layout.second_count / 86_400
        there = to_j2000(*direction, float(day))
        return Position(f"{there[0]:.4f}", f"{there[1]:.4f}", error)
    return Position(_decimals(ra * layout.position_count, 4), _decimals(dec * layout.position_count, 4), error)


def _role(words: Words, layout: Layout) -> str:
    """Packets name no role: the type, a flag or the test's trigger number say which."""
    if any(words[word] >> bit & 1 for word, bit in layout.test_bits):
        return "test"
    number = words.part(4, "low24") if layout.segmented else words[4]
    return "test" if layout.trigger is not None and number == _TEST_TRIGGER else layout.role
