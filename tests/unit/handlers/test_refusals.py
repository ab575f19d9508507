"""Bad input: each refused by a stable word, never an exception."""

from __future__ import annotations

import json
import re
import struct
import typing
from pathlib import Path

import pytest
from handler_samples import GWALERT_AVRO, avro_container, every_sample, gwalert, gwalert_record, voevent

import handlers
from handlers import magic, parse
from handlers.limits import MAX_BYTES
from handlers.refused import REASONS
from schemas import Notice, Refusal
from schemas.standin import StandInReason

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<VOEvent ivorn="ivo://x#1"><What><Param name="Packet_Type" value="&b;"/></What></VOEvent>'
)
OUTSIDE = b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><VOEvent ivorn="ivo://x#1"/>'
GBM = every_sample()["gbm-111"]
EMPTY_ITEMS = {"type": "record", "name": "A", "fields": [{"name": "x", "type": {"type": "array", "items": "null"}}]}


def refusal(data: bytes, topic: str | None = None) -> Refusal:
    parsed = parse(data, topic=topic, name="the-document")
    assert isinstance(parsed, Refusal), parsed
    assert parsed.message.startswith("the-document: ")
    return parsed


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"x" * (MAX_BYTES + 1), "too-large"),
        (b"\x00\x01\x02\x03", "not-text"),
        (b"\xff\xfe\x00", "not-text"),
        (b"\x80abc", "not-text"),
        (GBM.replace(b"TrigID", b"Tr\x00gID"), "not-text"),
        (GBM[:-200], "malformed-xml"),
        (GBM.replace(b"</What>", b""), "malformed-xml"),
        (GBM.replace(b"UTF-8", b"NO-SUCH"), "malformed-xml"),
        (BOMB, "doctype"),
        (OUTSIDE, "doctype"),
        (b"<a/>", "not-voevent"),
        (b"<html><body>502</body></html>", "html"),
        (b"<!DOCTYPE html><html><body>502</body></html>", "html"),
        (b"<VOEvent>" + b"<a>" * 200 + b"</a>" * 200 + b"</VOEvent>", "malformed-xml"),
        (b"<VOEvent>" + b"<a/>" * 30_000 + b"</VOEvent>", "malformed-xml"),
        (b"{", "malformed-json"),
        (b'{"a": NaN}', "malformed-json"),
        (b'{"a": -Infinity}', "malformed-json"),
        (b'{"a": 1e999}', "malformed-json"),
        (b'{"a": 1, "a": 2}', "malformed-json"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "malformed-json"),
        (b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}", "malformed-json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "malformed-json"),
        (b'{"a": ' + b"[1" + b",1" * 200_000 + b"]}", "malformed-json"),
        (gwalert("S1\ud800"), "malformed-json"),
        (gwalert("S1\x00"), "malformed-json"),
        (gwalert("S" * 200), "no-identity"),
        (gwalert("S1\nSubject: x"), "no-identity"),
        (voevent(111, {"TrigID": "7" * 300}), "no-identity"),
        (b"[]", "not-an-object"),
        (b"[" + gwalert() + b"]", "not-an-object"),
        (b'{"a": 1}', "unknown-kind"),
        (b"{}", "unknown-kind"),
        (b"Subscribed topic not available: gcn.notices.x: Broker: Unknown topic or partition", "error-text"),
        (b'SASL authentication error: {"status":"invalid_token"}', "error-text"),
        (b"TITLE:  GCN/FERMI NOTICE\nNOTICE_TYPE: Fermi-GBM Novelty\nTRIGGER_NUM: 1\n", "text-notice"),
        (b"TITLE:  GCN/FERMI NOTICE\nNOTICE_TYPE: Fermi-GBM Alert\nTRIGGER_NUM: 1\n", "bad-time"),
        (b"hello", "not-an-alert"),
        (struct.pack(">40i", 111, *range(39)), "binary-notice"),
        (b"Obj\x01", "malformed-avro"),
        (b"Obj\x01" + b"\x02" * 400, "malformed-avro"),
        (avro_container(gwalert_record(), GWALERT_AVRO)[:-300], "malformed-avro"),
        (avro_container(gwalert_record(), GWALERT_AVRO, codec="deflate"), "malformed-avro"),
        (avro_container({"x": [None] * 3}, EMPTY_ITEMS), "malformed-avro"),
        (avro_container("text", "string"), "not-an-object"),
        (voevent(111, {}), "no-identity"),
        (voevent(173, {}, ivorn="ivo://x#nothing"), "no-identity"),
        (voevent(151, {}, position=None), "no-identity"),
        (voevent(111, {"TrigID": "1"}, time=None), "bad-time"),
        (voevent(111, {"TrigID": "1"}, time="99999-01-01T00:00:00"), "bad-time"),
        (voevent(111, {"TrigID": "1"}, time="2022-01-00T00:00:00"), "bad-time"),
        (voevent(111, {"TrigID": "1", "Burst_TJD": "inf", "Burst_SOD": "1"}, time="x"), "bad-time"),
        (gwalert(time="yesterday"), "bad-time"),
        (gwalert().replace(b'"event"', b'"no_event"'), "not-an-alert"),
        (gwalert(""), "no-identity"),
        (voevent(51, {}, position=("400", "0", "0")), "bad-position"),
    ],
)  # fmt: skip
def test_each_by_its_word(data: bytes, reason: str) -> None:
    assert refusal(data).reason == reason


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (voevent(777, {}), "GCN type 777"),
        (voevent(None, {}, ivorn="ivo://some.where/stream#1"), "VOEvent some.where/stream"),
        (b'{"$schema": "https://gcn.nasa.gov/schema/v4.2.0/gcn/notices/core/Event.schema.json"}', "gcn.notices.core.Event"),
        (struct.pack(">40i", 140, *range(39)), "SWIFT_BAT_SUBSUB"),
    ],
)
def test_the_kind_is_named(data: bytes, kind: str) -> None:
    refused = refusal(data)
    assert refused.kind == kind
    assert kind in refused.message


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e400", "abc", "", "16299.11", "-1", "99"])
def test_positions_off_the_sky_are_none(number: str) -> None:
    parsed = parse(voevent(111, {"TrigID": "1"}, position=("10", number if number != "-1" else "-91", "1")))
    assert isinstance(parsed, Notice)
    assert parsed.region is None


@pytest.mark.parametrize("value", ["nan", "inf", "1e400", "[0, 1.0]", "-21474836.48", "0x12"])
def test_strange_numbers_stay_printed(value: str) -> None:
    parsed = parse(voevent(173, {"run_id": "1", "event_id": "2", "FAR": value, "signalness": value}))
    assert isinstance(parsed, Notice)
    assert parsed.significance is not None
    assert parsed.significance.far_hz is None
    assert parsed.fields["What/FAR"] == value


@pytest.mark.parametrize("key", ["superevent_id", "alert_type", "time_created", "event", "urls", "external_coinc"])
@pytest.mark.parametrize("value", [None, 1, "x", [], {}, True, [1, {"a": None}]])
def test_wrong_types_in_json_never_fail(key: str, value: object) -> None:
    record = json.loads(gwalert())
    record[key] = value
    parsed = parse(json.dumps(record).encode())
    assert getattr(parsed, "reason", "") not in ("handler-failed", "too-deep")


def test_repeated_names_are_no_burden() -> None:
    rows = b"".join(b"<Param name='x' value='1'/>" for _ in range(15_000))
    parsed = parse(GBM.replace(b"<What>", b"<What>" + rows))
    assert isinstance(parsed, Notice)
    assert parsed.fields["What/x#15000"] == "1"


def test_long_names_are_cut_in_refusals() -> None:
    refused = refusal(voevent(None, {}, ivorn="ivo://" + "x" * 100_000))
    assert refused.kind is not None
    assert len(refused.kind) <= 300
    assert len(refused.message) <= 400


def test_avro_of_unusual_types_never_fails() -> None:
    import datetime as dt

    day = {"name": "day", "type": {"type": "int", "logicalType": "date"}}
    text = [{"name": name, "type": "string"} for name in ("superevent_id", "alert_type")]
    schema = {"type": "record", "name": "A", "fields": [*text, day]}
    record = {"superevent_id": "S1", "alert_type": "RETRACTION", "day": dt.date(2024, 1, 1)}
    parsed = parse(avro_container(record, schema))
    assert isinstance(parsed, Notice)
    assert parsed.fields["day"] == '"2024-01-01"'


def test_every_word_is_explained() -> None:
    source = "".join(path.read_text() for path in sorted(Path(handlers.__file__).parent.glob("*.py")))
    used = set(re.findall(r"""(?:Refused\(\s*|reason=|values\(\w+, )"([a-z-]+)\"""", source))
    used |= set(re.findall(r'else "(not-voevent)"', source)) | set(re.findall(r'reason = "([a-z-]+)" if', source))
    used |= set(typing.get_args(StandInReason)) | {reason for _, reason, _ in magic._BEGINNINGS}
    assert used == set(REASONS)


def test_a_nul_at_the_very_end_is_the_senders_way_to_end_a_text() -> None:
    whole = voevent(112, {"TrigID": "700000001"})
    assert handlers.parse(whole + b"\0") == handlers.parse(whole)
    assert isinstance(handlers.parse(whole.decode().encode("utf-16")), Notice)
    for cut in (whole + b"\0\0", whole[:50] + b"\0" + whole[50:]):
        found = handlers.parse(cut)
        assert isinstance(found, Refusal)
        assert found.reason == "not-text"
