"""Optical transients: microlensing (MOA, OGLE), CBAT and AAVSO by packet type; Gaia, ASAS-SN and Catalina by their IVORNs.

They brighten over hours to months and name no moment of a burst: recorded, never searched.
"""

from __future__ import annotations

from typing import Any

from schemas import Policy

from .documents import Document
from .kinds import ClassicHandler, ClassicKind, by_kind
from .voevent import VOEvent

GAIA, ASASSN, CRTS = "GAIA_ALERT", "ASASSN_ALERT", "CRTS_ALERT"
#: Beginnings of IVORNs without "ivo://", and the kinds they mean. 4 Pi Sky spoke for ASAS-SN
#: and early Gaia, Caltech's VOEventNet for Catalina.
_AUTHORS = {
    "gaia.cam.uk/alerts#": GAIA,
    "voevent.4pisky.org/GAIA#": GAIA,
    "voevent.4pisky.org/ASASSN#": ASASSN,
    "nvo.caltech/voeventnet/catot#": CRTS,
    "nvo.caltech/voeventnet/mlsot#": CRTS,
    "nvo.caltech/voeventnet/sssot#": CRTS,
}
#: Parameters that hold further names of the transient.
_NAMES = {ASASSN: "id_other", CRTS: "CSSID"}
#: Light crosses the Earth's orbit in 499 s to the barycentre, and TDB is 69 s ahead of UTC.
_BARYCENTRIC_S = 600.0


def _kind(name: str, origin: str, revision: str, **more: Any) -> ClassicKind:
    return ClassicKind(kind=name, messenger="optical", origin=origin, revision=revision, **more)


class Optical(ClassicHandler):
    """Handler of optical transients."""

    name = "optical"
    table = by_kind(
        _kind("MOA", "MOA", "LENSING", instruments=("MOA",)),
        _kind("OGLE", "OGLE", "LENSING", instruments=("OGLE",)),
        _kind("CBAT", "CBAT", "CBAT"),
        _kind("AAVSO", "AAVSO", "AAVSO"),
        _kind(GAIA, "Gaia", "ALERT", identity=("alert identifier",), instruments=("Gaia",)),
        _kind(ASASSN, "ASAS-SN", "ALERT", identity=("id_assasn", "id_other"), instruments=("ASAS-SN",)),
        _kind(CRTS, "Catalina Survey", "CANDIDATE", identity=("ID",), instruments=("CRTS",)),
    )
    policies = (Policy(name="optical", roles=()),)

    @property
    def topics(self) -> tuple[str, ...]:
        """GCN's own; the others never came on a Kafka."""
        return tuple(f"gcn.classic.voevent.{kind}" for kind in self.table if kind not in (GAIA, ASASSN, CRTS))

    def recognise(self, document: Document) -> str | None:
        """By IVORN, else by packet type."""
        if isinstance(document, VOEvent):
            name = document.ivorn.removeprefix("ivo://")
            found = next((kind for start, kind in _AUTHORS.items() if name.startswith(start)), None)
            if found is not None:
                return found
        return super().recognise(document)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Names that no parameter holds, further names, and Gaia's clock."""
        changes: dict[str, Any] = {}
        if kind in _NAMES and (name := document.get(_NAMES[kind])) is not None:
            changes["aliases"] = (name,)
        if kind in (GAIA, ASASSN) and document.get(*self.table[kind].identity) is None:
            changes["event_id"] = document.ivorn.partition("#")[2] or None
        if (document.coordinate_system or "").startswith("TDB") and "BARY" in (document.coordinate_system or ""):
            remark = "the time is that at the solar system's barycentre: up to ten minutes off"
            changes |= {"time_error_s": _BARYCENTRIC_S, "time_source": "barycentric (TDB)", "remarks": (remark,)}
        return changes
