"""Triggers of gamma-ray and X-ray instruments as LVK's pipelines hand them on among themselves. They are not public.

Known by their IVORNs ("ivo://lvk.internal/swift#…"); recorded, for the instrument's own alert is what is searched.
"""

from __future__ import annotations

from typing import Any

from schemas import Messenger, Policy, Significance

from .classic import role_of
from .documents import Document
from .kinds import ClassicHandler, ClassicKind, by_kind
from .numbers import number, positive
from .voevent import VOEvent

KIND = "LVK_EXTERNAL"
_LVK, _GBM = "ivo://lvk.internal/", "ivo://nasa.nsstc.gbm/UntargetedSubGRB#"
#: Instruments by the word of the IVORN; a word that is not here is shown as it stands.
_INSTRUMENTS: dict[str, tuple[str, Messenger]] = {
    "swift": ("Swift-BAT", "gamma-ray"), "fermi": ("Fermi-GBM", "gamma-ray"), "integral": ("INTEGRAL", "gamma-ray"),
    "einsteinprobe": ("Einstein Probe WXT", "x-ray"), "svom": ("SVOM", "gamma-ray"),
}  # fmt: skip


class Relayed(ClassicHandler):
    """Handler of triggers that LVK hands on."""

    name = "relayed"
    table = by_kind(
        ClassicKind(
            kind=KIND, messenger="gamma-ray", origin="LVK external", revision="TRIGGER", identity=("TrigID", "EventID"),
            snr=("Inten_Sigma",), duration=("Event_Timescale",),
        )
    )  # fmt: skip
    policies = (Policy(name="relayed", roles=()),)

    @property
    def topics(self) -> tuple[str, ...]:
        """None is public."""
        return ()

    def recognise(self, document: Document) -> str | None:
        """By IVORN alone: a packet type in it is that of the document it was copied from."""
        return KIND if isinstance(document, VOEvent) and document.ivorn.startswith((_LVK, _GBM)) else None

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Instrument, false alarm rate (Hz here), and the flag of a test."""
        word = "fermi" if document.ivorn.startswith(_GBM) else document.ivorn.removeprefix(_LVK).partition("#")[0]
        instrument, messenger = _INSTRUMENTS.get(word.lower(), (word, "gamma-ray"))
        changes: dict[str, Any] = {"origin": f"LVK external {instrument}", "messenger": messenger, "instruments": (instrument,)}
        if (far := number(document.get("FAR"))) is not None and far >= 0:
            changes["significance"] = Significance(far_hz=far)
        changes["time_error_s"] = positive(document.get("Time_Error"))
        if role_of(document) == "observation" and document.flag("Test_Notice"):
            changes |= {"role": "test", "remarks": ("the test flag is set: role test",)}
        return changes
