"""Documents made to harm: each becomes a record or a refusal by name, quickly, and nothing of it is run, fetched or unpacked."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import pickle
import re
import time
import tracemalloc
import zipfile
import zlib
from typing import Any

import pytest
from every_document import every_document
from handler_samples import FITS, GWALERT_AVRO, avro_container, every_sample, gwalert, gwalert_record, voevent

from handlers import parse, parse_line
from handlers.builtin import registry
from handlers.limits import MAX_BYTES
from handlers.sniff import read_document
from schemas import Notice, Parsed, PointingUpdate, Refusal, from_json, to_json

GBM = every_sample()["gbm-111"]
#: No document may take longer, whatever is in it.
LONGEST_S = 1.0
#: Characters of the long texts: what takes a step for each pair of them takes minutes.
LONG = 50_000


def timed(data: bytes, **about: Any) -> Parsed:
    """Parse within the time that any document may take, and within memory of some times its size."""
    start = time.thread_time()  # of this thread alone: other tests may run beside it
    parsed = parse(data, **about)
    assert time.thread_time() - start < LONGEST_S, (data[:100], parsed)
    line = parse_line("x", parsed)
    assert line["reason"] not in ("handler-failed", "too-deep"), line
    json.dumps(line, allow_nan=False)
    if isinstance(parsed, Notice | PointingUpdate):
        assert from_json(to_json(parsed), type(parsed)) == parsed
    return parsed


def reason(data: bytes, **about: Any) -> str:
    parsed = timed(data, **about)
    return parsed.reason if isinstance(parsed, Refusal) else "taken"


class Armed:
    """A pickle of this runs a program when it is opened."""

    def __reduce__(self) -> Any:
        return (pytest.fail, ("a pickle was opened",))


def zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("alert.xml", data)
    return stream.getvalue()


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "value", [Armed(), {"id": "SNEWS", "neutrino_time": "2024"}, [1, 2], [Armed()]], ids=["armed", "dict", "list", "in"]
)
def test_pickles_are_never_opened(protocol: int, value: object) -> None:
    assert reason(pickle.dumps(value, protocol)) == "pickle"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (gzip.compress(GBM), "compressed"),
        (gzip.compress(bytes(15_000_000)), "compressed"),
        (bz2.compress(GBM), "compressed"),
        (lzma.compress(GBM), "compressed"),
        (zlib.compress(GBM), "compressed"),
        (zlib.compress(GBM, 9), "compressed"),
        (zipped(GBM), "compressed"),
        (FITS, "fits"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "picture"),
        (b"GIF89a" + bytes(100), "picture"),
        (b"%PDF-1.7\n%\xe2\xe3", "picture"),
        (b"%!PS-Adobe-3.0\n", "picture"),
        (b"<!doctype html><html></html>", "html"),
        (b"<html lang='en'><body>", "html"),
    ],
)
def test_files_that_are_no_alerts_by_their_words(data: bytes, word: str) -> None:
    assert reason(data) == word


ENTITIES = {
    "laughs": "<!DOCTYPE l [<!ENTITY a 'lol'>" + "".join(f"<!ENTITY a{i} '{'&a' + str(i - 1 or '') + ';'}'>" for i in range(1, 9)) + "]>",
    "file": "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    "net": "<!DOCTYPE x SYSTEM 'http://example.org/x.dtd'>",
    "parameter": "<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://example.org/x'> %p;]>",
    "attlist": "<!DOCTYPE VOEvent [<!ATTLIST VOEvent ivorn CDATA 'ivo://x#1'>]>",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ENTITIES))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1", "utf-7"])
def test_entities_are_refused_in_any_encoding(name: str, encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding.upper()}'?>{ENTITIES[name]}<VOEvent ivorn='ivo://x#1'><What>&a;</What></VOEvent>"
    if encoding == "utf-7":  # the declaration stays readable, as a decoder that follows it needs
        head, rest = text.split("?>", 1)
        data = f"{head}?>".encode() + rest.replace("<", "+ADw-").replace("!", "+ACE-").encode()
    else:
        data = text.encode(encoding)
    assert reason(data) in ("doctype", "malformed-xml")


def test_an_entity_without_declaration_is_malformed() -> None:
    assert reason(GBM.replace(b"FERMI", b"&nbsp;").replace(b"700000001", b"&xxe;")) == "malformed-xml"


def test_stylesheets_and_inclusions_are_not_followed() -> None:
    inclusion = b"<?xml-stylesheet href='http://example.org/x.xsl'?>" + GBM[GBM.index(b"?>") + 2 :].replace(
        b"<What>", b"<What><xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>"
    )
    parsed = timed(inclusion)
    assert isinstance(parsed, Notice)
    assert not any("root:" in value for value in parsed.fields.values())


@pytest.mark.parametrize("size", [MAX_BYTES, MAX_BYTES + 1, 4 * MAX_BYTES])
@pytest.mark.parametrize("around", [(b"<VOEvent>", b"</VOEvent>"), (b'{"a": "', b'"}'), (b"", b""), (b"[", b"]")])
def test_long_strings_cost_no_more_than_their_size(size: int, around: tuple[bytes, bytes]) -> None:
    data = around[0] + b"a" * (size - len(around[0]) - len(around[1])) + around[1]
    tracemalloc.start()
    parsed = parse(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(parsed, Refusal)
    assert len(parsed.message) < 1000
    if size > MAX_BYTES:
        assert parsed.reason == "too-large"
        assert peak < 1_000_000
    else:
        assert peak < 8 * size


@pytest.mark.parametrize("depth", [65, 1000, 100_000])
@pytest.mark.parametrize(
    "document",
    [
        lambda n: b"<VOEvent>" + b"<a>" * n + b"</a>" * n + b"</VOEvent>",
        lambda n: b"<VOEvent><What>" + b"<Group>" * n + b"</Group>" * n + b"</What></VOEvent>",
        lambda n: b"<VOEvent><WhereWhen>" + b"<Position2D>" * n,
        lambda n: b'{"a": ' + b"[" * n + b"]" * n + b"}",
        lambda n: b'{"a": ' * n + b"1" + b"}" * n,
        lambda n: b'{"ivorn": "x", "What": ' + b'{"Group": ' * n + b"1" + b"}" * (n + 1),
    ],
)
def test_deep_nesting_is_malformed(document: Any, depth: int) -> None:
    assert reason(document(depth)) in ("malformed-xml", "malformed-json")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp037", "utf-7"])
def test_other_encodings_are_read_or_refused(encoding: str) -> None:
    text = GBM.decode().replace("encoding='UTF-8'", f"encoding='{encoding.upper()}'")
    found = reason(text.encode(encoding))
    assert found == ("taken" if encoding in ("utf-16", "utf-7") else "not-text") or found == "not-an-alert"


def test_utf_16_says_the_same() -> None:
    text = GBM.decode().replace("encoding='UTF-8'", "encoding='UTF-16'")
    assert timed(text.encode("utf-16")) == timed(GBM)


@pytest.mark.parametrize("name", ["gbm-111", "gwalert", "icecube-json", "circular", "gwalert-avro", "text-gbm", "mail"])
def test_nul_bytes_anywhere(name: str) -> None:
    data = every_document()[name]
    for at in range(0, len(data), max(1, len(data) // 40)):
        timed(data[:at] + b"\0" + data[at:])
        timed(data[:at] + b"\0" + data[at + 1 :])


NUMBERS = [
    "NaN", "nan", "inf", "-inf", "Infinity", "1e400", "-1e400", "1e-400", "9" * 5000, "-" + "9" * 5000, "0." + "0" * 5000 + "1",
    "1e999999999", "-1e999999999", "0x7fffffffffffffffffff", "1_000", "١٢٣", "½", "--1", "+-1", "1,5", "2147483648", "-2147483649",
    "9223372036854775808", "1e18", "99999-12-31T23:59:60", "-0001-01-01T00:00:00", "0000-00-00T00:00:00", "\u202e1", "1\u0300",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:12])
def test_numbers_that_are_none_break_nothing(number: str) -> None:
    """Every value of every classic kind at once, then the position and the time alone."""
    for name, data in every_document().items():
        if name.startswith("kind-"):
            timed(_with_values(data, number))
    here = [
        voevent(111, {"TrigID": "1"}, position=place) for place in ((number, "1", "1"), ("1", number, "1"), ("1", "1", number))
    ]
    for parsed in map(timed, here):
        assert isinstance(parsed, Notice)
        assert parsed.region is None or abs(parsed.region.dec_deg) <= 90  # type: ignore[union-attr]
    assert reason(voevent(111, {"TrigID": "1"}, time=number)) == "bad-time"


def _with_values(data: bytes, value: str, *left: bytes) -> bytes:
    """Every parameter's value, but the packet type's, is this one."""
    escaped = value.encode().replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b'"', b"&quot;").replace(b"\n", b"&#10;")

    def changed(match: re.Match[bytes]) -> bytes:
        return match[0] if match[1] in (b"Packet_Type", *left) else b'name="' + match[1] + b'" value="' + escaped + b'"'

    return re.sub(rb'name="([^"]*)" value="[^"]*"', changed, data)


@pytest.mark.parametrize(
    "literal", ["9" * 5000, "1e400", "-1e400", "NaN", "Infinity", "1e99999999999", "9" * 4000 + ".5", "-0.0", "1e-400"]
)
def test_json_numbers_beyond_any_float(literal: str) -> None:
    for name, data in every_document().items():
        if data.startswith(b"{"):
            found = reason(re.sub(rb'(": )-?\d[\d.e+-]*', rb"\g<1>" + literal.encode(), data))
            assert found, name


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 2}', '{"x": {"id": "1", "id": "2"}}', '{"superevent_id": "S1", "superevent_id": "S2"}']
)
def test_keys_that_stand_twice_are_malformed(text: str) -> None:
    assert reason(text.encode()) == "malformed-json"


ARRAY = {"type": "record", "name": "A", "fields": [{"name": "x", "type": {"type": "array", "items": "boolean"}}]}
RECURSIVE = {"type": "record", "name": "R", "fields": [{"name": "next", "type": ["null", "R"]}]}


def test_avro_that_asks_for_more_than_it_holds() -> None:
    container = avro_container({"x": [True]}, ARRAY)
    marker = container[-16:]
    head = container[: container.index(marker) + 16]
    for count in (b"\xfe\xff\xff\xff\x0f", b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x01"):
        body = count + b"\x01" * 200
        block = b"\x02" + bytes([len(body) * 2 & 0x7F | 0x80, len(body) * 2 >> 7]) + body + marker
        assert reason(head + block) == "malformed-avro"
        for size in (b"\xfe\xff\xff\xff\x0f", b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"):
            assert reason(head + b"\x02" + size + body + marker) == "malformed-avro"
    nested: dict[str, Any] = {"next": None}
    for _ in range(300):
        nested = {"next": nested}
    assert reason(avro_container(nested, RECURSIVE)) in ("malformed-avro", "unknown-kind")
    assert reason(avro_container({"x": [True] * 200_000}, ARRAY)) == "malformed-avro"


def test_avro_whose_schema_is_hostile() -> None:
    plain = avro_container(gwalert_record(), GWALERT_AVRO)
    for old, new in ((b'"string"', b'"strong"'), (b'"record"', b'"enum"  '), (b'"double"', b'"fixed" '), (b'"name"', b'"nome"')):
        assert reason(plain.replace(old, new)) == "malformed-avro"


@pytest.mark.parametrize("count", [19_000, 21_000, 400_000])
def test_parameters_by_the_thousand(count: int) -> None:
    rows = b"".join(b"<Param name='p%d' value='%d'/>" % (i, i) for i in range(count))
    assert reason(GBM.replace(b"<What>", b"<What>" + rows)) == ("taken" if count < 20_000 else "malformed-xml")


def test_attributes_by_the_thousand() -> None:
    many = b" ".join(b"a%d='1'" % i for i in range(20_000))
    assert reason(GBM.replace(b"<What>", b"<What " + many + b">")) in ("taken", "malformed-xml")


#: Texts on which careless patterns take a step for each pair, or worse, of their characters.
EVIL = {
    "a": "a", "0": "0", " ": " ", "newlines": "\n", "_": "_", "0_": "0_", "-": "-", "[": "[", "(": "(", "{": "{", "0 ": "0 ", ":": ":",
    "a:": "a: ", "amon": "amon", "#": "#", "#a_": "#a_", "0d": "1d ", "0d{": "1d{", ".": ".", "/": "/", "0/": "0/", "every": "every ",
    "S1": "S240101a ", "GRB": "GRB 240101A, ", "bn": "/bn123456789", "ivo": "ivo://amon#a_", "http": "http://", "tjd": "1 TJD; ",
    "\u2028": "\u2028",
}  # fmt: skip


def voevents_by_handler() -> dict[str, bytes]:
    """A VOEvent of each handler that takes any."""
    found: dict[str, bytes] = {}
    for data in every_document().values():
        if data.lstrip().startswith(b"<"):
            found.setdefault(registry.find(read_document(data))[0].name, data)
    return found


@pytest.mark.parametrize("end", ["!", ""], ids=["closed", "open"])
@pytest.mark.parametrize("name", sorted(EVIL))
def test_no_pattern_takes_for_ever(name: str, end: str) -> None:
    evil = (EVIL[name] * LONG)[:LONG] + end
    documents = voevents_by_handler()
    assert len(documents) > 20
    for data in documents.values():
        timed(_with_values(data, evil, b"TrigID"))
        timed(re.sub(rb'(ivorn="[^"]*)"', lambda match: match[1] + _escaped(evil) + b'"', data))
        timed(re.sub(rb'ivorn="[^"]*"', lambda _: b'ivorn="ivo://' + _escaped(evil) + b'"', data))
    for data in list(documents.values())[:3]:
        timed(data.replace(b"2024-05-06T07:08:09.10", _escaped(evil)).replace(b"2024-05-06T07:08:20", _escaped(evil)))


def _escaped(text: str) -> bytes:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode()


@pytest.mark.parametrize("end", ["!", ""], ids=["closed", "open"])
@pytest.mark.parametrize("name", sorted(EVIL))
def test_no_pattern_takes_for_ever_in_json(name: str, end: str) -> None:
    evil = (EVIL[name] * LONG)[:LONG] + end
    for data in every_document().values():
        if data.startswith(b"{") and len(data) < 10_000:
            timed(json.dumps(_with_texts(json.loads(data), evil)).encode(), topic="gcn.notices.x")


def _with_texts(value: Any, evil: str) -> Any:
    """Every text of a JSON document with a long one behind it, but of the schema's address."""
    if isinstance(value, dict):
        return {key: item if key == "$schema" else _with_texts(item, evil) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_texts(item, evil) for item in value]
    return value + evil if isinstance(value, str) else value


@pytest.mark.parametrize("end", ["!", ""], ids=["closed", "open"])
@pytest.mark.parametrize("name", sorted(EVIL))
def test_no_pattern_takes_for_ever_in_texts_and_mails(name: str, end: str) -> None:
    evil = (EVIL[name] * LONG)[:LONG] + end
    lines = every_document()["text-gbm"].decode().splitlines()
    for text in (evil, f"TITLE:{evil}", f"TITLE: GCN/X NOTICE\nNOTICE_TYPE:{evil}\n", f"From:{evil}\n\n{evil}"):
        timed(text.encode())
    timed(f"TITLE: {evil}\nNUMBER: 1\nSUBJECT: {evil}\nDATE: {evil}\n\n{evil}".encode())
    for index in range(len(lines)):
        timed("\n".join([*lines[:index], lines[index] + evil, *lines[index + 1 :]]).encode())
        timed("\n".join([*lines[:index], lines[index].partition(":")[0] + ":" + evil, *lines[index + 1 :]]).encode())
    for head in ("From: ", "Subject: ", "Content-Type: multipart/mixed; boundary=", "Content-Transfer-Encoding: "):
        timed(f"{head}{evil}\nFrom: a@example.org\n\n{evil}".encode())


def test_mails_within_mails_end() -> None:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(3000))
    timed(b"From: a@example.org\n" + parts + b"TITLE: x\n")
    forwarded = b"From: a@example.org\nContent-Type: message/rfc822\n\n" * 3000
    timed(forwarded + b"TITLE: x\n")


def test_lines_that_go_on_and_on_end() -> None:
    text = every_document()["text-gbm"] + b"COMMENTS: x\n" + (b" " + b"y" * 8000 + b"\n") * 1900
    timed(text)


@pytest.mark.parametrize(
    "character", ["\x01", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\ufffe", "\u200b", "\U000e0041", "\r", "\n", "\t"]
)
def test_names_with_control_characters_are_no_names(character: str) -> None:
    for name, data in every_document().items():
        if name.startswith(("kind-", "gwalert", "frb", "boom")) and data.startswith((b"<", b"{")):
            changed = _with_values(data, f"1{character}2") if data.startswith(b"<") else _with_names(data, f"1{character}2")
            parsed = timed(changed)
            if isinstance(parsed, Notice):
                assert parsed.event_id.isprintable(), name


def _with_names(data: bytes, name: str) -> bytes:
    value = json.loads(data)
    for key in ("superevent_id", "id", "event_name"):
        if key in value:
            value[key] = name
    return json.dumps(value).encode()


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "\\udc00\\ud800"])
def test_halves_of_surrogates_are_malformed(half: str) -> None:
    for data in every_document().values():
        if data.startswith(b"{") and b'": "' in data:
            assert reason(data.replace(b'": "', b'": "' + half.encode(), 1)) == "malformed-json"


#: As many bytes as are taken at all, in the forms that cost a reader most.
FULL = MAX_BYTES - 200
HEAVY = {
    "numbers": lambda: b'{"a":[' + b"1.5," * (FULL // 4) + b"1]}",
    "objects": lambda: b'{"a":[' + b'{"a":1},' * (FULL // 8) + b"1]}",
    "chains": lambda: b'{"a":[' + (b"[" * 60 + b"]" * 60 + b",") * (FULL // 121) + b"1]}",
    "digits": lambda: b'{"a":1.' + b"1" * FULL + b"}",
    "escapes": lambda: b'{"circularId": 1, "subject": "' + b"\\u2603" * (FULL // 7) + b'"}',
    "lines": lambda: b"A: b\n" * (FULL // 5),
    "mail": lambda: b"From: a@example.org\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * (FULL // 6),
    "mail-head": lambda: b"From: a@example.org\n" + b"X: y\n" * (FULL // 6) + b"\nx",
    "mail-line": lambda: b"From: a@example.org\n\n" + b"x" * FULL,
    "comments": lambda: b'{"title": "GCN/X", "notice_type": "Fermi-GBM Alert", "comments": "' + b"x\\n" * (FULL // 4) + b'"}',
    "elements": lambda: b"<VOEvent>" + b"<a/>" * (FULL // 5) + b"</VOEvent>",
    "attributes": lambda: b"<VOEvent " + b" ".join(b"a%d=''" % i for i in range(FULL // 14)) + b"/>",
    "references": lambda: b"<VOEvent><What>" + b"&#10;" * (FULL // 6) + b"</What></VOEvent>",
    "blanks": lambda: b" " * FULL + b"<",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HEAVY))
def test_sixteen_megabytes_of_anything_take_less_than_a_second(name: str) -> None:
    data = HEAVY[name]()
    assert len(data) <= MAX_BYTES
    timed(data)


def test_maps_that_are_bombs_are_kept_packed() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    tracemalloc.start()
    parsed = timed(gwalert(skymap=bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(parsed, Notice)
    assert [blob.data for blob in parsed.blobs] == [bomb]
    assert peak < 2_000_000


@pytest.mark.parametrize("text", ["A" * 1_000_001, "=" * 1_000_000, "!" * 1_000_000, base64.b64encode(FITS).decode() + "\u2603"])
def test_maps_that_are_no_base64_are_remarked(text: str) -> None:
    record = json.loads(gwalert())
    record["event"]["skymap"] = text
    parsed = timed(json.dumps(record).encode())
    assert isinstance(parsed, Notice)
    assert parsed.region is None
    assert any("no map" in remark for remark in parsed.remarks)


def test_the_carriers_test_mark_makes_a_test() -> None:
    for value in ("true", "false", "", "1"):
        parsed = parse(GBM, headers={"_test": value})
        assert isinstance(parsed, Notice)
        assert parsed.role == "test"
        assert any("_test" in remark for remark in parsed.remarks)
    pointing = parse(every_sample()["integral-51"], headers={"_test": "true"})
    assert isinstance(pointing, PointingUpdate)
    assert pointing.role == "test"


@pytest.mark.parametrize("topic", ["house.test.alerts", "test.alerts", "export/house.test.alerts/0123.xml"])
def test_a_topic_of_tests_makes_a_test_of_any_document(topic: str) -> None:
    for document in (GBM, gwalert(), every_sample()["integral-51"]):
        parsed = parse(document, topic=topic)
        assert isinstance(parsed, Notice | PointingUpdate)
        assert parsed.role == "test"


@pytest.mark.parametrize("topic", ["house.tests", "house.latest.alerts", "/data/alerts/gbm.test.xml"])
def test_other_topics_and_names_of_files_make_no_test(topic: str) -> None:
    assert parse(GBM, topic=topic) == parse(GBM)


def test_other_headers_change_nothing() -> None:
    assert parse(GBM, headers={"_id": "x", "_format": "voevent", "test": "true"}) == parse(GBM)
    assert isinstance(parse(b"{", headers={"_test": "true"}), Refusal)
