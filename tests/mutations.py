"""Documents changed at random: bytes flipped, cut and spliced; nodes of XML and JSON removed, doubled and exchanged; values and
encodings replaced by extremes. The same seed gives the same documents.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lxml import etree

WORDS = [
    b"", b"\x00", b"<", b">", b"&", b"&amp;", b"&#0;", b"&#xD800;", b'"', b"'", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true",
    b"-1", b"0", b"1e999", b"nan", b"NaN", b"inf", b"-Infinity", b"99999999999999999999999", b"2022-01-00T00:00:00",
    b"99999-12-31T23:59:60", b"\xff\xfe", b"\xef\xbb\xbf", b"<!DOCTYPE a>", b"<![CDATA[x]]>", b"]]>", b"<?x?>", b"<!-- -->",
    b"\xe2\x98\x83", b"\xed\xa0\x80", b"\\ud800", b"value=", b"name=", b"Packet_Type", b"TrigID", b"Value", b"\n", b"\r\n", b" " * 70,
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, -0.0, -1, 1, 360, 90.000001, -90, 1e-320, 1.7e308, 2**31, -(2**63), 2**64, 10**400, "", " ",
    "0", "-1", "nan", "inf",
    "1e400", "-21474836.4800", "0x7fffffff", "9" * 400, "2022-01-00T00:00:00", "2022-01--4918T00:-24:-54.-77", "0001-01-01T00:00:00",
    "2024-12-31T23:59:60", "9999-12-31T23:59:59+14:00", "2024-02-30", "true", "TRUE", "yes", "S240101ab", "MS240101a", "x" * 300,
    "\u2028", "\x01",
    "☃", "\u202e", "a\nb", "ivo://x#y", "https://example.org/x", "[0, 1.0]", "1,2,3", "GRB 240506A", "retraction", "test", [], {}, [[]],
    [1, 2, 3], [None], {"a": 1}, ["", "x"], [1e308, "1"],
]  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-le", "utf-8-sig", "utf-32", "latin-1", "cp037", "utf-7")
#: What makes it through is of a size that many fit into a minute.
LONGEST = 60_000

Mutation = Callable[[random.Random, bytes, "list[bytes]"], bytes]


def mutations(documents: Mapping[str, bytes], seed: int) -> Iterator[bytes]:
    """Changed documents without end."""
    rng = random.Random(seed)
    pool = [documents[name] for name in sorted(documents) if len(documents[name]) <= LONGEST]
    while True:
        data = rng.choice(pool)
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            data = rng.choice(_MUTATIONS)(rng, data, pool)
        yield data[: 4 * LONGEST]


def _bytes(rng: random.Random, data: bytes, pool: list[bytes]) -> bytes:
    changed = bytearray(data)
    at, length = rng.randrange(len(changed) + 1), rng.choice((0, 1, 2, 8, 40))
    match rng.randrange(6):
        case 0:
            changed[at : at + length] = rng.choice(WORDS)
        case 1 if changed:
            changed[at % len(changed)] = rng.randrange(256)
        case 2:
            del changed[at : at + length]
        case 3:
            changed[at:at] = changed[at : at + length] * rng.choice((1, 2, 50))
        case 4:
            del changed[at:]
        case _:
            other = rng.choice(pool)
            cut = rng.randrange(len(other) + 1)
            changed[at : at + rng.choice((0, 60))] = other[cut : cut + rng.choice((60, 2000))]
    return bytes(changed)


def _encoding(rng: random.Random, data: bytes, pool: list[bytes]) -> bytes:
    try:
        return data.decode().encode(rng.choice(ENCODINGS))
    except UnicodeError:
        return data[::-1]


def _tree(rng: random.Random, data: bytes, pool: list[bytes]) -> bytes:
    """Change nodes, where it is a document with nodes; else bytes."""
    start = data.lstrip()[:1]
    if start == b"<":
        return _xml(rng, data, pool)
    return _json(rng, data, pool) if start == b"{" else _bytes(rng, data, pool)


def _xml(rng: random.Random, data: bytes, pool: list[bytes]) -> bytes:
    try:
        root = etree.fromstring(data.lstrip(), etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return _bytes(rng, data, pool)
    elements = [element for element in root.iter(etree.Element) if element is not root]
    for _ in range(rng.choice((1, 2, 5))):
        if not elements:
            break
        _change_element(rng, rng.choice(elements), rng.choice(elements))
    return etree.tostring(root, xml_declaration=rng.random() < 0.5, encoding="utf-8")


def _change_element(rng: random.Random, element: Any, other: Any) -> None:
    parent, value = element.getparent(), rng.choice(VALUES)
    text = "".join(character for character in str(value) if character.isprintable())
    match rng.randrange(7):
        case 0 if parent is not None:
            parent.remove(element)
        case 1 if parent is not None:
            parent.append(copy.deepcopy(element))
        case 2:
            other.append(copy.deepcopy(element))
        case 3 if element.attrib:
            element.set(rng.choice(element.keys()), text)
        case 4 if element.attrib:
            del element.attrib[rng.choice(element.keys())]
        case 5 if "name" in element.attrib and "name" in other.attrib:
            element.set("name", other.get("name"))
        case _:
            element.text = text


def _json(rng: random.Random, data: bytes, pool: list[bytes]) -> bytes:
    try:
        tree = json.loads(data)
    except ValueError:
        return _bytes(rng, data, pool)
    for _ in range(rng.choice((1, 2, 5))):
        places = list(_places(tree))
        if not places:
            break
        holder, key = rng.choice(places)
        other, name = rng.choice(places)
        match rng.randrange(5):
            case 0:
                del holder[key]
            case 1:
                holder[key] = copy.deepcopy(other[name])
            case 2 if isinstance(holder, dict):
                holder[str(rng.choice(VALUES))] = copy.deepcopy(holder[key])
            case _:
                holder[key] = copy.deepcopy(rng.choice(VALUES))
    text = json.dumps(tree)
    return (text[:-1] + "," + text[1:] if rng.random() < 0.02 else text).encode()


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every value of a tree: what holds it, and under which key."""
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        for key, item in list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder)):
            yield holder, key
            if isinstance(item, dict | list):
                waiting.append(item)


_MUTATIONS: tuple[Mutation, ...] = (_bytes, _bytes, _tree, _tree, _tree, _tree, _encoding)
