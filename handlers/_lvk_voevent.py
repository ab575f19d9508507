"""LVC VOEvents: from the O2 form with its packet flags to the O4 form with Significant; tests without packet type too."""

from __future__ import annotations

from typing import Any

from schemas import Notice, Role, Significance, SkyMapRef

from ._lvk_common import ORIGIN, order_of, role_by_name, stage_of
from .classic import common, links_of, moment_of, role_of
from .numbers import integer, number, positive, probabilities
from .refused import Refused
from .voevent import VOEvent

VOEVENT_KINDS = (
    "LVC_EARLY_WARNING", "LVC_PRELIMINARY", "LVC_INITIAL", "LVC_UPDATE", "LVC_RETRACTION", "LVC_TEST",
)  # fmt: skip
#: Names under which the map's address stands, the openly readable one first.
_MAPS = ("skymap_fits", "skymap_fits_basic", "SKYMAP_URL_FITS_BASIC", "skymap_fits_x509", "SKYMAP_URL_FITS_X509",
         "skymap_fits_shib", "SKYMAP_URL_FITS_SHIB")  # fmt: skip
#: Detectors of the flags in the O2 form.
_DETECTORS = {"LHO": "H1", "LLO": "L1", "Virgo": "V1", "GEO600": "G1", "KAGRA": "K1", "LIO": "I1"}


def from_voevent(document: VOEvent, kind: str) -> Notice:
    """Read an LVC VOEvent. Raises Refused: no-identity, bad-time."""
    event_id = document.get("GraceID")
    if event_id is None:
        raise Refused("no-identity", "the notice has no GraceID")
    retraction = document.flag("Retraction") or kind == "LVC_RETRACTION"
    stage = stage_of(document.get("AlertType") or kind.removeprefix("LVC_"))
    retraction = retraction or stage == "RETRACTION"
    moment = moment_of(document)
    shared = common(document)
    role, remarks = _role(document, event_id)
    region = _map(document)
    joint = document.get("External_Ivorn", group="External Coincidence")
    if joint is not None:
        shared["citations"] = (*shared["citations"], ("coincidence", joint))
    far = number(document.get("FAR"))
    significant = document.get("Significant")
    return Notice(
        kind=kind, messenger="gravitational-wave", origin=ORIGIN, event_id=event_id, revision=stage,
        revision_order=order_of(
            "RETRACTION" if retraction else stage, shared["issued"], integer(document.get("Pkt_Ser_Num")) or 0
        ),
        role=role, retraction=retraction, time=moment.time, time_source=moment.source, region=region,
        significance=Significance(
            far_hz=far, significant=document.flag("Significant") if significant is not None else None
        ) if far is not None or significant is not None else None,
        classification=_classes(document), properties=_properties(document),
        duration_s=positive(document.get("Duration")), instruments=_instruments(document), links=links_of(document),
        remarks=(*moment.remarks, *remarks), **shared,
    )  # fmt: skip


def _role(document: VOEvent, event_id: str) -> tuple[Role, tuple[str, ...]]:
    role, remarks = role_by_name(event_id, role_of(document))
    if document.flag("HardwareInj") and role == "observation":
        return "test", ("a hardware injection: role test",)
    if document.flag("Test", "InternalTest") and role == "observation":
        return "test", ("the test flag is set: role test",)
    return role, remarks


def _map(document: VOEvent) -> SkyMapRef | None:
    """The alert's own map (a joint one stays among the links); its label is the file's name with its version."""
    url = document.get(*_MAPS)
    if url is None or not url.startswith(("http://", "https://")):
        return None
    return SkyMapRef(url=url, label=url.rpartition("/")[2] or None)


def _classes(document: VOEvent) -> dict[str, float]:
    """Probabilities of classes; drafts of the third run's form had them as inferences of the Why section."""
    return probabilities(document.group("Classification")) or {
        name: chance for name, chance in _inferred(document).items() if not name.startswith("Has")
    }


def _inferred(document: VOEvent) -> dict[str, float]:
    """Inferences of the Why section's groups, by their concept."""
    fields = document.fields()
    said = [value for key, value in fields.items() if key.partition("#")[0] == "Why/Group/Inference/Concept"]
    chances = [value for key, value in fields.items() if key.partition("#")[0] == "Why/Group/Inference@probability"]
    return probabilities(dict(zip(said, chances, strict=True))) if len(said) == len(chances) else {}


def _properties(document: VOEvent) -> dict[str, float]:
    """Properties; the first runs printed HasNS and HasRemnant as parameters of their own."""
    old: dict[str, Any] = {name.removeprefix("Prob"): document.get(name) for name in ("ProbHasNS", "ProbHasRemnant")}
    inferred = {name: chance for name, chance in _inferred(document).items() if name.startswith("Has")}
    return probabilities(old | inferred | document.group("Properties"))


def _instruments(document: VOEvent) -> tuple[str, ...]:
    printed = document.get("Instruments")
    if printed is not None:
        return tuple(part.strip() for part in printed.split(",") if part.strip())
    return tuple(name for flag, name in _DETECTORS.items() if document.flag(f"{flag}_participated"))
