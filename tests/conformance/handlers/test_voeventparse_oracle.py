"""Our VOEvent reader against voevent-parse on every real VOEvent both can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers import Refused
from handlers.voevent import VOEvent, read_voevent_xml

voeventparse = pytest.importorskip("voeventparse", reason="voevent-parse installs on Python 3.11 only")


def _oracle_params(tree: object) -> list[tuple[str, str]]:
    found = []
    for element in tree.What.iter("Param"):  # type: ignore[attr-defined]
        value = element.attrib.get("value") or element.findtext("Value")
        if element.attrib.get("name") and value:
            found.append((element.attrib["name"], value.strip()))
    return sorted(found)


def _oracle_position(tree: object) -> tuple[float, float, float] | None:
    """The oracle's position; it wants a unit, an error, and the names RA and Dec, and gives up otherwise."""
    try:
        found = voeventparse.get_event_position(tree)
    except (AssertionError, AttributeError, KeyError, TypeError):
        return None
    return (found.ra, found.dec, found.err) if found is not None else None


def _compare(event: VOEvent, tree: object) -> bool:
    """Compare, and say whether a position was compared too."""
    attributes = tree.attrib  # type: ignore[attr-defined]
    assert (event.ivorn, event.role) == (attributes["ivorn"], attributes["role"])
    assert sorted((p.name, p.value) for p in event.params if p.value) == _oracle_params(tree)
    position, oracle = event.position, _oracle_position(tree)
    if oracle is None:
        return False
    assert position is not None
    assert oracle == (float(position.ra), float(position.dec), float(position.error or "nan"))
    return True


def test_every_real_voevent(shared_data: Path) -> None:
    compared = positions = 0
    for path in sorted((shared_data / "notices").rglob("*.xml")):
        if path.parts[-3] == "antares":
            continue  # the oracle takes the observatory's place for the source's
        data = path.read_bytes()
        try:
            event = read_voevent_xml(data)
            tree = voeventparse.loads(data)
        except (Refused, ValueError, SyntaxError):
            continue  # malformed, or without a namespace the oracle knows
        positions += _compare(event, tree)
        compared += 1
    assert compared > 1500
    assert positions > 1200
