"""Swift: whose time and whose position a notice prints, what flags say of a trigger, identities, GUANO."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from handler_samples import FITS, voevent

import handlers
from handlers import fold, parse
from handlers.builtin import registry
from schemas import Circle, Event, Instant, Notice, PointingUpdate, Refusal, SkyMapRef

RECEIVED = Instant(utc="2024-05-06T08:00:00")
BURST = {"TrigID": "1187001", "Pkt_Ser_Num": "1", "Burst_TJD": "20436", "Burst_SOD": "25689.10", "Coords_Type": "1"}
T0 = "2024-05-06T07:08:09.100"
PLACE = ("10.5", "-20.25", "0.0500")


def notice(data: bytes, **how: Any) -> Notice:
    parsed = parse(data, **how)
    assert isinstance(parsed, Notice), parsed
    return parsed


def bat(packet: int = 61, position: tuple[str, str, str | None] | None = PLACE, **more: Any) -> bytes:
    params = BURST | more.pop("params", {})
    return voevent(packet, params, position=position, **more)


def flagged(**flags: str) -> bytes:
    return bat(groups={"Solution_Status": flags})


def folded(*notices: Notice) -> Event:
    event: Event | None = None
    for number, each in enumerate(notices):
        event = fold(event, each, content_id=f"{number:064d}", received=RECEIVED)
    assert event is not None
    return event


def policy(got: Notice) -> str:
    return registry.handler_of(got.kind).policy_for(got).name


def test_bat_position_is_statistical_ninety_percent() -> None:
    got = notice(bat(params={"Rate_Signif": "0.00", "Image_Signif": "10.13"}))
    assert got.region == Circle(ra_deg=10.5, dec_deg=-20.25, radius_deg=0.05, containment=0.9, systematic_included=False)
    assert (got.origin, got.event_id, got.revision, got.role) == ("Swift", "1187001", "BAT_GRB_POS_ACK 1", "observation")
    assert got.time is not None
    assert got.time.iso == T0
    assert got.significance is not None
    assert got.significance.snr == 10.13
    assert policy(got) == "swift"


@pytest.mark.parametrize(("packet", "kind"), [(67, "SWIFT_XRT_POSITION"), (81, "SWIFT_UVOT_POS")])
def test_precise_positions_say_no_containment_and_no_t0(packet: int, kind: str) -> None:
    got = notice(bat(packet, ("10.51", "-20.26", "0.0013"), params={"Burst_SOD": "25800.00"}, time="2024-05-06T07:10:00.00"))
    assert got.kind == kind
    assert isinstance(got.region, Circle)
    assert (got.region.radius_deg, got.region.containment, got.region.systematic_included) == (0.0013, None, None)
    assert got.time is None
    assert got.stated_time == Instant(utc="2024-05-06T07:10:00")


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_followups_move_neither_t0_nor_significance_of_the_burst(order: tuple[int, ...]) -> None:
    documents = (
        bat(97, params={"Burst_SOD": "25689.60", "Rate_Signif": "7.5"}, time="2024-05-06T07:08:09.60"),
        bat(61, params={"Image_Signif": "9.5"}),
        bat(67, ("10.51", "-20.26", "0.0013"), params={"Burst_SOD": "25800.00", "Det_Signif": "4.0"}, time="2024-05-06T07:10:00"),
        bat(68, ("10.51", "-20.26", "0.0000"), params={"SpecStart_TJD": "20436", "SpecStart_SOD": "25811.00"},
            time="2024-05-06T07:10:11"),
    )  # fmt: skip
    event = folded(*(notice(documents[index]) for index in order))
    assert event.t0 is not None
    assert event.t0.iso == T0
    assert isinstance(event.region, Circle)
    assert event.region.radius_deg == 0.0013
    assert event.significance is not None
    assert event.significance.snr == 9.5
    assert (event.policy, event.messenger, len(event.history)) == ("swift", "gamma-ray", 4)


def test_lost_position_notice_leaves_the_bursts_time_to_its_slew() -> None:
    slew = bat(66, ("10.5", "-20.25", "0.0000"))
    xrt = bat(67, ("10.51", "-20.26", "0.0013"), params={"Burst_SOD": "25800.00"}, time="2024-05-06T07:10:00")
    event = folded(notice(xrt), notice(slew))
    assert event.t0 is not None
    assert event.t0.iso == T0
    assert event.policy == "swift"


@pytest.mark.parametrize("packet", [46, 47, 63, 64, 65, 66, 68, 69, 70, 71, 72, 73, 76, 77, 78, 79, 80, 85, 86, 87, 88, 89])
def test_kinds_that_locate_nothing_are_recorded_only(packet: int) -> None:
    got = notice(bat(packet, ("10.5", "-20.25", "0.0500" if packet == 89 else "0.0000")))
    assert got.region is None
    assert got.revision_order[0] == 0
    assert not got.retraction
    assert policy(got) == "swift-recorded"


@pytest.mark.parametrize("packet", [68, 70, 72, 80])
@pytest.mark.parametrize("clock", ["SpecStart", "LCStart", "ExpoStart"])
def test_an_exposures_own_clock_stands_in_for_an_impossible_date(packet: int, clock: str) -> None:
    own = {68: "SpecStart", 70: "LCStart", 72: "ExpoStart", 80: "ExpoStart"}[packet]
    params = {"TrigID": "1", f"{clock}_TJD": "19579", f"{clock}_SOD": "86399.50"}
    got = notice(voevent(packet, params, time="2022-01-00T23:59:59.50", date="2022-01-01T00:01:00"))
    assert got.time is None
    assert got.stated_time == (Instant(utc="2021-12-31T23:59:59", ns=500_000_000) if clock == own else None)
    assert got.time_source == ("TJD+SOD" if clock == own else None)


def test_impossible_date_of_a_burst_is_taken_from_day_and_second() -> None:
    params = {"Burst_TJD": "19579", "Burst_SOD": "75600.25"}
    got = notice(bat(97, params=params, time="2022-01-00T21:00:00.25", date="2021-12-31T21:00:30"))
    assert got.time == Instant(utc="2021-12-31T21:00:00", ns=250_000_000)
    assert got.time_source == "TJD+SOD"


@pytest.mark.parametrize(
    ("day", "second", "why"),
    [("11910", "0.00", "the zero of the spacecraft's clock"), ("30551", "63180.08", "after the notice itself")],
)
def test_clocks_that_cannot_be_true_are_stated_and_no_t0(day: str, second: str, why: str) -> None:
    data = bat(65, params={"Burst_TJD": day, "Burst_SOD": second}, time="2017-00-00T17:33:00.08", date="2017-10-29T19:21:02")
    got = notice(data)
    assert got.time is None
    assert got.stated_time is not None
    assert got.stated_time.utc[:4] in ("2001", "2052")
    assert any(why in line for line in got.remarks)


def test_garbled_packet_gives_no_position() -> None:
    params = {"TrigID": "16453627", "Burst_TJD": "30551", "Burst_SOD": "63180.08"}
    data = bat(97, ("0.0000", "-0.0138", "0.0500"), params=params, time="2017-00-00T17:33:00.08", date="2017-10-29T19:21:02")
    got = notice(data)
    assert (got.time, got.region) == (None, None)
    assert any("garbled" in line for line in got.remarks)


@pytest.mark.parametrize(("place", "stands"), [(("0.0000", "0.0000", "0.0500"), False), (("0.0000", "10.0", "0.0500"), True)])
def test_zero_zero_is_a_sentinel_whatever_the_constant_radius(place: tuple[str, str, str], stands: bool) -> None:
    assert (notice(bat(61, place)).region is not None) is stands


def test_unreadable_clock_loses_the_time_and_nothing_else() -> None:
    got = notice(bat(params={"Burst_TJD": "-4651", "Burst_SOD": "-13563.84"}, time="2021-01--23865T-3:-46:-3.-83"))
    assert (got.time, got.stated_time) == (None, None)
    assert isinstance(got.region, Circle)
    assert any("no readable time" in line for line in got.remarks)


def test_position_of_a_lost_star_tracker_is_bogus() -> None:
    got = notice(flagged(StarTrack_Lost_Lock="true", GRB_Identified="true"))
    assert got.region is None
    assert any("bogus" in line for line in got.remarks)
    assert policy(got) == "swift-doubtful"
    kept = notice(flagged(StarTrack_Lost_Lock="false", ImTrig_during_ST_LoL="true"))
    assert kept.region is not None
    assert policy(kept) == "swift-doubtful"


def test_what_is_no_burst_is_remarked_not_retracted() -> None:
    named = notice(flagged(Def_NOT_a_GRB="true", GRB_Identified="true"))
    known = notice(flagged(GRB_Identified="false", Target_in_Gnd_Catalog="true"))
    unknown = notice(flagged(GRB_Identified="false", Target_in_Gnd_Catalog="false", Target_in_Flt_Catalog="false"))
    assert not named.retraction
    assert not known.retraction
    assert "marked as definitely not a burst" in named.remarks
    assert "identified with a source of a catalogue, not as a burst" in known.remarks
    assert [policy(each) for each in (named, known, unknown)] == ["swift-doubtful", "swift-doubtful", "swift"]


def test_doubtful_triggers_are_searched_and_no_circular_is_proposed() -> None:
    doubtful = handlers.policies["swift-doubtful"]
    assert doubtful.roles == ("observation",)
    assert all(threshold.require_significant for threshold in doubtful.circular_if)
    assert doubtful.circular_if


@pytest.mark.parametrize("packet", [62, 89])
def test_seeing_nothing_takes_nothing_back(packet: int) -> None:
    event = folded(notice(bat(61)), notice(bat(packet)))
    assert event.state == "active"
    assert isinstance(event.region, Circle)


def test_version_of_a_trigger_number_is_part_of_the_revision() -> None:
    first, second = notice(bat(params={"Pkt_Ser_Num": "12"})), notice(bat(params={"TrigID": "1187001v2"}))
    assert second.event_id == first.event_id == "1187001"
    assert second.revision == "BAT_GRB_POS_ACK 1 v2"
    assert second.revision_order > first.revision_order


def test_no_trigger_number_is_named_by_its_time() -> None:
    got = notice(bat(64, params={"TrigID": "16777215"}))
    assert got.event_id == "2024-05-06T07:08:09"
    unset = bat(64, params={"TrigID": "16777215", "Burst_TJD": "11910", "Burst_SOD": "0.00"}, time="2018-01--6208T00:00:00")
    assert notice(unset).event_id == "2024-05-06T07:08:20"


@pytest.mark.parametrize("packet", [140, 141])
def test_negative_numbers_are_identities_of_their_own(packet: int) -> None:
    params = {"TrigID": "-1294457255", "Event_TJD": "20436", "Event_SOD": "25689.00", "Image_Signif": "5.04"}
    got = notice(voevent(packet, params, position=("10.5", "-20.25", "0.0666"), time="2024-05-06T07:08:09.00"))
    assert got.event_id == "-1294457255"
    assert isinstance(got.region, Circle)
    assert got.region.containment is None
    assert policy(got) == "swift-recorded"
    assert got.origin not in ("Swift", notice(voevent(281 - packet, params)).origin)


def test_target_of_opportunity_is_no_bursts_event() -> None:
    got = notice(bat(46, ("10.5", "-20.25", "0.0000"), time="2024-05-06T07:09:53.10", params={"Burst_SOD": "25793.10"}))
    assert got.origin == "Swift ToO"
    assert got.time is None
    assert handlers.event_key(got) != handlers.event_key(notice(bat()))


def test_tests_are_known_by_kind_number_and_flag() -> None:
    assert notice(bat(82, params={"TrigID": "99999"}, role="test")).role == "test"
    assert notice(bat(82, params={"TrigID": "1"})).role == "test"
    assert notice(bat(61, params={"TrigID": "99999"})).role == "test"
    assert notice(flagged(Test_Submission="true")).role == "test"
    assert notice(flagged(Test_Submission="false")).role == "observation"


def test_outbursts_of_the_monitor_are_named_by_source_and_time() -> None:
    params = {"RefNum": "1", "SourceName": "Cen X-3", "Outburst_TJD": "20436", "Outburst_SOD": "25689.00", "Signif": "13.2"}
    data = voevent(133, params, position=("170.3129", "-60.6229", "0.0000"), time="2024-05-06T07:08:09.00")
    got = notice(data)
    assert got.event_id == "Cen X-3 2024-05-06T07:08:09"
    assert (got.time, got.messenger) == (None, "x-ray")
    assert isinstance(got.region, Circle)
    assert got.region.radius_deg is None
    assert isinstance(parse(voevent(133, {"RefNum": "1"})), Refusal)


@pytest.mark.parametrize("packet", [83, 103])
def test_pointings_are_swifts(packet: int) -> None:
    params = {"TrigID": "31844", "Slew_TJD": "20453", "Slew_SOD": "0.50", "Coords_Type": "2"}
    got = parse(
        voevent(packet, params, role="utility", time="2024-00-00T00:00:00.50", position=("332.1521", "-47.1956", "0.0000"))
    )
    assert isinstance(got, PointingUpdate)
    assert (got.mission, got.ra_deg, got.dec_deg, got.role) == ("Swift", 332.1521, -47.1956, "utility")
    assert got.time.iso == "2024-05-23T00:00:00.500"


def guano(number: int | None = 1, kind: str = "initial", **more: Any) -> bytes:
    value: dict[str, Any] = {
        "$schema": "https://gcn.nasa.gov/schema/v7.2.1/gcn/notices/swift/bat/Guano.schema.json", "mission": "Swift",
        "instrument": "BAT-GUANO", "messenger": "EM", "alert_tense": "current", "alert_type": kind, "id": ["736500001"],
        "alert_datetime": "2024-05-06T08:00:00Z", "trigger_time": "2024-05-06T07:08:09.13Z", "follow_up_event": "Fermi 736499988",
        "follow_up_type": "GRB",
    }  # fmt: skip
    if number is not None:
        value["record_number"] = number
    return json.dumps(value | more).encode()


def test_guano_from_found_to_taken_back() -> None:
    found = notice(guano(far=2e-8, rate_snr=7.5, classification={"GRB": 1}))
    mapped = notice(guano(2, "update", healpix_file=base64.b64encode(FITS).decode()))
    placed = notice(
        guano(3, "update", ra=10.5, dec=0.0, ra_dec_error=0.05, containment_probability=0.9, systematic_included=True)
    )
    back = notice(guano(4, "retraction"))
    assert found.region is None
    assert found.significance is not None
    assert (found.significance.far_hz, found.significance.snr) == (2e-8, 7.5)
    assert found.citations == (("followup", "Fermi-GBM:736499988"),)
    assert isinstance(mapped.region, SkyMapRef)
    assert mapped.blobs[0].data == FITS
    assert mapped.region.blob_id == mapped.blobs[0].blob_id
    assert placed.region == Circle(ra_deg=10.5, dec_deg=0.0, radius_deg=0.05, containment=0.9, systematic_included=True)
    event = folded(back, placed, found, mapped)
    assert (event.state, event.event_id, event.origin) == ("retracted", "736500001", "Swift-BAT GUANO")
    assert event.region == placed.region
    assert event.t0 is not None


def test_guano_map_that_is_a_placeholder_is_no_map() -> None:
    got = notice(guano(2, "update", healpix_file="hhhh..."))
    assert got.region is None
    assert got.blobs == ()
    assert any("no map" in line for line in got.remarks)


def test_guano_before_version_four_of_the_schema() -> None:
    early = json.loads(guano(3, "update", ra=14.5, dec=-40.1, ra_uncertainty=[0.03]))
    del early["$schema"]
    got = notice(json.dumps(early).encode())
    assert isinstance(got.region, Circle)
    assert got.region.radius_deg == 0.03


@pytest.mark.parametrize(("printed", "cited"), [("2024-05-06T07:08:00", "2024-05-06T07:08:00"), ("S240506a", "S240506a")])
def test_guano_cites_other_triggers_as_printed(printed: str, cited: str) -> None:
    assert notice(guano(follow_up_event=printed)).citations == (("followup", cited),)


def test_guano_without_a_record_number_ends_with_its_retraction() -> None:
    event = folded(notice(guano(None, "retraction", alert_datetime="2024-05-06T07:00:00Z")), notice(guano(None, "update")))
    assert event.state == "retracted"


def test_guano_tests_and_incomplete_notices() -> None:
    assert notice(guano(alert_tense="test")).role == "test"
    assert notice(guano(4, "retraction", trigger_time=None)).time is None
    for broken, reason in ((guano(id=[]), "no-identity"), (guano(trigger_time=None), "bad-time")):
        refused = parse(broken)
        assert isinstance(refused, Refusal)
        assert refused.reason == reason
