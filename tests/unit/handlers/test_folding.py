"""Notices fold into one event."""

from __future__ import annotations

from handler_samples import FITS, gwalert, voevent

from handlers import event_key, fold, parse
from schemas import Event, Instant, Notice, SkyMapRef, sha256_hex

NOW = Instant(utc="2024-06-01T00:00:00")


def read(data: bytes) -> Notice:
    parsed = parse(data)
    assert isinstance(parsed, Notice), parsed
    return parsed


def gw(stage: str, created: str, event_id: str = "S240101ab", **event: object) -> bytes:
    import json

    record = json.loads(gwalert(event_id, stage, **event))
    record["time_created"] = created
    return json.dumps(record).encode()


def fold_all(*documents: bytes) -> Event:
    event: Event | None = None
    for data in documents:
        event = fold(event, read(data), content_id=sha256_hex(data), received=NOW)
    assert event is not None
    return event


FIRST = gw("PRELIMINARY", "2024-01-01T00:01:00Z", far=1e-8)
SECOND = gw("PRELIMINARY", "2024-01-01T00:05:00Z", skymap=FITS[:-1] + b"2", far=2e-9)
UPDATE = gw("UPDATE", "2024-01-02T00:00:00Z", skymap=FITS[:-1] + b"3", far=1e-10, time="2024-01-01T00:00:30.125Z")
RETRACTION = gw("RETRACTION", "2024-01-01T01:00:00Z")


def test_updates_supersede_and_stay_in_the_history() -> None:
    event = fold_all(FIRST, SECOND, UPDATE)
    assert event.event_key == "LIGO Virgo KAGRA:S240101ab"
    assert event.region == SkyMapRef(blob_id=sha256_hex(FITS[:-1] + b"3"), label="update")
    assert event.region_from == sha256_hex(UPDATE)
    assert event.t0 is not None
    assert event.t0.iso == "2024-01-01T00:00:30.125"
    assert event.significance is not None
    assert event.significance.far_hz == 1e-10
    assert [entry.revision for entry in event.history] == ["PRELIMINARY", "PRELIMINARY", "UPDATE"]
    assert (event.revision, event.policy, event.state) == (3, "lvk-cbc", "active")


def test_a_second_preliminary_with_another_map_is_kept() -> None:
    assert fold_all(FIRST, SECOND).region_from == sha256_hex(SECOND)
    assert fold_all(SECOND, FIRST).region_from == sha256_hex(SECOND)
    assert len(fold_all(SECOND, FIRST).history) == 2


def test_a_late_older_notice_replaces_nothing() -> None:
    event, late = fold_all(UPDATE), fold_all(UPDATE, FIRST)
    assert (late.region, late.t0, late.significance) == (event.region, event.t0, event.significance)
    assert len(late.history) == 2


def test_the_same_document_returns_the_same_event() -> None:
    event = fold_all(FIRST)
    assert fold(event, read(FIRST), content_id=sha256_hex(FIRST), received=NOW) is event


def test_retraction_in_any_order() -> None:
    after, before, alone = fold_all(FIRST, RETRACTION), fold_all(RETRACTION, FIRST), fold_all(RETRACTION)
    assert after.state == before.state == alone.state == "retracted"
    assert after.region == before.region is not None
    assert alone.region is None
    assert fold_all(RETRACTION, gw("UPDATE", "2024-01-03T00:00:00Z")).state == "retracted"


def test_a_retraction_of_integral_brings_no_position() -> None:
    weak = voevent(53, {}, ivorn="ivo://x/INTEGRAL#Wakeup_Pos_008214-0-748", position=("206.9", "-63.2", "0.04"))
    off = voevent(55, {}, ivorn="ivo://x/INTEGRAL#Offline_Pos_008214-1-748", position=("206.9", "-63.2", "-0.05"))
    event = fold_all(weak, off)
    assert event.state == "retracted"
    assert event.region_from == sha256_hex(weak)


def test_a_new_revision_brings_an_event_back() -> None:
    def track(rev: int, taken_back: str) -> bytes:
        flags = {"Trigger_ID": {"Retraction": taken_back}}
        return voevent(173, {"run_id": "1", "event_id": "2", "Rev": str(rev)}, groups=flags)

    assert fold_all(track(0, "false"), track(1, "true")).state == "retracted"
    assert fold_all(track(2, "false"), track(1, "true"), track(0, "false")).state == "active"


def test_alert_without_position_keeps_the_better_one() -> None:
    flight = voevent(111, {"TrigID": "5", "Pkt_Ser_Num": "2"})
    alert = voevent(110, {"TrigID": "5", "Pkt_Ser_Num": "1"}, position=("0.0", "0.0", "0.0"))
    assert fold_all(flight, alert).region == fold_all(alert, flight).region is not None


def test_tests_never_change_an_observation() -> None:
    real = voevent(111, {"TrigID": "5", "Pkt_Ser_Num": "1"})
    drill = voevent(115, {"TrigID": "5", "Pkt_Ser_Num": "9"}, role="test", position=("99", "9", "1"))
    assert event_key(read(real)) != event_key(read(drill))
    event = fold_all(real, drill)
    other = fold_all(drill, real)
    assert event.role == other.role == "observation"
    assert event.region == other.region == read(real).region
    assert event.event_key == other.event_key == event_key(read(real))
    assert len(event.history) == len(other.history) == 2


def test_the_tests_of_each_day_are_an_event_although_their_number_is_one_for_ever() -> None:
    def drill(day: str, hour: int) -> Notice:
        params = {"TrigID": "99999", "Burst_TJD": day, "Burst_SOD": f"{3600 * hour}.00"}
        return read(voevent(119, params, role="test", time=None))

    keys = {(day, hour): event_key(drill(day, hour)) for day in ("20436", "20437") for hour in (1, 7)}
    assert set(keys.values()) == {"Fermi-GBM:99999:2024-05-06:test", "Fermi-GBM:99999:2024-05-07:test"}
    assert keys["20436", 1] == keys["20436", 7] != keys["20437", 1]
    # A mock alert of a kind that is not only tests has a name of its own, and its retraction, which has no time, the same.
    for stage in ("PRELIMINARY", "RETRACTION"):
        assert event_key(read(gw(stage, "2024-01-01T00:01:00Z", "MS240101ab"))) == "LIGO Virgo KAGRA:MS240101ab:test"
