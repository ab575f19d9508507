"""What is deposited for an assessment, and the rules for letting it out."""

from __future__ import annotations

import html
from collections.abc import Mapping

from schemas import Assessment, Event, Publication
from transients.config import ZenodoSettings
from transients.missions.known import known_style
from transients.report import event_name, mark

from .base import Deposit, file_list

_LICENCE = "cc-by-4.0"


def intended(assessment: Assessment, files: Mapping[str, bytes], channel: str, *, sandbox: bool) -> Publication:
    """The publication of this assessment by this channel, before anything is done. The key is unique to the two."""
    return Publication(
        publication_key=f"{channel}|{assessment.event_key}|{assessment.mission}|{assessment.revision}",
        channel=channel,
        event_key=assessment.event_key,
        assessment_revision=assessment.revision,
        state="intended",
        sandbox=sandbox,
        files=file_list(files),
    )


def deposit_for(
    event: Event,
    assessment: Assessment,
    files: Mapping[str, bytes],
    settings: ZenodoSettings,
    previous: Publication | None = None,
) -> Deposit:
    """Files and metadata for the deposit of a result; simulated data and tests say so in the title."""
    word = mark(assessment)
    title = f"{event_name(event)}: {assessment.mission} observation, {assessment.verdict}"
    times = "" if event.t0 is None else f" T0 is {event.t0.iso} UTC."
    text = (
        f"Result of {assessment.mission} for {event_name(event)}: {assessment.verdict}.{times} Assessment revision "
        f"{assessment.revision}, made by transients {assessment.version}. README.txt names every file; provenance.json the "
        "inputs, parameters and steps."
    )
    metadata = {
        "title": f"{word}: {title}" if word else title,
        "upload_type": "dataset",
        "description": f"<p>{html.escape(f'{word}. {text}' if word else text)}</p>",
        "creators": [{"name": name} for name in _creators(settings, assessment)],
        "keywords": [assessment.mission, event.event_id, event.messenger, *(["simulated data"] if assessment.simulated else [])],
        "access_right": "open",
        "license": _LICENCE,
        "version": str(assessment.revision),
    }
    return Deposit(files=files, metadata=metadata, simulated=bool(word), previous=previous)


def _creators(settings: ZenodoSettings, assessment: Assessment) -> tuple[str, ...]:
    """Those of the settings, else the mission's, else its name: a deposit has a creator."""
    if settings.creators is not None:
        return settings.creators
    return known_style(assessment.mission).creators or (assessment.mission,)


def releases(settings: ZenodoSettings, assessment: Assessment) -> bool:
    """Whether a deposit of this assessment publishes itself; a retracted event's never does."""
    match settings.publish:
        case "by-hand":
            return False
        case "detections":
            return assessment.state == "active" and assessment.verdict == "detection"
        case "all":
            return assessment.state == "active" and assessment.verdict in ("detection", "non-detection", "inactive")


def may_leave(assessment: Assessment) -> bool:
    """Whether anything about this assessment may leave the house: real notices only, whatever the data."""
    return assessment.role == "observation"
