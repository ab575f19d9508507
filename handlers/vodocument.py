"""A VOEvent as handlers read it: parameters by name, the few places that matter, and every field as printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from .numbers import integer

#: Words of a flag that mean yes.
_YES = frozenset({"true", "1", "yes"})
#: Where VOEvents have the time and the position of what they report.
ASTRO_COORDS = "WhereWhen/ObsDataLocation/ObservationLocation/AstroCoords"


class Param(msgspec.Struct, frozen=True, gc=False):
    """A named value of the What section; `group` is the name (or type) of its innermost group, "" at the top."""

    group: str
    name: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """A position as printed: degrees in the coordinate system of the document."""

    ra: str
    dec: str
    error: str | None


@dataclass(frozen=True, slots=True)
class VOEvent:
    """A VOEvent, understood as far as the standard goes; every value is the printed text."""

    ivorn: str = ""
    role: str = "observation"
    version: str = ""
    date: str | None = None
    params: tuple[Param, ...] = ()
    iso_time: str | None = None
    position: Position | None = None
    coordinate_system: str | None = None
    citations: tuple[tuple[str, str], ...] = ()
    probabilities: tuple[str, ...] = ()
    #: Every text and attribute by its path; what `fields` gives.
    printed: Mapping[str, str] = field(default_factory=dict)
    #: GCN's number of the kind of notice, where there is one.
    packet: int | None = field(init=False, default=None)
    _named: dict[str, list[Param]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        named = self._named
        for param in self.params:
            named.setdefault(param.name, []).append(param)
        object.__setattr__(self, "packet", integer(self.get("Packet_Type")))

    def get(self, *names: str, group: str | None = None) -> str | None:
        """Value of the first parameter with one of these names, in the order of the names; None where absent or blank."""
        for name in names:
            for param in self._named.get(name, ()):
                if param.value and (group is None or param.group == group):
                    return param.value
        return None

    def unit(self, name: str) -> str:
        """Unit of the first parameter with this name."""
        return next((param.unit for param in self._named.get(name, ())), "")

    def flag(self, *names: str) -> bool:
        """Whether any parameter with one of these names says true (or 1, or yes)."""
        return any(param.value.lower() in _YES for name in names for param in self._named.get(name, ()))

    def group(self, *names: str) -> dict[str, str]:
        """Parameters of the groups with one of these names."""
        return {param.name: param.value for param in self.params if param.group in names}

    def fields(self) -> dict[str, str]:
        """Every text and attribute of the document by its path; parameters by their names, "What/Trigger_ID/Test".

        A path that repeats gets "#2", "#3" … in document order.
        """
        return dict(self.printed)


def printed_fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Fields of (path, value) in document order: a blank value is none, a path that repeats gets "#2", "#3" …."""
    said = [pair for pair in pairs if pair[1]]
    found = dict(said)
    if len(found) == len(said):
        return found
    found, serials = {}, dict[str, int]()
    for path, value in said:
        name, serial = path, serials.get(path, 1)
        while name in found:
            serial += 1
            name = f"{path}#{serial}"
        serials[path] = serial
        found[name] = value
    return found


def voevent_of(
    params: Iterable[Param],
    *,
    role: str = "observation",
    date: str | None = None,
    iso_time: str | None = None,
    position: Position | None = None,
    citations: tuple[tuple[str, str], ...] = (),
    more: Mapping[str, str] | None = None,
) -> VOEvent:
    """A notice that came in another form (packet, text) as the VOEvent it would have been: no IVORN, no version.

    Parameters
    ----------
    params : iterable of Param
        Parameters under the names that VOEvents of the kind give them; units as there.
    iso_time, position
        Time of the event (UTC) and position in degrees, as printed.
    more : mapping, optional
        Further fields of the document by path, kept as printed ("Comments").
    """
    taken = tuple(params)
    pairs: list[tuple[str, str]] = [("@role", role)]
    for param in taken:
        path = f"What/{param.group}/{param.name}" if param.group else f"What/{param.name}"
        pairs += [(path, param.value), (f"{path}@unit", param.unit)]
    pairs += [("Who/Date", date or ""), (f"{ASTRO_COORDS}/Time/TimeInstant/ISOTime", iso_time or "")]
    if position is not None:
        sky = f"{ASTRO_COORDS}/Position2D"
        pairs += [(f"{sky}/Value2/C1", position.ra), (f"{sky}/Value2/C2", position.dec)]
        pairs.append((f"{sky}/Error2Radius", position.error or ""))
    for relation, identity in citations:
        pairs += [("Citations/EventIVORN@cite", relation), ("Citations/EventIVORN", identity)]
    return VOEvent(
        role=role, date=date, params=taken, iso_time=iso_time, position=position, citations=citations,
        printed=printed_fields([*pairs, *(more or {}).items()]),
    )  # fmt: skip
