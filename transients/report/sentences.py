"""The sentences of an observation circular. Each is made from stored facts, and is None where the fact is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemas import Assessment, CircularLink, Event, Excess, SearchResult

from .excesses import RESPONSE_SYSTEMATIC
from .facts import (
    ASSOCIATED,
    conversion,
    detecting,
    distance_mpc,
    event_name,
    has_position,
    joined,
    noise_by_scale,
    searched,
    strongest,
    tier_of,
    utc_text,
)
from .numbers import offset, percent, probability, scientific, seconds, significance
from .text import table, wrap

#: erg of isotropic emission per erg/cm^2 at 1 Mpc: 4 pi (3.0857e24 cm)^2.
_CM2_PER_MPC2 = 1.19650e50

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
_TRIGGER_ROWS = 6
_LIMIT_ROWS = 12


def data_used(event: Event, assessment: Assessment, circulars: Sequence[CircularLink]) -> str | None:
    """Which data and instruments, which event, which circulars."""
    names = searched(assessment)
    if not names:
        return None
    said = [f"{name} ({tier} data)" if (tier := tier_of(assessment, name)) else name for name in names]
    numbers = joined(f"{'GCN ' * (i == 0)}{c.circular_id}" for i, c in enumerate(circulars))
    about = f" ({numbers})" if circulars else ""
    return wrap(
        f"We searched {assessment.mission} {joined(said)}, following [1], for a prompt counterpart of {event_name(event)}{about}."
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
        parts.append(f"At T0 {state} expected from {geometry.mission} (revolution {geometry.revolution}; {expected.source}).")
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
    o = geometry.orientation
    how = _ATTITUDE.get(o.attitude_source, o.attitude_source)
    error = "" if o.attitude_error_deg is None or o.attitude_error_deg < 0.05 else f", +/- {o.attitude_error_deg:.1f} deg"
    text = (
        f"The peak of the localisation (RA = {o.ra_deg:.2f} deg, Dec = {o.dec_deg:.2f} deg) was {o.theta_deg:.0f} deg from the "
        f'pointing axis (azimuth {o.phi_deg:.0f} deg from the Sun side; "{o.word}"; {how}{error}).'
    )
    seen = geometry.visibility
    if seen is not None and seen.fov_fraction is not None:
        text += f" The imager's field of view held {percent(seen.fov_fraction)} of the localisation probability."
    return wrap(text)


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
        f"(90 +- {seen.sun_half_width_deg:g} deg) allows pointing.",
    ]
    if seen.fov_fraction is not None:
        parts.append(f"{percent(seen.fov_fraction)} of it was in the field of view.")
    return wrap(" ".join(parts))


def response(assessment: Assessment) -> str | None:
    """Response words with percent per instrument."""
    words = {} if assessment.limits is None else assessment.limits.response
    if not words or (assessment.geometry is not None and not has_position(assessment.geometry)):
        return None
    said = [f"{w.word} for {name} ({percent(w.percent_of_best / 100)} of the best)" for name, w in words.items()]
    return wrap(f"The response in that direction is {joined(said)}.")


def background(assessment: Assessment) -> str | None:
    """Stability of the background with the ratios of sigmas."""
    said = []
    for search in assessment.searches:
        start, stop = search.window_s
        ratios = joined(f"{ratio:.2f} at {seconds(scale)} s" for scale, ratio in noise_by_scale(search))
        measured = f" (observed over Poisson noise: {ratios})" if ratios else ""
        said.append(
            f"From {offset(start, 1)} s to {offset(stop, 1)} s the {search.instrument} background was "
            f"{search.background_word}{measured}."
        )
    return wrap(" ".join(said)) if said else None


def methods(assessment: Assessment) -> str | None:
    """What was searched and how, and in which time frame."""
    said = []
    for search in assessment.searches:
        start, stop = search.window_s
        how = []
        if search.published is not None:
            how.append(f"the association search of [1] on {search.published.scales} time scales")
        if search.allwindow is not None:
            sure = search.allwindow
            how.append(f"an all-window search over a background from sidebands (false-alarm rates: {sure.trials_from})")
        if how:
            said.append(f"{search.instrument} was searched from {offset(start, 1)} s to {offset(stop, 1)} s by {joined(how)}.")
        if search.published_refused is not None:
            said.append(f"The search of [1] was not made on {search.instrument}: {search.published_refused}.")
    if assessment.searches:
        said.append(_frame(assessment))
    return wrap(" ".join(said)) if said else None


def _frame(assessment: Assessment) -> str:
    frame = assessment.searches[0].time_frame
    text = "Times are those at the spacecraft" if frame == "spacecraft" else "Times are those at the centre of the Earth"
    travel = None if assessment.geometry is None else assessment.geometry.light_travel_s
    if travel is None:
        return f"{text}."
    return f"{text}; a signal at the centre of the Earth at T0 reaches the spacecraft at {offset(-travel, 3)} s."


def finding(event: Event, assessment: Assessment) -> str:
    """The detection paragraph, or that there is none."""
    search = detecting(assessment)
    if search is None:
        return wrap(f"We find no significant counterpart in {joined(searched(assessment))}.")
    best = strongest(search)
    assert best is not None  # `detecting` gives only searches that have one
    method, excess = best
    parts = [_detection(search, method, excess), _brightness(event, assessment, search, excess)]
    if search.saturated:
        parts.append("The counters may have saturated: rates, counts and fluence are lower limits.")
    return wrap(" ".join(part for part in parts if part))


def _detection(search: SearchResult, method: str, excess: Excess) -> str:
    chance = "" if excess.fap is None else f", false-alarm probability {probability(excess.fap)}"
    verdict = f", {excess.classification} associated" if excess.classification in ASSOCIATED else f": {excess.classification}"
    text = (
        f"We find an excess in {search.instrument} ({method} search) starting at {offset(excess.t_start_s)} s, "
        f"{seconds(excess.duration_s)} s long, with S/N {significance(excess.snr)}{chance}{verdict}."
    )
    if search.onset_s is not None:
        text += f" Its onset is at {offset(search.onset_s)} s."
    if search.peak_rate_cts_s is not None:
        when = "" if search.peak_time_s is None else f" at {offset(search.peak_time_s)} s"
        base = search.background_rate_cts_s
        text += f" The peak rate is {search.peak_rate_cts_s:.0f} cts/s{when}, over a background of {base:.0f} cts/s."
    if search.net_counts is not None:
        text += f" The net counts are {scientific(search.net_counts, 3)}."
    if search.t90_s is not None:
        text += f" T90 is {seconds(search.t90_s, 1)} s."
    if excess.spike is not None and excess.spike.likely:
        text += " Its shape is that of a charged-particle hit."
    return text


def _brightness(event: Event, assessment: Assessment, search: SearchResult, excess: Excess) -> str | None:
    factor = conversion(assessment, search.instrument)
    if factor is None:
        return None
    counts = excess.counts if search.net_counts is None else search.net_counts
    low, high = counts * factor.low_erg_cm2 * (1 - RESPONSE_SYSTEMATIC), counts * factor.high_erg_cm2 * (1 + RESPONSE_SYSTEMATIC)
    text = (
        f"For a {factor.spectrum} spectrum its fluence (75-2000 keV) is {scientific(low)} to {scientific(high)} erg/cm^2 over "
        f"the 50% region, {100 * RESPONSE_SYSTEMATIC:.0f}% systematic uncertainty included."
    )
    distance = distance_mpc(event, assessment)
    if distance is not None:
        energy = counts * factor.median_erg_cm2 * _CM2_PER_MPC2 * distance**2
        text += f" At {distance:.0f} Mpc the isotropic energy would be {scientific(energy)} erg."
    return text


def published_limits(event: Event, assessment: Assessment) -> str | None:
    """Limits by the published recipe: hard fluence, soft fluxes, energy and luminosity at the mean distance."""
    if assessment.limits is None:
        return None
    p = assessment.limits.published
    names = joined(p.instruments)
    detected = assessment.verdict == "detection"
    parts = []
    if p.hard_1s_erg_cm2 is not None:
        who = f"From {names} we" if names else "We"
        what = "a further burst" if detected else "a burst"
        parts.append(
            f"{who} set a 3-sigma upper limit on the 75-2000 keV fluence of {what} shorter than 1 s with a hard spectrum "
            f"(cut-off power law, alpha -0.5, E_peak 600 keV) of {scientific(p.hard_1s_erg_cm2)} erg/cm^2, the median "
            f"over {_half_region(assessment)}."
        )
    if p.soft_1s_erg_cm2_s is not None:
        longer = "" if p.soft_8s_erg_cm2_s is None else f" ({scientific(p.soft_8s_erg_cm2_s)} erg/cm^2/s)"
        scale = "1 s" if not longer else "1 s (8 s)"
        parts.append(
            f"For a typical long-burst spectrum (Band, alpha -1, beta -2.5, E_peak 300 keV) the peak flux on {scale} is below "
            f"{scientific(p.soft_1s_erg_cm2_s)} erg/cm^2/s{longer}."
        )
    if parts and detected:
        parts.append("These limits rest on the noise of the whole window, the excess included.")
    return wrap(" ".join([*parts, *_energies(event, assessment)])) if parts else None


def _energies(event: Event, assessment: Assessment) -> list[str]:
    distance = distance_mpc(event, assessment)
    if distance is None or assessment.limits is None:
        return []
    p = assessment.limits.published
    said = []
    if p.eiso_hard_1s_erg is not None:
        said.append(f"an isotropic energy below {scientific(p.eiso_hard_1s_erg)} erg (hard, 1 s)")
    if p.liso_soft_1s_erg_s is not None:
        said.append(f"an isotropic luminosity below {scientific(p.liso_soft_1s_erg_s)} erg/s (soft, 1 s)")
    return [f"At the mean distance of {distance:.0f} Mpc this is {joined(said)}."] if said else []


def _half_region(assessment: Assessment) -> str:
    place = None if assessment.geometry is None else assessment.geometry.localisation
    return "half of the sky" if place is not None and place.kind == "all-sky" else "the 50% region of the localisation"


def own_limits(assessment: Assessment) -> str | None:
    """Our limits at stated confidence, as a table."""
    entries = () if assessment.limits is None else assessment.limits.limits
    if not entries:
        return None
    rows = [
        (
            percent(e.confidence),
            seconds(e.duration_s),
            e.spectrum,
            e.instrument,
            scientific(e.fluence_erg_cm2),
            "-" if e.probability_covered is None else percent(e.probability_covered),
        )
        for e in entries[:_LIMIT_ROWS]
    ]
    more = f"\nand {len(entries) - _LIMIT_ROWS} more in assessment.json" if len(entries) > _LIMIT_ROWS else ""
    head = ("conf.", "s", "spectrum", "instrument", "erg/cm^2", "covers")
    return wrap("Upper limits on the fluence, at the confidence stated:") + "\n" + table(head, rows) + more


def own_triggers(event: Event, assessment: Assessment) -> str:
    """Whether the mission's own triggers were received: from the notices, never from habit."""
    mission = assessment.mission
    itself = event.origin.partition(" ")[0] == mission
    own = [f"{event_name(event)} is itself a trigger of {mission}."] if itself else []
    if not assessment.own_triggers:
        own.append(
            f"Among the alerts this service received there is no {'other ' if itself else ''}{mission} trigger associated with T0."
        )
        return wrap(" ".join(own))
    shown = assessment.own_triggers[:_TRIGGER_ROWS]
    said = joined(f"{kind} {number} at {offset(shift, 1)} s" for kind, number, shift in shown)
    more = len(assessment.own_triggers) - len(shown)
    rest = f" and {more} more" if more else ""
    own.append(f"{mission} sent {'further' if itself else 'its own'} alerts near T0: {said}{rest}.")
    return wrap(" ".join(own))


def caveats(assessment: Assessment) -> str | None:
    """What the parts of the assessment warn of, each once, in words for the public.

    Addresses of services and names of folders stay in the assessment: a circular says what is missing, not where it was looked for.
    Where no data was at hand, nothing is said of limits that were not set.
    """
    lines = [*assessment.caveats]
    parts = (assessment.geometry, *assessment.searches, assessment.limits)
    for part in parts:
        if part is not None:
            lines += part.caveats
    if assessment.verdict in ("inactive", "no-data"):
        lines = [line for line in lines if not line.startswith("No limit")]
    said = [wrap(f"- {_public(line)}", indent="  ") for line in lines]
    return "\n".join(["Notes:", *dict.fromkeys(said)]) if said else None


def _public(line: str) -> str:
    """A caveat without the place that it may name: of "No X data: PLACE: reason" the head is left."""
    head, colon, rest = line.partition(": ")
    return head if colon and ("/" in rest or "\\" in rest) else line


def listing(links: Mapping[str, str]) -> str | None:
    """Addresses, one to a line pair, never cut."""
    return "\n".join(wrap(f"{name}: {address}") for name, address in links.items()) or None
