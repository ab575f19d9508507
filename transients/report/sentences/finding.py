"""What was looked for and found: the background, the methods, and the counterpart or that there is none."""

from __future__ import annotations

from schemas import Assessment, Event, Excess, SearchResult

from ..excesses import RESPONSE_SYSTEMATIC
from ..facts import (
    ALL_HIDDEN,
    ASSOCIATED,
    conversion,
    detecting,
    distance_mpc,
    hidden_by_earth,
    joined,
    noise_by_scale,
    searched,
    strongest,
    style_of,
)
from ..numbers import offset, probability, scientific, seconds, significance, with_errors
from ..text import wrap

#: Where the association search was published, for a mission whose references do not have it.
PAPER = "Savchenko et al. (2017, A&A 603, A46)"
#: erg of isotropic emission per erg/cm^2 at 1 Mpc: 4 pi (3.0857e24 cm)^2.
_CM2_PER_MPC2 = 1.19650e50

#: Detectors whose counts are as far from one burst as this by chance are said to disagree.
_DISAGREE = 0.01


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
    reference = style_of(assessment).search_reference or PAPER
    for search in assessment.searches:
        start, stop = search.window_s
        how = []
        if search.published is not None:
            how.append(f"the association search of {reference} on {search.published.scales} time scales")
        if search.allwindow is not None:
            sure = search.allwindow
            how.append(f"an all-window search over a background from sidebands (false-alarm rates: {sure.trials_from})")
        if how:
            said.append(f"{search.instrument} was searched from {offset(start, 1)} s to {offset(stop, 1)} s by {joined(how)}.")
        if search.published_refused is not None and style_of(assessment).search_reference:
            said.append(f"The search of {reference} was not made on {search.instrument}: {search.published_refused}.")
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
        return wrap(f"We find no significant {_sought(assessment)} in {joined(searched(assessment))}.")
    best = strongest(search)
    assert best is not None  # `detecting` gives only searches that have one
    method, excess = best
    hidden = hidden_by_earth(assessment) >= ALL_HIDDEN
    parts = [
        _detection(search, method, excess, " in time alone" if hidden else ""),
        _brightness(event, assessment, search, excess),
        _together(assessment, search, excess),
    ]
    if search.saturated:
        parts.append("The counters may have saturated: rates, counts and fluence are lower limits.")
    return wrap(" ".join(part for part in parts if part))


def _sought(assessment: Assessment) -> str:
    """A counterpart; only an excess where the Earth hid the event."""
    return "excess" if hidden_by_earth(assessment) >= ALL_HIDDEN else "counterpart"


def _detection(search: SearchResult, method: str, excess: Excess, how: str) -> str:
    chance = "" if excess.fap is None else f", false-alarm probability {probability(excess.fap)}"
    verdict = (
        f", {excess.classification} associated{f' {how}' if how else ''}"
        if excess.classification in ASSOCIATED
        else f": {excess.classification}"
    )
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


def _together(assessment: Assessment, search: SearchResult, excess: Excess) -> str | None:
    """What all detectors give for this burst; nothing where they were one, saturated, or looked at another time."""
    joint = assessment.joint
    if joint is None or len(joint.detectors) < 2 or not joint.fluences or search.saturated:
        return None
    stop_s, joint_stop_s = excess.t_start_s + excess.duration_s, joint.burst_start_s + joint.burst_duration_s
    if excess.t_start_s > joint_stop_s or stop_s < joint.burst_start_s:
        return None
    best = max(joint.fluences, key=lambda found: found.probability)
    errors = (best.statistical_erg_cm2, best.localisation_erg_cm2, best.systematic_erg_cm2)
    text = (
        f"From {joined(found.instrument for found in joint.detectors)} together it is "
        f"{with_errors(best.fluence_erg_cm2, *errors)} erg/cm^2 for the {best.spectrum} spectrum (statistical, localisation and "
        f"systematic error)."
    )
    if joint.p_value is not None:
        agree = "agree" if joint.p_value > _DISAGREE else "do not agree"
        text += f" Their counts {agree} with one burst (p = {probability(joint.p_value)})."
    return text
