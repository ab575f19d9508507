"""GECAM, CALET, AGILE, Konus and the IPN, HETE, BATSE and the rest of the gamma-ray missions."""

from __future__ import annotations

import pytest
from em_samples import BURST, gcn_json, gecam
from handler_samples import voevent

from handlers import parse, policy_for
from handlers.fold import event_key
from schemas import Annulus, Circle, Instant, Notice, PointingUpdate, Refusal


def notice(data: bytes) -> Notice:
    parsed = parse(data)
    assert isinstance(parsed, Notice), parsed
    return parsed


def test_gecam_is_of_its_spacecraft_and_tells_the_class() -> None:
    got = notice(gecam())
    assert (got.origin, got.event_id, got.classification, got.duration_s) == ("GECAM-B", "260", {"GRB": 1.0}, 10.0)
    assert got.significance is not None
    assert got.significance.snr == 5.5
    assert event_key(got) != event_key(notice(gecam(MISSION="A")))
    assert isinstance(got.region, Circle)
    assert (got.region.containment, got.region.systematic_included) == (0.68, False)


@pytest.mark.parametrize(("number", "role"), [("99999999", "observation"), ("100000000", "test"), ("100000003", "test")])
def test_gecams_large_numbers_are_tests(number: str, role: str) -> None:
    assert notice(gecam(number=number)).role == role


def test_gecams_time_falls_back_to_its_own_day() -> None:
    data = gecam().replace(b"2024-05-06T07:08:09.10", b"2024-05-06T569:03:04.96")
    assert notice(data).time == Instant(utc="2024-05-06T07:08:09", ns=100_000_000)


def test_calets_pointing_is_no_position_whatever_it_prints() -> None:
    got = notice(voevent(160, BURST | {"SIGNIFICANCE": "12.5"}, groups={"Misc": {"SGM_participated": "true"}}))
    assert got.region is None
    assert got.instruments == ("CGBM SGM",)
    assert notice(voevent(161, BURST, groups={"Trigger_ID": {"Retraction": "true"}})).retraction
    assert notice(voevent(160, BURST, groups={"Trigger_ID": {"InternalTest": "true"}})).role == "test"


def test_agiles_calorimeter_has_no_position_and_zero_is_no_number() -> None:
    got = notice(voevent(105, BURST | {"TrigID": "0", "grb_signif": "7.1"}, position=("0.0000", "4.3526", "0.0000")))
    assert got.region is None
    assert got.event_id == "2024-05-06T07:08:09"
    assert got.significance is not None
    assert got.significance.snr == 7.1
    assert notice(voevent(105, BURST)).event_id == "123"


def test_agiles_plain_form_is_the_same_event() -> None:
    plain = notice(
        voevent(None, {"TrigID": "123", "grb.signif": "6.77"}, ivorn="ivo://AGILE.txt#1", position=("0.0", "0.0", "0"))
    )
    assert event_key(plain) == event_key(notice(voevent(105, BURST)))
    assert plain.significance is not None
    assert plain.significance.snr == 6.77


def test_agiles_pointing_is_a_pointing() -> None:
    got = parse(voevent(107, {"Slew_TJD": "20436", "Slew_SOD": "25689.10"}, role="utility"))
    assert isinstance(got, PointingUpdate)
    assert (got.mission, got.ra_deg) == ("AGILE", 10.5)


IPN_TIME = {"Burst_TJD": "20696", "Burst_SOD": "84962.95", "Pkt_Ser_Num": "8"}


def test_konus_and_the_ipns_time_are_one_event() -> None:
    when, nowhere = "2025-01-21T23:36:02.95", ("-1.0000", "-1.0000", "-1.0000")
    konus = notice(voevent(59, IPN_TIME | {"TrigID": "2069684962"}, time=when, position=("0.0000", "0.0000", "0.0000")))
    ipn = notice(
        voevent(31, IPN_TIME | {"TrigID": "-1"}, time=when, position=nowhere, groups={"Misc": {"KONUS_Wind_contributed": "true"}})
    )
    assert event_key(konus) == event_key(ipn) == "IPN:2069684962"
    assert konus.region is None
    assert ipn.region is None
    assert konus.instruments == ipn.instruments == ("Konus-Wind",)


def test_a_second_of_day_keeps_its_zeros() -> None:
    early = {"TrigID": "-1", "Burst_TJD": "20436", "Burst_SOD": "9.10"}
    assert notice(voevent(31, early, time="2024-05-06T00:00:09.10")).event_id == "2043600009"


def test_the_ipns_time_survives_an_impossible_date() -> None:
    assert notice(voevent(31, IPN_TIME | {"TrigID": "-1"}, time="2025-01--1T23:36:02.95")).event_id == "2069684962"


def test_an_annulus_is_taken_where_there_is_one() -> None:
    ring = {"TrigID": "-1", **IPN_TIME, "IPN_RA_Center": "120.5", "IPN_Dec_Center": "-30", "IPN_Radius": "60", "IPN_Width": "0.1"}
    got = notice(voevent(32, ring, time="2025-01-21T23:36:02.95"))
    assert got.region == Annulus(ra_deg=120.5, dec_deg=-30.0, radius_deg=60.0, sigma_deg=0.1)
    none = dict.fromkeys(("IPN_RA_Center", "IPN_Dec_Center", "IPN_Radius", "IPN_Width"), "-1.0000")
    assert notice(voevent(32, ring | none, time="2025-01-21T23:36:02.95")).region is None
    assert isinstance(notice(voevent(39, ring, time="2025-01-21T23:36:02.95")).region, Circle)


def test_hetes_trigger_holds_number_and_revision() -> None:
    got = notice(voevent(40, BURST | {"TrigID": str(9 * 65536 + 7)}))
    assert (got.event_id, got.revision, got.revision_order) == ("7", "ALERT 9", (0, 9))
    assert notice(voevent(44, BURST, role="observation")).role == "test"


def test_test_coordinates_are_tests_and_batses_bursts_are_not() -> None:
    assert notice(voevent(2, BURST | {"TrigID": "-1"}, role="observation")).role == "test"
    assert notice(voevent(1, BURST)).role == "observation"
    doubt = notice(voevent(1, BURST, groups={"Trigger_ID": {"Definite_Not_GRB": "true"}}))
    assert any("not a burst" in line for line in doubt.remarks)


@pytest.mark.parametrize("packet", [1, 31, 39, 40, 58, 59, 100, 105, 148, 160, 188, 201, 202])
def test_bursts_are_searched_in_one_window(packet: int) -> None:
    data = gecam() if packet == 188 else voevent(packet, BURST | {"Burst_Id": "sb26050402"})
    policy = policy_for(notice(data))
    assert policy.roles == ("observation",)
    assert policy.association_window_s == (-30.0, 100.0)


@pytest.mark.parametrize("packet", [45, 108, 130, 135, 137, 138, 139, 57, 145, 203])
def test_what_is_no_moment_of_a_burst_is_recorded_only(packet: int) -> None:
    assert policy_for(notice(voevent(packet, BURST | {"Burst_Id": "sb26050402"}))).roles == ()


def test_a_counterparts_time_is_its_observations() -> None:
    got = notice(voevent(45, BURST | {"Telescope": "Swift-XRT"}))
    assert got.time is None
    assert got.stated_time == Instant(utc="2024-05-06T07:08:09", ns=100_000_000)
    assert (got.messenger, got.instruments) == ("x-ray", ("Swift-XRT",))
    assert notice(voevent(45, BURST | {"Telescope": "NOT"})).messenger == "optical"


def test_small_satellites_say_what_they_are() -> None:
    common = {"id": ["BUG1", "432"], "trigger_time": "2024-06-01T00:00:00Z", "far": 0.2, "p_astro": 0.9, "alert_tense": "current"}
    got = notice(gcn_json("glowbug/Alert", **common, classification={"BNS": 0.9}))
    assert (got.event_id, got.aliases, got.region, got.classification) == ("BUG1", ("432",), None, {"BNS": 0.9})
    assert got.significance is not None
    assert (got.significance.far_hz, got.significance.p_astro) == (0.2, 0.9)
    test = notice(gcn_json("burstcube/test", **common, healpix_file="stuff", ra=232, dec=-53.1, ra_dec_error=10, t90=2.3))
    assert (test.role, test.duration_s, test.blobs) == ("test", 2.3, ())
    assert notice(gcn_json("burstcube/alert", **common)).role == "observation"
    missing = parse(gcn_json("burstcube/alert", trigger_time="2024-06-01T00:00:00Z"))
    assert isinstance(missing, Refusal)
    assert missing.reason == "no-identity"


def test_hess_reports_are_named_by_the_ivorn() -> None:
    got = notice(voevent(None, {"significance": "0.9"}, ivorn="ivo://HESS/GRB#GRB_ToO220413", role="observe"))
    assert (got.event_id, got.role, got.time) == ("GRB_ToO220413", "test", None)
