"""Light curves put together: pieces of time one after another, or modules of a detector added up."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from schemas import LightCurve, sha256_hex
from schemas.errors import NoData, RefusedInput

from .clock import seconds_between


def _content(parts: Sequence[LightCurve]) -> str:
    return parts[0].info.content_id if len(parts) == 1 else sha256_hex("".join(p.info.content_id for p in parts).encode())


def join(parts: Sequence[LightCurve], remarks: Sequence[str] = ()) -> LightCurve:
    """Pieces in time order as one light curve, on the first one's reference. Raises RefusedInput when they overlap."""
    ordered = sorted(parts, key=lambda part: part.info.reference)
    first = ordered[0].info
    offsets = [seconds_between(part.info.reference, first.reference) for part in ordered]
    start = np.concatenate([part.start_s + offset for part, offset in zip(ordered, offsets, strict=True)])
    width = np.concatenate([part.width_s for part in ordered])
    if (np.diff(start) < 0.9 * width[:-1]).any():
        raise RefusedInput("the pieces overlap", where=first.source)
    info = msgspec.structs.replace(
        first,
        content_id=_content(ordered),
        simulated=any(part.info.simulated for part in ordered),
        remarks=(*(remark for part in ordered for remark in part.info.remarks), *remarks),
    )
    counts = np.concatenate([part.counts for part in ordered])
    return LightCurve(start_s=start, width_s=width, counts=counts, info=info)


def add_modules(parts: Sequence[LightCurve], instrument: str) -> LightCurve:
    """The sum of a detector's modules: bins that any module misses are left out.

    Raises
    ------
    NoData
        No bin is common to all.
    """
    first = parts[0].info
    tick = first.bin_s / 1000.0
    keys = []
    for part in parts:
        offset = seconds_between(part.info.reference, first.reference)
        keys.append(np.round((part.start_s + offset) / tick).astype(np.int64))
    common = keys[0]
    for key in keys[1:]:
        common = np.intersect1d(common, key, assume_unique=True)
    if len(common) == 0:
        raise NoData(f"no bin is common to the {len(parts)} modules", where=first.source)
    counts = np.zeros(len(common))
    for part, key in zip(parts, keys, strict=True):
        counts += part.counts[np.searchsorted(key, common)]
    at = np.searchsorted(keys[0], common)
    lost = len(keys[0]) - len(common)
    remarks = [*first.remarks, f"sum of {len(parts)} modules"] + ([f"{lost} bins that a module misses left out"] if lost else [])
    info = msgspec.structs.replace(
        first,
        instrument=instrument,
        content_id=_content(parts),
        simulated=any(part.info.simulated for part in parts),
        remarks=tuple(remarks),
    )
    return LightCurve(start_s=parts[0].start_s[at].copy(), width_s=parts[0].width_s[at].copy(), counts=counts, info=info)
