"""The first thing a person on shift reads."""

from __future__ import annotations

from typing import Literal

from schemas import Assessment, Event, Record
from transients.report.facts import ASSOCIATED, detecting, strongest

from ..wording import number, percent

Tone = Literal["alarm", "calm", "muted", "waiting", "warning"]


class Verdict(Record, frozen=True, kw_only=True):
    """A word, how it is coloured, and a sentence of reasons."""

    word: str
    tone: Tone
    sentence: str


def verdict(event: Event, assessment: Assessment | None) -> Verdict:
    """Sum up an event: RETRACTED, DETECTION, NO COUNTERPART, INACTIVE, NO DATA or PENDING."""
    if event.state == "retracted" or (assessment is not None and assessment.verdict == "retracted"):
        return Verdict(word="RETRACTED", tone="muted", sentence="The source withdrew this event.")
    if assessment is None or assessment.verdict == "pending":
        return Verdict(word="PENDING", tone="waiting", sentence=_waiting(assessment))
    match assessment.verdict:
        case "detection":
            return Verdict(word="DETECTION", tone="alarm", sentence=_detection(assessment))
        case "non-detection":
            return Verdict(word="NO COUNTERPART", tone="calm", sentence=_limit(assessment))
        case "inactive":
            return Verdict(word="INACTIVE", tone="muted", sentence=_inactive(assessment))
        case _:
            return Verdict(word="NO DATA", tone="warning", sentence=_no_data(assessment))


def _waiting(assessment: Assessment | None) -> str:
    if assessment is None:
        return "Received; nothing is computed yet."
    return "The geometry is known; the search waits for data." if assessment.geometry is not None else "Being computed."


def _detection(assessment: Assessment) -> str:
    search = detecting(assessment)
    best = None if search is None else strongest(search)
    if search is None or best is None:
        return "A counterpart candidate was found; see the tables below."
    method, excess = best
    chance = "not known" if excess.fap is None else _chance(excess.fap)
    associated = " associated" if excess.classification in ASSOCIATED else ""
    when = f"{number(excess.duration_s, 2, 's')} at T0{excess.t_start_s:+.2f} s"
    parts = [
        f"{search.instrument}: S/N {number(excess.snr, 3)} in {when},",
        f"false-alarm probability {chance}, {excess.classification}{associated} ({method} search).",
    ]
    if search.saturated:
        parts.append("Counters may have saturated: rates are lower limits.")
    return " ".join(parts)


def _chance(fap: float) -> str:
    # A rate times a window is not capped: more than one is no probability, and is said so.
    return "above 1" if fap > 1 else number(fap, 2)


def _limit(assessment: Assessment) -> str:
    limits = assessment.limits
    if limits is None:
        return "Nothing was found; limits are not computed yet."
    if limits.published.hard_1s_erg_cm2 is not None:
        text = f"3σ fluence limit {number(limits.published.hard_1s_erg_cm2, 2)} erg cm⁻² (75–2000 keV, 1 s, hard spectrum)."
    elif limits.limits:
        entry = min(limits.limits, key=lambda e: e.fluence_erg_cm2)
        text = (
            f"{percent(entry.confidence)} fluence limit {number(entry.fluence_erg_cm2, 2)} erg cm⁻² "
            f"(75–2000 keV, {number(entry.duration_s, 2)} s, {entry.spectrum} spectrum, {entry.instrument})."
        )
    else:
        return "Nothing was found; no limit could be given."
    return f"Nothing was found. {text}"


def _inactive(assessment: Assessment) -> str:
    expectation = assessment.geometry.expectation if assessment.geometry is not None else None
    return (
        "The spacecraft gave no data at T0."
        if expectation is None
        else f"The spacecraft gave no data at T0: {expectation.sentence}."
    )


def _no_data(assessment: Assessment) -> str:
    reason = assessment.caveats[0] if assessment.caveats else "no source has data of this time"
    return f"No light curve could be had: {reason}."
