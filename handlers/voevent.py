"""Reader of VOEvents: hardened (no DTD, no entities, no network), one pass over the document.

Versions 1.1 and 2.0, with the IVOA namespace, another one or none: elements are known by their local names.
"""

from __future__ import annotations

from typing import Any

from ._xml import local, read_root
from .limits import MAX_DEPTH, MAX_IVORN
from .nodes import element_from_json
from .refused import Refused
from .vodocument import Param, Position, VOEvent, printed_fields, voevent_of

__all__ = ["Param", "Position", "VOEvent", "is_voevent_json", "read_voevent_json", "read_voevent_xml", "voevent_of"]

#: Paths and values in document order.
Pairs = list[tuple[str, str]]
#: Elements of the What section that hold parameters, under their own name or type.
_GROUPS = ("Group", "Table")


def read_voevent_xml(data: bytes) -> VOEvent:
    """Read a VOEvent from XML.

    Raises
    ------
    Refused
        doctype, malformed-xml, not-voevent.
    """
    root = read_root(data)
    name = local(root.tag)
    if name != "VOEvent":
        reason = "html" if name.lower() == "html" else "not-voevent"
        raise Refused(reason, f"the root element is {name!r}, not VOEvent")
    return _read(root)


def read_voevent_json(tree: dict[str, Any]) -> VOEvent:
    """Read a VOEvent that a broker has turned into JSON. Raises Refused (malformed-json)."""
    return _read(element_from_json("VOEvent", tree))


def is_voevent_json(tree: dict[str, Any]) -> bool:
    """Whether this JSON object is a VOEvent in disguise."""
    return "ivorn" in tree and isinstance(tree.get("What"), dict)


def _read(root: Any) -> VOEvent:
    pairs: Pairs = []
    params: list[Param] = []
    where: Pairs = []
    citations: list[tuple[str, str]] = []
    _read_attributes(root, "", pairs)
    for section in root:
        tag, start = local(section.tag), len(pairs)
        if tag == "What":
            _read_params(section, tag, "", pairs, params, 1)
        else:
            _read_element(section, tag, pairs, 1)
        if tag == "WhereWhen":
            where = where or pairs[start:]
        elif tag == "Citations":
            citations += ((e.get("cite", "").strip(), _text(e)) for e in section if local(e.tag) == "EventIVORN")
    printed = printed_fields(pairs)
    ivorn = printed.get("@ivorn", "")
    return VOEvent(
        ivorn=ivorn if len(ivorn) <= MAX_IVORN else "",
        role=printed.get("@role", "observation"),
        version=printed.get("@version", ""),
        date=printed.get("Who/Date"),
        params=tuple(params),
        citations=tuple(pair for pair in citations if pair[1]),
        probabilities=tuple(value for path, value in pairs if value and path == "Why/Inference@probability"),
        printed=printed,
        **_place(where),
    )


def _place(where: Pairs) -> dict[str, Any]:
    """Time, position and system of what is reported; the observatory's own place stands before them and is passed over."""
    said = [pair for pair in where if pair[1]]
    said = [pair for pair in said if "/ObservationLocation/" in pair[0]] or said

    def first(end: str) -> str | None:
        return next((value for path, value in said if path.endswith(end)), None)

    ra, dec = first("/Position2D/Value2/C1"), first("/Position2D/Value2/C2")
    return {
        "iso_time": first("/ISOTime"),
        "position": Position(ra, dec, first("/Position2D/Error2Radius")) if ra is not None and dec is not None else None,
        "coordinate_system": first("/AstroCoordSystem@id"),
    }


def _read_params(element: Any, path: str, group: str, pairs: Pairs, params: list[Param], depth: int) -> None:
    """Read what a What section or a group of it holds; anything else in it is kept as it is."""
    _check_depth(depth)
    pairs.append((path, _text(element)))
    for child in element:
        tag = local(child.tag)
        name = child.get("name", "").strip()
        if tag == "Param" and name:
            _read_param(child, f"{path}/{name}", group, name, pairs, params, depth + 1)
        elif tag in _GROUPS:
            name = name or child.get("type", "").strip() or tag
            _read_attributes(child, f"{path}/{name}", pairs, "name")
            _read_params(child, f"{path}/{name}", name, pairs, params, depth + 1)
        else:
            _read_element(child, f"{path}/{tag}", pairs, depth + 1)
        if tail := child.tail:
            pairs.append((path, tail.strip()))


def _read_param(element: Any, path: str, group: str, name: str, pairs: Pairs, params: list[Param], depth: int) -> None:
    """A parameter: its value is an attribute, else the text of its Value, else its own text."""
    value = unit = ""
    for key, text in element.items():
        match key:
            case "value":
                value = text.strip()
                pairs.append((path, value))
            case "unit":
                unit = text.strip()
                pairs.append((f"{path}@unit", unit))
            case "name":
                pass
            case _:
                pairs.append((f"{path}@{local(key)}", text.strip()))
    if element.text or len(element):
        value = _read_inside(element, path, value, pairs, depth)
    params.append(Param(group, name, value, unit))


def _read_inside(element: Any, path: str, value: str, pairs: Pairs, depth: int) -> str:
    """Keep what stands between a parameter's tags: mostly a description. Gives its value, where no attribute was it."""
    if text := _text(element):
        pairs.append((path, text))
        value = value or text
    for child in element:
        tag = local(child.tag)
        if tag == "Value":
            value = value or _text(child)
        _read_element(child, f"{path}/{tag}", pairs, depth)
        if child.tail:
            pairs.append((path, child.tail.strip()))
    return value


def _read_element(element: Any, path: str, pairs: Pairs, depth: int) -> None:
    """Keep an element's attributes and texts, and all below it."""
    _check_depth(depth)
    _read_attributes(element, path, pairs)
    if text := element.text:
        pairs.append((path, text.strip()))
    for child in element:
        _read_element(child, f"{path}/{local(child.tag)}", pairs, depth + 1)
        if child.tail:
            pairs.append((path, child.tail.strip()))


def _read_attributes(element: Any, path: str, pairs: Pairs, *left_out: str) -> None:
    for key, value in element.items():
        name = local(key)
        if name != "schemaLocation" and name not in left_out:
            pairs.append((f"{path}@{name}", value.strip()))


def _text(element: Any) -> str:
    return (element.text or "").strip()


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Refused("malformed-xml", "nested too deeply for a VOEvent")
