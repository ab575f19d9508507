"""What the manifest of real notices and the handlers of neutrinos, radio bursts and GCN's own messages say differently, by name."""

from __future__ import annotations

import re
from collections.abc import Callable

from handlers.times import read_iso
from schemas import Circle, Ellipse, Notice

Row = dict[str, str]
Rules = dict[str, Callable[[Row, Notice], bool]]

FAMILIES = r"(amon|hawc|km3net|snews|superk|frb|boom|icecube|lvk)/"
#: Kinds whose folders have other names.
KINDS = {
    "AMON_native": "AMON_NATIVE", "CHIME": "CHIME_FRB", "parkes": "FRB", "realfast": "FRB", "utmost": "FRB",
    "km3net": "gcn.notices.km3net.voevent",
}  # fmt: skip


def _shared_number(row: Row, got: Notice) -> bool:
    return (
        row["path"].startswith("superk/json") and row["event_id"] in got.aliases and got.event_id == got.fields["trigger_number"]
    )


def _candidate(row: Row, got: Notice) -> bool:
    return got.kind == "LVC_COUNTERPART" and got.event_id.partition("_X")[0] == row["event_id"] == got.citations[-1][1]


def _cascade(row: Row, got: Notice) -> bool:
    return got.kind == "ICECUBE_CASCADE" and (row["event_id"] in got.aliases or row["event_id"] == got.event_id.partition("_")[2])


def _day_of_name(row: Row, got: Notice) -> bool:
    return row["path"].startswith("lvk/binary.") and row["event_id"] == "".join(filter(str.isdigit, got.event_id))


IDENTITY: Rules = {
    "of a cascade the manifest has the event's number, or its name: run and event": _cascade,
    "of a packet the manifest has the day in the name: the whole name": _day_of_name,
    "a counterpart's event is the gravitational wave's name and its own number": _candidate,
    "Super-K: the number that JSON shares with GCN Classic; its id is an alias": _shared_number,
}


def _no_time(row: Row, got: Notice) -> bool:
    printed = read_iso(row["event_time"])
    return got.kind == "gcn.notices.boom.alert" and got.time is None and got.issued is not None and printed == got.issued


def _short_year(row: Row, got: Notice) -> bool:
    day, _, clock = row["event_time"].partition(" ")
    return "/text." in row["path"] and read_iso(f"20{day.replace('/', '-')}T{clock}") == got.time


TIME: Rules = {
    "a text's year of two digits": _short_year,
    "BOOM says no time of an event: the manifest has the time of issue": _no_time,
}


def _numbers(row: Row) -> list[float]:
    """Right ascension, declination and radius or axes; without units that stand behind the radius."""
    return [float(x) for x in re.findall(r"[-+]?\d+\.?\d*", row["ra_dec_error"])]


def _whole_sky(row: Row, got: Notice) -> bool:
    return got.kind == "SNEWS" and _numbers(row) == [0, 0, 360] and got.region is None and "360" in " ".join(got.remarks)


def _printed_elsewhere(row: Row, got: Notice) -> bool:
    ra, dec, error = _numbers(row)[:3]
    printed = {0.9: "What/Src_Error90", 0.68: "What/Src_Error68", 0.95: "What/Src_Error95"}
    place = got.region
    if got.kind != "SK_SN" or error != 0 or not isinstance(place, Circle) or place.containment is None:
        return False
    return (place.ra_deg, place.dec_deg) == (ra, dec) and float(got.fields[printed[place.containment]]) == place.radius_deg


def _telescope(row: Row, got: Notice) -> bool:
    error = _numbers(row)[-1]
    source = (
        got.fields[f"WhereWhen/ObsDataLocation/ObservationLocation/AstroCoords/Position2D/Value2/{c}"] for c in ("C1", "C2")
    )
    place = got.region
    return (
        got.kind == "FRB"
        and isinstance(place, Circle)
        and [place.ra_deg, place.dec_deg, place.radius_deg] == [*map(float, source), error]
    )


def _longer_axis(row: Row, got: Notice) -> bool:
    ra, dec, *axes = _numbers(row)
    place = got.region
    if not row["path"].startswith("frb/json") or not isinstance(place, Ellipse):
        return False
    return (place.ra_deg, place.dec_deg, place.semi_major_deg) == (ra, dec, max(axes)) and place.position_angle_deg == 90.0


def _off_the_sky(row: Row, got: Notice) -> bool:
    return got.kind == "AMON_NATIVE" and _numbers(row)[0] == -1 and got.region is None and "not on the sky" in got.remarks[0]


def _other_unit(row: Row, got: Notice) -> bool:
    divisor = next((count for word, count in (("arcmin", 60), ("arcsec", 3600), ("deg", 1)) if word in row["ra_dec_error"]), None)
    ra, dec, radius = _numbers(row)[:3]
    place = got.region
    if divisor is None or not isinstance(place, Circle) or place.radius_deg is None:
        return False
    return (place.ra_deg, place.dec_deg) == (ra, dec) and abs(place.radius_deg - radius / divisor) < 1e-6


POSITION: Rules = {
    "a radius in a unit of its own: degrees": _other_unit,
    "0, 0 with an error of 360 degrees is the whole sky: no position": _whole_sky,
    "Super-K prints an error of 0: the radius of Src_Error90": _printed_elsewhere,
    "the manifest has the telescope's place: the burst's": _telescope,
    "the longer axis is the second: the ellipse turned by 90 degrees": _longer_axis,
    "a right ascension of -1: no position": _off_the_sky,
}


#: How many rows of each source a rule normalises in the stored part of the corpus.
EXPECTED: dict[str, dict[str, int]] = {
    "amon": {"0, 0 without an error: no position": 1},
    "boom": {"BOOM says no time of an event: the manifest has the time of issue": 1},
    "frb": {
        "the longer axis is the second: the ellipse turned by 90 degrees": 1,
        "the manifest has the telescope's place: the burst's": 12,
    },
    "km3net": {"alert_tense current: observation": 1},
    "snews": {"0, 0 with an error of 360 degrees is the whole sky: no position": 25},
    "superk": {
        "Super-K: the number that JSON shares with GCN Classic; its id is an alias": 1,
        "an impossible date: TJD and second of day": 1,
        "Super-K prints an error of 0: the radius of Src_Error90": 6,
        "alert_tense current: observation": 1,
    },
}
