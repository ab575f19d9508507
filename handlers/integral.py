"""INTEGRAL's own alerts (IBAS): wake-up, refined, offline, weak, SPI-ACS; and where the spacecraft points.

The event's number stands in the IVORN ("…_010042-1-150": number, then revision); TrigID has the revision added in, times 65536.
SPI-ACS and the imager share numbers at times (8289 on 2019-05-30 is both, six minutes apart), so each is an origin of its own.
"""

from __future__ import annotations

import re

from schemas import Notice, Parsed, Policy, Significance

from .classic import Place, classic_kind, common, links_of, moment_of, place_of, role_of
from .documents import Document
from .kinds import classic_pointing
from .numbers import integer, positive
from .refused import Refused
from .voevent import VOEvent

POINTING = "INTEGRAL_POINTDIR"
#: Kind: (name of the revision, stage).
_STAGES = {
    "INTEGRAL_WAKEUP": ("WAKEUP", 0),
    "INTEGRAL_WEAK": ("WEAK", 0),
    "INTEGRAL_SPIACS": ("SPIACS", 0),
    "INTEGRAL_REFINED": ("REFINED", 1),
    "INTEGRAL_OFFLINE": ("OFFLINE", 2),
}
_IVORN = re.compile(r"#[A-Za-z_]+?_(\d+)(?:-(\d+))?-\d+$")


class IntegralAlerts:
    """Handler of INTEGRAL's alerts and pointings."""

    name = "integral"
    kinds = (*_STAGES, POINTING)
    topics = tuple(f"gcn.classic.voevent.{kind}" for kind in (*_STAGES, POINTING))
    policies = (Policy(name="integral", association_window_s=(-30.0, 100.0)),)

    def recognise(self, document: Document) -> str | None:
        """By packet type."""
        kind = classic_kind(document) if isinstance(document, VOEvent) else None
        return kind if kind in self.kinds else None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read an alert or a pointing."""
        assert isinstance(document, VOEvent)
        return classic_pointing(document, kind, "INTEGRAL") if kind == POINTING else _alert(document, kind)

    def policy_for(self, notice: Notice) -> Policy:
        """One policy for all."""
        return self.policies[0]


def _alert(document: VOEvent, kind: str) -> Notice:
    stage, order = _STAGES[kind]
    event_number, serial = _identity(document)
    moment, role = moment_of(document), role_of(document)
    place = place_of(document, containment=0.9, systematic_included=False)
    retraction, remarks = _retraction(document, kind, place)
    snr = positive(document.get("Inten_Sigma"))
    return Notice(
        kind=kind, messenger="gamma-ray", origin="INTEGRAL SPI-ACS" if kind == "INTEGRAL_SPIACS" else "INTEGRAL IBIS",
        # Tests share the number 0; a real alert without a number is named by its time.
        event_id=str(event_number) if event_number > 0 or role == "test" else moment.time.utc,
        revision=f"{stage} {serial}", revision_order=(order, serial), role=role,
        retraction=retraction, time=moment.time, time_source=moment.source,
        time_error_s=positive(document.get("Time_Error")), region=place.circle,
        significance=Significance(snr=snr) if snr is not None else None,
        instruments=("SPI-ACS",) if kind == "INTEGRAL_SPIACS" else ("IBIS/ISGRI",), links=links_of(document),
        remarks=(*moment.remarks, *place.remarks, *remarks), **common(document),
    )  # fmt: skip


def _identity(document: VOEvent) -> tuple[int, int]:
    """Number and revision of the event: from the IVORN, else from TrigID, which is number + 65536 x revision."""
    if match := _IVORN.search(document.ivorn):
        return int(match[1]), int(match[2] or 0)
    trigger = integer(document.get("TrigID"))
    if trigger is None or trigger < 0:
        raise Refused("no-identity", "neither the IVORN nor TrigID holds an event number")
    revision, event_number = divmod(trigger, 65536)
    return event_number, revision


def _retraction(document: VOEvent, kind: str, place: Place) -> tuple[bool, tuple[str, ...]]:
    """An OFFLINE notice takes the event back by a negative radius, by "definitely not a burst", mostly by both."""
    not_a_burst = document.flag("Def_NOT_a_GRB")
    if kind == "INTEGRAL_OFFLINE" and (place.negative_radius or not_a_burst):
        why = "a negative error radius" if place.negative_radius else "marked as definitely not a burst"
        return True, (f"{why}: a retraction",)
    return False, ("marked as definitely not a burst",) if not_a_burst else ()
