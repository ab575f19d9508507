"""Rules of publishing, and the publishers that let nothing out."""

from __future__ import annotations

import datetime as dt
import email.utils

import outgoing_samples as samples
import pytest

from schemas import Publication
from schemas.errors import ConfigurationError
from transients.config import Secret, Settings, ZenodoSettings
from transients.publish import (
    NoPublisher,
    RecordingPublisher,
    ZenodoPublisher,
    deposit_for,
    intended,
    may_leave,
    publisher,
    releases,
)
from transients.publish.zenodo import own_keyword
from transients.publish.zenodo_api import wait_s

FILES = {"b.txt": b"b", "a.txt": b"a"}


def test_what_publishes_itself() -> None:
    def let_out(rule: str, **changes: object) -> bool:
        return releases(ZenodoSettings(publish=rule), samples.assessment(**changes))

    assert not let_out("by-hand", verdict="detection")
    assert let_out("detections", verdict="detection")
    assert not let_out("detections", verdict="non-detection")
    assert let_out("all", verdict="inactive")
    assert not let_out("all", verdict="pending")
    assert not let_out("all", verdict="detection", state="retracted")
    assert not let_out("all", verdict="retracted")


def test_tests_stay_in_the_house() -> None:
    assert may_leave(samples.assessment())
    assert not may_leave(samples.assessment(role="test"))
    assert not may_leave(samples.assessment(role="utility"))


def test_keys_are_unique_to_event_revision_and_channel() -> None:
    keys = {
        intended(samples.assessment(revision=r, event_key=k), FILES, c, sandbox=True).publication_key
        for r in (1, 2)
        for k in ("A:1", "B:1")
        for c in ("zenodo", "other")
    }
    assert len(keys) == 8
    assert len({own_keyword(k) for k in keys}) == 8
    assert all(own_keyword(k).replace("-", "").isalnum() for k in keys)


def test_metadata_escape_what_notices_say() -> None:
    hostile = samples.event(event_id="<script>alert(1)</script>")
    deposit = deposit_for(hostile, samples.assessment(), FILES, ZenodoSettings(creators=("Family, Given",)))
    assert "<script>" not in deposit.metadata["description"]
    assert deposit.metadata["creators"] == [{"name": "Family, Given"}]


async def test_the_recording_publisher_records_once() -> None:
    made = RecordingPublisher()
    saved: list[Publication] = []

    async def save(publication: Publication) -> None:
        saved.append(publication)

    publication = intended(samples.assessment(), FILES, made.name, sandbox=True)
    deposit = deposit_for(samples.event(), samples.assessment(), FILES, ZenodoSettings())
    done = await made.publish(publication, deposit, release=True, save=save)
    assert done.state == "recorded"
    assert done.doi is None
    assert [f.name for f in done.files] == ["a.txt", "b.txt"]
    assert await made.publish(done, deposit, release=True, save=save) == done
    assert saved == [done]
    assert len(made.recorded) == 1


async def test_off_does_nothing() -> None:
    async def save(publication: Publication) -> None:
        raise AssertionError("nothing is to be saved")

    publication = intended(samples.assessment(), FILES, "off", sandbox=True)
    deposit = deposit_for(samples.event(), samples.assessment(), FILES, ZenodoSettings())
    assert await NoPublisher().publish(publication, deposit, release=True, save=save) == publication


async def test_the_settings_choose() -> None:
    assert isinstance(publisher(Settings()), RecordingPublisher)
    assert isinstance(publisher(Settings(zenodo=ZenodoSettings(mode="off"))), NoPublisher)
    with pytest.raises(ConfigurationError, match="token"):
        publisher(Settings(zenodo=ZenodoSettings(mode="sandbox")))
    for mode in ("sandbox", "production"):
        made = publisher(Settings(zenodo=ZenodoSettings(mode=mode, token=Secret("t"))))
        assert isinstance(made, ZenodoPublisher)
        assert made.sandbox == (mode == "sandbox")
        await made.aclose()


NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": email.utils.format_datetime(dt.datetime.fromtimestamp(NOW + 30, dt.UTC), usegmt=True)}, 30.0),
        ({"Retry-After": "nonsense", "X-RateLimit-Reset": str(int(NOW) + 12)}, 12.0),
        ({"X-RateLimit-Reset": str(int(NOW) - 5)}, 0.0),
        ({}, 60.0),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float) -> None:
    assert wait_s(headers, NOW) == seconds
