"""One line of the event table: what a person sees of an event at a glance."""

from __future__ import annotations

from schemas import Assessment, Event, Geometry

from .facts import has_position
from .numbers import percent

#: The columns of the dashboard, in their order.
COLUMNS = (
    "Event",
    "Origin",
    "Role",
    "UTC",
    "Sky Location",
    "Orientation",
    "FoV exposure",
    "ScW",
    "Data",
    "Visibility",
    "Planning urgency",
    "Raw notice",
)

#: Best tier first: a table cell has room for one.
_TIERS = (("cons", "CONS"), ("nrt", "NRT"), ("realtime", "realtime"), ("archive", "archive"), ("simulated", "SIMULATED"))


def event_row(event: Event, assessment: Assessment | None) -> dict[str, str]:
    """Text of each column of `COLUMNS`; an empty text where nothing is known (yet).

    "Raw notice" is the content id of the latest notice, for the page to link to.
    """
    geometry = None if assessment is None else assessment.geometry
    latest = event.history[-1] if event.history else None
    role = event.role if event.state == "active" else f"{event.role}, retracted"
    return {
        "Event": event.event_id,
        "Origin": event.origin,
        "Role": role,
        "UTC": "" if event.t0 is None else f"{event.t0.utc}.{event.t0.ns // 100_000_000}",
        **_sky(geometry),
        "Data": "" if assessment is None else _data(assessment),
        "Visibility": "" if geometry is None or geometry.visibility is None else percent(geometry.visibility.visible_fraction),
        "Planning urgency": _urgency(event, geometry),
        "Raw notice": "" if latest is None else latest.content_id,
    }


def _urgency(event: Event, geometry: Geometry | None) -> str:
    """Nothing is planned for an event that was retracted."""
    if event.state == "retracted" or geometry is None or geometry.urgency is None:
        return ""
    return geometry.urgency.grade


def _sky(geometry: Geometry | None) -> dict[str, str]:
    where = geometry.orientation if geometry is not None and has_position(geometry) else None
    exposure = None if geometry is None else geometry.exposure
    place = None if geometry is None else geometry.localisation
    location = ""
    if where is not None:
        location = f"{where.ra_deg:.2f} {where.dec_deg:.2f}"
    elif place is not None and not has_position(geometry):
        location = "all sky"
    elif place is not None:
        location = f"{place.peak_ra_deg:.2f} {place.peak_dec_deg:.2f}"
    return {
        "Sky Location": location,
        "Orientation": "" if where is None else f"{where.word} ({where.theta_deg:.1f}, {where.phi_deg:.1f})",
        "FoV exposure": "" if exposure is None else f"{exposure.plain_ks:.1f} ks",
        "ScW": "" if geometry is None or geometry.scw_id is None else geometry.scw_id,
    }


def _data(assessment: Assessment) -> str:
    if assessment.verdict == "inactive":
        return "inactive"
    tiers = {data.tier for data in assessment.data}
    best = next((word for tier, word in _TIERS if tier in tiers), "")
    simulated = assessment.simulated and best not in ("", "SIMULATED")
    return f"{best} (SIMULATED)" if simulated else best or ("none" if "none" in tiers else "")
