"""What handlers are given: a VOEvent, a JSON (or Avro) object, or a text of keys."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from .voevent import VOEvent

_GCN_SCHEMA = re.compile(r"https?://[^/]+/schema/(?:v[\d.]+/|main/|stable/)?(.+?)(?:\.schema\.json)?$")
#: Texts longer than this are maps in base64: named by length in `fields`, kept as blobs by handlers that know them.
_LONG_TEXT = 20_000


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


def schema_path(address: Any) -> str | None:
    """The path of a GCN schema without host and version: "gcn/notices/fermi/gbm/trigger"."""
    match = _GCN_SCHEMA.match(address) if isinstance(address, str) else None
    return match[1] if match else None


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


def is_circular_title(title: str | None) -> bool:
    """Whether a text's title is a circular's; the first ones were "GRB observation reports"."""
    return (title or "").upper().startswith(("GCN CIRCULAR", "GCN GRB OBSERVATION REPORT"))
