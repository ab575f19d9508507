"""Fermi: LAT's positions, flares and times, pointings, and GBM's rarer kinds and JSON."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import pytest
from handler_samples import FITS, voevent

from handlers import fold, parse
from handlers.builtin import registry
from handlers.times import from_fermi_clock
from schemas import Circle, CoreTail, Event, Instant, Notice, PointingUpdate, Refusal, SkyMapRef

RECEIVED = Instant(utc="2024-05-06T08:00:00")
PLACE = ("42.2166", "0.0000", "0.5000")
#: 2024-05-06T07:08:09 in Fermi's mission elapsed time.
NUMBER = "736672094"


def notice(data: bytes) -> Notice:
    parsed = parse(data)
    assert isinstance(parsed, Notice), parsed
    return parsed


def lat(packet: int, *, position: tuple[str, str, str | None] | None = PLACE, **more: Any) -> bytes:
    params = {"TrigID": NUMBER, "Pkt_Ser_Num": "1", "Burst_TJD": "20436", "Burst_SOD": "25689.10", "Coords_Type": "1"}
    return voevent(packet, params | more.pop("params", {}), position=position, **more)


def policy(got: Notice) -> str:
    return registry.handler_of(got.kind).policy_for(got).name


@pytest.mark.parametrize(
    ("packet", "revision"),
    [(120, "POS_INI 1"), (121, "POS_UPD 1"), (122, "POS_DIAG 1"), (127, "GND 1"), (128, "OFFLINE 1"), (123, "TRANS 1")],
)
def test_lat_radius_is_statistical_ninety_percent(packet: int, revision: str) -> None:
    got = notice(lat(packet))
    assert got.region == Circle(ra_deg=42.2166, dec_deg=0.0, radius_deg=0.5, containment=0.9, systematic_included=False)
    assert (got.origin, got.event_id, got.revision) == ("Fermi-LAT", NUMBER, revision)
    assert got.time == Instant(utc="2024-05-06T07:08:09", ns=100_000_000)
    assert policy(got) == "lat"


def test_lat_positions_supersede_from_initial_to_offline() -> None:
    event: Event | None = None
    for number, packet in enumerate((128, 120, 122, 121, 127)):
        data = lat(packet, position=("10.0", str(packet), "0.5") if packet < 90 else ("10.0", str(packet - 120), "0.5"))
        event = fold(event, notice(data), content_id=f"{number:064d}", received=RECEIVED)
    assert event is not None
    assert isinstance(event.region, Circle)
    assert event.region.dec_deg == 8.0
    assert len(event.history) == 5


def test_clock_that_was_never_set_gives_way_to_the_trigger_number() -> None:
    params = {"Burst_TJD": "11910", "Burst_SOD": "0.00"}
    got = notice(lat(121, params=params, time="2024-05--8530T00:00:00.00", date="2024-05-06T07:09:00"))
    assert got.time == Instant(utc="2024-05-06T07:08:09")
    assert (got.time_source, got.time_error_s) == ("TrigID", 1.0)
    assert got.stated_time == Instant(utc="2001-01-01T00:00:00")
    assert any("trigger number" in line for line in got.remarks)


def test_a_readable_date_needs_no_trigger_number() -> None:
    got = notice(lat(120, params={"Burst_TJD": "11910", "Burst_SOD": "0.00"}))
    assert got.time == Instant(utc="2024-05-06T07:08:09", ns=100_000_000)
    assert (got.time_source, got.time_error_s, got.stated_time) == (None, None, None)


@pytest.mark.parametrize(
    ("seconds", "utc"),
    [
        (1, "2001-01-01T00:00:01"), (157766399, "2005-12-31T23:59:59"), (157766400, "2006-01-01T00:00:00"),
        (157766401, "2006-01-01T00:00:00"), (488587408, "2016-06-25T22:43:24"), (504921603, "2016-12-31T23:59:59"),
        (504921604, "2017-01-01T00:00:00"), (504921605, "2017-01-01T00:00:00"), (736672094, "2024-05-06T07:08:09"),
    ],
)  # fmt: skip
def test_fermis_clock_counts_inserted_seconds(seconds: int, utc: str) -> None:
    # An inserted second itself (…400, …604) reads as the one after it.
    assert from_fermi_clock(seconds) == Instant(utc=utc)


@pytest.mark.parametrize("seconds", [0, -5, 10**12])
def test_numbers_that_are_no_time_of_fermis(seconds: int) -> None:
    assert from_fermi_clock(seconds) is None


def test_lat_tests_are_tests() -> None:
    assert notice(lat(124, params={"TrigID": "99999"}, role="test")).role == "test"
    assert notice(lat(124)).role == "test"
    assert notice(lat(120, params={"TrigID": "99999"})).role == "test"


def test_lat_not_a_burst_is_remarked() -> None:
    got = notice(lat(120, groups={"Trigger_ID": {"Def_NOT_a_GRB": "true"}}))
    assert not got.retraction
    assert "marked as definitely not a burst" in got.remarks


def monitor(**more: Any) -> bytes:
    params = {
        "TrigID": "1659883590", "SourceName": "PKS0346-27_86400.png", "Trans_TJD": "20436", "Trans_SOD": "43200.00",
        "Curr_Flux": "1.3e-06", "E_Band_Lo": "300.0", "E_Band_Hi": "0.1", "Signif": "50900.00",
    }  # fmt: skip
    return voevent(125, params, position=("250.3549", "39.6659", "0.0000"), time="2024-05-06T12:00:00.00", **more)


def test_flares_of_known_sources_are_recorded_as_observations() -> None:
    early, late, test = notice(monitor(role="utility")), notice(monitor()), notice(monitor(role="test"))
    assert [each.role for each in (early, late, test)] == ["observation", "observation", "test"]
    assert any("utility" in line for line in early.remarks)
    assert (late.time, late.stated_time) == (None, Instant(utc="2024-05-06T12:00:00"))
    assert isinstance(late.region, Circle)
    assert late.region.radius_deg is None
    assert late.significance is None
    assert late.fields["What/E_Band_Lo"] == "300.0"
    assert policy(late) == "lat-recorded"


def test_a_flare_can_be_taken_back() -> None:
    assert notice(monitor(groups={"Trigger_ID": {"Retraction": "true"}})).retraction


def test_offline_significance_of_minus_zero_is_none() -> None:
    assert notice(lat(128, params={"Trigger_Signif": "-0.00"})).significance is None
    found = notice(lat(128, params={"Trigger_Signif": "7.5"})).significance
    assert found is not None
    assert found.snr == 7.5


def flare(**more: Any) -> bytes:
    value = {
        "$schema": "https://gcn.nasa.gov/schema/v7.2.1/gcn/notices/fermi/lat/flare.schema.json", "mission": "Fermi",
        "alert_datetime": "2024-05-07T01:00:00", "instrument": "LAT", "event_name": "OQ 334", "ra": 215.6, "dec": 32.4,
        "observation_start": "2024-05-06T00:00:00.0", "observation_stop": "2024-05-07T00:00:00.0", "TS": 45,
    }  # fmt: skip
    return json.dumps(value | more).encode()


def test_flare_in_json_is_named_by_source_and_day() -> None:
    got = notice(flare())
    assert got.event_id == "OQ 334 2024-05-06T00:00:00"
    assert (got.time, got.stated_time) == (None, Instant(utc="2024-05-06T00:00:00"))
    assert got.issued == Instant(utc="2024-05-07T01:00:00")
    assert got.significance is not None
    assert got.significance.snr == pytest.approx(math.sqrt(45))
    assert policy(got) == "lat-recorded"
    assert notice(flare(id="17")).event_id == "17"
    assert isinstance(parse(flare(event_name=None)), Refusal)


@pytest.mark.parametrize("packet", [126, 129, 144])
def test_fermi_pointings(packet: int) -> None:
    params = {"Start_TJD": "20453", "Start_SOD": "29280.00", "RA_1dt": "95.3", "Dec_1dt": "-59.4"}
    own = params if packet == 129 else {"TrigID": NUMBER, "Burst_TJD": "20453", "Burst_SOD": "29280.00"}
    got = parse(voevent(packet, own, role="utility", time="2024-00-00T08:08:00", position=("316.2710", "-56.1458", "0.0000")))
    assert isinstance(got, PointingUpdate)
    assert (got.mission, got.ra_deg, got.dec_deg) == ("Fermi", 316.271, -56.1458)
    assert got.time == Instant(utc="2024-05-23T08:08:00")


def test_gbm_light_curve_gives_no_position_and_transient_does() -> None:
    curve, transient = notice(lat(113)), notice(lat(118))
    assert curve.region is None
    assert (curve.origin, curve.event_id, curve.revision_order) == ("Fermi-GBM", NUMBER, (0, 1))
    assert isinstance(transient.region, Circle)
    assert (transient.region.containment, transient.region.systematic_included) == (None, None)


def gbm(**more: Any) -> bytes:
    value = {
        "$schema": "https://gcn.nasa.gov/schema/main/gcn/notices/fermi/gbm/trigger.schema.json", "id": [NUMBER, "bn240506297"],
        "subtype": "GROUND_POSITION", "record_number": 6, "trigger_time": "2024-05-06T07:08:09.10", "ra": 10.5, "dec": 0,
        "ra_dec_error": 1, "containment_probability": 0.68, "alert_type": "update",
    }  # fmt: skip
    return json.dumps(value | more).encode()


def test_gbm_json_and_voevent_are_one_event() -> None:
    event = fold(None, notice(lat(110, position=("0.0000", "0.0000", "0.0000"))), content_id="a" * 64, received=RECEIVED)
    event = fold(event, notice(gbm()), content_id="b" * 64, received=RECEIVED)
    assert event.event_key == f"Fermi-GBM:{NUMBER}"
    systematic = CoreTail(core_weight=0.804, core_deg=3.72, tail_deg=13.7, source="Connaughton et al. 2015, ApJS 216, 32")
    assert event.region == Circle(
        ra_deg=10.5, dec_deg=0.0, radius_deg=1.0, containment=0.68, systematic_included=False, systematic=systematic
    )
    assert event.aliases == ("bn240506297",)


def test_gbm_json_traps() -> None:
    assert notice(gbm(id=736672094)).event_id == NUMBER
    rate = notice(gbm(far=1e-9)).significance
    assert rate is not None
    assert (rate.snr, rate.far_hz) == (None, 1e-9)
    later = notice(gbm(subtype="HUMAN_POSITION"))
    assert later.revision == "HUMAN_POSITION 6"
    assert later.revision_order < notice(gbm(subtype="INITIAL_ALERT", record_number=1)).revision_order
    assert any("not known" in line for line in later.remarks)
    back = notice(gbm(alert_type="retraction", subtype=None, trigger_time=None, ra=None, dec=None))
    assert (back.retraction, back.time, back.region) == (True, None, None)
    assert back.revision_order > notice(gbm(subtype="FINAL_POSITION", record_number=9)).revision_order
    refused = parse(gbm(trigger_time="soon"))
    assert isinstance(refused, Refusal)
    assert refused.reason == "bad-time"


def test_targeted_search_is_an_origin_of_its_own() -> None:
    value = {
        "$schema": "https://gcn.nasa.gov/schema/gcn/notices/fermi/gbm/TargetedSearch.schema.json", "id": ["699554499710", "20512"],
        "trigger_time": "2024-05-06T07:08:09Z", "alert_tense": "current", "alert_type": "initial", "ra": 14.5, "dec": -40.1,
        "dec_uncertainty": [0.3], "containment_probability": 0.68, "systematic_included": True, "far": 5e-6, "rate_snr": 5.3,
        "healpix_file": base64.b64encode(FITS).decode(), "follow_up_event": "S240506a", "classification": {"SHORT": 0.05},
    }  # fmt: skip
    got = notice(json.dumps(value).encode())
    assert (got.kind, got.origin) == ("gcn.notices.fermi.gbm.targeted", "Fermi-GBM targeted")
    assert got.region == Circle(ra_deg=14.5, dec_deg=-40.1, radius_deg=0.3, containment=0.68, systematic_included=True)
    assert got.blobs[0].data == FITS
    assert (got.citations, got.aliases) == ((("followup", "S240506a"),), ("20512",))
    assert policy(got) == "gbm-targeted"
    without = notice(json.dumps(value | {"ra": None, "dec": None}).encode())
    assert isinstance(without.region, SkyMapRef)


@pytest.mark.parametrize(
    ("packet", "tail"),
    [(112, (0.804, 3.72, 13.7)), (115, (0.9, 3.71, 14.3)), (111, None), (119, None)],
)
def test_gbm_radii_without_systematics_have_the_published_ones(packet: int, tail: tuple[float, float, float] | None) -> None:
    """Ground and final positions are statistical only; flight positions and tests have it in their radius."""
    document = voevent(packet, {"TrigID": "700000001", "Burst_TJD": "20122", "Burst_SOD": "6817.00"})
    found = notice(document)
    assert isinstance(found.region, Circle)
    extra = found.region.systematic
    assert (None if extra is None else (extra.core_weight, extra.core_deg, extra.tail_deg)) == tail
