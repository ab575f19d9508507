"""Who is on shift: recurrences, zones, handovers, overlaps, exceptions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from schemas import Contact, Instant
from schemas.errors import ConfigurationError, RefusedInput, ServiceRefused, ServiceUnreachable
from transients.notify import contacts_of, on_shift, read_contact, read_rota

CONTACTS = {"A. Person": ("mail:a@example.org", "webhook:https://chat.example.org/hook"), "B. Other": ("mail:b@example.org",)}


def calendar(*events: str, extra: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *filter(None, [extra])]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", *([] if "UID:" in event else [f"UID:{number}@test"]), *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*(line.strip() for line in lines), "END:VCALENDAR", ""]).encode()


def names(ics: bytes, when: str, **options: str) -> list[str]:
    return [shift.person for shift in on_shift(ics, Instant.parse(when), CONTACTS, **options)]


WEEKLY = """SUMMARY:A. Person
DTSTART;TZID=Europe/Zurich:20230102T090000
DTEND;TZID=Europe/Zurich:20230109T090000
RRULE:FREQ=WEEKLY;INTERVAL=2"""
OTHER_WEEK = """SUMMARY:B. Other
DTSTART;TZID=Europe/Zurich:20230109T090000
DTEND;TZID=Europe/Zurich:20230116T090000
RRULE:FREQ=WEEKLY;INTERVAL=2"""


def test_a_shift_with_its_contacts() -> None:
    (shift,) = on_shift(calendar(WEEKLY), Instant.parse("2023-01-05T12:00:00"), CONTACTS)
    assert shift.person == "A. Person"
    assert shift.role == "burst advocate"
    assert (shift.start.utc, shift.stop.utc) == ("2023-01-02T08:00:00", "2023-01-09T08:00:00")
    assert [c.channel for c in shift.contacts] == ["mail", "webhook"]


def test_a_handover_in_local_time_summer_and_winter() -> None:
    rota = calendar(WEEKLY, OTHER_WEEK)
    assert names(rota, "2023-01-09T07:59:59") == ["A. Person"]
    assert names(rota, "2023-01-09T08:00:00") == ["B. Other"]
    # In July 09:00 in Zurich is 07:00 UTC.
    assert names(rota, "2023-07-03T06:59:59") == ["B. Other"]
    assert names(rota, "2023-07-03T07:00:00") == ["A. Person"]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 4 * 365 * 86400))
def test_somebody_is_on_at_every_second(after_s: int) -> None:
    at = Instant.from_datetime(dt.datetime(2023, 1, 2, 8, tzinfo=dt.UTC) + dt.timedelta(seconds=after_s))
    assert len(on_shift(calendar(WEEKLY, OTHER_WEEK), at, CONTACTS)) == 1


def test_overlapping_shifts_are_all_given() -> None:
    rota = calendar(WEEKLY, "SUMMARY:Deputy\nCATEGORIES:deputy\nDTSTART:20230104T000000Z\nDTEND:20230106T000000Z")
    shifts = on_shift(rota, Instant.parse("2023-01-05T12:00:00"), CONTACTS)
    assert [(s.person, s.role, len(s.contacts)) for s in shifts] == [("A. Person", "burst advocate", 2), ("Deputy", "deputy", 0)]


def test_cancelled_excepted_and_moved_shifts() -> None:
    cancelled = WEEKLY.replace("RRULE:FREQ=WEEKLY;INTERVAL=2", "STATUS:CANCELLED")
    assert names(calendar(cancelled), "2023-01-05T12:00:00") == []
    excepted = f"{WEEKLY}\nEXDATE;TZID=Europe/Zurich:20230116T090000"
    assert names(calendar(excepted), "2023-01-18T12:00:00") == []
    swapped = f"UID:x@test\n{WEEKLY}"
    override = """UID:x@test
SUMMARY:B. Other
RECURRENCE-ID;TZID=Europe/Zurich:20230116T090000
DTSTART;TZID=Europe/Zurich:20230116T090000
DTEND;TZID=Europe/Zurich:20230123T090000"""
    assert names(calendar(swapped, override), "2023-01-18T12:00:00") == ["B. Other"]
    assert names(calendar(swapped, override), "2023-02-01T12:00:00") == ["A. Person"]


def test_whole_days_and_floating_times_belong_to_the_configured_zone() -> None:
    day = calendar("SUMMARY:A. Person\nDTSTART;VALUE=DATE:20230701\nDTEND;VALUE=DATE:20230702")
    assert names(day, "2023-06-30T22:00:00", time_zone="Europe/Madrid") == ["A. Person"]
    assert names(day, "2023-06-30T21:59:59", time_zone="Europe/Madrid") == []
    assert names(day, "2023-07-01T22:00:00", time_zone="Europe/Madrid") == []
    floating = "SUMMARY:A. Person\nDTSTART:20230701T090000\nDTEND:20230701T170000"
    assert names(calendar(floating), "2023-07-01T07:30:00", time_zone="Europe/Madrid") == ["A. Person"]
    assert names(calendar(floating), "2023-07-01T07:30:00") == []
    stated = calendar(floating, extra="X-WR-TIMEZONE:America/New_York")
    assert names(stated, "2023-07-01T13:00:00", time_zone="Europe/Madrid") == ["A. Person"]


def test_duration_instead_of_end() -> None:
    assert names(calendar("SUMMARY:A. Person\nDTSTART:20230701T090000Z\nDURATION:PT8H"), "2023-07-01T16:59:59") == ["A. Person"]


@pytest.mark.parametrize("data", [b"", b"<html>login</html>", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"\xff\xfe\x00"])
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedInput):
        on_shift(data, Instant.parse("2023-01-01T00:00:00"), {})


def test_a_zone_that_does_not_exist() -> None:
    with pytest.raises(ConfigurationError, match="time zone"):
        on_shift(calendar(WEEKLY), Instant.parse("2023-01-05T12:00:00"), {}, time_zone="Europe/Nowhere")


def test_an_empty_rota_has_nobody() -> None:
    assert names(calendar(), "2023-01-05T12:00:00") == []


def test_contacts_are_read_or_refused() -> None:
    assert read_contact("mail:a@example.org") == Contact(channel="mail", address="a@example.org")
    assert read_contact("apprise:slack://token@channel").address == "slack://token@channel"
    for bad in (
        "a@example.org",
        "mail:nobody",
        "mail:a@b\nBcc: c@d",
        "webhook:ftp://x",
        "webhook:https://",
        "apprise:x",
        "sms:1",
        "",
    ):
        with pytest.raises(ConfigurationError):
            read_contact(bad)
    with pytest.raises(ConfigurationError) as caught:
        read_contact("webhook:secret-token")
    assert "secret-token" not in str(caught.value)


def test_names_are_compared_kindly() -> None:
    assert len(contacts_of(" a.  PERSON ", CONTACTS)) == 2


async def test_the_rota_from_a_file_or_an_address(tmp_path: Path, httpserver: HTTPServer) -> None:
    place = tmp_path / "rota.ics"
    place.write_bytes(calendar(WEEKLY))
    assert await read_rota(str(place)) == calendar(WEEKLY)
    httpserver.expect_request("/rota.ics").respond_with_data(calendar(WEEKLY))
    assert await read_rota(httpserver.url_for("/rota.ics")) == calendar(WEEKLY)
    with pytest.raises(ConfigurationError):
        await read_rota(str(tmp_path / "none.ics"))
    with pytest.raises(ServiceRefused):
        await read_rota(httpserver.url_for("/other"))
    with pytest.raises(ServiceUnreachable):
        await read_rota("http://127.0.0.1:9/rota.ics")
