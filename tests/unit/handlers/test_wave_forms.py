"""Gravitational waves in forms of the past: inferences of the Why section, flags of packets, an alert for pages to show."""

from __future__ import annotations

import json

import pytest
from handler_samples import gwalert_record, voevent

from handlers import parse
from schemas import Notice, Refusal

WHY = (
    b"<Why><Group name='Classification'><Inference probability='0.95'><Concept>BNS</Concept></Inference>"
    b"<Inference probability='0.05'><Concept>Noise</Concept></Inference></Group><Group name='Properties'>"
    b"<Inference probability='0.9'><Concept>HasNS</Concept></Inference></Group></Why><Citations>"
)


def notice(data: bytes) -> Notice:
    found = parse(data)
    assert isinstance(found, Notice), found
    return found


def wave(**groups: dict[str, str]) -> bytes:
    return voevent(151, {"GraceID": "S240101ab", "AlertType": "Initial", "FAR": "1e-9"}, groups=groups, position=None)


def test_inferences_of_the_why_section_are_classes_and_properties() -> None:
    got = notice(wave().replace(b"<Citations>", WHY))
    assert (got.classification, got.properties) == ({"BNS": 0.95, "Noise": 0.05}, {"HasNS": 0.9})


def test_groups_of_the_what_section_come_first() -> None:
    got = notice(wave(Classification={"BBH": "1.0"}, Properties={"HasNS": "0.1"}).replace(b"<Citations>", WHY))
    assert (got.classification, got.properties) == ({"BBH": 1.0}, {"HasNS": 0.1})


def test_an_inference_without_a_concept_says_nothing() -> None:
    got = notice(wave().replace(b"<Citations>", WHY.replace(b"<Concept>HasNS</Concept>", b"")))
    assert (got.classification, got.properties) == ({}, {})


@pytest.mark.parametrize(("flag", "role"), [("true", "test"), ("false", "observation")])
def test_the_test_flag_of_a_packet(flag: str, role: str) -> None:
    assert notice(wave(Trigger_ID={"Test": flag})).role == role


def test_a_map_cut_short_for_show_is_no_map() -> None:
    record = gwalert_record("MS240101ab")
    record["event"]["skymap"] = "U0lNUExFICA9ICAgICAgICAgICAgICAgICAgICBUIC8gY29uZm..."
    got = notice(json.dumps(record).encode())
    assert (got.region, got.blobs, got.role) == (None, (), "test")
    assert any("sky map" in line for line in got.remarks)


def test_the_database_s_own_alerts_are_refused_by_what_they_hold() -> None:
    internal = {"uid": "E1", "alert_type": "new", "description": "external trigger", "object": {"graceid": "E1"}, "labels": []}
    got = parse(json.dumps(internal).encode())
    assert isinstance(got, Refusal)
    assert got.reason == "unknown-kind"
