"""A stored light curve as the event page draws it: seconds from T0, rates, gaps kept."""

from __future__ import annotations

import asyncio

import numpy as np
from litestar import get

from schemas import Assessment, Instant, LightCurve, Record
from schemas.errors import NotFound
from transients.missions.times import seconds_between
from transients.sources.formats import read_lightcurve

from .api import Revision
from .inject import TheStore
from .keys import segment_to_key

#: Points a page draws without delay; a longer curve is summed into bins of whole native bins.
MOST_POINTS = 6000


class Curve(Record, frozen=True, kw_only=True):
    """Rates against time; None where a gap lies between two bins.

    `t_s` are the starts of the bins, seconds from T0 by the clock named in `time_frame`.
    """

    title: str
    time_frame: str
    bin_s: float
    t_s: tuple[float, ...]
    rate_cts_s: tuple[float | None, ...]
    background_cts_s: float | None = None
    simulated: bool = False


def is_curve(name: str) -> bool:
    """Whether a file of an assessment is a light curve, by its name."""
    return name.startswith("lightcurve") and name.endswith((".fits", ".fits.gz"))


@get("/events/{key:str}/curves/{name:str}", summary="A light curve of an assessment", tags=["events"])
async def event_curve(store: TheStore, key: str, name: str, revision: Revision = None) -> Curve:
    """A stored light curve as numbers, for plotting."""
    event_key, name = segment_to_key(key), segment_to_key(name)
    assessment = await store.assessment(event_key, revision)
    event = await store.event(event_key)
    if assessment is None or event.t0 is None or not is_curve(name):
        raise NotFound(f"no light curve {name!r}")
    data = await store.artefact(event_key, assessment.revision, name)
    return await asyncio.to_thread(_read, data, name, event.t0, assessment)


def _read(data: bytes, name: str, t0: Instant, assessment: Assessment) -> Curve:
    return curve(read_lightcurve(data, name), t0, assessment)


def curve(lc: LightCurve, t0: Instant, assessment: Assessment, most: int = MOST_POINTS) -> Curve:
    """Bring a light curve to at most about `most` points; the search of its instrument gives the background."""
    shift_s = seconds_between(lc.info.reference, t0)
    start_s, width_s, counts = lc.start_s + shift_s, lc.width_s, lc.counts
    group = max(1, -(-len(lc) // most))
    t_s: list[float] = []
    rates: list[float | None] = []
    breaks = np.flatnonzero(start_s[1:] - (start_s + width_s)[:-1] > 0.5 * lc.info.bin_s) + 1
    for piece in np.split(np.arange(len(lc)), breaks):
        if t_s and len(piece):
            end_s = float(start_s[piece[0] - 1] + width_s[piece[0] - 1])
            t_s.append(end_s)
            rates.append(None)
        for i in range(0, len(piece), group):
            part = piece[i : i + group]
            t_s.append(float(start_s[part[0]]))
            rates.append(float(counts[part].sum() / width_s[part].sum()))
    search = next((s for s in assessment.searches if s.instrument == lc.info.instrument), None)
    return Curve(
        title=f"{lc.info.instrument}, {lc.info.tier}{' (SIMULATED)' if lc.info.simulated else ''}",
        time_frame=lc.info.time_frame,
        bin_s=lc.info.bin_s * group,
        t_s=tuple(t_s),
        rate_cts_s=tuple(rates),
        background_cts_s=None if search is None else search.background_rate_cts_s,
        simulated=lc.info.simulated,
    )
