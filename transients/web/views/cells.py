"""What stands behind a cell of the event table: how a number was made, or why there is none. Shown when a pointer rests on it."""

from __future__ import annotations

from schemas import Assessment, Event, Exposure, Geometry, Visibility
from transients.report.facts import allowed_sun_angles_deg

from ..wording import number, percent

_NOTHING_YET = "nothing is computed of this event yet"
#: Words of the caveats that tell why a column is empty.
_WHY = {
    "Sky Location": ("position", "region", "sky map", "localis"),
    "Orientation": ("attitude", "position"),
    "FoV exposure": ("list of pointings", "exposure"),
    "ScW": ("science window",),
    "Data": ("light curve", "data"),
    "Visibility": ("visib", "sky map"),
    "Planning urgency": ("urgency", "sky map"),
}


def cell_notes(event: Event, assessment: Assessment | None, texts: dict[str, str]) -> dict[str, str]:
    """By column, for those that have something to tell.

    Parameters
    ----------
    texts
        The cells: where one is empty the reason is told.
    """
    geometry = None if assessment is None else assessment.geometry
    notes = {} if assessment is None or geometry is None else _facts(assessment, geometry)
    notes |= {"Event": _names(event), "UTC": _time(event)}
    for column in _WHY:
        if not texts[column]:
            notes[column] = _why(column, event, assessment)
    return {column: note for column, note in notes.items() if note}


def _names(event: Event) -> str:
    notices = f"{len(event.history)} notice{'' if len(event.history) == 1 else 's'}"
    return f"{notices}; also known as {', '.join(event.aliases)}" if event.aliases else notices


def _time(event: Event) -> str:
    if event.t0 is None:
        return "the notices give no time"
    error = "" if event.t0_error_s is None else f" ± {number(event.t0_error_s, 2, 's')}"
    return f"{event.t0.iso}{error}"


def _facts(assessment: Assessment, geometry: Geometry) -> dict[str, str]:
    place, where = geometry.localisation, geometry.orientation
    seen, exposed, urgent = geometry.visibility, geometry.exposure, geometry.urgency
    return {
        "Sky Location": "" if place is None else f"peak of the region; 90% of it within {number(place.area90_deg2, 3, 'deg²')}",
        "Orientation": ""
        if where is None
        else f"(θ, φ) in deg; attitude: {where.attitude_source}{_within(where.attitude_error_deg)}",
        "FoV exposure": "" if exposed is None else _exposure(exposed),
        "ScW": "" if geometry.phase is None else f"revolution {geometry.revolution}, phase {geometry.phase:.3f}",
        "Data": "; ".join(
            f"{data.instrument}: {data.tier}, {percent(data.completeness)} of the window, from {data.source}"
            for data in assessment.data
        ),
        "Visibility": "" if seen is None else _visibility(seen),
        "Planning urgency": "" if urgent is None else "; ".join(f"{grade}: {reason}" for grade, reason in urgent.reasons),
    }


def _within(error_deg: float | None) -> str:
    return "" if error_deg is None else f" ± {number(error_deg, 2, 'deg')}"


def _exposure(exposed: Exposure) -> str:
    parts = [
        f"time within {exposed.fov_radius_deg:g} deg of the pointing axis, weighted by probability",
        f"{exposed.window_start.utc} to {exposed.window_stop.utc}, {exposed.pointings} pointings",
    ]
    if exposed.live_ks is not None:
        parts.append(f"live {exposed.live_ks:.1f} ks")
    if exposed.coding_weighted_ks is not None:
        parts.append(f"weighted by coding {exposed.coding_weighted_ks:.1f} ks")
    return "; ".join((*parts, f"from {exposed.source}"))


def _visibility(seen: Visibility) -> str:
    low, high = allowed_sun_angles_deg(seen)
    parts = [f"probability that may be pointed at, Sun {low:g} to {high:g} deg away"]
    named = (
        ("in the field of view", seen.fov_fraction),
        ("behind the Earth", seen.earth_fraction),
        ("behind the Moon", seen.moon_fraction),
    )
    parts += [f"{words} {percent(fraction)}" for words, fraction in named if fraction is not None]
    return "; ".join(parts)


def _why(column: str, event: Event, assessment: Assessment | None) -> str:
    """Why a cell is empty: what the caveats say of it."""
    if assessment is None:
        return _NOTHING_YET
    if column == "Planning urgency" and event.state == "retracted":
        return "nothing is planned for an event that was withdrawn"
    geometry = assessment.geometry
    caveats = (*(() if geometry is None else geometry.caveats), *assessment.caveats)
    told = [caveat for caveat in caveats if any(word in caveat.lower() for word in _WHY[column])]
    if told:
        return "; ".join(told)
    return "the geometry is not computed" if geometry is None else "not known, and the result does not say why"
