"""What real feeds have got wrong: the catalogue of anomalies, item by item, by its numbers."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from em_samples import einstein_probe, maxi
from handler_samples import FITS, every_sample, gwalert, voevent
from lxml import etree
from messenger_samples import TARGET, boom, chime, frb, hop_alert, icecube, superk
from swift_samples import swift_samples

from handlers import fold, parse
from handlers.times import read_iso
from schemas import Circle, CircularLink, Ellipse, Instant, Notice, PointingUpdate, Refusal, sha256_hex

#: Parameters under the names of every kind looked at here: one burst at 2024-05-06T07:08:09.100.
BURST = {
    "TrigID": "123456", "Pkt_Ser_Num": "1", "Burst_TJD": "20436", "Burst_SOD": "25689.10", "Trans_TJD": "20436",
    "Trans_SOD": "25689.10", "run_id": "140001", "event_id": "1234",
}  # fmt: skip
WHEN = "2024-05-06T07:08:09.100"
GBM = every_sample()["gbm-111"]


def notice(data: bytes, **about: Any) -> Notice:
    parsed = parse(data, **about)
    assert isinstance(parsed, Notice), parsed
    return parsed


def without(data: bytes, *keys: str, **changed: Any) -> bytes:
    value = json.loads(data)
    return json.dumps({key: item for key, item in value.items() if key not in keys} | changed).encode()


# 1: impossible dates about new year

IMPOSSIBLE = [
    "2022-01-00T07:08:09.10", "2022-01--2T07:08:09.10", "2016-01--26T07:08:09.10", "2022-01--4918T07:08:09.10", "2018-00-00T07:08:09.10",
    "2020-00-52T07:08:09.10", "2015-01--6168T00:-24:-54.-77", "2023-512--1079774728T07:08:09.10",
]  # fmt: skip
GARBLED = (46, 47, 64, 65, 66, 67, 72, 81, 97, 110, 111, 146, 140, 141, 39, 59, 175)


@pytest.mark.parametrize("printed", IMPOSSIBLE)
@pytest.mark.parametrize("packet", GARBLED)
def test_1_impossible_dates_fall_back_to_day_and_second(packet: int, printed: str) -> None:
    got = notice(voevent(packet, BURST, time=printed))
    time = got.time or got.stated_time
    assert time is not None
    assert (time.iso, got.time_source) == (WHEN, "TJD+SOD")
    assert any(printed in remark for remark in got.remarks)
    assert printed in got.fields.values()


def test_1_real_impossible_dates(shared_data: Path) -> None:
    repaired = 0
    for path in sorted((shared_data / "notices").rglob("*.xml")):
        try:
            root = etree.fromstring(path.read_bytes().lstrip())
        except etree.XMLSyntaxError:
            continue
        printed = next((e.text for e in root.iter("{*}ISOTime") if e.text), None)
        if printed is None or read_iso(printed) is not None:
            continue
        got = parse(path.read_bytes(), name=path.name)
        if isinstance(got, Notice) and (got.time or got.stated_time) is not None:
            assert got.time_source in ("TJD+SOD", "TrigID"), path  # LAT's number is its clock
            repaired += 1
        else:
            # Nothing better in it: refused, or kept without a time, and said so.
            assert isinstance(got, Refusal) or (isinstance(got, Notice) and got.remarks), (path, got)
    assert repaired > 15


# 2: roles that are wrong


def test_2_subthreshold_notices_said_test_until_2023() -> None:
    def role(day: str) -> str:
        flags = {"Trigger_ID": {"Test_Submission": "false"}}
        clock = {"Trans_Num": "700000002"}
        return notice(voevent(131, clock, groups=flags, role="test", time=f"{day}T07:08:09.10")).role

    assert role("2022-04-30") == "observation"
    assert role("2023-11-01") == "test"


def test_2_monitored_flares_said_utility() -> None:
    got = notice(voevent(125, {"TrigID": "1659883590", "Trans_TJD": "20436", "Trans_SOD": "25689.10"}, role="utility"))
    assert got.role == "observation"
    assert any("utility" in remark for remark in got.remarks)


def test_2_amons_test_is_a_test_whatever_it_says() -> None:
    assert notice(voevent(159, BURST, role="observation")).role == "test"


# 3: the type of a VOEvent, its packet and its topic may differ


@pytest.mark.parametrize(
    "topic", [None, "gcn.classic.voevent.UNKNOWN", "gcn.classic.voevent.FERMI_GBM_ALERT", "some.other.topic"]
)
@pytest.mark.parametrize(("packet", "kind"), [(159, "AMON_TEST"), (111, "FERMI_GBM_FLT_POS"), (61, "SWIFT_BAT_GRB_POS_ACK")])
def test_3_the_document_says_its_kind_not_its_topic(packet: int, kind: str, topic: str | None) -> None:
    assert notice(voevent(packet, BURST), topic=topic).kind == kind


# 4: IVORNs that come again


def test_4_one_ivorn_with_two_contents_is_two_notices() -> None:
    ivorn = "ivo://nasa.gsfc.gcn/INTEGRAL#Wakeup_2014-05-06T07:08:09.10_010042-0-150"
    first, second = (notice(voevent(53, BURST, ivorn=ivorn, time=f"{year}-05-06T07:08:09.10")) for year in (2014, 2019))
    assert first.document_id == second.document_id == ivorn
    assert first.time != second.time


def test_4_a_notice_that_comes_again_changes_nothing() -> None:
    first = notice(GBM)
    event = fold(None, first, content_id=sha256_hex(GBM), received=Instant(utc="2024-05-06T07:08:30"))
    again = fold(event, notice(GBM), content_id=sha256_hex(GBM), received=Instant(utc="2024-05-06T07:09:30"))
    assert again == event


# 5: positions that are none

NOWHERE = [
    (110, ("0.0000", "0.0000", "0.0000")), (59, ("0.0000", "0.0000", "0.0000")), (52, ("0.0000", "0.0000", "0.0000")),
    (105, ("0.0000", "0.0000", "0.0000")), (31, ("-1.0000", "-1.0000", "-1.0000")), (149, ("0.0000", "0.0000", "360.0000")),
    (160, ("150.1", "20.0", "0.0000")), *((packet, ("150.1", "20.0", "0.0000")) for packet in (65, 66, 68, 69, 70, 71, 73)),
]  # fmt: skip


@pytest.mark.parametrize(("packet", "position"), NOWHERE)
def test_5_sentinels_and_pointings_are_no_positions(packet: int, position: tuple[str, str, str]) -> None:
    got = notice(voevent(packet, BURST, position=position))
    assert got.region is None
    assert position[0] in got.fields.values()


@pytest.mark.parametrize("packet", [51, 83, 103, 129])
def test_5_pointings_are_pointings(packet: int) -> None:
    got = parse(voevent(packet, BURST | {"Next_RA": "150.1", "Next_Dec": "20.0"}, position=("150.1", "20.0", "0.0000")))
    assert isinstance(got, PointingUpdate)
    assert (got.ra_deg, got.dec_deg) == (150.1, 20.0)


def test_5_grms_negative_error_is_no_position() -> None:
    assert notice(voevent(201, {"Burst_Id": "sb24050601"}, position=("150.1", "20.0", "-1.0000"))).region is None


@pytest.mark.parametrize("place", [("150.1", "0.0000"), ("0.0000", "20.0"), ("0.0000", "0.0000"), ("360.0", "0")])
def test_5_a_zero_with_an_error_is_real(place: tuple[str, str]) -> None:
    region = notice(voevent(173, BURST, position=(*place, "0.5"))).region
    assert isinstance(region, Circle)
    assert (region.ra_deg, region.dec_deg, region.radius_deg) == (float(place[0]) % 360, float(place[1]), 0.5)


def test_5_a_negative_radius_of_integrals_takes_the_alert_back() -> None:
    got = notice(voevent(55, BURST, position=("10.5", "-20.25", "-0.0500")))
    assert got.retraction
    assert isinstance(got.region, Circle)
    assert got.region.radius_deg is None


# 6: numbers that are scaled, or garbage

GARBAGE = {
    "SC_Pnt_Ra": "16299.11", "SC_Lat": "622.03", "SC_Long": "634.91", "sigmaT": "-21474836.4800", "Signif": "50900", "Burst_Mag": "1812",
    "Misc_flags": "MISC 0x40000000", "FAR": "-21474836.48", "signalness": "50900",
}  # fmt: skip


@pytest.mark.parametrize("packet", [53, 61, 66, 81, 111, 120, 134, 140, 158, 173])
def test_6_garbage_is_kept_as_printed_and_makes_no_probability(packet: int) -> None:
    got = notice(voevent(packet, BURST | GARBAGE))
    for name, value in GARBAGE.items():
        assert got.fields[f"What/{name}"] == value
    if got.significance is not None:
        assert got.significance.far_hz is None or got.significance.far_hz >= 0


def test_6_the_largest_trigger_number_is_a_name_like_others() -> None:
    assert notice(voevent(61, BURST | {"TrigID": "2147483647"})).event_id == "2147483647"


# 7: elements that are missing


@pytest.mark.parametrize(
    "data",
    [
        voevent(201, {"Burst_Id": "sb24050601"}, position=None),
        voevent(111, BURST, position=None),
        gwalert(skymap=b"").replace(b'"skymap": ""', b'"skymap": null'),
        without(einstein_probe(), "id"),
        boom(TARGET),
    ],
    ids=["grm", "gbm", "gwalert", "einstein-probe", "boom"],
)
def test_7_what_is_missing_is_missed_not_invented(data: bytes) -> None:
    got = notice(data)
    assert got.event_id
    assert got.blobs == ()


def test_7_a_burst_of_einstein_probe_without_id_is_named_by_time_and_place() -> None:
    got = notice(without(einstein_probe(), "id"))
    assert got.time is not None
    assert got.time.utc in got.event_id
    assert got.remarks


# 8: XML as it is met


def test_8_a_prefix_that_nobody_declared_is_read_over() -> None:
    undeclared = GBM.replace(b"<What>", b"<What xsi:schemaLocation='http://www.ivoa.net/xml/VOEvent/v2.0'>")
    assert notice(undeclared).event_id == notice(GBM).event_id
    assert notice(GBM.replace(b"xmlns:voe", b"other")).region == notice(GBM).region


@pytest.mark.parametrize(
    "data",
    [
        GBM.replace(b"</What>", b""),
        GBM.replace(b'role="observation"', b"role=observation"),
        GBM.replace(b"/><Param", b"><Param", 1),
    ],
    ids=["unclosed-what", "unquoted-attribute", "unclosed-param"],
)
def test_8_broken_xml_is_malformed(data: bytes) -> None:
    assert data != GBM
    got = parse(data)
    assert isinstance(got, Refusal)
    assert got.reason == "malformed-xml"


@pytest.mark.parametrize(
    "namespace", [None, "https://www.ivoa.net/xml/VOEvent/v2.0", "http://www.ivoa.net/xml/VOEvent/v1.1", "urn:x"]
)
@pytest.mark.parametrize("version", ["1.1", "2.0", "2.1"])
def test_8_any_namespace_or_none(namespace: str | None, version: str) -> None:
    got = notice(voevent(111, BURST, namespace=namespace, version=version))
    assert (got.event_id, got.region) == ("123456", notice(voevent(111, BURST)).region)


def test_8_a_default_namespace_makes_no_difference() -> None:
    plain = voevent(111, BURST, namespace=None)
    assert notice(plain.replace(b"<VOEvent ", b"<VOEvent xmlns='urn:x' ")).region == notice(plain).region


def test_8_a_voevent_in_a_mail_is_read() -> None:
    mail = b"From: gcn@example.org\nSubject: GCN/FERMI\nMIME-Version: 1.0\nContent-Type: text/xml\n\n" + GBM
    assert notice(mail).event_id == notice(GBM).event_id


def test_8_a_template_is_no_event() -> None:
    got = parse(
        GBM.replace(b"700000001", b"{{ trigger }}")
        .replace(b"2024-05-06T07:08:09.10", b"{{ time }}")
        .replace(b"20436", b"{{ tjd }}")
    )
    assert isinstance(got, Refusal)
    assert got.reason == "bad-time"


def test_8_letters_beyond_ascii_stay() -> None:
    named = voevent(111, BURST | {"Comment": "Ångström — ☄"})
    assert notice(named).fields["What/Comment"] == "Ångström — ☄"
    latin = named.replace("☄".encode(), b"").decode().replace("—", "").replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert notice(latin).fields["What/Comment"] == "Ångström"


# 9: blanks, flags in hexadecimal, lists in brackets, leading zeros


def test_9_blanks_around_values_go() -> None:
    assert (
        notice(voevent(173, BURST | {"signalness": " 0.50 "})).significance
        == notice(voevent(173, BURST | {"signalness": "0.50"})).significance
    )
    assert notice(voevent(111, BURST | {"TrigID": "  123456 "})).event_id == "123456"
    assert notice(voevent(111, BURST | {"Object": "  UX Ari"})).fields["What/Object"] == "UX Ari"


@pytest.mark.parametrize("value", ["0x40000001", "[0, 1.0]", "MISC 0x12"])
def test_9_hexadecimal_and_lists_are_no_numbers(value: str) -> None:
    got = notice(voevent(173, BURST | {"signalness": value, "FAR": value}))
    assert got.significance is None or (got.significance.p_astro, got.significance.far_hz) == (None, None)
    assert got.fields["What/FAR"] == value


@pytest.mark.parametrize("packet", [61, 111, 120])
def test_9_leading_zeros_hide_no_test(packet: int) -> None:
    assert notice(voevent(packet, BURST | {"TrigID": "099999"})).role == "test"
    assert notice(voevent(packet, BURST | {"TrigID": "0599999"})).role == "observation"


# 10: names with marks in them


@pytest.mark.parametrize("local", ["a#b", "a:b", "a+b", "2024-05-06T07:08:09+00:00", "x_y-z.v2", "%23", "S240101a/2"])
def test_10_marks_in_an_ivorn_stay(local: str) -> None:
    ivorn = f"ivo://example.org/stream#{local}"
    assert notice(voevent(111, BURST, ivorn=ivorn)).document_id == ivorn


def test_10_chimes_second_mark_is_part_of_the_name() -> None:
    got = notice(chime())
    assert got.event_id
    assert got.document_id is not None
    assert got.document_id.count("#") == 1


def test_10_the_version_of_a_swift_trigger_is_no_part_of_its_name() -> None:
    plain = notice(voevent(61, BURST | {"TrigID": "1187001"}))
    second = notice(voevent(61, BURST | {"TrigID": "1187001v2"}))
    assert second.event_id == plain.event_id == "1187001"
    assert "v2" in second.revision


# 11: the same again, a hundred times


@pytest.mark.parametrize("data", [every_sample()["circular"], every_sample()["gwalert"], GBM, every_sample()["heartbeat"]])
def test_11_replays_are_the_same_record(data: bytes) -> None:
    assert parse(data) == parse(bytes(data))


def test_11_a_circulars_edit_is_another_version_of_the_same() -> None:
    first = parse(every_sample()["circular"])
    edited = parse(without(every_sample()["circular"], version=2, subject="GRB 240506A: a burst, corrected"))
    assert isinstance(first, CircularLink)
    assert isinstance(edited, CircularLink)
    assert first.circular_id == edited.circular_id
    assert (first.version, edited.version) == (1, 2)


# 12: JSON: one key, many types


@pytest.mark.parametrize(
    ("value", "names"), [("1", ("1",)), (["1", "2"], ("1", "2")), (7, ("7",)), ("007", ("007",)), ([8, "9"], ("8", "9"))]
)
def test_12_an_id_may_be_a_text_a_number_or_a_list(value: Any, names: tuple[str, ...]) -> None:
    got = notice(frb(id=value))
    assert (got.event_id, *got.aliases)[: len(names)] == names


@pytest.mark.parametrize("value", [None, [], "", " ", True, {}, [None]])
def test_12_what_names_nothing_is_refused(value: Any) -> None:
    got = parse(frb(id=value))
    assert isinstance(got, Refusal)
    assert got.reason == "no-identity"


@pytest.mark.parametrize(
    ("value", "shape", "radius"),
    [(1.5, Circle, 1.5), ([1.5], Circle, 1.5), ([1.5, 1.5], Circle, 1.5), ([1.5, 1.0], Ellipse, 1.5), ([1.5, 1.0, 30], Ellipse, 1.5),
     (None, Circle, None), ([None], Circle, None), ("x", Circle, None), ([], Circle, None), (-1, Circle, None)],
)  # fmt: skip
def test_12_an_error_may_be_a_number_a_list_or_none(value: Any, shape: type, radius: float | None) -> None:
    region = notice(icecube(ra_dec_error=value)).region
    assert isinstance(region, shape)
    assert getattr(region, "radius_deg" if shape is Circle else "semi_major_deg") == radius


@pytest.mark.parametrize(
    "text", ["2024-05-06T07:08:09.1Z", "2024-05-06T07:08:09.1", "2024-05-06 07:08:09.1+00:00", "2024-05-06T08:08:09.1+01:00"]
)
def test_12_times_with_and_without_zone(text: str) -> None:
    got = notice(icecube(trigger_time=text))
    assert got.time is not None
    assert got.time.iso == WHEN


@pytest.mark.parametrize("text", ["(base64 encoded file)", "...", "", "base64 content here", "SIMPLE"])
def test_12_placeholders_are_no_maps(text: str) -> None:
    for data in (swift_samples()["swift-guano"], icecube()):
        got = notice(without(data, healpix_file=text))
        assert got.blobs == ()


def test_12_a_map_in_json_is_kept() -> None:
    got = notice(without(swift_samples()["swift-guano"], healpix_file=base64.b64encode(FITS).decode()))
    assert [blob.data for blob in got.blobs] == [FITS]


@pytest.mark.parametrize("key", ["ref_id", "ref_ID"])
def test_12_references_under_either_name_are_kept(key: str) -> None:
    for data in (maxi(), icecube(), superk(), hop_alert()):
        got = parse(without(data, **{key: "S240101ab"}))
        if isinstance(got, Notice):
            assert got.fields[key] == "S240101ab"
