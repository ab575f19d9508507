"""Upper limits: by the published recipe in sentences, ours as a table."""

from __future__ import annotations

from schemas import Assessment, Event
from transients.sky import LEAST_HIDDEN

from ..facts import distance_mpc, hidden_by_earth, joined
from ..numbers import percent, scientific, seconds
from ..text import table, wrap

_LIMIT_ROWS = 12


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
    whole = "the sky" if place is not None and place.kind == "all-sky" else "the localisation"
    if hidden_by_earth(assessment) >= LEAST_HIDDEN:
        return f"the 50% region of what was in sight of {whole}"
    return "half of the sky" if whole == "the sky" else f"the 50% region of {whole}"


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
    covers = any(e.probability_covered is not None for e in entries[:_LIMIT_ROWS])
    note = "\n" + wrap("covers: part of the localisation where it holds in every direction") if covers else ""
    return wrap("Upper limits on the fluence, at the confidence stated:") + "\n" + table(head, rows) + more + note
