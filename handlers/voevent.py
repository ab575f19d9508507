"""Reader of VOEvents: hardened (no DTD, no entities, no network), one pass over the document.

Versions 1.1 and 2.0, with the IVOA namespace, another one or none: elements are known by their local names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from .limits import MAX_DEPTH, MAX_NODES
from .nodes import element_from_json
from .refused import Refused
from .vodocument import Param, Position, Printed, VOEvent, voevent_of

__all__ = ["Param", "Position", "VOEvent", "is_voevent_json", "read_voevent_json", "read_voevent_xml", "voevent_of"]

_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False,
    remove_comments=True, remove_pis=True, remove_blank_text=True, collect_ids=False,
)  # fmt: skip
#: Elements of the What section that hold parameters, under their own name or type.
_GROUPS = ("Group", "Table")


def read_voevent_xml(data: bytes) -> VOEvent:
    """Read a VOEvent from XML.

    Raises
    ------
    Refused
        doctype, malformed-xml, not-voevent.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused("doctype", "a document type or entity declaration has no place in an alert")
    try:
        root = etree.fromstring(data, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("malformed-xml", f"not well-formed XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise Refused("doctype", "a document type declaration has no place in an alert")
    name = _local(root.tag)
    if name != "VOEvent":
        reason = "html" if name.lower() == "html" else "not-voevent"
        raise Refused(reason, f"the root element is {name!r}, not VOEvent")
    # Every element has a "<" of its own: only a document with very many needs counting.
    if data.count(b"<") > MAX_NODES and sum(1 for _ in root.iter()) > MAX_NODES:
        raise Refused("malformed-xml", "too large for a VOEvent")
    return _read(root)


def read_voevent_json(tree: dict[str, Any]) -> VOEvent:
    """Read a VOEvent that a broker has turned into JSON. Raises Refused (malformed-json)."""
    return _read(element_from_json("VOEvent", tree))


def is_voevent_json(tree: dict[str, Any]) -> bool:
    """Whether this JSON object is a VOEvent in disguise."""
    return "ivorn" in tree and isinstance(tree.get("What"), dict)


def _read(root: Any) -> VOEvent:
    printed, params = Printed(), list[Param]()
    _add_attributes(root, "", printed)
    for section in root:
        tag = _local(section.tag)
        if tag == "What":
            _read_params(section, tag, "", printed, params, 1)
        else:
            _read_element(section, tag, printed, 1)
    found = printed.found
    place = next((p for where in _at(root, "WhereWhen") for p in _at(where, "ObsDataLocation", "ObservationLocation")), None)
    place = place if place is not None else next(_at(root, "WhereWhen"), etree.Element("none"))
    return VOEvent(
        ivorn=found.get("@ivorn", ""),
        role=found.get("@role", "observation"),
        version=found.get("@version", ""),
        date=found.get("Who/Date"),
        params=tuple(params),
        iso_time=next((text for e in place.iter("{*}ISOTime") if (text := _text(e))), None),
        position=_position(place),
        coordinate_system=next((e.get("id", "").strip() or None for e in place.iter("{*}AstroCoordSystem")), None),
        citations=tuple(
            (e.get("cite", "").strip(), text) for e in _at(root, "Citations", "EventIVORN") if (text := _text(e))
        ),
        probabilities=tuple(
            text for e in _at(root, "Why", "Inference") if (text := e.get("probability", "").strip())
        ),
        printed=found,
    )  # fmt: skip


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2] if name[0] == "{" else name


def _at(element: Any, *path: str) -> Iterator[Any]:
    """Every element at `path` below this one."""
    for child in element.iterchildren(f"{{*}}{path[0]}"):
        if len(path) == 1:
            yield child
        else:
            yield from _at(child, *path[1:])


def _text(element: Any) -> str:
    return (element.text or "").strip()


def _position(place: Any) -> Position | None:
    element = next(place.iter("{*}Position2D"), None)
    if element is None:
        return None
    ra, dec = (next((t for e in _at(element, "Value2", name) if (t := _text(e))), None) for name in ("C1", "C2"))
    if ra is None or dec is None:
        return None
    return Position(ra, dec, next((t for e in _at(element, "Error2Radius") if (t := _text(e))), None))


def _read_params(element: Any, path: str, group: str, printed: Printed, params: list[Param], depth: int) -> None:
    """Read what a What section or a group of it holds; anything else in it is kept as it is."""
    _check_depth(depth)
    printed.add(path, _text(element))
    for child in element:
        tag = _local(child.tag)
        name = child.get("name", "").strip()
        if tag == "Param" and name:
            params.append(_read_param(child, name, f"{path}/{name}", group, printed, depth + 1))
        elif tag in _GROUPS:
            name = name or child.get("type", "").strip() or tag
            _add_attributes(child, f"{path}/{name}", printed, "name")
            _read_params(child, f"{path}/{name}", name, printed, params, depth + 1)
        else:
            _read_element(child, f"{path}/{tag}", printed, depth + 1)
        if child.tail:
            printed.add(path, child.tail.strip())


def _read_param(element: Any, name: str, path: str, group: str, printed: Printed, depth: int) -> Param:
    """A parameter: its value is an attribute, else the text of its Value, else its own text."""
    value = unit = ""
    for key, text in element.items():
        text = text.strip()
        if key == "value":
            value = text
            printed.add(path, text)
        elif key != "name":
            if key == "unit":
                unit = text
            printed.add(f"{path}@{_local(key)}", text)
    if text := _text(element):
        printed.add(path, text)
        value = value or text
    for child in element:
        tag = _local(child.tag)
        if tag == "Value":
            value = value or _text(child)
        _read_element(child, f"{path}/{tag}", printed, depth)
        if child.tail:
            printed.add(path, child.tail.strip())
    return Param(group, name, value, unit)


def _read_element(element: Any, path: str, printed: Printed, depth: int) -> None:
    """Keep an element's attributes and texts, and all below it."""
    _check_depth(depth)
    _add_attributes(element, path, printed)
    if text := _text(element):
        printed.add(path, text)
    for child in element:
        _read_element(child, f"{path}/{_local(child.tag)}", printed, depth + 1)
        if child.tail:
            printed.add(path, child.tail.strip())


def _add_attributes(element: Any, path: str, printed: Printed, *left_out: str) -> None:
    for key, value in element.items():
        name = _local(key)
        if name != "schemaLocation" and name not in left_out:
            printed.add(f"{path}@{name}", value.strip())


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Refused("malformed-xml", "nested too deeply for a VOEvent")
