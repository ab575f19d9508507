"""Nothing of a real notice is overlooked: each field is used by its handler, or named in `kept/`, and reachable either way.

`kept/<handler>.txt` names the fields that a handler's notices carry along without a field of their own, `kept/voevent.txt` and
`kept/json.txt` those of every document. One a line, "# why" beside or above; "Group/*" is a group whose flags mean one thing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from field_recorder import is_used, names_of, plain, recording
from lxml import etree

from handlers import Document, JsonDocument, Refused, VOEvent
from handlers.builtin import registry
from handlers.classic import classic_kind
from handlers.sniff import read_document
from schemas import Notice, Parsed, PointingUpdate

KEPT = Path(__file__).parent / "kept"
HANDLERS = tuple(handler.name for handler in registry)


@dataclass(frozen=True)
class Sample:
    """A real document that parses to a record: which handler took it, what it made of it, what it looked at."""

    path: Path
    document: Document
    handler: str
    kind: str
    parsed: Parsed
    used: frozenset[str]


def _sample(path: Path, document: Document) -> Sample:
    handler, kind = registry.find(document)
    twin, used = recording(document)
    if isinstance(twin, VOEvent):
        classic_kind(twin)
    handler.recognise(twin)
    parsed = handler.parse(twin, kind)
    return Sample(path, document, handler.name, kind, parsed, frozenset(used))


@pytest.fixture(scope="module")
def samples(shared_data: Path) -> list[Sample]:
    found: list[Sample] = []
    for path in sorted((shared_data / "notices").rglob("*")):
        if path.is_file():
            try:
                found.append(_sample(path, read_document(path.read_bytes())))
            except Refused:
                continue
    return found


def _listed(name: str) -> set[str]:
    path = KEPT / f"{name}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {entry for line in lines if (entry := line.partition(" #")[0].strip()) and not entry.startswith("#")}


def _kept(sample: Sample) -> set[str]:
    shared = "voevent" if isinstance(sample.document, VOEvent) else "json"
    return _listed(sample.handler) | _listed(shared)


def _is_kept(name: str, kept: set[str]) -> bool:
    return any(each in kept for each in (name, f"{name.rpartition('/')[0]}/*")) or plain(name) in map(plain, kept)


@pytest.mark.parametrize("handler", HANDLERS)
def test_every_field_is_used_or_kept(handler: str, samples: list[Sample]) -> None:
    missing: dict[str, set[str]] = defaultdict(set)
    examples: dict[str, str] = {}
    for sample in samples:
        if sample.handler != handler:
            continue
        kept = _kept(sample)
        for name, value in names_of(sample.document).items():
            if not is_used(name, set(sample.used)) and not _is_kept(name, kept):
                missing[name].add(sample.kind)
                examples.setdefault(name, value[:40])
    lines = [f"{name}  # {examples[name]!r} in {', '.join(sorted(kinds)[:4])}" for name, kinds in sorted(missing.items())]
    if lines:
        pytest.fail(f"{handler}: neither used nor in kept/{handler}.txt:\n" + "\n".join(lines), pytrace=False)


@pytest.mark.parametrize("name", sorted({"voevent", "json", *HANDLERS}))
def test_lists_name_only_what_real_notices_have(name: str, samples: list[Sample]) -> None:
    seen: set[str] = set()
    for sample in samples:
        if name in (sample.handler, "voevent" if isinstance(sample.document, VOEvent) else "json"):
            seen |= names_of(sample.document).keys()
    seen |= {f"{field.rpartition('/')[0]}/*" for field in seen if "/" in field}
    seen |= set(map(plain, seen))
    stale = {entry for entry in _listed(name) if entry not in seen and plain(entry) not in seen}
    if stale:
        pytest.fail(f"kept/{name}.txt names fields that no real notice has: {', '.join(sorted(stale))}", pytrace=False)


def test_every_value_is_reachable(samples: list[Sample]) -> None:
    lost: list[str] = []
    for sample in samples:
        if isinstance(sample.parsed, Notice | PointingUpdate):
            absent = _values(sample) - Counter((_label(key), value) for key, value in sample.parsed.fields.items())
            lost += [f"{sample.path.name}: {label}={value!r}" for label, value in absent]
    assert not lost, "\n".join(lost[:40])


def test_the_corpus_was_read(samples: list[Sample]) -> None:
    assert len(samples) > 600
    assert sum(isinstance(sample.document, JsonDocument) for sample in samples) > 15


def _label(key: str) -> str:
    """The last name of a path: of an attribute, a parameter, an element, a key; a list's items carry the list's name."""
    parts = key.rpartition("#")[0].split("/") if key.rpartition("#")[2].isdigit() and "#" in key else key.split("/")
    named = [part for part in parts if not part.isdigit()]
    return named[-1].rpartition("@")[2] if named else key


def _values(sample: Sample) -> Counter[tuple[str, str]]:
    """What the document holds, read again without our own reader."""
    if isinstance(sample.document, JsonDocument):
        return Counter(_json_values(sample.document.value, ""))
    data = sample.path.read_bytes()
    if not isinstance(sample.document, VOEvent) or not data.lstrip().startswith(b"<"):
        return Counter()
    return Counter(_xml_values(etree.fromstring(data.lstrip())))


def _xml_values(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter(etree.Element):
        tag = etree.QName(element).localname
        named = tag in ("Param", "Group") and element.get("name")
        label = element.get("name").strip() if named else tag
        for key, value in element.attrib.items():
            about = etree.QName(key).localname
            if value.strip() and about not in ("name", "schemaLocation"):
                yield (label if named and tag == "Param" and about == "value" else about), value.strip()
        if element.text and element.text.strip():
            yield label, element.text.strip()


def _json_values(value: Any, label: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _json_values(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _json_values(item, label)
    elif isinstance(value, str) and len(value) < 1000:
        yield label.rpartition("/")[2], value
