"""IceCube's search for neutrino tracks about a gravitational wave: one result for each alert of LIGO, Virgo and KAGRA.

A result is an event of its own that cites the gravitational wave. Two shapes were sent: `ref_ID` with the bare superevent and
`ref_id` with the name of one alert of it ("S230814r-2-Preliminary"); directions of tracks flat or below `localization`.
"""

from __future__ import annotations

import re
from typing import Any

from schemas import Circle, Ellipse, Notice, Parsed, Policy, Role, Significance

from . import gcnjson
from ._lvk_common import role_by_name
from .documents import Document, JsonDocument
from .numbers import number
from .refused import Refused

KIND = "gcn.notices.icecube.lvk_nu_track_search"
ORIGIN = "IceCube search about LIGO Virgo KAGRA"
#: "S230914ak-2-Preliminary": the superevent, which of its alerts, and what that one is.
_REFERENCE = re.compile(r"([A-Z]{1,2}\d{6}[A-Za-z]+)(?:-(\d+)(?:-(\w+))?)?$", re.ASCII)
#: A result is followed up when either search finds it this improbable: what others keep of this stream.
_FOLLOWED_P = 0.05


class NuTrack:
    """Handler of the search's results."""

    name = "nu-track"
    kinds = (KIND,)
    topics = (KIND,)
    #: The search looks at T0 +- 500 s. Nearly all results are background: those are recorded and not searched.
    policies = (
        Policy(name="nu-track", search_half_width_s=500.0, association_window_s=(-500.0, 500.0)),
        Policy(name="nu-track-background", roles=()),
    )

    def recognise(self, document: Document) -> str | None:
        """By schema (two spellings), topic, or the document's own `type`."""
        if not isinstance(document, JsonDocument):
            return None
        schema = (document.schema or "").replace("_", "").lower()
        typed = document.value.get("type") == "IceCube LVK Alert Nu Track Search"
        mine = schema == "gcn/notices/icecube/lvknutracksearch" or (document.topic or "").endswith("icecube.lvk_nu_track_search")
        return KIND if mine or typed else None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read a result. Raises Refused: no-identity, bad-time."""
        assert isinstance(document, JsonDocument)
        value = document.value
        superevent, serial, stage = _reference(value)
        times = gcnjson.times_of(document)
        if times["time"] is None:
            raise Refused("bad-time", "the result has no trigger_time")
        role, remarks = _role(document, superevent)
        tracks = _tracks(value)
        region, place_remarks = _region(value, tracks)
        generic, bayesian = number(value.get("pval_generic")), number(value.get("pval_bayesian"))
        properties = {"pval_generic": generic, "pval_bayesian": bayesian, "n_events_coincident": _count(value, tracks)}
        return Notice(
            kind=KIND, messenger="neutrino", origin=ORIGIN, event_id=superevent, aliases=_names(tracks),
            revision="-".join(part for part in (serial, stage) if part) or "0", revision_order=(int(serial or 0),), role=role,
            retraction=value.get("alert_type") == "retraction", region=region,
            significance=Significance(p_value=generic) if generic is not None else None,
            properties={name: found for name, found in properties.items() if found is not None}, instruments=("IceCube",),
            citations=(("followup", superevent),), links=gcnjson.links_of(value), fields=document.fields(),
            remarks=(*remarks, *place_remarks), **times,
        )  # fmt: skip

    def policy_for(self, notice: Notice) -> Policy:
        """What is improbable as background, or the rest."""
        chances = (notice.properties.get("pval_generic"), notice.properties.get("pval_bayesian"))
        return self.policies[0 if any(p is not None and p <= _FOLLOWED_P for p in chances) else 1]


def _reference(value: dict[str, Any]) -> tuple[str, str, str]:
    """Superevent, serial number and stage of the alert searched about; old references are bare numbers that say nothing."""
    reference = value.get("reference")
    told = [*(reference.values() if isinstance(reference, dict) else ()), value.get("ref_id"), value.get("ref_ID")]
    found = [match for text in told if isinstance(text, str) and (match := _REFERENCE.match(text.strip()))]
    if not found:
        raise Refused("no-identity", "the result names no gravitational wave")
    best = next((match for match in found if match[2]), found[0])
    return best[1], best[2] or "", best[3] or ""


def _role(document: JsonDocument, superevent: str) -> tuple[Role, tuple[str, ...]]:
    return role_by_name(superevent, gcnjson.role_of(document))


def _tracks(value: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """The coincident tracks."""
    printed = value.get("coincident_events")
    return tuple(track for track in printed if isinstance(track, dict)) if isinstance(printed, list) else ()


def _names(tracks: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    """Runs and events of the tracks."""
    return tuple(dict.fromkeys(name for track in tracks for name in gcnjson.identities(track.get("id"))))


def _count(value: dict[str, Any], tracks: tuple[dict[str, Any], ...]) -> float:
    said = number(value.get("n_events_coincident"))
    return float(len(tracks)) if said is None else said


def _region(value: dict[str, Any], tracks: tuple[dict[str, Any], ...]) -> tuple[Circle | Ellipse | None, tuple[str, ...]]:
    """The region of the least probable track; without one, the most probable direction, whose error is not said."""
    if tracks:
        best = min(tracks, key=_chance)
        place = best.get("localization")
        return gcnjson.region_of(place if isinstance(place, dict) else best)
    direction = value.get("most_probable_direction")
    return gcnjson.region_of(direction) if isinstance(direction, dict) else (None, ())


def _chance(track: dict[str, Any]) -> float:
    """The smaller of a track's p-values; 1 where it has none."""
    found = (number(track.get("event_pval_bayesian")), number(track.get("event_pval_generic")))
    return min((p for p in found if p is not None), default=1.0)
