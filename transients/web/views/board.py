"""A row of the event table: the predecessor's columns, one row per event."""

from __future__ import annotations

from schemas import Assessment, Event, Instant, Record, sha256_hex

from .verdict import Verdict, verdict

TITLES = (
    "Event",
    "Origin",
    "Role",
    "UTC",
    "Sky Location",
    "Orientation (θ, φ)",
    "FoV exposure",
    "ScW",
    "Data",
    "Visibility",
    "Planning urgency",
    "Raw notice",
)


class BoardRow(Record, frozen=True, kw_only=True):
    """Texts in the order of `titles`, and what colours the row."""

    event_key: str
    #: Identity of the row in the page, the same from one look to the next.
    anchor: str
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    t0: Instant | None
    role: str
    verdict: Verdict
    simulated: bool
    retracted: bool
    #: Content id and kind of the newest notice.
    raw: tuple[str, str] | None

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """Title and text of each column."""
        return tuple(zip(self.titles, self.texts, strict=True))


def board_row(event: Event, assessment: Assessment | None) -> BoardRow:
    """Sum up an event and its newest assessment."""
    newest = event.history[-1] if event.history else None
    return BoardRow(
        event_key=event.event_key,
        anchor=f"event-{sha256_hex(event.event_key.encode())[:16]}",
        titles=TITLES,
        texts=_texts(event, assessment),
        t0=event.t0,
        role=event.role,
        verdict=verdict(event, assessment),
        simulated=assessment is not None and assessment.simulated,
        retracted=event.state == "retracted",
        raw=None if newest is None else (newest.content_id, newest.kind),
    )


def _texts(event: Event, assessment: Assessment | None) -> tuple[str, ...]:
    geometry = None if assessment is None else assessment.geometry
    place = None if geometry is None else geometry.localisation
    turned = None if geometry is None else geometry.orientation
    exposure = None if geometry is None else geometry.exposure
    seen = None if geometry is None else geometry.visibility
    urgency = None if geometry is None else geometry.urgency
    return (
        event.event_id,
        event.origin,
        event.role,
        "" if event.t0 is None else event.t0.iso,
        "" if place is None else f"{place.peak_ra_deg:.2f} {place.peak_dec_deg:+.2f}",
        "" if turned is None else f"{turned.word} ({turned.theta_deg:.1f}, {turned.phi_deg:.1f})",
        "" if exposure is None else f"{exposure.plain_ks:.1f} ks",
        "" if geometry is None else (geometry.scw_id or ""),
        "" if assessment is None else _tier(assessment),
        "" if seen is None else f"{100 * seen.visible_fraction:.1f} %",
        "" if urgency is None else urgency.grade,
        "",
    )


#: Best first: which data an event's results rest on.
_TIERS = {"cons": "CONS", "archive": "archive", "nrt": "NRT", "realtime": "real-time", "simulated": "simulated"}


def _tier(assessment: Assessment) -> str:
    """ "NRT (55.0 %)": the best tier that any instrument has, and how complete it is."""
    for tier, word in _TIERS.items():
        shares = [status.completeness for status in assessment.data if status.tier == tier]
        if shares:
            return f"{word} ({100 * max(shares):.1f} %)"
    return ""
