"""Every real notice of the kinds taken agrees with its manifest's raw field, or with the normalisation named for it.

Rules stand here and, a file per family of kinds, in the files `manifest_*.py` beside this one, under the same names: FAMILIES
(a pattern of paths), REFUSED, REFUSED_FILES, REFUSED_PATHS, KINDS, IDENTITY, TIME, POSITION, ROLE, and EXPECTED: how many rows of
each source a rule normalises.
"""

from __future__ import annotations

import csv
import re
import runpy
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handlers import parse
from handlers.refused import REASONS
from handlers.times import read_iso
from schemas import Circle, Ellipse, Notice, Parsed, PointingUpdate, Refusal

_FAMILIES = [r"(lvk|icecube|antares|integral|gcn_core|gcn_circulars)/"]
#: Documents of these families that are refused by name, by their folder: (reason, why).
REFUSED = {
    "json.igwn_alert_internal": ("unknown-kind", "GraceDB's internal alert"),
    "json.seed": ("unknown-kind", "a developer's database dump of circulars"),
}
#: Single documents: (reason, why).
REFUSED_FILES = {
    "MS181101abc-1-Preliminary.f48bb2cd.xml": ("malformed-xml", "an unclosed Param"),
    "core_Reporter.example.json": ("unknown-kind", "a schema's fragment"),
    "core_Spectral.example.json": ("unknown-kind", "a schema's fragment"),
    "core_Statistics.example.json": ("unknown-kind", "a schema's fragment"),
}

Row = dict[str, str]


def _trig_id_with_revision(row: Row, got: Notice) -> bool:
    if not row["path"].startswith("integral/"):
        return False
    revision, number = divmod(int(row["event_id"]), 65536)
    return number == int(got.event_id) and revision <= 9


def _run_and_event(row: Row, got: Notice) -> bool:
    number = row["event_id"]
    return row["path"].startswith("icecube/") and number == got.event_id.replace("_", "") and number in got.aliases


def _json_ids(row: Row, got: Notice) -> bool:
    return row["path"].startswith("fermi/json.") and row["event_id"].split(",") == [got.event_id, *got.aliases]


def _ivorn(row: Row, got: Notice) -> bool:
    return "json.voevent_as_json" in row["path"] and row["event_id"] == got.document_id and got.event_id in row["event_id"]


IDENTITY: dict[str, Callable[[Row, Notice], bool]] = {
    "TrigID holds the revision times 65536; leading zeros go": _trig_id_with_revision,
    "AMON's number is run and event run together: the two, apart": _run_and_event,
    "JSON ids: the first names the event, the others are aliases": _json_ids,
    "the manifest has the IVORN: the event's number is in it": _ivorn,
}


def _tjd(row: Row, got: Notice) -> bool:
    return read_iso(row["event_time"]) is None and got.time is not None and got.time_source == "TJD+SOD"


def _rounding(row: Row, got: Notice) -> bool:
    printed = read_iso(row["event_time"])
    if printed is None or got.time is None:
        return False
    apart = abs((printed.to_datetime() - got.time.to_datetime()).total_seconds())
    return got.kind == "FERMI_GBM_SUBTHRESH" and got.time_source == "TJD+SOD" and apart <= 1.0


TIME: dict[str, Callable[[Row, Notice], bool]] = {
    "an impossible date: TJD and second of day": _tjd,
    "a lost carry of seconds: TJD and second of day": _rounding,
}


def _printed(row: Row) -> list[float]:
    """Numbers of the manifest's cell: right ascension, declination, error, or the axes and the angle of an ellipse."""
    return [float(x) for x in re.findall(r"-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?", row["ra_dec_error"])]


def _sentinel(row: Row, got: Notice) -> bool:
    numbers = _printed(row)
    return got.region is None and numbers == [0, 0, 0] and any("no position" in line for line in got.remarks)


def _negative(row: Row, got: Notice) -> bool:
    ra, dec, error = (*_printed(row), 0.0, 0.0, 0.0)[:3]
    expected = Circle(ra_deg=ra, dec_deg=dec, radius_deg=None, systematic_included=False)
    return error < 0 and got.retraction and got.region == expected


def _observatory(row: Row, got: Notice) -> bool:
    ra, dec, error = (*_printed(row), 0.0, 0.0, 0.0)[:3]
    mine = row["path"].startswith("antares/") and (ra, dec) == (0, 0)
    return mine and isinstance(got.region, Circle) and got.region.radius_deg == error


POSITION: dict[str, Callable[[Row, Notice], bool]] = {
    "0, 0 without an error: no position": _sentinel,
    "a negative radius: a retraction, the radius unknown": _negative,
    "the manifest has the observatory's place 0, 0: the neutrino's": _observatory,
}


def _tense(row: Row, got: Notice) -> bool:
    return row["role"] == "current" and got.role == "observation"


def _subthreshold(row: Row, got: Notice) -> bool:
    early = got.time is not None and got.time.utc < "2023-10"
    return got.kind == "FERMI_GBM_SUBTHRESH" and early and (row["role"], got.role) == ("test", "observation")


def _mock(row: Row, got: Notice) -> bool:
    return (row["role"], got.role) == ("observation", "test") and got.event_id.startswith(("MS", "TS"))


ROLE: dict[str, Callable[[Row, Notice], bool]] = {
    "alert_tense current: observation": _tense,
    "sub-threshold notices before 2023-10 say test: observation": _subthreshold,
    "the name of a mock event: test": _mock,
}
#: How many rows of each source a rule normalises in the stored part of the corpus.
EXPECTED: dict[str, dict[str, int]] = {
    "lvk": {
        "the manifest has the IVORN: the event's number is in it": 1,
        "the name of a mock event: test": 1,
        "a counterpart's event is the gravitational wave's name and its own number": 2,
        "of a packet the manifest has the day in the name: the whole name": 4,
        "a radius in a unit of its own: degrees": 2,
    },
    "icecube": {
        "alert_tense current: observation": 1,
        "AMON's number is run and event run together: the two, apart": 56,
        "a right ascension of -1: no position": 1,
        "of a cascade the manifest has the event's number, or its name: run and event": 2,
        "a text's year of two digits": 1,
        "a radius in a unit of its own: degrees": 3,
    },
    "antares": {
        "the manifest has the observatory's place 0, 0: the neutrino's": 3,
    },
    "integral": {
        "TrigID holds the revision times 65536; leading zeros go": 25,
        "a negative radius: a retraction, the radius unknown": 4,
        "0, 0 without an error: no position": 29,
    },
}

#: Single documents of which several bear one name, by their path; folders that are not named after the kind in them.
REFUSED_PATHS: dict[str, tuple[str, str]] = {}
KINDS: dict[str, str] = {}


def _within(pattern: str, rule: Callable[[Row, Any], bool]) -> Callable[[Row, Any], bool]:
    """A family's rule holds for its own paths only."""
    return lambda row, got: re.match(pattern, row["path"]) is not None and rule(row, got)


for _path in sorted(Path(__file__).parent.glob("manifest_*.py")):
    _family = runpy.run_path(str(_path))
    _FAMILIES.append(_family["FAMILIES"])
    for _name in ("REFUSED", "REFUSED_FILES", "REFUSED_PATHS", "KINDS", "IDENTITY", "TIME", "POSITION", "ROLE", "EXPECTED"):
        _rules = {
            key: _within(_family["FAMILIES"], value) if callable(value) else value
            for key, value in _family.get(_name, {}).items()
        }
        assert not globals()[_name].keys() & _rules.keys(), f"{_path.name}: {_name} names something again"
        globals()[_name].update(_rules)
FAMILIES = re.compile("|".join(_FAMILIES))


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[Row]:
    with (shared_data / "notices" / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def parsed(rows: list[Row], shared_data: Path) -> list[tuple[Row, Parsed]]:
    return [(row, parse((shared_data / "notices" / row["path"]).read_bytes(), name=row["path"])) for row in rows]


def _plain(row: Row, got: Notice | PointingUpdate) -> dict[str, bool]:
    """Which cells of the manifest agree as printed; a blank cell checks nothing."""
    agree: dict[str, bool] = {}
    if row["event_id"] and isinstance(got, Notice):
        agree["event_id"] = row["event_id"] == got.event_id
    if row["event_time"]:
        printed = read_iso(row["event_time"])
        agree["event_time"] = printed is not None and printed == got.time
    if row["role"]:
        agree["role"] = row["role"] == got.role
    if row["ra_dec_error"]:
        numbers = _printed(row)
        agree["ra_dec_error"] = _numbers(got)[: len(numbers)] == numbers
    return agree


def _numbers(got: Notice | PointingUpdate) -> list[float | None]:
    if isinstance(got, PointingUpdate):
        return [got.ra_deg, got.dec_deg, 0.0]
    match got.region:
        case Circle(ra_deg=ra, dec_deg=dec, radius_deg=radius):
            return [ra, dec, radius]
        case Ellipse(ra_deg=ra, dec_deg=dec, semi_major_deg=radius):
            return [ra, dec, radius]
        case _:
            return []


def test_every_row_agrees(parsed: list[tuple[Row, Parsed]]) -> None:
    tables = {"event_id": IDENTITY, "event_time": TIME, "role": ROLE, "ra_dec_error": POSITION}
    wrong: list[str] = []
    used: defaultdict[str, Counter[str]] = defaultdict(Counter)
    checked: Counter[str] = Counter()
    for row, got in parsed:
        if not FAMILIES.match(row["path"]) or not isinstance(got, Notice | PointingUpdate):
            continue
        for column, agrees in _plain(row, got).items():
            checked[column] += 1
            if agrees:
                continue
            rules = tables[column] if isinstance(got, Notice) or column == "role" else {}
            rule = next((name for name, holds in rules.items() if holds(row, got)), None)
            if rule is None:
                wrong.append(f"{row['path']}: {column} is {row[column]!r} and not so in {got}"[:600])
            else:
                used[row["path"].partition("/")[0]][rule] += 1
    assert not wrong, "\n".join(wrong)
    assert used == EXPECTED
    assert min(checked.values()) > 450, checked


def test_refusals_are_those_named(parsed: list[tuple[Row, Parsed]]) -> None:
    for row, got in parsed:
        if not FAMILIES.match(row["path"]):
            continue
        folder, name = row["path"].split("/")[1], row["path"].rpartition("/")[2]
        by_folder = next((why for start, why in REFUSED.items() if folder.startswith(start)), None)
        expected = REFUSED_PATHS.get(row["path"]) or REFUSED_FILES.get(name) or by_folder
        if expected is None:
            assert not isinstance(got, Refusal), got
        else:
            assert isinstance(got, Refusal), row["path"]
            assert got.reason == expected[0], got
            assert got.reason != "unknown-kind" or got.kind


def test_kinds_are_the_folders(parsed: list[tuple[Row, Parsed]]) -> None:
    for row, got in parsed:
        form, _, kind = row["path"].split("/")[1].partition(".")
        named = form == "voevent" and kind not in ("LVC_UNKNOWN", "Antares_Alert")
        if isinstance(got, Notice) and named and FAMILIES.match(row["path"]):
            assert got.kind == KINDS.get(kind, kind), row["path"]


def test_whatever_is_refused_has_a_right_word(parsed: list[tuple[Row, Parsed]]) -> None:
    reasons: Counter[str] = Counter()
    for row, got in parsed:
        if isinstance(got, Refusal):
            reasons[got.reason] += 1
            assert got.reason in REASONS, row["path"]
            assert got.reason not in ("handler-failed", "bad-time", "bad-position", "no-identity"), (row["path"], got)
            assert row["path"] in got.message
    assert sum(reasons.values()) < len(parsed) // 10, reasons
