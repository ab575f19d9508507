"""What the manifest of real notices and the handlers of Swift and Fermi say differently, each by name; see test_notice_manifest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.times import from_tjd, read_iso
from schemas import Circle, Notice, PointingUpdate

Row = dict[str, str]
Rules = dict[str, Callable[[Row, Notice], bool]]

FAMILIES = r"(swift|fermi)/"
REFUSED_FILES = {"SWIFT_BAT_GRB_POS_ACK.expected.json": ("unknown-kind", "a converter's time and position, of no trigger")}
#: Kinds whose position is a pointing, or repeats an earlier notice's.
_NO_POSITION = (
    "SWIFT_BAT_GRB_LC", "SWIFT_BAT_SCALEDMAP", "SWIFT_FOM_OBS", "SWIFT_SC_SLEW", "SWIFT_TOO_FOM", "SWIFT_TOO_SC_SLEW",
    "SWIFT_XRT_SPECTRUM", "SWIFT_XRT_SPECTRUM_PROC", "SWIFT_XRT_IMAGE", "SWIFT_XRT_IMAGE_PROC", "SWIFT_XRT_LC",
    "SWIFT_XRT_CENTROID", "SWIFT_XRT_THRESHPIX", "SWIFT_XRT_THRESHPIX_PROC", "SWIFT_XRT_SPER", "SWIFT_XRT_SPER_PROC",
    "SWIFT_UVOT_DBURST", "SWIFT_UVOT_DBURST_PROC", "SWIFT_UVOT_FCHART", "SWIFT_UVOT_FCHART_PROC", "SWIFT_UVOT_POS_NACK",
)  # fmt: skip
#: Kinds whose time is not the event's: an exposure's, a target's, a day's.
_NO_T0 = (
    "SWIFT_XRT_", "SWIFT_UVOT_", "SWIFT_TOO_", "SWIFT_BAT_MONITOR", "FERMI_LAT_MONITOR",
)  # fmt: skip


def _segment(row: Row, got: Notice) -> bool:
    return "/binary." in row["path"] and int(row["event_id"]) & 0xFFFFFF == int(got.event_id)


def _unnumbered(row: Row, got: Notice) -> bool:
    return row["event_id"] == "16777215" and row["event_time"].startswith(got.event_id) | (got.time is None)


def _source_and_day(row: Row, got: Notice) -> bool:
    printed = read_iso(got.event_id.removeprefix(f"{row['event_id']} "))
    return row["path"].startswith("fermi/json.schema_example/fermi_lat_flare") and printed == got.stated_time


IDENTITY: Rules = {
    "a packet's word holds the segment in its high bits: the number": _segment,
    "-1 in 24 bits is no number: named by its time": _unnumbered,
    "a flare of a known source: the source and the day": _source_and_day,
}


def _stated(row: Row, got: Notice) -> bool:
    printed = read_iso(row["event_time"])
    return got.kind.startswith(_NO_T0) and got.time is None and printed is not None and printed == got.stated_time


def _stated_by_day(row: Row, got: Notice) -> bool:
    day, second = (next((v for k, v in got.fields.items() if k.endswith(end)), None) for end in ("_TJD", "_SOD"))
    impossible = read_iso(row["event_time"]) is None and got.time is None
    return impossible and got.stated_time == from_tjd(day, second) and got.time_source == "TJD+SOD"


def _no_clock(row: Row, got: Notice) -> bool:
    second = next((v for k, v in got.fields.items() if k.endswith("_SOD")), "0")
    unreadable = read_iso(row["event_time"]) is None and float(second) < 0
    return unreadable and got.time is None and got.stated_time is None


def _by_number(row: Row, got: Notice) -> bool:
    lat = got.kind.startswith("FERMI_LAT_POS_") and got.time_source == "TrigID" and got.time_error_s == 1.0
    return lat and read_iso(row["event_time"]) is None and got.fields["What/Burst_TJD"] == "11910"


def _issued(row: Row, got: Notice) -> bool:
    return got.kind == "gcn.notices.fermi.lat.flare" and read_iso(row["event_time"]) == got.issued and got.time is None


TIME: Rules = {
    "a follow-up's exposure, a target's or a day's time: stated, no T0": _stated,
    "an impossible date that is no T0: stated by TJD and second of day": _stated_by_day,
    "neither date nor second of day can be read: no time": _no_clock,
    "a clock never set: by the trigger number": _by_number,
    "the manifest has the time of issue: the day stated": _issued,
}


def _repeated(row: Row, got: Notice) -> bool:
    return got.kind in _NO_POSITION and got.region is None


def _lost_lock(row: Row, got: Notice) -> bool:
    bogus = got.fields.get("What/Solution_Status/StarTrack_Lost_Lock") == "true"
    return bogus and got.region is None and any("bogus" in line for line in got.remarks)


def _garbled(row: Row, got: Notice) -> bool:
    return got.kind == "SWIFT_BAT_QL_POS" and got.region is None and any("garbled" in line for line in got.remarks)


def _no_error(row: Row, got: Notice) -> bool:
    ra, dec, error = (float(x) for x in row["ra_dec_error"].split(","))
    kinds = ("SWIFT_BAT_MONITOR", "FERMI_LAT_MONITOR")
    found = isinstance(got.region, Circle) and (got.region.ra_deg, got.region.dec_deg, got.region.radius_deg) == (ra, dec, None)
    return got.kind in kinds and error == 0 and found


POSITION: Rules = {
    "a pointing, or an earlier notice's position: none": _repeated,
    "the star tracker had lost its lock: no position": _lost_lock,
    "a garbled packet: no position": _garbled,
    "a known source's position without an error: the radius unknown": _no_error,
}


def _flares(row: Row, got: Notice) -> bool:
    return got.kind == "FERMI_LAT_MONITOR" and (row["role"], got.role) == ("utility", "observation")


def _text(row: Row, got: Notice | PointingUpdate) -> bool:
    return "/text." in row["path"] and isinstance(got, PointingUpdate) and (row["role"], got.role) == ("observation", "utility")


ROLE: dict[str, Any] = {
    "LAT's monitor says utility in early notices: observation": _flares,
    "a text says no role: a pointing is utility": _text,
}
EXPECTED = {
    "swift": {
        "a packet's word holds the segment in its high bits: the number": 2,
        "-1 in 24 bits is no number: named by its time": 6,
        "the manifest has the IVORN: the event's number is in it": 1,
        "a follow-up's exposure, a target's or a day's time: stated, no T0": 253,
        "an impossible date: TJD and second of day": 5,
        "an impossible date that is no T0: stated by TJD and second of day": 13,
        "neither date nor second of day can be read: no time": 1,
        "a pointing, or an earlier notice's position: none": 300,
        "the star tracker had lost its lock: no position": 22,
        "a garbled packet: no position": 1,
        "a known source's position without an error: the radius unknown": 3,
        "alert_tense current: observation": 4,
        "a text says no role: a pointing is utility": 1,
    },
    "fermi": {
        "JSON ids: the first names the event, the others are aliases": 4,
        "a flare of a known source: the source and the day": 1,
        "the manifest has the IVORN: the event's number is in it": 1,
        "a follow-up's exposure, a target's or a day's time: stated, no T0": 35,
        "an impossible date: TJD and second of day": 7,
        "a clock never set: by the trigger number": 4,
        "the manifest has the time of issue: the day stated": 1,
        "0, 0 without an error: no position": 40,
        "a known source's position without an error: the radius unknown": 35,
        "alert_tense current: observation": 4,
        "sub-threshold notices before 2023-10 say test: observation": 24,
        "LAT's monitor says utility in early notices: observation": 12,
    },
}
