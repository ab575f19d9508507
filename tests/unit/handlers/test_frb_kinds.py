"""Each trap of fast radio bursts, BOOM and counterparts of gravitational waves."""

from __future__ import annotations

import json

import pytest
from handler_samples import voevent
from messenger_samples import CHIME_IVORN, TARGET, boom, chime, frb

import handlers
from handlers import parse
from schemas import Circle, Ellipse, Heartbeat, Notice, Refusal


def notice(data: bytes, topic: str | None = None) -> Notice:
    found = parse(data, topic=topic)
    assert isinstance(found, Notice), found
    return found


def test_a_detection_of_chime() -> None:
    got = notice(
        frb(ra=346.5, dec=12.5, ra_dec_error=[0.5, 0.6, 0], dm=279.4, dm_error=0.4, snr=12.7, importance=0.98,
            trigger_time_error=0.0078, trigger_time_inf_freq="2024-05-06 07:08:01.9+00:00")
    )  # fmt: skip
    assert got.region == Ellipse(
        ra_deg=346.5, dec_deg=12.5, semi_major_deg=0.6, semi_minor_deg=0.5, position_angle_deg=90.0, containment=0.9,
        systematic_included=False,
    )  # fmt: skip
    assert (got.messenger, got.origin, got.event_id, got.time_error_s) == ("radio", "CHIME/FRB", "427000001", 0.0078)
    assert got.properties == {"dm": 279.4, "importance": 0.98}
    assert any("7.200 s earlier: 2024-05-06T07:08:01.900" in line for line in got.remarks)


def test_an_update_of_words_only_changes_nothing_of_the_burst() -> None:
    first = notice(frb(ra=346.5, dec=12.5, ra_dec_error=[0.6, 0.5, 0], snr=12.7))
    second = notice(frb(alert_type="update", update_message="The dispersion measure is now 221.2."))
    assert (second.region, second.significance, second.revision) == (None, None, "update")
    assert second.fields["update_message"] == "The dispersion measure is now 221.2."
    assert first.time is not None
    event = None
    for name, got in (("a", first), ("b", second)):
        event = handlers.fold(event, got, content_id=name * 64, received=first.time)
    assert event is not None
    assert (event.region, event.state, event.revision) == (first.region, "active", 2)
    gone = handlers.fold(event, notice(frb(alert_type="retraction", trigger_time=None)), content_id="c" * 64, received=first.time)
    assert gone.state == "retracted"


def test_a_burst_of_a_repeater_is_an_event_that_cites_its_source() -> None:
    got = notice(frb(alert_type="subsequent", known_source="FRB 20231013B", id="427000002"))
    assert (got.event_id, got.aliases, got.citations) == ("427000002", (), (("source", "FRB 20231013B"),))
    assert got.revision_order == notice(frb()).revision_order


def test_dsa110_gives_milliseconds_and_two_axes() -> None:
    got = notice(frb("dsa110/frb", id="240918aaaa", event_duration=2, ra=346.5, dec=12.5, ra_dec_error=[0.016, 0.02], snr=12.7))
    assert (got.kind, got.origin, got.event_id, got.duration_s) == ("gcn.notices.dsa110.frb", "DSA-110", "240918aaaa", 0.002)
    assert isinstance(got.region, Ellipse)
    assert got.region.semi_major_deg == 0.02


@pytest.mark.parametrize("topic", ["gcn.notices.chime.frb", "gcn.notices.chime.frb.alert"])
def test_chime_is_known_by_its_topic(topic: str) -> None:
    data = json.dumps({"id": 427000001, "trigger_time": "2024-05-06 07:08:09.1+00:00"}).encode()
    assert notice(data, topic).event_id == "427000001"


def test_bursts_need_a_time_unless_they_are_taken_back() -> None:
    found = parse(frb(trigger_time=None))
    assert isinstance(found, Refusal)
    assert found.reason == "bad-time"


def test_the_axes_of_chime_are_labelled_the_wrong_way_round() -> None:
    got = notice(chime())
    assert got.region == Ellipse(
        ra_deg=207.1, dec_deg=39.6, semi_major_deg=0.5, semi_minor_deg=0.4, position_angle_deg=90.0, containment=0.95
    )
    north = notice(chime(pos_error_semiminor_deg_95="0.3"))
    assert isinstance(north.region, Ellipse)
    assert (north.region.semi_major_deg, north.region.position_angle_deg) == (0.4, 0.0)
    assert notice(chime(pos_error_semiminor_deg_95="")).region == Circle(
        ra_deg=207.1, dec_deg=39.6, radius_deg=0.5, containment=0.95
    )


@pytest.mark.parametrize("kind", ["DETECTION", "SUBSEQUENT", "UPDATE", "RETRACTION"])
def test_names_with_marks_of_addresses_are_read(kind: str) -> None:
    got = notice(chime(kind))
    assert got.document_id == CHIME_IVORN.format(kind)
    assert (got.event_id, got.revision, got.retraction) == ("427000001", kind.lower(), kind == "RETRACTION")
    assert handlers.event_key(got) == handlers.event_key(notice(frb()))


@pytest.mark.parametrize(
    ("ivorn", "origin", "name", "role"),
    [
        ("ivo://au.csiro.atnf/parkes#FRB2405060708/60436.29", "Parkes FRB", "FRB2405060708", "observation"),
        ("ivo://au.edu.swin/utmost#Test_FRB202405060708/60436.29", "UTMOST FRB", "Test_FRB202405060708", "test"),
        ("ivo://realfast.io/realfast#rfcand240506/60436.29", "realfast", "rfcand240506", "observation"),
    ],
)
def test_the_shared_form_of_radio_bursts(ivorn: str, origin: str, name: str, role: str) -> None:
    values = {"dm": "563.5", "width": "4.0", "snr": "16.3"}
    got = notice(voevent(None, {}, groups={"event parameters": values}, ivorn=ivorn, position=("19.1", "-39.3", "0.125")))
    assert (got.origin, got.event_id, got.role, got.duration_s) == (origin, name, role, 0.004)
    assert got.region == Circle(ra_deg=19.1, dec_deg=-39.3, radius_deg=0.125)
    assert got.properties == {"dm": 563.5}


def test_the_policy_of_radio_bursts() -> None:
    policy = handlers.policies["frb"]
    assert (policy.association_window_s, policy.roles) == ((-300.0, 300.0), ("observation",))


def test_optical_transients_are_recorded_and_never_searched() -> None:
    got = notice(boom(TARGET, {"event_name": "ZTF24bbbbbbb"}))
    assert (got.messenger, got.event_id, got.time, got.instruments) == ("optical", "ZTF24aaaaaaa", None, ("ZTF", "IOO"))
    assert got.classification == {"Type II": 0.9}
    assert got.citations == (("crossmatch", "S251117bs"),)
    assert any("ZTF24bbbbbbb" in line for line in got.remarks)
    assert isinstance(got.region, Circle)
    assert (got.region.radius_deg, got.region.containment) == (None, None)
    assert handlers.policies["boom"].roles == ()


@pytest.mark.parametrize("data", [boom(), boom({"ra": 1.0}), boom(TARGET, data=None)])
def test_an_alert_of_no_target_is_refused(data: bytes) -> None:
    found = parse(data)
    assert isinstance(found, Refusal)
    assert found.reason == "no-identity"


@pytest.mark.parametrize("topic", [None, "gcn.notices.boom.alert.heartbeat"])
def test_heartbeats_of_one_mission_are_not_gcns(topic: str | None) -> None:
    got = parse(b'{"timestamp": "2026-05-06T07:08:09.123Z", "status": "alive"}', topic=topic)
    assert isinstance(got, Heartbeat)
    assert (got.kind, got.time.iso) == ("heartbeat", "2026-05-06T07:08:09.123")


def test_candidates_of_one_wave_are_events_of_their_own() -> None:
    params = {"EVENT_TRIG_NUM": "S240422ed", "SOURSE_SERNUM": "2", "RANK": "3", "TELESCOPE": "Swift-XRT"}
    got = notice(voevent(154, params, position=("121.8573", "-29.4592", "0.0014")))
    assert (got.event_id, got.messenger, got.instruments) == ("S240422ed_X2", "x-ray", ("Swift-XRT",))
    assert got.citations == (("counterpart", "S240422ed"),)
    assert got.properties == {"rank": 3.0}
    assert handlers.policies["lvc-counterpart"].roles == ()
    assert notice(voevent(154, params | {"EVENT_TRIG_NUM": "MS240422e"})).role == "test"
    cut = notice(voevent(154, params | {"EVENT_TRIG_NUM": "S190426"}))
    assert any("cut short" in line for line in cut.remarks)
    assert not any("cut short" in line for line in got.remarks)


def test_a_retraction_without_a_time_is_not_lost() -> None:
    untimed = chime("RETRACTION").replace(b"<ISOTime>2024-05-06T07:08:09.10</ISOTime>", b"")
    assert (notice(untimed).retraction, notice(untimed).time) == (True, None)
    found = parse(chime().replace(b"<ISOTime>2024-05-06T07:08:09.10</ISOTime>", b""))
    assert isinstance(found, Refusal)
    assert found.reason == "bad-time"
