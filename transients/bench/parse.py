"""Documents into notices, against what only reads their syntax."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

import handlers
from schemas import Circle, Notice
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
    peer = _voeventparse()
    works = [lambda: _read(document), lambda: etree.fromstring(document)]
    if peer is not None:
        _require_same_facts(peer, document)
        works += [lambda: peer.loads(document), lambda: _facts(peer, document)]
    ours, lxml, *others = seconds([_repeated(work, count) for work in works], sizes.turns)
    name, unit = f"parse: VOEvent of {len(document) / 1000:.0f} kB", "documents/s"
    yield line(name, count / ours, unit, "lxml.etree.fromstring alone (syntax, no meaning)", lxml / ours)
    if others:
        loads, facts = others
        yield line(name, count / ours, unit, "voeventparse.loads alone (syntax and schema, no meaning)", loads / ours)
        same = "voeventparse.loads and its accessors: parameters, groups, time, position (some of the same facts)"
        yield line(name, count / ours, unit, same, facts / ours)
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


def _voeventparse() -> Any:
    try:
        import voeventparse
    except ImportError:
        return None
    return voeventparse


def _facts(peer: Any, document: bytes) -> tuple[Any, ...]:
    """What a user of voeventparse calls to learn what a notice says."""
    tree = peer.loads(document)
    return (
        peer.get_toplevel_params(tree), peer.get_grouped_params(tree), peer.get_event_time_as_utc(tree),
        peer.get_event_position(tree),
    )  # fmt: skip


def _require_same_facts(peer: Any, document: bytes) -> None:
    """What both read must be the same: a quick reader that reads something else is no reference."""
    params, _, time, position = _facts(peer, document)
    ours = handlers.parse(document)
    assert isinstance(ours, Notice)
    assert isinstance(ours.region, Circle)
    assert ours.time is not None
    same = (
        (position.ra, position.dec, position.err) == (ours.region.ra_deg, ours.region.dec_deg, ours.region.radius_deg)
        and time.replace(tzinfo=None) == ours.time.to_datetime().replace(tzinfo=None)
        and all(ours.fields[f"What/{name}"] == values["value"] for name, values in params.items())
    )
    if not same:
        raise TransientsError("voeventparse and the handlers read the measurement's own document differently")
