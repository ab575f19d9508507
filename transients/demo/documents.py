"""Alert documents of our own writing, in the formats the brokers carry: VOEvent 2.0 and igwn.gwalert JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from lxml import etree

_VOE = "http://www.ivoa.net/xml/VOEvent/v2.0"

Value = str | int | float | bool


def voevent(
    *,
    ivorn: str,
    author: str,
    date: str,
    time: str,
    params: Mapping[str, Value | tuple[Value, str]],
    groups: Mapping[str, Mapping[str, Value]] | None = None,
    position: tuple[float, float, float] | None = None,
    role: str = "observation",
    cites: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """A VOEvent in GCN's manner.

    Parameters
    ----------
    params
        Values, or (value, unit), by name; `groups` the same within named groups.
    position
        (RA, Dec, error radius) in degrees; None writes GCN's sentinel 0, 0, 0.
    """
    root = etree.Element(f"{{{_VOE}}}VOEvent", {"ivorn": ivorn, "role": role, "version": "2.0"}, nsmap={"voe": _VOE})
    who = etree.SubElement(root, "Who")
    etree.SubElement(who, "AuthorIVORN").text = "ivo://transients.demo/scenario"
    etree.SubElement(etree.SubElement(who, "Author"), "shortName").text = author
    etree.SubElement(who, "Date").text = date
    what = etree.SubElement(root, "What")
    for name, value in params.items():
        _param(what, name, value)
    for group, members in (groups or {}).items():
        node = etree.SubElement(what, "Group", {"name": group})
        for name, value in members.items():
            _param(node, name, value)
    _where_when(root, time, position or (0.0, 0.0, 0.0))
    if cites:
        citations = etree.SubElement(root, "Citations")
        for relation, identity in cites:
            etree.SubElement(citations, "EventIVORN", {"cite": relation}).text = identity
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _param(parent: Any, name: str, value: Value | tuple[Value, str]) -> None:
    attributes = {"name": name}
    if isinstance(value, tuple):
        value, attributes["unit"] = value
    attributes["value"] = str(value).lower() if isinstance(value, bool) else str(value)
    etree.SubElement(parent, "Param", attributes)


def _where_when(root: Any, time: str, position: tuple[float, float, float]) -> None:
    location = etree.SubElement(etree.SubElement(etree.SubElement(root, "WhereWhen"), "ObsDataLocation"), "ObservationLocation")
    etree.SubElement(location, "AstroCoordSystem", {"id": "UTC-FK5-GEO"})
    coordinates = etree.SubElement(location, "AstroCoords", {"coord_system_id": "UTC-FK5-GEO"})
    instant = etree.SubElement(etree.SubElement(coordinates, "Time", {"unit": "s"}), "TimeInstant")
    etree.SubElement(instant, "ISOTime").text = time
    place = etree.SubElement(coordinates, "Position2D", {"unit": "deg"})
    value = etree.SubElement(place, "Value2")
    for name, number in zip(("C1", "C2"), position, strict=False):
        etree.SubElement(value, name).text = f"{number:.4f}"
    etree.SubElement(place, "Error2Radius").text = f"{position[2]:.4f}"


def gwalert(
    *,
    superevent: str,
    alert_type: str,
    created: str,
    event: Mapping[str, Any] | None = None,
    skymap: bytes | None = None,
) -> bytes:
    """An igwn.gwalert document; a retraction has no event."""
    body: dict[str, Any] = {
        "alert_type": alert_type,
        "time_created": created,
        "superevent_id": superevent,
        "urls": {"gracedb": f"https://gracedb.ligo.org/superevents/{superevent}/view/"},
        "event": None,
        "external_coinc": None,
    }
    if event is not None:
        body["event"] = {
            "duration": None,
            "central_frequency": None,
            **event,
            "skymap": None if skymap is None else base64.b64encode(skymap).decode("ascii"),
        }
    return json.dumps(body).encode()
