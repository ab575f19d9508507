"""What the manifest of real notices and the handlers of the smaller electromagnetic missions say differently, each by name; see
test_notice_manifest.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from handlers.times import read_iso
from schemas import Circle, Ellipse, Notice, Polygon

Row = dict[str, str]
Rule = Callable[[Row, Notice], bool]

FAMILIES = r"(svom|maxi|einstein_probe|calet|gecam|agile|konus|ipn|gcn_test|grb_counterpart|glowbug|burstcube|heasarc|other)/"
#: Documents that are refused, by their folder: (reason, why).
REFUSED = {
    "voevent.com_dc3_dc3_broker": ("broker-test", "a broker's test"),
    "voevent.comet_broker_test": ("broker-test", "a broker's test"),
    "voevent.svomcgft_naoc_VOEVENTTEST": ("broker-test", "a broker's test"),
    "voevent.voevent_4pisky_org_voevent_": ("broker-test", "a broker's test"),
    "voevent.voeventdb_4pisky_org_subscribe_only": ("broker-test", "a broker's test"),
    "voevent.voevent_4pisky_org_TEST": ("broker-test", "a robot's test"),
    "voevent.voevent_4pisky_org_ALARRM_OBSTEST": ("broker-test", "a robot's test"),
    "voevent.voevent_organization_tld_TEST": ("broker-test", "a robot's test"),
    "voevent.voevent_4pisky_org_ALARRM_REQUEST": ("observing-request", "a request to observe a burst of Swift's"),
    "voevent.voevent_phys_soton_ac_uk_AMI_REQUEST": ("observing-request", "a request to observe a burst of Swift's"),
    "voevent.GRANDMA_observation_plan": ("observing-request", "plans for a network's telescopes"),
    "voevent.refitt_org_voevent_": ("observing-request", "a recommendation what to observe"),
    "voevent.INTEGRAL_dummy_demo": ("demonstration", "a tutorial's"),
    "voevent.example_exciting_events": ("demonstration", "a tutorial's"),
    "voevent.silly_billy": ("demonstration", "a tutorial's"),
    "voevent.testing": ("demonstration", "a library's test"),
    "voevent.raptor_lanl_VOEvent": ("demonstration", "the VOEvent standard's imaginary event"),
    "voevent.0_test": ("demonstration", "AMON's simulations"),
    "voevent.3_test": ("demonstration", "AMON's simulations"),
    "voevent.psws_irap": ("not-an-alert", "solar wind at Jupiter"),
    "voevent.KILL_SOCKET": ("not-an-alert", "GCN's socket closes"),
}
#: Single documents: (reason, why).
REFUSED_FILES = {
    "1.83005c84.xml": ("demonstration", "a tutorial's"),
    "heasarc_archive_alert.example.json": ("not-an-alert", "data came into an archive"),
    "test_alert.xml": ("malformed-xml", "unquoted attributes"),
}
#: Documents of which several bear one name, by the end of the path.
REFUSED_PATHS = {
    "other/voevent.gaia/1.xml": ("demonstration", "a tutorial's"),
}
#: Folders that are not named after the kind: the kind in them.
KINDS = {
    "AGILE_txt": "AGILE_MCAL_ALERT", "HESS": "HESS_GRB", "gaia": "GAIA_ALERT", "lvk_internal": "LVK_EXTERNAL",
    "nvo_caltech_voeventnet_catot": "CRTS_ALERT", "nvo_caltech_voeventnet_mlsot": "CRTS_ALERT",
    "voevent_4pisky_org_ASASSN": "ASASSN_ALERT", "grm-trigger": "SVOM_GRM_TRIGGER", "eclairs-wakeup": "SVOM_ECLAIRS_WAKEUP",
    "sbYYMMDDnn_eclairs-wakeup": "SVOM_ECLAIRS_WAKEUP", "eclairs-catalog": "SVOM_ECLAIRS_CATALOG", "slewing": "SVOM_SLEWING",
    "not-slewing": "SVOM_NOT_SLEWING", "retraction": "SVOM_RETRACTION", "mxt-initial_qf1": "SVOM_MXT_INITIAL",
    "mxt-initial_qf2": "SVOM_MXT_INITIAL", "mxt-initial_qf3": "SVOM_MXT_INITIAL", "mxt-initial_qf4": "SVOM_MXT_INITIAL",
    "mxt-update_qf2": "SVOM_MXT_UPDATE",
}  # fmt: skip


def _hete(row: Row, got: Notice) -> bool:
    return got.kind == "HETE_TEST" and int(row["event_id"]) % 65536 == int(got.event_id)


def _ipn(row: Row, got: Notice) -> bool:
    assert got.time is not None
    seconds = sum(int(got.time.utc[at : at + 2]) * unit for at, unit in ((11, 3600), (14, 60), (17, 1)))
    return got.kind == "IPN_RAW" and row["event_id"] == "-1" and got.event_id.endswith(f"{seconds:05d}")


def _zeros(row: Row, got: Notice) -> bool:
    return got.kind.startswith("MAXI_") and row["event_id"].lstrip("0") == got.event_id


def _unnamed(row: Row, got: Notice) -> bool:
    return got.kind == "AGILE_MCAL_ALERT" and row["event_id"] == "0" and got.time is not None and got.event_id == got.time.utc


def _ids(row: Row, got: Notice) -> bool:
    return row["path"].startswith("glowbug/") and row["event_id"].split(",") == [got.event_id, *got.aliases]


def _ivorn(row: Row, got: Notice) -> bool:
    return got.kind.startswith("GECAM_") and row["event_id"] == got.document_id


def _packed(row: Row, got: Notice) -> bool:
    return "/binary." in row["path"] and got.kind.startswith("MAXI_") and got.event_id.endswith(row["event_id"])


def _first_trigger(row: Row, got: Notice) -> bool:
    """The manifest has word 4 as a trigger number: it holds the first notice's packet type, the number stands in word 5."""
    return got.kind == "COINCIDENCE" and got.event_id == got.fields["What/First/TrigID"]


def _amon_number(row: Row, got: Notice) -> bool:
    return got.kind == "AMON_TEST" and got.event_id.lstrip("0") == row["event_id"]


IDENTITY: dict[str, Rule] = {
    "MAXI's packets have a word of the number that the manifest leaves out": _packed,
    "a coincidence is named by its first trigger": _first_trigger,
    "AMON's number keeps its leading zero": _amon_number,
    "HETE's TrigID holds the revision times 65536": _hete,
    "IPN_RAW's TrigID is -1: day and second of day, as Konus names it": _ipn,
    "MAXI's numbers lose their leading zeros": _zeros,
    "AGILE's TrigID 0: the time": _unnamed,
    "ids of Glowbug: the first names the event": _ids,
    "the manifest has the IVORN: GECAM's trigger number": _ivorn,
}


def _example(row: Row, got: Notice) -> bool:
    return (row["role"], got.role, row["event_id"]) == ("observation", "test", "sbYYMMDDnn")


def _test_schema(row: Row, got: Notice) -> bool:
    return (row["role"], got.role, got.kind) == ("current", "test", "gcn.notices.burstcube.test")


def _flagged(row: Row, got: Notice) -> bool:
    flag = got.fields.get("What/Test_mpos/Test_Notice")
    return (row["role"], got.role, got.kind, flag) == ("observation", "test", "LVK_EXTERNAL", "true")


def _gecam(row: Row, got: Notice) -> bool:
    return got.kind.startswith("GECAM_") and (row["role"], got.role) == ("observation", "test") and len(got.event_id) >= 9


def _amon(row: Row, got: Notice) -> bool:
    return got.kind == "AMON_TEST" and (row["role"], got.role) == ("utility", "test")


def _no_role(row: Row, got: Notice) -> bool:
    return (row["role"], got.role) == ("observe", "test")


ROLE: dict[str, Rule] = {
    "SVOM's documented example: test": _example,
    "BurstCube's schema of tests: test": _test_schema,
    "LVK's replay with the test flag: test": _flagged,
    "a role that the standard does not have: test": _no_role,
    "GECAM's numbers from 100 000 000 on: test": _gecam,
    "AMON's test of another role: test": _amon,
}


def _burst_time(row: Row, got: Notice) -> bool:
    return got.kind.startswith("SVOM_MXT_") and got.stated_time is not None and got.time_source == "Alert_Seq_T0"


def _stated(row: Row, got: Notice) -> bool:
    observed = got.kind.startswith("SVOM_MXT_") or got.kind in ("HESS_GRB", "GRB_CNTRPART")
    return observed and got.time is None and got.stated_time == read_iso(row["event_time"])


TIME: dict[str, Rule] = {
    "MXT's time is stated, the burst's in Alert_Seq_T0": _burst_time,
    "an observation's time is stated only": _stated,
}


def _numbers(row: Row) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", row["ra_dec_error"])]


def _told(got: Notice, words: str) -> bool:
    return got.region is None and any(words in line for line in got.remarks)


def _ipn_none(row: Row, got: Notice) -> bool:
    return got.kind == "IPN_RAW" and _numbers(row) == [-1, -1, -1] and got.region is None


def _calet(row: Row, got: Notice) -> bool:
    return got.kind == "CALET_GBM_FLT_LC" and _numbers(row)[2:3] == [0] and got.region is None


def _no_place(row: Row, got: Notice) -> bool:
    return got.kind in ("AGILE_MCAL_ALERT", "KONUS_LC") and _numbers(row)[2:3] == [0] and got.region is None


def _grm(row: Row, got: Notice) -> bool:
    return (
        got.kind == "SVOM_GRM_TRIGGER" and _numbers(row)[2:3] == [-1] and _told(got, "GRM's position without an error is a guess")
    )


def _maxi_zero(row: Row, got: Notice) -> bool:
    return got.kind.startswith("MAXI_") and _numbers(row)[:2] == [0, 0] and _told(got, "is a sentinel")


def _unknown_radius(row: Row, got: Notice) -> bool:
    ra, _dec, error = (*_numbers(row), 0.0, 0.0, 0.0)[:3]
    return error == 0 and isinstance(got.region, Circle) and got.region.radius_deg is None and got.region.ra_deg == ra


def _rectangle(row: Row, got: Notice) -> bool:
    return row["path"].startswith("maxi/json.") and isinstance(got.region, Polygon)


def _ellipse(row: Row, got: Notice) -> bool:
    region, numbers = got.region, _numbers(row)
    return isinstance(region, Ellipse) and numbers == [
        region.ra_deg, region.dec_deg, region.semi_major_deg, region.semi_minor_deg, region.position_angle_deg,
    ]  # fmt: skip


POSITION: dict[str, Rule] = {
    "MAXI's axes and angle of an ellipse": _ellipse,
    "IPN_RAW prints -1: no position": _ipn_none,
    "CALET prints where it looked: no position": _calet,
    "AGILE's calorimeter and Konus have no position": _no_place,
    "GRM's guess without an error: no position": _grm,
    "MAXI at 0, 0: no position": _maxi_zero,
    "a radius of 0: unknown": _unknown_radius,
    "MAXI's corners of a rectangle": _rectangle,
}
#: How many rows of each source a rule normalises in the stored part of the corpus.
EXPECTED: dict[str, dict[str, int]] = {
    "agile": {
        "AGILE's TrigID 0: the time": 2,
        "AGILE's calorimeter and Konus have no position": 13,
    },
    "burstcube": {
        "BurstCube's schema of tests: test": 1,
    },
    "calet": {
        "CALET prints where it looked: no position": 23,
    },
    "gcn_test": {
        "HETE's TrigID holds the revision times 65536": 6,
    },
    "gecam": {
        "GECAM's numbers from 100 000 000 on: test": 2,
        "the manifest has the IVORN: GECAM's trigger number": 1,
    },
    "glowbug": {
        "alert_tense current: observation": 1,
        "ids of Glowbug: the first names the event": 1,
    },
    "grb_counterpart": {
        "an observation's time is stated only": 24,
    },
    "ipn": {
        "IPN_RAW prints -1: no position": 28,
        "IPN_RAW's TrigID is -1: day and second of day, as Konus names it": 29,
        "an impossible date: TJD and second of day": 1,
    },
    "konus": {
        "AGILE's calorimeter and Konus have no position": 25,
        "an impossible date: TJD and second of day": 3,
    },
    "maxi": {
        "MAXI at 0, 0: no position": 1,
        "MAXI's axes and angle of an ellipse": 1,
        "MAXI's corners of a rectangle": 1,
        "MAXI's numbers lose their leading zeros": 3,
        "MAXI's packets have a word of the number that the manifest leaves out": 2,
        "alert_tense current: observation": 4,
    },
    "other": {
        "0, 0 without an error: no position": 1,
        "AGILE's calorimeter and Konus have no position": 1,
        "a coincidence is named by its first trigger": 1,
        "AMON's number keeps its leading zero": 1,
        "AMON's test of another role: test": 1,
        "LVK's replay with the test flag: test": 1,
        "a radius of 0: unknown": 12,
        "a role that the standard does not have: test": 1,
        "an observation's time is stated only": 2,
    },
    "svom": {
        "GRM's guess without an error: no position": 5,
        "MXT's time is stated, the burst's in Alert_Seq_T0": 2,
        "SVOM's documented example: test": 1,
        "an observation's time is stated only": 5,
    },
}
