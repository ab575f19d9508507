"""The folder of a result: everything about one assessment, so that others can read, check and repeat it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from schemas import Assessment, Circular, Event, to_json
from schemas.errors import RefusedInput

from .facts import event_name, warning
from .notebook import notebook
from .provenance import provenance
from .text import wrap

_LIST = "README.txt"
_ALWAYS = {
    _LIST: "this list",
    "assessment.json": "the result: every number with its unit in its name",
    "circular.txt": "draft of a circular; a person checks, signs and sends it",
    "event.json": "the event as its notices describe it",
    "provenance.json": "inputs with their hashes, steps, parameters, code version (after W3C PROV)",
    "result.ipynb": "notebook: parameters first, then the result, then the same again from the library",
}
_KINDS = {
    ".png": "figure",
    ".svg": "figure, scalable",
    ".fits": "FITS file",
    ".fits.gz": "FITS file, compressed",
    ".json": "JSON",
    ".csv": "table",
}


def result_files(
    event: Event,
    assessment: Assessment,
    circular: Circular | None,
    artefacts: Mapping[str, bytes],
    *,
    light_curves: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Everything that goes into the folder of a result, by file name; the same bytes for the same content.

    Parameters
    ----------
    circular : Circular or None
        None where the verdict calls for none.
    artefacts : mapping of file name to bytes
        Figures, the limit map, light curves; taken as they are.
    light_curves : mapping of file name to instrument, optional
        Which of the artefacts the notebook searches again.

    Raises
    ------
    RefusedInput
        If an artefact has a name of ours, a path in its name, or a light curve is not among the artefacts.
    """
    for name in artefacts:
        if name in _ALWAYS or "/" in name or "\\" in name or name.startswith("."):
            raise RefusedInput(f"not a name for a file of a result: {name!r}", where=assessment.event_key)
    for name in light_curves or {}:
        if name not in artefacts:
            raise RefusedInput(f"the light curve {name!r} is not among the files", where=assessment.event_key)
    files = {
        "assessment.json": _indented(to_json(assessment)),
        "event.json": _indented(to_json(event), warning(assessment)),
        **artefacts,
    }
    if circular is not None:
        files["circular.txt"] = f"Subject: {circular.subject}\n\n{circular.body}".encode()
    files["result.ipynb"] = notebook(event, assessment, list(files), light_curves)
    files["provenance.json"] = _indented(to_json(provenance(assessment, files)))
    files[_LIST] = _readme(event, assessment, [*files, _LIST]).encode()
    return dict(sorted(files.items()))


def is_complete(names: Iterable[str]) -> bool:
    """Whether files are the whole folder of a result: the list of all is among them."""
    return _LIST in names


def _indented(data: bytes, said: str | None = None) -> bytes:
    """A document to be read by people, keys in order; what must be said first stands under "WARNING", which sorts first."""
    document = msgspec.json.decode(data)
    if said is not None:
        document["WARNING"] = said
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=1) + b"\n"


def _readme(event: Event, assessment: Assessment, names: list[str]) -> str:
    said = warning(assessment)
    head = [*([said] if said else []), f"{event_name(event)}: {assessment.mission}, {assessment.verdict}"]
    about = wrap(
        f"Assessment revision {assessment.revision} of event revision {assessment.event_revision}, made "
        f"{assessment.created.utc} UTC by transients {assessment.version}."
    )
    lines = [f"{name}: {_kind(name)}" for name in sorted(names)]
    return "\n".join([*head, "", about, "", *lines, ""])


def _kind(name: str) -> str:
    if name in _ALWAYS:
        return _ALWAYS[name]
    return next((words for ending, words in _KINDS.items() if name.endswith(ending)), "data")
