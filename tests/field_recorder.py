"""Documents that note which of their fields a handler looks at: what is neither looked at nor named as kept was forgotten.

A field's name is its path in `Notice.fields` without serial numbers and list indices: "TrigID", "Misc_Flags/CRC_Error" (the
parameters of a VOEvent, without "What/"; an inner group without the outer), "Who/Author/shortName", "ObservationLocation/…" (without
"WhereWhen/ObsDataLocation/"), "Param@unit" (of whatever parameter), "event/skymap" (JSON).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Any

from handlers import Document, JsonDocument, TextDocument, VOEvent

_ADDRESS = ("http://", "https://")
_SERIAL = re.compile(r"#\d+$")
#: What each of a VOEvent's own values is made of: the last parts of the paths.
_VALUES = {
    "ivorn": ("ivorn",),
    "role": ("role",),
    "version": ("version",),
    "date": ("Who/Date",),
    "packet": ("Packet_Type",),
    "iso_time": ("TimeInstant/ISOTime",),
    "position": ("Position2D/Value2/C1", "Position2D/Value2/C2", "Position2D/Error2Radius"),
    "coordinate_system": ("ObservationLocation/AstroCoordSystem/id",),
    "citations": ("Citations/EventIVORN", "Citations/EventIVORN/cite"),
    "probabilities": ("Why/Inference/probability",),
}


class RecordingVOEvent(VOEvent):
    """A VOEvent that notes its uses. A `get` of several names uses the one found; a handler that goes through `params`
    itself uses those that are addresses, as `links_of` does.
    """

    def __getattribute__(self, name: str) -> Any:
        if name in _VALUES:
            object.__getattribute__(self, "used").update(_VALUES[name])
        elif name == "params":
            for param in (params := super().__getattribute__(name)):
                if param.value.startswith(_ADDRESS):
                    self._use(param)
            return params
        return super().__getattribute__(name)

    def _use(self, param: Any) -> None:
        object.__getattribute__(self, "used").add(f"{param.group}/{param.name}" if param.group else param.name)

    def _called(self, names: Iterable[str], group: str | None = None) -> Iterator[Any]:
        for name in names:
            for param in object.__getattribute__(self, "params"):
                if param.name == name and (group is None or param.group == group):
                    yield param

    def get(self, *names: str, group: str | None = None) -> str | None:
        found = next((param for param in self._called(names, group) if param.value), None)
        if found is not None:
            self._use(found)
        return super().get(*names, group=group)

    def unit(self, name: str) -> str:
        object.__getattribute__(self, "used").add("Param@unit")
        return super().unit(name)

    def flag(self, *names: str) -> bool:
        for param in self._called(names):
            self._use(param)
        return super().flag(*names)

    def group(self, *names: str) -> dict[str, str]:
        for param in object.__getattribute__(self, "params"):
            if param.group in names:
                self._use(param)
        return super().group(*names)


class RecordingDict(dict[str, Any]):
    """An object of JSON that notes the paths asked for. Going through a whole inner object uses all its values; going through
    the whole document uses those that are addresses, as `links_of` does.
    """

    def __init__(self, value: dict[str, Any], used: set[str], path: str = "") -> None:
        self._used, self._path = used, path
        super().__init__((key, self._wrapped(item, f"{path}/{key}".lstrip("/"))) for key, item in value.items())

    def _wrapped(self, value: Any, path: str) -> Any:
        if isinstance(value, dict):
            return RecordingDict(value, self._used, path)
        return [self._wrapped(item, path) for item in value] if isinstance(value, list) else value

    def _use(self, key: str) -> None:
        self._used.add(f"{self._path}/{key}".lstrip("/"))

    def __getitem__(self, key: str) -> Any:
        self._use(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._use(key)
        return super().get(key, default)

    def items(self) -> Any:
        for key, item in super().items():
            if self._path or (isinstance(item, str) and item.startswith(_ADDRESS) and key != "$schema"):
                self._use(key)
        return super().items()

    def values(self) -> Any:
        self.items()
        return super().values()


class RecordingJson(JsonDocument):
    """A JSON document that notes its uses."""

    def fields(self) -> dict[str, str]:
        return JsonDocument(_plain(self.value)).fields()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in dict.items(value)}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def recording(document: Document) -> tuple[Any, set[str]]:
    """The same document, and the set that it will note its uses in."""
    used: set[str] = set()
    match document:
        case VOEvent():
            values = {item.name: getattr(document, item.name) for item in dataclasses.fields(document) if item.init}
            twin = RecordingVOEvent.__new__(RecordingVOEvent)
            object.__setattr__(twin, "used", used)
            twin.__init__(**values)  # type: ignore[misc]
            used.clear()
            return twin, used
        case JsonDocument():
            return RecordingJson(RecordingDict(document.value, used), document.schema, document.topic), used
        case TextDocument():
            return TextDocument(RecordingDict(document.keys, used)), used


def names_of(document: Document) -> dict[str, str]:
    """Names of the document's fields, and a value of each."""
    match document:
        case VOEvent():
            return dict(_voevent_names(document))
        case JsonDocument():
            found = {re.sub(r"/\d+(?=/|$)", "", path): value for path, value in document.fields().items()}
            return {re.sub(r"/\d+(?=/|$)", "", path): value for path, value in found.items()}
        case TextDocument():
            return dict(document.keys)


def _voevent_names(document: VOEvent) -> Iterator[tuple[str, str]]:
    params = {f"{p.group}/{p.name}" if p.group else p.name for p in document.params}
    groups = {p.group for p in document.params if p.group}
    for key, value in document.fields().items():
        path = _SERIAL.sub("", key)
        if not path.startswith("What/"):
            yield path.removeprefix("WhereWhen/ObsDataLocation/"), value
            continue
        path = path.removeprefix("What/")
        owner, mark, about = path.replace("@", "/@").rpartition("/")
        inner = "/".join(path.split("/")[-2:])
        if path in params:
            yield path, value
        elif inner in params:
            yield inner, value
        elif mark and owner.rpartition("/")[2] in groups:
            yield f"Group{'' if about.startswith('@') else '/'}{about}", value
        elif mark and ({owner, "/".join(owner.split("/")[-2:])} & params):
            yield f"Param{'' if about.startswith('@') else '/'}{about}", value
        else:
            yield path, value


def plain(name: str) -> str:
    """A name with attributes written as children, as they come from JSON: one name for both forms."""
    return name.replace("@", "/").lstrip("/")


def is_used(name: str, used: set[str]) -> bool:
    """Whether a field was looked at: by its name, or by one of the VOEvent's own values."""
    path = plain(name)
    return name in used or any(path == part or ("/" in part and path.endswith(f"/{part}")) for part in used)
