"""The vocabulary of packet layouts: what a parameter is made of, where the position, the time and the trigger number stand.

A packet of GCN Classic is 40 big-endian integers of four bytes, "words", and the last is a line feed. Most numbers are
integers of a fixed fraction of their unit (centiseconds, ten-thousandths of a degree); texts lie four characters to a word,
the first in the lowest byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from ..vodocument import Param

#: Bytes of a packet, and words.
SIZE, WORDS = 160, 40
#: What fills a word that says nothing (the most negative integer).
UNSET = -(2**31)

Part = Literal["all", "high", "low", "uhigh", "ulow", "byte0", "byte1", "byte2", "byte3", "low24", "high8"]
#: Parts of a word: bits to shift out, bits kept, whether the highest bit kept is a sign.
_PARTS: Mapping[Part, tuple[int, int, bool]] = {
    "all": (0, 32, True), "high": (16, 16, True), "low": (0, 16, True), "uhigh": (16, 16, False), "ulow": (0, 16, False),
    "byte0": (0, 8, True), "byte1": (8, 8, True), "byte2": (16, 8, True), "byte3": (24, 8, True), "low24": (0, 24, False),
    "high8": (24, 8, False),
}  # fmt: skip


class Words:
    """The words of a packet; which of them were looked at is remembered."""

    def __init__(self, values: tuple[int, ...]) -> None:
        self._values = values
        self._used: set[int] = set()

    def __getitem__(self, index: int) -> int:
        self._used.add(index)
        return self._values[index]

    def part(self, index: int, part: Part = "all") -> int:
        """A word, or a part of it."""
        shift, bits, signed = _PARTS[part]
        value = (self[index] >> shift) & ((1 << bits) - 1)
        return value - (1 << bits) if signed and value >> (bits - 1) else value

    def text(self, first: int, last: int) -> str | None:
        """The text in words `first` to `last`, up to its first NUL; None where there is none, or no plain one."""
        raw = b"".join((self[i] & 0xFFFFFFFF).to_bytes(4, "little") for i in range(first, last + 1)).partition(b"\0")[0]
        text = raw.decode("ascii", "replace").strip()
        return text if text and text.isascii() and text.isprintable() else None

    def unused(self) -> dict[int, int]:
        """Words nobody looked at that are not zero."""
        return {i: value for i, value in enumerate(self._values) if value and i not in self._used}


@dataclass(frozen=True, slots=True)
class Item:
    """A number or a hexadecimal word of a packet as the parameter that the VOEvent of the same notice has."""

    name: str
    word: int
    unit: str = ""
    part: Part = "all"
    #: What one count is worth, in `unit`.
    count: Fraction = Fraction(1)
    #: Decimals printed; -1 prints the bits as "0x…".
    places: int = 0
    group: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text over several words; `before` and `after` make it an address."""

    name: str
    first: int
    last: int
    before: str = ""
    after: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Flags:
    """Bits of a word as parameters "true" and "false" of one group; ~n is bit n printed the other way round."""

    group: str
    word: int
    bits: Mapping[str, int]

    def params(self, value: int) -> Iterator[Param]:
        """The flags of a word's value."""
        for name, bit in self.bits.items():
            is_set = bool(value >> bit & 1) if bit >= 0 else not value >> ~bit & 1
            yield Param(self.group, name, "true" if is_set else "false")


Extra = Callable[[Words], tuple[Param, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The packets of one type."""

    #: Name of the day and second of day of the event: "Burst" for Burst_TJD and Burst_SOD.
    time: str = "Burst"
    #: Words of the day and the second; what one count of the latter is worth in seconds.
    day: int = 5
    second: int = 6
    second_count: Fraction = Fraction(1, 100)
    #: Name of the trigger number in word 4; None where it has another form, which `extras` reads.
    trigger: str | None = "TrigID"
    #: Whether word 4 holds an observation's number in its highest byte (Swift).
    segmented: bool = False
    #: Words of right ascension and declination and what a count is worth in degrees; None where none is printed.
    position: tuple[int, int] | None = (7, 8)
    position_count: Fraction = Fraction(1, 10_000)
    #: Whether the position is of the equinox of the date; the VOEvents of such kinds print it in J2000.
    of_date: bool = False
    #: Word of the error radius and what a count is worth in degrees; None: the VOEvents print 0.
    error: int | None = None
    error_count: Fraction = Fraction(1, 10_000)
    #: What the position is: "1" the source's, "2" a pointing, "0" unavailable; "" where VOEvents do not say.
    coords: str = "1"
    items: tuple[Item, ...] = ()
    texts: tuple[Text, ...] = ()
    flags: tuple[Flags, ...] = ()
    extras: tuple[Extra, ...] = ()
    role: Literal["observation", "test", "utility"] = "observation"
    #: (word, bit) that is set in tests.
    test_bits: tuple[tuple[int, int], ...] = field(default=())


def flag_params(layout: Layout, words: Mapping[str, int]) -> Iterator[Param]:
    """Flags of a layout, from words that go by the name of the parameter that prints them, in lower case."""
    names = {item.word: item.name.lower() for item in layout.items if item.places < 0}
    for flags in layout.flags:
        if (value := words.get(names.get(flags.word, ""))) is not None:
            yield from flags.params(value)


def number(name: str, word: int, places: int = 0, unit: str = "", *, part: Part = "all") -> Item:
    """An integer of the last decimal printed: two places are hundredths."""
    return Item(name, word, unit, part, Fraction(1, 10**places), places)


def scaled(name: str, word: int, count: Fraction, places: int, unit: str = "") -> Item:
    """An integer of another fraction of its unit."""
    return Item(name, word, unit, "all", count, places)


def bits(name: str, word: int) -> Item:
    """A word printed in hexadecimal."""
    return Item(name, word, places=-1)


def long_lat(word: int) -> tuple[Item, Item]:
    """Longitude (low half) and latitude (high half) of a spacecraft, hundredths of a degree. Longitudes reach 360."""
    return number("SC_Long", word, 2, "deg", part="ulow"), number("SC_Lat", word, 2, "deg", part="high")


def logarithm(name: str, value: int, unit: str) -> tuple[Param, ...]:
    """A number that spans many decades: ten-thousandths of its decimal logarithm."""
    return (Param("", name, f"{10 ** (value / 10_000):.4g}", unit),) if value != UNSET and -400_000 < value < 400_000 else ()
