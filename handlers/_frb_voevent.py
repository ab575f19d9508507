"""VOEvents of fast radio bursts: CHIME's service and the form that Parkes, UTMOST and realfast share."""

from __future__ import annotations

import re

from schemas import Circle, Ellipse, Notice, Significance

from ._frb_json import STAGES, known_source, undispersed
from .classic import classic_kind, common, links_of, moment_of, place_of, role_of
from .clocks import times_of
from .numbers import number, positive
from .refused import Refused
from .voevent import VOEvent

CHIME_KIND = "CHIME_FRB"
KIND = "FRB"
#: Origin by the authority and path of the IVORN, and the telescope.
_STREAMS = {
    "au.csiro.atnf/parkes": ("Parkes FRB", "Parkes"),
    "au.edu.swin/utmost": ("UTMOST FRB", "UTMOST"),
    "realfast.io/realfast": ("realfast", "VLA"),
}
#: CHIME's IVORN holds what the notice is, then a "#", then a time with ":" and "+": no part of an address can be told by rule.
_CHIME = re.compile(r"ivo://ca\.chimenet\.frb/FRB-(\w+)-?#(.+)$", re.ASCII)
#: Axes of CHIME's 95 % ellipse. The labels are swapped: the "semi-minor" one lies along right ascension, and is the longer.
_ALONG_RA, _ALONG_DEC = "pos_error_semiminor_deg_95", "pos_error_semimajor_deg_95"


def voevent_kind(document: VOEvent) -> str | None:
    """By CHIME's IVORN, or by that of a stream known; none with a packet type."""
    if classic_kind(document) is not None:
        return None
    if _CHIME.match(document.ivorn):
        return CHIME_KIND
    return KIND if _stream(document) in _STREAMS else None


def from_voevent(document: VOEvent, kind: str) -> Notice:
    """Read a VOEvent of either form. Raises Refused: no-identity, bad-time."""
    return _from_chime(document) if kind == CHIME_KIND else _from_shared_form(document)


def _stream(document: VOEvent) -> str:
    return document.ivorn.removeprefix("ivo://").partition("#")[0]


def _from_chime(document: VOEvent) -> Notice:
    match = _CHIME.match(document.ivorn)
    event_id = document.get("event_no")
    if event_id is None or match is None:
        raise Refused("no-identity", "the notice has no event_no")
    word = match[1].lower()
    times, (region, remarks) = times_of(document, needs_time=word != "retraction"), _chime_place(document)
    return Notice(
        kind=CHIME_KIND, messenger="radio", origin="CHIME/FRB", event_id=event_id, revision=word,
        revision_order=(STAGES.get(word, 0),), role=role_of(document), retraction=word == "retraction", time=times.time,
        time_source=times.source, time_error_s=positive(document.get("timestamp_utc_error")), region=region,
        significance=_significance(document), properties=_properties(document), instruments=("CHIME",),
        links=links_of(document),
        remarks=(*times.remarks, *remarks, *undispersed(times.time, document.get("timestamp_utc_inf_freq"))),
        **common(document) | {"citations": (*document.citations, *known_source(document.get("known_source_name")))},
    )  # fmt: skip


def _chime_place(document: VOEvent) -> tuple[Circle | Ellipse | None, tuple[str, ...]]:
    place = place_of(document, containment=0.95)
    east, north = positive(document.get(_ALONG_RA)), positive(document.get(_ALONG_DEC))
    if place.circle is None or east is None or north is None or east == north:
        return place.circle, place.remarks
    remark = "the axes' labels are swapped: the one along right ascension is labelled semi-minor"
    return Ellipse(
        ra_deg=place.circle.ra_deg, dec_deg=place.circle.dec_deg, semi_major_deg=max(east, north), semi_minor_deg=min(east, north),
        position_angle_deg=90.0 if east > north else 0.0, containment=0.95,
    ), (*place.remarks, remark)  # fmt: skip


def _from_shared_form(document: VOEvent) -> Notice:
    """The form of Petroff et al. (2017, arXiv:1710.08155): the burst's name and its day in the IVORN, beam and burst in groups."""
    origin, telescope = _STREAMS[_stream(document)]
    name, _, _ = document.ivorn.partition("#")[2].partition("/")
    if not name:
        raise Refused("no-identity", "no name of a burst in the IVORN")
    moment, place = moment_of(document), place_of(document)
    role, remarks = role_of(document), (*moment.remarks, *place.remarks)
    if role == "observation" and name.startswith("Test"):
        role, remarks = "test", (*remarks, f"{name} is the name of a test: role test")
    width_ms = positive(document.get("width"))
    return Notice(
        kind=KIND, messenger="radio", origin=origin, event_id=name, aliases=_published_name(document, name),
        revision=(document.get("AlertType") or "detection").lower(),
        revision_order=(0,), role=role, time=moment.time, time_source=moment.source, region=place.circle,
        significance=_significance(document), properties=_properties(document),
        duration_s=1e-3 * width_ms if width_ms is not None else None, instruments=(telescope,), links=links_of(document),
        remarks=remarks, **common(document),
    )  # fmt: skip


def _published_name(document: VOEvent, name: str) -> tuple[str, ...]:
    """The burst's name among people, "FRB140514", where the Why section has one."""
    said = document.fields().get("Why/Name")
    return (said,) if said is not None and said != name else ()


def _significance(document: VOEvent) -> Significance | None:
    snr = positive(document.get("snr"))
    return Significance(snr=snr) if snr is not None else None


def _properties(document: VOEvent) -> dict[str, float]:
    """Dispersion measure, and CHIME's score between interference (0) and an astrophysical signal (1), its `importance`."""
    score = number(document.fields().get("Why@importance")) if _CHIME.match(document.ivorn) else None
    found = {"dm": number(document.get("dm")), "importance": score}
    return {key: value for key, value in found.items() if value is not None}
