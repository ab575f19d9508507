"""Strict readers of JSON and Avro: plain values out, nothing in them that a database, a mail or a float cannot carry."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import fastavro

from .limits import MAX_DEPTH, MAX_VALUES
from .refused import Refused


def read_json(text: str) -> dict[str, Any]:
    """Read a JSON object: no key twice, no NaN, no number beyond a float.

    Raises
    ------
    Refused
        malformed-json, not-an-object.
    """
    # Values stand between commas or in brackets of their own: what has many more is not even parsed.
    if text.count(",") + text.count("[") + text.count("{") > 4 * MAX_VALUES:
        raise Refused("malformed-json", f"more than {MAX_VALUES} values")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError as error:
        raise Refused("malformed-json", "nested too deeply") from error
    except ValueError as error:
        raise Refused("malformed-json", f"not well-formed JSON: {error}") from error
    if not isinstance(value, dict):
        raise Refused("not-an-object", f"JSON, but a {type(value).__name__} and not an object")
    _check_values(value, "malformed-json")
    return value


def read_avro(data: bytes) -> tuple[dict[str, Any], str | None]:
    """Read an Avro object container: uncompressed, its first record, and the name of its schema.

    The container's own schema is checked before any record is read. Raises Refused: malformed-avro, not-an-object.
    """
    try:
        reader = fastavro.reader(io.BytesIO(data))
        codec, schema = reader.codec, reader.writer_schema
        if codec != "null":
            raise Refused("malformed-avro", f"compressed Avro ({codec}) is not taken")
        _check_avro(schema, 0)
        record = next(iter(reader), None)
    except Refused:
        raise
    except Exception as error:  # fastavro raises what its decoding stumbles over: KeyError, EOFError, struct.error …
        raise Refused("malformed-avro", f"not a readable Avro container: {type(error).__name__} {error}") from error
    if not isinstance(record, dict):
        raise Refused("not-an-object", "an Avro container without a record")
    _check_values(record, "malformed-avro")
    name = schema.get("name") if isinstance(schema, dict) else None
    return record, name if isinstance(name, str) else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise ValueError(f"the key {name!r} stands twice")
        result[name] = value
    return result


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is beyond any float")
    return value


def _check_values(value: Any, reason: str) -> None:
    """Refuse what no database or mail can carry: too deep, too many values, NUL characters, halves of surrogate pairs."""
    level, depth, count = [value], 0, 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > MAX_DEPTH or count > MAX_VALUES:
            raise Refused(reason, f"nested more than {MAX_DEPTH} levels, or more than {MAX_VALUES} values")
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, str) and ("\x00" in item or not _is_text(item)):
                raise Refused(reason, "a text with characters that are none (NUL, or half of a surrogate pair)")
        level = below


def _is_text(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_avro(schema: Any, depth: int) -> None:
    """Refuse schemas whose arrays have items of no size: a few bytes could ask for any number of them."""
    if depth > MAX_DEPTH:
        raise Refused("malformed-avro", "schema nested too deeply")
    if isinstance(schema, list):
        for branch in schema:
            _check_avro(branch, depth + 1)
    elif isinstance(schema, dict):
        if schema.get("type") == "array" and not _has_size(schema.get("items")):
            raise Refused("malformed-avro", "an array of items without size")
        for item in schema.get("fields", ()):
            _check_avro(item.get("type"), depth + 1)
        for key in ("type", "items", "values"):
            _check_avro(schema.get(key), depth + 1)


def _has_size(schema: Any) -> bool:
    if isinstance(schema, list):
        return True  # a union writes its branch's index
    if isinstance(schema, dict):
        kind = schema.get("type")
        if kind in ("record", "error"):
            return any(_has_size(item.get("type")) for item in schema.get("fields", ()))
        if kind == "fixed":
            return bool(schema.get("size"))
        return _has_size(kind)
    # A named type is not followed: as an item it is refused.
    return schema in ("boolean", "int", "long", "float", "double", "bytes", "string", "enum", "array", "map")
