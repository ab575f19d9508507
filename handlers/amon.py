"""AMON: coincidences of neutrinos and gamma rays, HAWC's bursts, AMON's tests, and its own documents before GCN.

The error radius is not the same thing in all of them: coincidences of a neutrino with gamma rays print the 50 % radius, HAWC's
bursts the 90 % one; both give the other (or the same again) in arc minutes. The version is `Rev`, not the serial number.
"""

from __future__ import annotations

import re
from typing import Any

from schemas import Policy, Significance

from .classic import classic_kind, links_of, role_of
from .documents import Document
from .kinds import ClassicHandler, ClassicKind, by_kind
from .numbers import integer, number, per_year_hz, positive
from .voevent import VOEvent

NATIVE = "AMON_NATIVE"
_HAWC, _COINCIDENCE = "HAWC_BURST_MONITOR", "AMON_NU_EM_COINC"
#: Index of a coincidence's pair: IceCube and HAWC, the one of every notice seen; others have no list.
_ICECUBE_HAWC = "1"
_NUMBERS = ("TrigID", "Event_ID", "event_id", "ID")
#: What AMON's own documents say of themselves in the IVORN: "amontest/test#1_0_0", stream, alert and revision after the "#".
_NATIVE_IVORN = re.compile(r"^ivo://[^#]*amon[^#]*#(\w+?)_(\w+?)_(\w+)$", re.ASCII | re.IGNORECASE)
#: Addresses that stand where no map is: "http://not.yet.available", the bare folder of an example.
_NO_MAP = re.compile(r"not\.yet\.available|some\.amon\.addr", re.IGNORECASE)


class Amon(ClassicHandler):
    """Handler of AMON's notices."""

    name = "amon"
    table = by_kind(
        ClassicKind(
            kind=_COINCIDENCE, messenger="neutrino", origin="AMON", revision="REV", identity=("Event_ID", *_NUMBERS),
            containment=0.5, systematic=False, policy="amon-transit",
        ),
        ClassicKind(
            kind="AMON_ICECUBE_COINC", messenger="neutrino", origin="AMON IceCube multiplet", revision="REV", identity=_NUMBERS,
            duration=("deltaT",), instruments=("IceCube",),
        ),
        ClassicKind(kind="GWHEN_COINC", messenger="neutrino", origin="AMON GW and neutrino", revision="REV", identity=_NUMBERS),
        ClassicKind(
            kind=_HAWC, messenger="gamma-ray", origin="HAWC", revision="REV", identity=("event_id", *_NUMBERS),
            containment=0.9, systematic=False, duration=("deltaT",), instruments=("HAWC",), policy="hawc",
        ),
        ClassicKind(
            kind="AMON_TEST", messenger="neutrino", origin="AMON", revision="REV", identity=("ID", "TrigID"), role="test",
            duration=("deltaT",),
        ),
        ClassicKind(
            kind=NATIVE, messenger="neutrino", origin="AMON", revision="REV", identity=("id", "event_id"), duration=("deltaT",),
        ),
    )  # fmt: skip
    #: T0 +- 300 s, as for IceCube's neutrinos; HAWC's bursts last up to 100 s. A coincidence with gamma rays, all of them of a
    #: whole transit of HAWC's so far, is recorded: there is no moment to search about.
    policies = (
        Policy(name="amon", association_window_s=(-300.0, 300.0)),
        Policy(name="amon-transit", roles=()),
        Policy(name="hawc", association_window_s=(-100.0, 300.0)),
    )

    @property
    def topics(self) -> tuple[str, ...]:
        """GCN's topics; AMON_TEST is one of the kinds that its converter cannot name."""
        named = (kind for kind in self.table if kind not in (NATIVE, "AMON_TEST"))
        return (*(f"gcn.classic.voevent.{kind}" for kind in named), "gcn.classic.voevent.UNKNOWN")

    def recognise(self, document: Document) -> str | None:
        """By packet type; AMON's own documents, which have none, by their IVORN."""
        if not isinstance(document, VOEvent):
            return None
        if classic_kind(document) is None:
            return NATIVE if _NATIVE_IVORN.match(document.ivorn) else None
        return super().recognise(document)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Revision, significance, identity and what the flags say."""
        revision = integer(document.get("Rev", "rev")) or 0
        changes: dict[str, Any] = {
            "revision": str(revision), "revision_order": (revision,), "significance": _significance(document),
            "links": {name: url for name, url in links_of(document).items() if not _NO_MAP.search(url)},
            "retraction": document.flag("Retraction", "retraction", "RetractFlag"),
        }  # fmt: skip
        run, event = integer(document.get("run_id")), integer(document.get("event_id"))
        if kind == _HAWC and run is not None and event is not None:
            changes["event_id"] = f"{run}_{event}"
        if kind == NATIVE and (match := _NATIVE_IVORN.match(document.ivorn)):
            changes["event_id"] = f"{match[1]}_{match[2]}"
        if kind == _COINCIDENCE:
            changes |= _coincidence(document)
        return changes | _test(document, kind)


def _coincidence(document: VOEvent) -> dict[str, Any]:
    """The name that circulars give it, and which instruments met.

    IceCube and HAWC meet over a transit of six hours: the printed time is its end, the coincidence within `deltaT` before it
    (as the circular on NuEm-230927A says).
    """
    date, length_s = document.get("Event_Date"), positive(document.get("deltaT"))
    changes: dict[str, Any] = {"aliases": (f"NuEm-{date}",)} if date is not None else {}
    if document.get("Pair_Name_ID") != _ICECUBE_HAWC:
        return changes
    changes["instruments"] = ("IceCube", "HAWC")
    if length_s is not None:
        changes |= {"time_error_s": length_s, "remarks": (f"the time is the end of a transit: within {length_s:g} s before it",)}
    return changes


def _test(document: VOEvent, kind: str) -> dict[str, Any]:
    """An "observation" that is a test: by its flag, or because only tests are of this kind."""
    flagged, claimed = document.flag("Test", "InternalTest"), role_of(document) == "observation"
    if claimed and flagged:
        return {"role": "test", "remarks": ("the test flag is set: role test",)}
    if claimed and kind == "AMON_TEST":
        return {"remarks": ("said observation, but the kind is a test: role test",)}
    return {}


def _significance(document: VOEvent) -> Significance | None:
    """Rate (printed per year) and p-value. A p-value of 0 means that there is none; `False_pos` has no unit and is left."""
    far = per_year_hz(document.get("FAR"))
    p_value = positive(document.get("Pvalue", "pvalue"))
    p_astro = number(document.get("signalness"))
    if far is None and p_value is None and p_astro is None:
        return None
    return Significance(far_hz=far, p_value=p_value, p_astro=p_astro)
