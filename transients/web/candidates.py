"""What blind search found: a page and a list for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from litestar import Router, get
from litestar.params import Parameter
from litestar.response import Template

from schemas import CandidateClass, Record
from transients.store import LIVE, CandidateQuery, KeptCandidate, WatchPosition

from .api import Limit, Offset
from .inject import TheClock, TheStore

PAGE_SIZE = 50
CLASSES: tuple[CandidateClass, ...] = ("burst", "slow", "faint", "spike")

Scan = Annotated[str | None, Parameter(max_length=64, description='Of one scan; "live": of the live search')]
Rate = Annotated[float | None, Parameter(ge=0, description="False-alarm rate of at most this, Hz")]


class CandidatesAnswer(Record, frozen=True, kw_only=True):
    """Candidates that match, how many do by class, and how far the live search has come."""

    items: tuple[KeptCandidate, ...]
    counts: dict[str, int]
    live: tuple[WatchPosition, ...] = ()


@get("/candidates", summary="What blind search found, newest first")
async def list_candidates(
    store: TheStore,
    scan: Scan = None,
    classification: CandidateClass | None = None,
    far_hz_at_most: Rate = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> CandidatesAnswer:
    """Candidates of scans of archives and of the live search that match every condition given."""
    query = CandidateQuery(
        scan_id=LIVE if scan == "live" else scan,
        classification=classification,
        far_hz_at_most=far_hz_at_most,
        limit=limit,
        offset=offset,
    )
    counts = await store.candidate_counts(query)
    return CandidatesAnswer(items=await store.candidates(query), counts=dict(counts), live=await store.watch_positions())


@get("/candidates", include_in_schema=False)
async def candidates_page(
    store: TheStore,
    clock: TheClock,
    classification: CandidateClass | None = None,
    page: Annotated[int, Parameter(ge=1, le=200_000)] = 1,
) -> Template:
    """Candidates of every search, newest first."""
    query = CandidateQuery(classification=classification, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE)
    found = await store.candidates(query)
    counts: Mapping[str, int] = await store.candidate_counts(CandidateQuery())
    context = {
        "candidates": found[:PAGE_SIZE],
        "total": sum(counts.values()),
        "counts": [(name, counts[name], _address(name, 1)) for name in CLASSES if name in counts],
        "classification": classification,
        "all": _address(None, 1),
        "newer": _address(classification, page - 1) if page > 1 else None,
        "older": _address(classification, page + 1) if len(found) > PAGE_SIZE else None,
        "live": await store.watch_positions(),
        "now": clock(),
    }
    return Template("candidates.html", context=context)


def _address(classification: str | None, page: int) -> str:
    query = {name: value for name, value in (("classification", classification), ("page", page)) if value not in (None, 1)}
    return f"/candidates?{urlencode(query)}" if query else "/candidates"


candidates_api = Router("/api/v1", route_handlers=[list_candidates], tags=["blind search"])
