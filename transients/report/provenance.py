"""Who made what from what, in plain JSON after the W3C PROV model: entities, activities, used, generated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import Assessment, Provenance, sha256_hex, to_json


def provenance(assessment: Assessment, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The provenance of an assessment and of the files made from it.

    Parameters
    ----------
    files : mapping of name to bytes
        The result folder so far; each becomes an entity with its SHA-256.

    Returns
    -------
    dict
        "entity", "activity", "used", "wasGeneratedBy", "wasAssociatedWith", "agent"; identifiers are content hashes, so two
        runs of the same inputs give the same document.
    """
    made_from = sha256_hex(to_json(assessment))
    entities: dict[str, Any] = {f"sha256:{made_from}": {"label": "assessment", "revision": assessment.revision}}
    activities: dict[str, Any] = {}
    used, generated = [], []
    for part, how in _parts(assessment):
        activities[part] = {"step": how.step, "version": how.version, "parameters": how.parameters}
        generated.append({"entity": f"sha256:{made_from}", "activity": part})
        for source in how.inputs:
            entity = f"sha256:{source.sha256}"
            entities[entity] = {"label": source.name, "source": source.source, "simulated": source.simulated}
            used.append({"activity": part, "entity": entity})
    report = f"report:{assessment.version}"
    activities[report] = {"step": "report", "version": assessment.version, "parameters": {}}
    used.append({"activity": report, "entity": f"sha256:{made_from}"})
    for name in sorted(files):
        entity = f"sha256:{sha256_hex(files[name])}"
        entities.setdefault(entity, {"label": name, "bytes": len(files[name])})
        generated.append({"entity": entity, "activity": report})
    agent = f"transients:{assessment.version}"
    return {
        "prefix": {"prov": "http://www.w3.org/ns/prov#"},
        "event": assessment.event_key,
        "simulated": assessment.simulated,
        "agent": {agent: {"type": "prov:SoftwareAgent"}},
        "entity": entities,
        "activity": activities,
        "used": used,
        "wasGeneratedBy": generated,
        "wasAssociatedWith": [{"activity": name, "agent": agent} for name in activities],
    }


def _parts(assessment: Assessment) -> list[tuple[str, Provenance]]:
    parts = []
    if assessment.geometry is not None:
        parts.append(("geometry", assessment.geometry.provenance))
    for number, search in enumerate(assessment.searches):
        parts.append((f"search:{search.instrument}:{number}", search.provenance))
    if assessment.joint is not None:
        parts.append(("joint", assessment.joint.provenance))
    if assessment.limits is not None:
        parts.append(("limits", assessment.limits.provenance))
    return parts
