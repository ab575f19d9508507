"""The other pages: one event, refused documents, and the bytes behind both."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import Parameter
from litestar.response import Redirect, Template

from schemas import Assessment, Circular, to_json
from schemas.errors import NotFound
from transients.report import check_circular
from transients.store import QuarantineQuery

from .api import Revision
from .curves import is_curve
from .foreign import file_response, raw_response
from .inject import TheClock, TheStore
from .keys import segment_to_key
from .views import (
    circular_address,
    event_facts,
    excess_rows,
    figures,
    history_lines,
    joint_card,
    limit_rows,
    planning,
    provenances,
    revision_lines,
    verdict,
)

REFUSED_PAGE_SIZE = 50
#: Made from the stored record where it is not among the files, so it is there for every revision.
ASSESSMENT_FILE = "assessment.json"


@get("/events/{key:str}", include_in_schema=False)
async def event_page(store: TheStore, clock: TheClock, key: str, revision: Revision = None) -> Template:
    """Everything about one event."""
    event = await store.event(segment_to_key(key))
    assessment = await store.assessment(event.event_key, revision)
    files = () if assessment is None else await store.artefacts(event.event_key, assessment.revision)
    revisions = await store.assessments(event.event_key)
    circular = await store.circular(event.event_key, None if assessment is None else assessment.revision)
    context: dict[str, Any] = {
        "event": event,
        "assessment": assessment,
        "verdict": verdict(event, assessment),
        "groups": event_facts(event, assessment),
        "planning": planning(event, assessment, clock()),
        "figures": figures(files, event, assessment),
        "curves": [f for f in files if is_curve(f.name)],
        "files": files,
        "limits": limit_rows(assessment.limits) if assessment is not None and assessment.limits is not None else (),
        "joint": joint_card(assessment.joint) if assessment is not None and assessment.joint is not None else None,
        "excesses": excess_rows(assessment) if assessment is not None else ((), 0),
        "circular": circular,
        "circular_problems": _problems(circular, assessment),
        "publications": await store.publications(event.event_key),
        "circulars": [(link, circular_address(link)) for link in await store.circulars_of(event.event_key)],
        "history": history_lines(event),
        "revisions": revision_lines(revisions),
        "newest": max((a.revision for a in revisions), default=None),
        "provenances": () if assessment is None else provenances(assessment),
        "caveats": _caveats(assessment),
        "now": clock(),
    }
    return Template("event.html", context=context)


def _problems(circular: Circular | None, assessment: Assessment | None) -> list[str]:
    """What is wrong with the draft written from the assessment."""
    return [] if circular is None or assessment is None else check_circular(circular, assessment.mission)


@get("/events/{key:str}/files/{name:str}", include_in_schema=False)
async def event_file(store: TheStore, key: str, name: str, revision: Revision = None) -> Response[bytes]:
    """A file of an assessment, the newest by default."""
    event_key, name = segment_to_key(key), segment_to_key(name)
    assessment = await store.assessment(event_key, revision)
    if assessment is None:
        raise NotFound("nothing is computed for this event yet")
    for artefact in await store.artefacts(event_key, assessment.revision):
        if artefact.name == name:
            body = await store.artefact(event_key, assessment.revision, name)
            return file_response(body, artefact.media_type, name)
    if name == ASSESSMENT_FILE:
        return file_response(to_json(assessment), "application/json", name)
    raise NotFound(f"revision {assessment.revision} has no file {name!r}")


@get("/raw/{content_id:str}", include_in_schema=False)
async def raw(store: TheStore, content_id: str) -> Response[bytes]:
    """The bytes of an alert as they came."""
    alert = await store.raw(content_id)
    return raw_response(alert.body, alert.content_id)


@get("/quarantine", include_in_schema=False)
async def quarantine(
    store: TheStore,
    clock: TheClock,
    reason: Annotated[str, Parameter(max_length=300)] = "",
    page: Annotated[int, Parameter(ge=1, le=200_000)] = 1,
) -> Template:
    """Documents that were not taken."""
    wanted = QuarantineQuery(reason=reason or None, limit=REFUSED_PAGE_SIZE + 1, offset=(page - 1) * REFUSED_PAGE_SIZE)
    found = await store.quarantine(wanted)
    counts = await store.quarantine_counts()
    context = {
        "refused": found[:REFUSED_PAGE_SIZE],
        "total": sum(counts.values()),
        "counts": [(name, number, _listing(name, 1)) for name, number in counts.items()],
        "reason": reason,
        "all": _listing("", 1),
        "newer": _listing(reason, page - 1) if page > 1 else None,
        "older": _listing(reason, page + 1) if len(found) > REFUSED_PAGE_SIZE else None,
        "now": clock(),
    }
    return Template("quarantine.html", context=context)


@get("/refused", include_in_schema=False)
async def refused() -> Redirect:
    """The former address of the quarantine."""
    return Redirect("/quarantine")


def _listing(reason: str, page: int) -> str:
    query = {name: value for name, value in (("reason", reason), ("page", page)) if value not in ("", 1)}
    return f"/quarantine?{urlencode(query)}" if query else "/quarantine"


def _caveats(assessment: Assessment | None) -> tuple[str, ...]:
    if assessment is None:
        return ()
    parts = [assessment.geometry, *assessment.searches, assessment.joint, assessment.limits]
    every = [*assessment.caveats, *(c for part in parts if part is not None for c in part.caveats)]
    every += () if assessment.geometry is None else assessment.geometry.planning_caveats
    return tuple(dict.fromkeys(every))
