"""Circulars: which events they are about, by which names, in which edit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handlers import parse
from handlers.names import event_names, names_in, names_in_body
from schemas import CircularLink, Refusal


def circular(**value: Any) -> CircularLink:
    base = {"circularId": 40001, "subject": "GRB 240506A: a burst", "body": "text", "createdOn": 1714979289000}
    found = parse(json.dumps(base | value).encode())
    assert isinstance(found, CircularLink), found
    return found


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        ("LIGO/Virgo/KAGRA S240830gn: Identification", ("S240830gn",)),
        ("Title: LIGO/Virgo S190510g: Limits", ("S190510g",)),
        ("MS240830gn is a mock", ("MS240830gn",)),
        ("LIGO/Virgo G298048: a merger, GW170817", ("G298048", "GW170817")),
        ("IceCube-240506A - a track", ("IceCube-240506A",)),
        ("IC240506A: optical", ("IceCube-240506A",)),
        ("IceCubeCascade-240506a", ("IceCubeCascade-240506a",)),
        ("GRB240506A: a", ("GRB 240506A",)),
        ("GRB  240506a: b", ("GRB 240506A",)),
        ("GRB 20240506A: c", ("GRB 240506A",)),
        ("GRB980329 radio", ("GRB 980329",)),
        ("Swift GRB240506.72: robots", ("GRB 240506.72",)),
        ("GRB 240506.256 : afterglow of ZTF23abcdefg/AT2024abc", ("bn240506256", "ZTF23abcdefg", "AT 2024abc")),
        ("GRB 240506B / GRB 240506256: both", ("GRB 240506B", "bn240506256")),
        ("Fermi GBM trigger 736000000/240506256 is not a GRB", ("Fermi 736000000", "bn240506256")),
        ("Fermi GBM trigger 240506256/736000000 is not a GRB", ("bn240506256", "Fermi 736000000")),
        ("Fermi  trigger No 736000000: robots", ("Fermi 736000000",)),
        ("Swift Triggers 1200001, 1200002 and 1200004 are not GRBs", ("Swift 1200001", "Swift 1200002", "Swift 1200004")),
        ("Swift triggers 1200001-1200003 are noise", ("Swift 1200001", "Swift 1200002", "Swift 1200003")),
        ("IBAS trigger 10400 is not a GRB", ("INTEGRAL 10400",)),
        ("EP240506a: EP-WXT detection", ("EP240506a",)),
        ("sb24050601: SVOM", ("sb24050601",)),
        ("FRB20240506B and FRB 240506", ("FRB 20240506B", "FRB 240506")),
        ("KM3-240506A: KM3NeT", ("KM3-240506A",)),
        ("AMON: NuEm-240506A and HAWC-240506B", ("NuEm-240506A", "HAWC-240506B")),
        ("Swift J1727.8-1613 (GRB 240506A): NICER", ("Swift J1727.8-1613", "GRB 240506A")),
        ("SGR 1935+2154: bursts", ("SGR 1935+2154",)),
        ("Trigger 1200001 of nobody", ()),
        ("Attitude of a satellite", ()),
        ("SGR1 S123 GRB IceCube", ()),
    ],
)
def test_names_of_a_subject(subject: str, names: tuple[str, ...]) -> None:
    assert names_in(subject) == names
    assert circular(subject=subject).aliases == names


def test_a_long_range_is_no_list() -> None:
    assert names_in("Swift triggers 1200001-1299999") == ("Swift 1200001",)


def test_names_are_in_their_one_form() -> None:
    subject = "GRB230824A IceCube-230823A S230807f Fermi trigger 713134237/230807868 EP240315a AT2023sva Swift J1727.8-1613"
    for name in names_in(subject):
        assert names_in(name) in ((name,), ()), name


def test_the_body_gives_the_number_of_the_one_event() -> None:
    body = "the Gamma-ray Burst Monitor triggered and located GRB 240506A (trigger 736000000.135562 / 240506256)."
    assert circular(body=body).aliases == ("GRB 240506A", "Fermi 736000000", "bn240506256")
    assert circular(body="the BAT (trigger=1200001) triggered").aliases == ("GRB 240506A", "Swift 1200001")
    track = "see https://gcn.example.org/notices_amon_g_b/140001_00001234.amon for the notice"
    assert circular(subject="IceCube-240506A - a track", body=track).aliases == ("IceCube-240506A", "IceCube 140001_1234")


def test_a_body_of_several_events_gives_none() -> None:
    body = "GRB 240506A (trigger 736000000 / 240506256), unlike (trigger 735000000 / 240424999)"
    assert circular(body=body).aliases == ("GRB 240506A",)


def test_a_body_says_nothing_of_events_of_another_family() -> None:
    body = "coincident with a burst (trigger 736000000 / 240506256)"
    assert circular(subject="LIGO/Virgo/KAGRA S240506ab: search", body=body).aliases == ("S240506ab",)
    assert names_in_body((), body) == ()


@pytest.mark.parametrize(
    ("origin", "event_id", "aliases", "subject"),
    [
        ("LIGO Virgo KAGRA", "S240830gn", (), "LIGO/Virgo/KAGRA S240830gn: Identification"),
        ("Fermi-GBM", "736000000", (), "Fermi trigger No 736000000: robots"),
        ("Fermi-GBM", "736000000", ("bn240506256",), "GRB 240506256: limits"),
        ("Swift-BAT", "1200001", (), "Swift Trigger 1200001 is not a GRB"),
        ("INTEGRAL IBIS", "10400", (), "IBAS trigger 10400 is not a GRB"),
        ("IceCube", "140001_1234", ("IceCube-240506A",), "IceCube-240506A: optical"),
        ("KM3NeT", "2", ("KM3-240506A",), "KM3-240506A: a neutrino"),
        ("CHIME/FRB", "427000001", ("FRB 20240506B",), "FRB20240506B: radio"),
    ],
)
def test_an_event_and_its_circular_meet(origin: str, event_id: str, aliases: tuple[str, ...], subject: str) -> None:
    assert event_names(origin, event_id, aliases) & set(circular(subject=subject).aliases)


def test_numbers_of_different_missions_do_not_meet() -> None:
    assert not event_names("INTEGRAL IBIS", "10400") & event_names("Swift-BAT", "10400")
    assert event_names("KM3NeT", "2") == frozenset()


def test_an_edit_is_a_version() -> None:
    first, second = circular(), circular(version=2, submitter="A. Name at Place <a@example.org>")
    assert (first.version, first.submitter) == (1, None)
    assert (second.version, second.submitter) == (2, "A. Name at Place <a@example.org>")
    assert first.circular_id == second.circular_id == "40001"
    assert circular(version=None).version == circular(version=0).version == 1


def test_times_are_milliseconds() -> None:
    made = circular().time
    assert made is not None
    assert made.iso == "2024-05-06T07:08:09.000"
    assert circular(createdOn=None).time is None
    assert circular(createdOn=1e300).time is None


@pytest.mark.parametrize(
    ("value", "event"),
    [
        ({"eventId": "LIGO/Virgo/KAGRA S240830gn"}, "LIGO/Virgo/KAGRA S240830gn"),
        ({"eventId": ""}, "GRB 240506A"),
        ({"eventId": None, "subject": "Swift GRB240506A: robots"}, "GRB 240506A"),
        ({"subject": "SPT-SVJ02: follow-up"}, "SPT-SVJ02"),
        ({"subject": "no event at all"}, None),
    ],
)
def test_the_event_of_a_circular(value: dict[str, Any], event: str | None) -> None:
    assert circular(**value).event_id == event


def test_names_of_the_event_id_count_too() -> None:
    assert circular(eventId="GRB 240506A", subject="a burst").aliases == ("GRB 240506A",)


def test_a_wrapped_circular_says_who_wrote_it() -> None:
    header = {"TITLE": "GCN CIRCULAR", "NUMBER": "24442", "SUBJECT": "LIGO/Virgo S190510g: x", "DATE": "19/05/10 05:51:38 GMT",
              "FROM": "A. Name at Place <a@example.org>"}  # fmt: skip
    got = parse(json.dumps({"format": "circular", "content": {"header": header, "body": "b"}}).encode())
    assert isinstance(got, CircularLink)
    assert (got.circular_id, got.aliases, got.submitter) == ("24442", ("S190510g",), "A. Name at Place <a@example.org>")


def test_a_circular_without_a_subject_is_refused() -> None:
    got = parse(b'{"circularId": 1, "body": "x"}')
    assert isinstance(got, Refusal)
    assert got.reason == "no-identity"


def test_real_subjects_name_their_events(shared_data: Path) -> None:
    dump = json.loads((shared_data / "notices/gcn_circulars/json.seed/gcn_nasa_gov_seed.json").read_bytes())
    records = dump["circulars"] + dump["circulars_change_requests"]
    nameless = sorted({r["subject"] for r in records if not names_in(r["subject"])})
    assert len(records) > 500
    assert [subject[:28] for subject in nameless] == [
        "IceCube Alert 230914.22: Glo", "SGR 1935+21542: VZLUSAT-2 an", "Swift Attitude Control Affec", "transient SPT-SVJ025406.5-70",
    ]  # fmt: skip
    for record in records:
        if (said := names_in(record.get("eventId") or "")) and "SGR" not in record["subject"]:
            assert set(said) <= set(names_in(record["subject"])), record["subject"]


def test_events_of_published_circulars_are_names(shared_data: Path) -> None:
    lines = (shared_data / "published/gcn_circulars_integral.csv").read_text(encoding="utf-8").splitlines()
    events = [line.split(",")[1] for line in lines[1:] if line[0].isdigit()]
    assert len(events) > 15
    assert all(names_in(event) == (event,) for event in events)
