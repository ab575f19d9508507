"""From bytes to a document: which format it is, and the strict readers of JSON and Avro."""

from __future__ import annotations

import io
import json
import math
import re
import struct
from dataclasses import dataclass, field
from typing import Any

import fastavro

from .limits import MAX_BYTES, MAX_DEPTH, MAX_VALUES
from .packets import packet_name
from .refused import Refused
from .voevent import VOEvent, is_voevent_json, read_voevent_json, read_voevent_xml


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON or Avro object; `schema` is the path in its $schema address or its Avro name, `topic` where it came from."""

    value: dict[str, Any]
    schema: str | None = None
    topic: str | None = None

    def fields(self) -> dict[str, str]:
        """Every scalar by its path, "event/instruments/0"; long texts (maps) by their length only."""
        found: dict[str, str] = {}
        _flatten(self.value, "", found)
        return found


@dataclass(frozen=True, slots=True)
class TextDocument:
    """A text of "KEY: value" lines."""

    keys: dict[str, str] = field(default_factory=dict)


Document = VOEvent | JsonDocument | TextDocument

#: What brokers and clients say in place of an alert.
_ERRORS = re.compile(
    r"subscribed topic not available|broker: |unknown topic or partition|invalid_token|sasl authentication"
    r"|local: |kafkaerror|connection refused|internal server error|service unavailable",
    re.IGNORECASE,
)
_GCN_SCHEMA = re.compile(r"https?://[^/]+/schema/(?:v[\d.]+/|main/|stable/)?(.+?)(?:\.schema\.json)?$")
#: Texts longer than this are maps in base64: named by length in `fields`, kept as blobs by handlers that know them.
_LONG_TEXT = 20_000


def read_document(data: bytes, topic: str | None = None) -> Document:
    """Tell the format and read it.

    Raises
    ------
    Refused
        With a stable word: empty, too-large, not-text, malformed-json, not-an-object, malformed-xml, doctype,
        not-voevent, html, error-text, text-notice, binary-notice, malformed-avro.
    """
    if not data.strip():
        raise Refused("empty", "the document is empty")
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data)} bytes are more than the {MAX_BYTES} taken")
    if data.startswith(b"Obj\x01"):
        return _read_avro(data, topic)
    if len(data) == 160 and data[0] == 0 and (number := struct.unpack(">i", data[:4])[0]) in range(1, 1000):
        kind = packet_name(number)
        raise Refused("binary-notice", f"160-byte packets are not taken ({kind}, {number}): use VOEvent or JSON", kind=kind)
    text = _decode(data)
    start = text.lstrip()[:1]
    if start == "<":
        if text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
            raise Refused("html", "a web page, not an alert")
        return read_voevent_xml(_as_utf8(text, data))
    if start in ("{", "["):
        return _read_json(text, topic)
    return _read_text(text)


def _decode(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if re.match(rb"\s*<\?xml[^>]*encoding", data):
            return data.decode("latin-1")
        raise Refused("not-text", f"neither text nor a known binary format: {error.reason} at byte {error.start}") from error
    if "\x00" in text:
        raise Refused("not-text", "NUL characters: neither text nor a known binary format")
    return text


def _as_utf8(text: str, data: bytes) -> bytes:
    """Bytes for the XML reader: as they came when they are plain, else re-coded without their declaration."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return data.lstrip()
    return re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL).lstrip().encode()


def _read_json(text: str, topic: str | None) -> Document:
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError as error:
        raise Refused("malformed-json", "nested too deeply") from error
    except ValueError as error:
        raise Refused("malformed-json", f"not well-formed JSON: {error}") from error
    if not isinstance(value, dict):
        raise Refused("not-an-object", f"JSON, but a {type(value).__name__} and not an object")
    _check_values(value, "malformed-json")
    if isinstance(value.get("content"), dict) and set(value) <= {"format", "content", "header", "headers", "metadata"}:
        value = value["content"]
    if is_voevent_json(value):
        return read_voevent_json(value)
    return JsonDocument(value, schema_path(value.get("$schema")), topic)


def schema_path(address: Any) -> str | None:
    """The path of a GCN schema without host and version: "gcn/notices/fermi/gbm/trigger"."""
    match = _GCN_SCHEMA.match(address) if isinstance(address, str) else None
    return match[1] if match else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(n for n in names if names.count(n) > 1)!r} stands twice")
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


def _flatten(value: Any, path: str, found: dict[str, str]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _flatten(item, f"{path}/{key}" if path else str(key), found)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _flatten(item, f"{path}/{index}", found)
    elif isinstance(value, bytes):
        found[path] = f"({len(value)} bytes)"
    elif isinstance(value, str):
        found[path] = value if len(value) <= _LONG_TEXT else f"({len(value)} characters)"
    elif value is not None:
        found[path] = json.dumps(value, default=str)


def _read_avro(data: bytes, topic: str | None) -> JsonDocument:
    """Read an Avro object container: uncompressed, its first record. The container's own schema is checked first."""
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
    return JsonDocument(record, name, topic)


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


def is_circular_title(title: str | None) -> bool:
    """Whether a text's title is a circular's; the first ones were "GRB observation reports"."""
    return (title or "").upper().startswith(("GCN CIRCULAR", "GCN GRB OBSERVATION REPORT"))


def _read_text(text: str) -> TextDocument:
    if _ERRORS.search(text[:2000]):
        raise Refused("error-text", f"a broker's or server's error, not an alert: {text.strip()[:120]}")
    keys: dict[str, str] = {}
    for line in text.splitlines()[:500]:
        if match := re.match(r"([A-Za-z0-9_]{2,30}):\s*(.*\S)", line):
            keys.setdefault(match[1].upper(), match[2])
    if is_circular_title(keys.get("TITLE")):
        return TextDocument(keys)
    if "NOTICE_TYPE" in keys or "NOTICE_DATE" in keys:
        kind = keys.get("NOTICE_TYPE")
        raise Refused("text-notice", f"text notices are not taken ({kind}): use VOEvent or JSON", kind=kind)
    raise Refused("not-an-alert", f"plain text that is no alert: {text.strip()[:80]!r}")
