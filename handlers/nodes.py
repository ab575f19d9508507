"""A VOEvent as a plain tree, whatever it came in: XML, or the JSON that brokers make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .limits import MAX_DEPTH, MAX_NODES
from .refused import Refused


@dataclass(frozen=True, slots=True)
class Node:
    """An element: name without namespace, attributes, stripped text, children in order."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple[Node, ...] = ()

    def all(self, *path: str) -> Iterator[Node]:
        """Every element at `path` below this one."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.tag == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> Node | None:
        """The first element at `path`, or None."""
        return next(self.all(*path), None)

    def text_at(self, *path: str) -> str | None:
        """Text of the first element at `path`; None where it is absent or empty."""
        node = self.first(*path)
        return node.text or None if node is not None else None

    def walk(self) -> Iterator[Node]:
        """This element and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def node_from_json(tag: str, value: Any) -> Node:
    """Build the tree from parsed JSON: a scalar is text, a list repeats its element, "#text" and "$" hold mixed text.

    Whether a scalar key was an attribute or an element cannot be told from JSON: it is kept as both.
    """
    return _node_from_json(tag, value, 0, [MAX_NODES])


def _node_from_json(tag: str, value: Any, depth: int, budget: list[int]) -> Node:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise Refused("malformed-json", "nested too deeply or too large for a VOEvent")
    if not isinstance(value, dict):
        return Node(tag, text=scalar_text(value))
    attributes: dict[str, str] = {}
    children: list[Node] = []
    text = ""
    for key, item in value.items():
        name = key.lstrip("@").rpartition(":")[2]
        if key in ("#text", "$"):
            text = scalar_text(item)
            continue
        for each in item if isinstance(item, list) else (item,):
            if not isinstance(each, dict | list) and each is not None:
                attributes.setdefault(name, scalar_text(each))
            children.append(_node_from_json(name, each, depth + 1, budget))
    return Node(tag, attributes, text, tuple(children))


def scalar_text(value: Any) -> str:
    """A JSON scalar as text, as JSON prints it; null is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()
