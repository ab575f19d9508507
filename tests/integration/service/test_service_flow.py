"""From stored bytes to everything that is kept and told, over a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
from journey_samples import SaidSource, mission
from service_samples import about, raw, running, settings, worked

from schemas import SkyMapRef, sha256_hex
from schemas.errors import NoData
from transients import demo
from transients.missions.integral import Integral
from transients.service.intake import Intake
from transients.store import Store

GRB = "Fermi-GBM:699896651"
GW, GONE = "LIGO Virgo KAGRA:S230518h", "LIGO Virgo KAGRA:S230524x"


@pytest.fixture(scope="module")
def integral() -> Integral:
    return mission()


def without_rates(integral: Integral) -> SaidSource:
    """Quick: nothing to search."""
    return SaidSource({"light_curve": NoData("none here")})


def weak_alert() -> demo.Message:
    """INTEGRAL's own alert, 3 s after GRB 230307A."""
    (message,) = about("INTEGRAL#Weak")
    changed = message.body.replace(b"2023-05-28T22:06:02.83", b"2023-03-07T15:44:09.67")
    return demo.Message(message.topic, changed.replace(b"20092", b"20010").replace(b"79562.83", b"56649.67"))


async def test_an_alert_becomes_a_result_once(store: Store, postgres_url: str, tmp_path: Path, integral: Integral) -> None:
    made = settings(postgres_url, tmp_path)
    intake = Intake(store, made)
    for offset, message in enumerate((weak_alert(), *about("699896651"))):
        await intake.put(raw(message, offset))
    async with running(made, data=SaidSource(bursts=demo.BURSTS), mission=integral):
        await worked(store)
        found = await store.assessment(GRB)
        assert found is not None
        assert (found.verdict, found.event_revision, found.simulated) == ("detection", 4, True)
        assert [(kind, round(offset, 2)) for kind, _, offset in found.own_triggers] == [("INTEGRAL_WEAK", 3.0)]
        names = {file.name for file in await store.artefacts(GRB)}
        assert {"assessment.json", "circular.txt", "allsky.png", "lightcurve-SPI-ACS.png", "limits.multiorder.fits"} <= names
        assert found.limits is not None
        assert sha256_hex(await store.artefact(GRB, None, "limits.multiorder.fits")) == found.limits.map_blob_id
        draft = await store.circular(GRB)
        assert draft is not None
        assert (draft.variant, draft.assessment_revision) == ("detection", found.revision)
        assert "SIMULATED" in draft.subject
        messages = await store.messages(GRB)
        assert {message.message_key.split("|")[1] for message in messages} == {"new", "detection"}
        assert {message.state for message in messages} == {"recorded"}
        (publication,) = await store.publications(GRB)
        assert (publication.state, publication.assessment_revision) == ("recorded", found.revision)
        assert [part.name for part in publication.files] == sorted(names)

        # The same job again, as after a crash or by hand: the same, and nobody hears of it twice.
        for stage in ("geometry", "search"):
            payload = {"stage": stage, "event_revision": 4}
            await store.enqueue("assess", GRB, payload, dedupe_key=f"again {stage}")
            await store.enqueue("tell", GRB, {"revision": found.revision}, dedupe_key=f"again {stage} tell")
            await store.enqueue("publish", GRB, {"revision": found.revision}, dedupe_key=f"again {stage} publish")
        await worked(store)
        assert await store.assessment(GRB) == found
        assert await store.messages(GRB) == messages
        assert await store.publications(GRB) == (publication,)


async def test_a_better_map_supersedes_and_erases_nothing(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    intake = Intake(store, made)
    first, _, better, _ = about("S230518h")
    before, after = about("S230524x")
    async with running(made, data=without_rates(integral), mission=integral):
        await intake.put(raw(first))
        await intake.put(raw(before))
        await worked(store)
        old, gone = await store.assessment(GW), await store.assessment(GONE)
        assert old is not None
        assert gone is not None
        await intake.put(raw(better))
        await intake.put(raw(after))
        await worked(store)
    new = await store.assessment(GW)
    assert new is not None
    assert (new.event_revision, old.event_revision) == (2, 1)
    assert new.revision > old.revision
    assert old.geometry is not None
    assert new.geometry is not None
    assert old.geometry.localisation is not None
    assert new.geometry.localisation is not None
    assert new.geometry.localisation.area90_deg2 < 0.6 * old.geometry.localisation.area90_deg2
    assert await store.assessment(GW, old.revision) == old
    assert {file.name for file in await store.artefacts(GW, old.revision)} >= {"assessment.json", "allsky.png"}
    event = await store.event(GW)
    assert isinstance(event.region, SkyMapRef)

    retracted = await store.assessment(GONE)
    assert retracted is not None
    assert (retracted.verdict, retracted.state) == ("retracted", "retracted")
    assert await store.assessment(GONE, gone.revision) == gone
    draft = await store.circular(GONE)
    assert draft is not None
    assert draft.variant == "retraction"
    told = [message.message_key.split("|")[1] for message in await store.messages(GONE)]
    assert sorted(told) == ["new", "retracted"]


async def test_a_retraction_takes_back_what_nobody_has_seen(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    intake = Intake(store, made)
    before, after = about("S230524x")
    async with running(made, data=SaidSource(), mission=integral):
        await intake.put(raw(before))
        await worked(store)
        searched = await store.assessment(GONE)
        assert searched is not None
        assert searched.verdict in ("detection", "non-detection")
        assert {publication.state for publication in await store.publications(GONE)} == {"recorded"}
        draft = await store.circular(GONE)
        assert draft is not None
        assert draft.withdrawn is None
        await intake.put(raw(after))
        await worked(store)
    assert {publication.state for publication in await store.publications(GONE)} == {"withdrawn"}
    withdrawn = await store.circular(GONE, draft.assessment_revision)
    assert withdrawn is not None
    assert withdrawn.withdrawn == "LIGO Virgo KAGRA retracted the event."
    assert (withdrawn.subject, withdrawn.body, withdrawn.facts_id) == (draft.subject, draft.body, draft.facts_id)
    last = await store.circular(GONE)
    assert last is not None
    assert (last.variant, last.withdrawn) == ("retraction", None)
    assert (await store.check()).violations == ()


POISON = {
    "unknown-kind": b'<?xml version="1.0"?><voe:VOEvent xmlns:voe="http://www.ivoa.net/xml/VOEvent/v2.0" '
    b'ivorn="ivo://nobody.knows/this#1" role="observation" version="2.0"><Who/></voe:VOEvent>',
    "malformed-xml": b"<?xml version='1.0'?><VOEvent><What>",
    "not-an-object": b"[1, 2, 3]",
    "error-text": b"Subscribed topic not available: gcn.classic.voevent.X: Broker: Unknown topic or partition",
    "html": b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
    "bytes": bytes(range(256)),
    "empty": b"",
}


async def test_poison_among_good_alerts_is_kept_with_its_reason(
    store: Store, postgres_url: str, tmp_path: Path, integral: Integral
) -> None:
    made = settings(postgres_url, tmp_path)
    intake = Intake(store, made)
    good = [*about("Antares"), *about("ICECUBE_GOLD")]
    stream = [*(demo.Message("gcn.classic.voevent.X", body) for body in POISON.values())]
    for position, message in enumerate(good):
        stream.insert(1 + 3 * position, message)
    for offset, message in enumerate(stream):
        await intake.put(raw(message, offset))
    refused = {alert.content_id: alert for alert in await store.refused()}
    assert set(refused) == {sha256_hex(body) for body in POISON.values()}
    for name, body in POISON.items():
        alert = refused[sha256_hex(body)]
        assert alert.reason
        assert alert.message
        assert (await store.raw(alert.content_id)).body == body
        if name in ("unknown-kind", "malformed-xml", "not-an-object", "error-text"):
            assert alert.reason == name
    async with running(made, data=without_rates(integral), mission=integral):
        await worked(store)
    page = await store.events()
    assert len(page) == len(good)
    for event in page:
        assessment = await store.assessment(event.event_key)
        assert assessment is not None
        assert assessment.geometry is not None


async def test_a_storm_of_duplicates_is_one_alert(store: Store, postgres_url: str, tmp_path: Path) -> None:
    intake = Intake(store, settings(postgres_url, tmp_path))
    (message,) = about("ICECUBE_BRONZE")
    for offset in range(140):
        await intake.put(raw(message, offset))
    totals = await store.totals()
    assert (totals.notices, totals.events) == (1, 1)
    assert len(await store.deliveries(sha256_hex(message.body))) == 140
    (event,) = await store.events()
    assert event.revision == 1
    assert [job.payload["stage"] for job in await store.jobs()] == ["geometry"]


async def test_tests_are_processed_only_when_wanted(store: Store, postgres_url: str, tmp_path: Path, integral: Integral) -> None:
    message = about("S230518h")[0]
    drill = demo.Message(message.topic, message.body.replace(b"S230518h", b"MS230518h"))
    intake = Intake(store, settings(postgres_url, tmp_path))
    await intake.put(raw(drill))
    (event,) = await store.events()
    assert event.event_key.endswith(":test")
    assert await store.jobs() == ()

    made = settings(postgres_url, tmp_path, process_tests=True)
    second = demo.Message(message.topic, drill.body + b" ")
    async with running(made, data=without_rates(integral), mission=integral):
        await Intake(store, made).put(raw(second))
        await worked(store)
    assessment = await store.assessment(event.event_key)
    assert assessment is not None
    assert assessment.role == "test"
    # Processed and drafted, but nothing leaves the house.
    assert await store.messages() == ()
    assert await store.publications() == ()
