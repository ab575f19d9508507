"""What all JSON notices after GCN's schema share: role, identity, region."""

from __future__ import annotations

import re
from typing import Any

from schemas import Blob, Circle, Ellipse, Role, Significance, SkyMapRef

from .documents import JsonDocument
from .maps import map_blob
from .numbers import celestial, number, positive
from .refused import Refused
from .times import read_iso

#: Words of `alert_tense`; "injections" stands in documentation beside the schema's "injection".
_TENSES: dict[str, Role] = {
    "current": "observation", "archival": "observation", "test": "test", "injection": "test", "injections": "test",
    "planned": "utility", "commanded": "utility",
}  # fmt: skip
#: "Fermi 694215970": the trigger that a search followed.
_FERMI = re.compile(r"Fermi(?:[ -]?GBM)?[ :#]+(\d{6,})", re.ASCII | re.IGNORECASE)


def role_of(document: JsonDocument) -> Role:
    """Role by `alert_tense` (none: current) and by a topic with ".test.". An unknown word is taken for a test."""
    if document.topic and ".test." in f".{document.topic}.":
        return "test"
    return tense_role(str(document.value.get("alert_tense") or "current"))


def tense_role(tense: str) -> Role:
    """The role that a word of `alert_tense` means. An unknown one is taken for a test."""
    return _TENSES.get(tense.strip().lower(), "test")


def identities(value: Any) -> tuple[str, ...]:
    """The `id`: a text, a number, or a list of them; the first names the event."""
    found = value if isinstance(value, list) else [value]
    return tuple(
        str(item).strip() for item in found if isinstance(item, str | int) and not isinstance(item, bool) and str(item).strip()
    )


def require_identity(document: JsonDocument) -> tuple[str, ...]:
    """Identities of the event. Raises Refused (no-identity)."""
    found = identities(document.value.get("id"))
    if not found:
        raise Refused("no-identity", "the notice has no id")
    return found


def region_of(value: dict[str, Any]) -> tuple[Circle | Ellipse | None, tuple[str, ...]]:
    """The region of `ra`, `dec`, `ra_dec_error` and remarks. The schema's defaults: containment 0.9, no systematics.

    Before version 4 of the schema the radius was `ra_uncertainty` or `dec_uncertainty`, a list each.
    """
    if value.get("ra") is None and value.get("dec") is None:
        return None, ()
    direction = celestial(value.get("ra"), value.get("dec"))
    if direction is None:
        return None, (f"position {value.get('ra')}, {value.get('dec')} is not on the sky: no position",)
    printed = value.get("ra_dec_error") if "ra_dec_error" in value else _early_radius(value)
    axes = [number(item) for item in (printed if isinstance(printed, list) else [printed])]
    containment = number(value.get("containment_probability"))
    if containment is None or not 0 < containment <= 1:
        containment = 0.9
    systematic = value.get("systematic_included")
    systematic = systematic if isinstance(systematic, bool) else False
    major, minor = (positive(axes[0]), positive(axes[1]) if len(axes) > 1 else None) if axes else (None, None)
    if major is not None and minor is not None and minor != major:
        angle = axes[2] if len(axes) > 2 else None
        if minor > major:  # the same ellipse, its axes by their lengths
            major, minor, angle = minor, major, (angle or 0.0) + 90.0
        return Ellipse(
            ra_deg=direction[0], dec_deg=direction[1], semi_major_deg=major, semi_minor_deg=minor,
            position_angle_deg=0.0 if angle is None else angle, containment=containment, systematic_included=systematic,
        ), ()  # fmt: skip
    remarks = () if major is not None or printed is None else (f"error radius {printed} is not a radius: unknown",)
    return Circle(
        ra_deg=direction[0], dec_deg=direction[1], radius_deg=major,
        containment=containment if major is not None else None, systematic_included=systematic,
    ), remarks  # fmt: skip


def _early_radius(value: dict[str, Any]) -> float | None:
    """The radius before version 4: the largest of what is printed, which was one number for a circle, two for its two sides."""
    printed = [value.get("ra_uncertainty"), value.get("dec_uncertainty")]
    found = [positive(item) for each in printed for item in (each if isinstance(each, list) else [each])]
    return max((radius for radius in found if radius is not None), default=None)


def place_of(value: dict[str, Any]) -> tuple[Circle | Ellipse | SkyMapRef | None, tuple[Blob, ...], tuple[str, ...]]:
    """Position, else the map inside (`healpix_file`), else none; the map's bytes either way, and remarks."""
    region, remarks = region_of(value)
    blob, blob_remarks = map_blob(value.get("healpix_file"), "the sky map")
    blobs = (blob,) if blob is not None else ()
    if region is None and blob is not None:
        return SkyMapRef(blob_id=blob.blob_id, label="healpix_file"), blobs, (*remarks, *blob_remarks)
    return region, blobs, (*remarks, *blob_remarks)


def significance_of(value: dict[str, Any]) -> Significance | None:
    """Signal-to-noise ratio (of the image, else of the rate), false-alarm rate in Hz, probability to be astrophysical."""
    snr = next((s for key in ("image_snr", "rate_snr") if (s := positive(value.get(key))) is not None), None)
    far, p_astro = number(value.get("far")), number(value.get("p_astro"))
    return None if snr is None and far is None and p_astro is None else Significance(snr=snr, far_hz=far, p_astro=p_astro)


def followed(value: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The trigger that was followed, as a citation: a Fermi trigger by its event's name, anything else as printed."""
    printed = value.get("follow_up_event")
    if not isinstance(printed, str | int) or isinstance(printed, bool) or not str(printed).strip():
        return ()
    text = str(printed).strip()
    match = _FERMI.fullmatch(text)
    return (("followup", f"Fermi-GBM:{match[1]}" if match else text),)


def links_of(value: dict[str, Any]) -> dict[str, str]:
    """Top-level texts that are addresses, by key."""
    return {
        key: item
        for key, item in value.items()
        if isinstance(item, str) and item.startswith(("http://", "https://")) and key != "$schema"
    }


def times_of(document: JsonDocument) -> dict[str, Any]:
    """`time` and `issued` of the notice; a trigger time that is there and cannot be read is refused (bad-time)."""
    printed = document.value.get("trigger_time")
    time = read_iso(printed) if isinstance(printed, str) else None
    if printed is not None and time is None:
        raise Refused("bad-time", f"no readable time of the event: {printed!r}")
    issued = document.value.get("alert_datetime")
    return {"time": time, "issued": read_iso(issued) if isinstance(issued, str) else None}


def dated(document: JsonDocument) -> tuple[dict[str, Any], bool]:
    """`time` and `issued` of a notice, and whether it takes its event back: only then it needs no time. Raises Refused (bad-time)."""
    times = times_of(document)
    retraction = str(document.value.get("alert_type") or "").lower() == "retraction"
    if times["time"] is None and not retraction:
        raise Refused("bad-time", "the notice has no trigger_time")
    return times, retraction
