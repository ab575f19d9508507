"""Documents into notices, against what only reads their syntax."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

from lxml import etree

import handlers
from schemas import Notice
from schemas.errors import TransientsError

from .curves import T0
from .documents import gwalert, voevent
from .lines import Line, line
from .maps import fine_map_file
from .sizes import Sizes
from .timing import seconds


def measure(sizes: Sizes) -> Iterator[Line]:
    """VOEvents against lxml and voeventparse; a gravitational-wave alert with its map against json."""
    yield from _voevents(sizes)
    yield from _gwalerts(sizes)


def _voevents(sizes: Sizes) -> Iterator[Line]:
    document, count = voevent(), sizes.documents
    _require_notice(document, "gcn.classic.voevent.FERMI_GBM_FLT_POS")
    loads = _voeventparse_loads()
    works = [lambda: _read(document), lambda: etree.fromstring(document)]
    if loads is not None:
        works.append(lambda: loads(document))
    ours, lxml, *others = seconds([_repeated(work, count) for work in works], sizes.turns)
    name, unit = f"parse: VOEvent of {len(document) / 1000:.0f} kB", "documents/s"
    yield line(name, count / ours, unit, "lxml.etree.fromstring alone (syntax, no meaning)", lxml / ours)
    if others:
        yield line(name, count / ours, unit, "voeventparse.loads (syntax and schema, no meaning)", others[0] / ours)
    else:
        reason = f"voeventparse is not installed (Python {sys.version_info.major}.{sys.version_info.minor}; it is for 3.11 only)"
        yield line(name, count / ours, unit, None, None, reason)


def _gwalerts(sizes: Sizes) -> Iterator[Line]:
    document, count = gwalert(fine_map_file(min(sizes.map_order, 7)), T0), max(1, sizes.documents // 10)
    _require_notice(document, "igwn.gwalert")
    works = [
        _repeated(lambda: handlers.parse(document, topic="igwn.gwalert"), count),
        _repeated(lambda: json.loads(document), count),
    ]
    ours, plain = seconds(works, sizes.turns)
    name = f"parse: igwn.gwalert with a map of {len(document) / 1e6:.2f} MB"
    yield line(name, count / ours, "documents/s", "json.loads alone (the map stays base64)", plain / ours)


def _read(document: bytes) -> object:
    return handlers.parse(document)


def _repeated(work: Callable[[], object], count: int) -> Callable[[], None]:
    def repeat() -> None:
        for _ in range(count):
            work()

    return repeat


def _require_notice(document: bytes, topic: str) -> None:
    """A refusal is quicker than a notice: it must not be measured as one."""
    found = handlers.parse(document, topic=topic)
    if not isinstance(found, Notice):
        raise TransientsError(f"the measurement's own document was not taken: {found}")


def _voeventparse_loads() -> Callable[[bytes], object] | None:
    try:
        import voeventparse
    except ImportError:
        return None
    loads: Callable[[bytes], object] = voeventparse.loads
    return loads
