"""A row of the event table: the predecessor's columns, one row per event."""

from __future__ import annotations

from schemas import Assessment, Event, Instant, Record, sha256_hex
from transients.report.table import COLUMNS, event_row

from .cells import cell_notes
from .verdict import Verdict, verdict


class BoardRow(Record, frozen=True, kw_only=True):
    """The texts of the columns in their order, and what colours the row."""

    event_key: str
    #: Identity of the row in the page, the same from one look to the next.
    anchor: str
    #: Title and text of each column, and what stands behind it.
    cells: tuple[tuple[str, str, str], ...]
    #: Notices of the event.
    notices: int
    t0: Instant | None
    role: str
    verdict: Verdict
    simulated: bool
    retracted: bool
    #: Content id and kind of the newest notice.
    raw: tuple[str, str] | None


def board_row(event: Event, assessment: Assessment | None) -> BoardRow:
    """Sum up an event and its newest assessment."""
    texts = event_row(event, assessment)
    notes = cell_notes(event, assessment, texts)
    newest = event.history[-1] if event.history else None
    return BoardRow(
        event_key=event.event_key,
        anchor=f"event-{sha256_hex(event.event_key.encode())[:16]}",
        cells=tuple((title, texts[title], notes.get(title, "")) for title in COLUMNS),
        notices=len(event.history),
        t0=event.t0,
        role=event.role,
        verdict=verdict(event, assessment),
        simulated=assessment is not None and assessment.simulated,
        retracted=event.state == "retracted",
        raw=None if newest is None else (newest.content_id, newest.kind),
    )
