"""VOEvents: a hardened reader (no DTD, no entities, no network) and the small structure that handlers read.

Versions 1.1 and 2.0, with the IVOA namespace, another one or none: elements are known by their local names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from .limits import MAX_DEPTH, MAX_NODES
from .nodes import Node, node_from_json
from .refused import Refused


@dataclass(frozen=True, slots=True)
class Param:
    """A named value of the What section; `group` is the name (or type) of its group, "" at the top."""

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

    ivorn: str
    role: str
    version: str
    date: str | None
    params: tuple[Param, ...]
    iso_time: str | None
    position: Position | None
    coordinate_system: str | None
    citations: tuple[tuple[str, str], ...]
    probabilities: tuple[str, ...]
    root: Node

    def get(self, *names: str, group: str | None = None) -> str | None:
        """Value of the first parameter with one of these names, in the order of the names; None where absent or blank."""
        for name in names:
            for param in self.params:
                if param.name == name and (group is None or param.group == group) and param.value:
                    return param.value
        return None

    def unit(self, name: str) -> str:
        """Unit of the first parameter with this name."""
        return next((p.unit for p in self.params if p.name == name), "")

    def flag(self, *names: str) -> bool:
        """Whether any parameter with one of these names says true (or a number that is not zero)."""
        return any(p.name in names and p.value.lower() in ("true", "1", "yes") for p in self.params)

    def group(self, *names: str) -> dict[str, str]:
        """Parameters of the groups with one of these names."""
        return {p.name: p.value for p in self.params if p.group in names}

    def fields(self) -> dict[str, str]:
        """Every text and attribute of the document by its path; parameters by their names, "What/Trigger_ID/Test".

        A path that repeats gets "#2", "#3" … in document order.
        """
        found: dict[str, str] = {}
        serials: dict[str, int] = {}
        for path, value in _leaves(self.root, ""):
            if value:
                serials[path] = serial = serials.get(path, 0) + 1
                found[path if serial == 1 else f"{path}#{serial}"] = value
        return found


def read_voevent_xml(data: bytes) -> VOEvent:
    """Read a VOEvent from XML.

    Raises
    ------
    Refused
        doctype, malformed-xml, not-voevent.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused("doctype", "a document type or entity declaration has no place in an alert")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("malformed-xml", f"not well-formed XML: {error}") from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise Refused("doctype", "a document type declaration has no place in an alert")
    name = _local(root.tag)
    if name != "VOEvent":
        reason = "html" if name.lower() == "html" else "not-voevent"
        raise Refused(reason, f"the root element is {name!r}, not VOEvent")
    return _build(_node_from_xml(root, 0, [MAX_NODES]))


def read_voevent_json(tree: dict[str, Any]) -> VOEvent:
    """Read a VOEvent that a broker has turned into JSON. Raises Refused (malformed-json)."""
    return _build(node_from_json("VOEvent", tree))


def is_voevent_json(tree: dict[str, Any]) -> bool:
    """Whether this JSON object is a VOEvent in disguise."""
    return "ivorn" in tree and isinstance(tree.get("What"), dict)


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def _node_from_xml(element: Any, depth: int, budget: list[int]) -> Node:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise Refused("malformed-xml", "nested too deeply or too large for a VOEvent")
    attributes = {_local(key): value.strip() for key, value in element.items()}
    children = tuple(_node_from_xml(child, depth + 1, budget) for child in element if isinstance(child.tag, str))
    return Node(_local(element.tag), attributes, (element.text or "").strip(), children)


def _build(root: Node) -> VOEvent:
    place = root.first("WhereWhen", "ObsDataLocation", "ObservationLocation") or root.first("WhereWhen") or Node("none")
    system = next((n for n in place.walk() if n.tag == "AstroCoordSystem"), None)
    return VOEvent(
        ivorn=root.attributes.get("ivorn", ""),
        role=root.attributes.get("role", "observation") or "observation",
        version=root.attributes.get("version", ""),
        date=root.text_at("Who", "Date"),
        params=tuple(_params(root.first("What"), "")),
        iso_time=next((n.text for n in place.walk() if n.tag == "ISOTime" and n.text), None),
        position=_position(place),
        coordinate_system=system.attributes.get("id") if system is not None else None,
        citations=tuple(
            (n.attributes.get("cite", ""), n.text) for n in root.all("Citations", "EventIVORN") if n.text
        ),
        probabilities=tuple(
            n.attributes["probability"] for n in root.all("Why", "Inference") if n.attributes.get("probability")
        ),
        root=root,
    )  # fmt: skip


def _params(node: Node | None, group: str) -> Iterator[Param]:
    if node is None:
        return
    for child in node.children:
        if child.tag == "Param" and (name := child.attributes.get("name")):
            value = child.attributes.get("value") or child.text_at("Value") or ""
            yield Param(group, name, value, child.attributes.get("unit", ""))
        elif child.tag in ("Group", "Table"):
            yield from _params(child, child.attributes.get("name") or child.attributes.get("type") or child.tag)


def _position(place: Node) -> Position | None:
    position = next((n for n in place.walk() if n.tag == "Position2D"), None)
    if position is None:
        return None
    ra, dec = position.text_at("Value2", "C1"), position.text_at("Value2", "C2")
    if ra is None or dec is None:
        return None
    return Position(ra, dec, position.text_at("Error2Radius"))


def _leaves(node: Node, path: str) -> Iterator[tuple[str, str]]:
    skip = {"name"}
    if node.tag == "Param" and node.attributes.get("name"):
        skip.add("value")
        yield path, node.attributes.get("value", "")
    elif node.text:
        yield path or "text", node.text
    prefix = f"{path}/" if path else ""
    plain = {c.tag for c in node.children if not c.children and not c.attributes}
    for key, value in node.attributes.items():
        # From JSON a scalar is both attribute and child: say it once.
        if key not in skip and key not in plain and key != "schemaLocation":
            yield f"{path}@{key}" if path else f"@{key}", value
    for child in node.children:
        name = child.attributes.get("name") if child.tag in ("Param", "Group") else None
        yield from _leaves(child, f"{prefix}{name or child.tag}")
