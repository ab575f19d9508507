"""What was observed: the data, the time, where the instruments looked, and how well they see there."""

from __future__ import annotations

from collections.abc import Sequence

from schemas import Assessment, CircularLink, Event
from transients.sky import LEAST_HIDDEN

from ..facts import (
    ALL_HIDDEN,
    allowed_sun_angles_deg,
    event_name,
    has_position,
    hidden_by_earth,
    joined,
    searched,
    style_of,
    sun_rule,
    tier_of,
    utc_text,
)
from ..numbers import offset, percent
from ..text import wrap

_ATTITUDE = {
    "historic": "historic attitude file",
    "snapshot": "attitude snapshot file",
    "service": "attitude service",
    "predicted": "predicted attitude",
    "notice": "pointing notice, roll from the Sun",
    "axes": "axes as given",
    "constant": "attitude taken as constant",
    "simulated": "simulated attitude",
}


def data_used(event: Event, assessment: Assessment, circulars: Sequence[CircularLink]) -> str | None:
    """Which data and instruments, which event, which circulars."""
    names = searched(assessment)
    if not names:
        return None
    said = [f"{name} ({tier} data)" if (tier := tier_of(assessment, name)) else name for name in names]
    numbers = joined(f"{'GCN ' * (i == 0)}{c.circular_id}" for i, c in enumerate(circulars))
    about = f" ({numbers})" if circulars else ""
    reference = style_of(assessment).search_reference
    following = f", following {reference}," if reference else ""
    return wrap(
        f"We searched {assessment.mission} {joined(said)}{following} for a prompt counterpart of {event_name(event)}{about}."
    )


def operations(assessment: Assessment) -> str | None:
    """T0, whether data were expected there, and how much there is."""
    geometry = assessment.geometry
    if geometry is None:
        return None
    parts = [f"The event time T0 is {utc_text(geometry.t0)}."]
    expected = geometry.expectation
    if expected is not None:
        state = "scientific data were" if expected.status == "ONLINE" else "no scientific data were"
        turn = "" if geometry.revolution is None else f"revolution {geometry.revolution}; "
        parts.append(f"At T0 {state} expected from {geometry.mission} ({turn}{expected.source}).")
    for search in assessment.searches:
        start, stop = search.window_s
        gap = search.gap_at_t0_s
        hole = "" if gap is None else f"; none from {offset(gap[0], 1)} s to {offset(gap[1], 1)} s, about T0 itself"
        parts.append(
            f"{search.instrument} data are in hand from {offset(start, 1)} s to {offset(stop, 1)} s "
            f"({percent(search.completeness)} complete{hole})."
        )
    return wrap(" ".join(parts))


def orientation(assessment: Assessment) -> str | None:
    """Angle of the localisation's peak to the pointing axis, and the time frame."""
    geometry = assessment.geometry
    if geometry is None:
        return None
    if not has_position(geometry):
        return wrap("The alert gives no position; what follows is for the whole sky.")
    if geometry.orientation is None:
        return None
    o, origin = geometry.orientation, style_of(assessment).azimuth_origin
    how = _ATTITUDE.get(o.attitude_source, o.attitude_source)
    error = "" if o.attitude_error_deg is None or o.attitude_error_deg < 0.05 else f", +/- {o.attitude_error_deg:.1f} deg"
    text = (
        f"The peak of the localisation (RA = {o.ra_deg:.2f} deg, Dec = {o.dec_deg:.2f} deg) was {o.theta_deg:.0f} deg from the "
        f'pointing axis (azimuth {o.phi_deg:.0f} deg from {origin}; "{o.word}"; {how}{error}).'
    )
    seen = geometry.visibility
    if seen is not None and seen.fov_fraction is not None:
        text += f" The imager's field of view held {percent(seen.fov_fraction)} of the localisation probability."
    return wrap(text)


def occultation(assessment: Assessment) -> str | None:
    """How much of the localisation the Earth hid, and what follows; None where it is too little to matter."""
    hidden = hidden_by_earth(assessment)
    if hidden < LEAST_HIDDEN:
        return None
    text = f"For the spacecraft {percent(hidden)} of the localisation probability was behind the Earth at T0"
    if hidden >= ALL_HIDDEN:
        return wrap(f"{text}: an event there could not be seen, and what was found or not found says nothing of it.")
    return wrap(f"{text}; what follows holds for the rest.")


def region(assessment: Assessment) -> str | None:
    """Size of the localisation, and how much of it could be pointed at and was in view."""
    geometry = assessment.geometry
    place = None if geometry is None else geometry.localisation
    seen = None if geometry is None else geometry.visibility
    if place is None or seen is None:
        return None
    parts = [
        f"The localisation covers {place.area50_deg2:.3g} deg2 (50%) and {place.area90_deg2:.3g} deg2 (90%).",
        f"At T0 {percent(seen.visible_fraction)} of its probability was where the Sun constraint "
        f"({sun_rule(allowed_sun_angles_deg(seen), '90 +- {:g} deg', '{:g} to {:g} deg')}) allows pointing.",
    ]
    if seen.fov_fraction is not None:
        parts.append(f"{percent(seen.fov_fraction)} of it was in the field of view.")
    return wrap(" ".join(parts))


def response(assessment: Assessment) -> str | None:
    """Response words with percent per instrument."""
    words = {} if assessment.limits is None else assessment.limits.response
    placeless = assessment.geometry is not None and not has_position(assessment.geometry)
    if not words or placeless:
        return None
    said = [f"{w.word} for {name} ({percent(w.percent_of_best / 100)} of the best)" for name, w in words.items()]
    return wrap(f"The response in that direction is {joined(said)}.")
