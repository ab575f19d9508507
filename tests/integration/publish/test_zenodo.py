"""Deposits: every step confirmed, nothing doubled whatever dies, nothing invented."""

from __future__ import annotations

import asyncio
import hashlib

import msgspec
import outgoing_samples as samples
import pytest
import stamina
from werkzeug import Response

from schemas import Publication
from schemas.errors import ConfigurationError, NotFound, RefusedInput, ServiceRefused, ServiceUnreachable
from transients.config import Secret, ZenodoSettings
from transients.publish import Deposit, ZenodoPublisher, deposit_for, intended
from transients.publish.zenodo import own_keyword
from transients.publish.zenodo_api import Throttled, ZenodoApi

FILES = {"assessment.json": b"{}", "circular.txt": "Subject: …".encode(), "light curve.png": b"\x89PNG" * 500}
TOKEN = "a-token-for-tests"


class Store:
    """Remembers what was saved; dies after the n-th save if told to."""

    def __init__(self, die_after: int | None = None) -> None:
        self.saved: list[Publication] = []
        self.die_after = die_after

    async def save(self, publication: Publication) -> None:
        self.saved.append(publication)
        if self.die_after is not None and len(self.saved) == self.die_after:
            raise KilledError

    @property
    def states(self) -> list[str]:
        return [p.state for p in self.saved]


class KilledError(Exception):
    pass


@pytest.fixture
async def zenodo_publisher(zenodo):  # type: ignore[no-untyped-def]
    made = ZenodoPublisher(ZenodoApi(zenodo.base, TOKEN, timeout_s=0.4), sandbox=True, settle_s=0.01)
    yield made
    await made.aclose()


def first(files=FILES, revision=3) -> tuple[Publication, Deposit]:  # type: ignore[no-untyped-def]
    assessment = samples.assessment(revision=revision)
    publication = intended(assessment, files, "zenodo", sandbox=True)
    return publication, deposit_for(samples.event(), assessment, files, ZenodoSettings())


async def test_a_deposit_from_nothing_to_doi(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    store = Store()
    done = await zenodo_publisher.publish(publication, deposit, release=True, save=store.save)
    assert store.states == ["intended", "created", "uploaded", "described", "published"]
    assert all(p.doi is None for p in store.saved[:-1])
    assert done.doi == "10.5072/zenodo.100"
    assert done.url.endswith("/record/100")
    assert {f.name: f.md5 for f in done.files} == {n: hashlib.md5(d).hexdigest() for n, d in FILES.items()}
    order = [step for step in zenodo.log if step in ("create", "upload", "describe", "publish")]
    assert order == ["create", "upload", "upload", "upload", "describe", "publish"]
    assert zenodo.files[100] == FILES
    assert "HasNS" not in zenodo.depositions[100]["metadata"]["title"]


async def test_by_hand_waits_described_and_goes_on_later(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    waiting = await zenodo_publisher.publish(publication, deposit, release=False, save=Store().save)
    assert waiting.state == "described"
    assert waiting.doi is None
    assert not zenodo.depositions[100]["submitted"]
    again = await zenodo_publisher.publish(waiting, deposit, release=False, save=Store().save)
    assert again == waiting
    done = await zenodo_publisher.publish(waiting, deposit, release=True, save=Store().save)
    assert done.state == "published"
    assert zenodo.counted["create"] == 1
    assert zenodo.counted["upload"] == len(FILES)
    assert await zenodo_publisher.publish(done, deposit, release=True, save=Store().save) == done
    assert zenodo.counted["publish"] == 1


@pytest.mark.parametrize("die_after", [1, 2, 3, 4, 5])
async def test_killed_after_any_save(zenodo, zenodo_publisher, die_after: int) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    dying = Store(die_after)
    with pytest.raises(KilledError):
        await zenodo_publisher.publish(publication, deposit, release=True, save=dying.save)
    # What the store holds after the crash: the last state whose save may or may not have been committed.
    for kept in (dying.saved[-1], dying.saved[-2] if die_after > 1 else publication):
        done = await zenodo_publisher.publish(kept, deposit, release=True, save=Store().save)
        assert done.state == "published"
        assert done.doi == "10.5072/zenodo.100"
    assert len(zenodo.depositions) == 1
    assert zenodo.counted["publish"] == 1
    assert zenodo.files[100] == FILES


STEPS = ["create", "upload", "describe", "publish", "files", "get", "search"]


@pytest.mark.parametrize("when", ["", "before:"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", [0.6, Response("broken", status=502)], ids=["timeout", "502"])
async def test_unanswered_at_any_step(zenodo, zenodo_publisher, step: str, when: str, how) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    zenodo.fail[f"{when}{step}"] = [how]
    store, done = Store(), None
    for _ in range(3):
        kept = store.saved[-1] if store.saved else publication
        try:
            done = await zenodo_publisher.publish(kept, deposit, release=True, save=store.save)
            break
        except (ServiceRefused, ServiceUnreachable):
            continue
    assert done is not None
    assert done.state == "published"
    assert len(zenodo.depositions) == 1
    assert sum(d["submitted"] for d in zenodo.depositions.values()) == 1
    assert zenodo.files[100] == FILES


async def test_created_but_unanswered_and_not_yet_in_the_index(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    zenodo.fail["create"] = [Response("broken", status=500)]
    zenodo.index_lag = 3
    done = await zenodo_publisher.publish(publication, deposit, release=True, save=Store().save)
    assert done.state == "published"
    assert len(zenodo.depositions) == 1


async def test_a_damaged_upload_is_never_published(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    zenodo.damage = {"light curve.png"}
    store = Store()
    with pytest.raises(ServiceRefused, match="arrived damaged"):
        await zenodo_publisher.publish(publication, deposit, release=True, save=store.save)
    assert zenodo.counted["publish"] == 0
    assert store.states[-1] == "created"
    done = await zenodo_publisher.publish(store.saved[-1], deposit, release=True, save=store.save)
    assert done.state == "published"
    assert zenodo.files[100] == FILES


async def test_files_changed_at_the_service_stop_the_release(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    waiting = await zenodo_publisher.publish(publication, deposit, release=False, save=Store().save)
    zenodo.files[100]["extra.txt"] = b"not ours"
    with pytest.raises(RefusedInput, match=r"extra\.txt"):
        await zenodo_publisher.publish(waiting, deposit, release=True, save=Store().save)
    assert zenodo.counted["publish"] == 0


async def test_files_changed_by_us_are_uploaded_again(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    waiting = await zenodo_publisher.publish(publication, deposit, release=False, save=Store().save)
    newer = {"assessment.json": b'{"better": 1}', "circular.txt": FILES["circular.txt"]}
    _, changed = first(newer)
    done = await zenodo_publisher.publish(waiting, changed, release=True, save=Store().save)
    assert zenodo.files[100] == newer
    assert {f.name for f in done.files} == set(newer)
    assert zenodo.counted["upload"] == len(FILES) + 1


async def published(zenodo_publisher, revision: int, previous: Publication | None = None, files=FILES) -> Publication:  # type: ignore[no-untyped-def]
    publication, deposit = first(files, revision)
    with_previous = Deposit(files=deposit.files, metadata=deposit.metadata, simulated=False, previous=previous)
    return await zenodo_publisher.publish(publication, with_previous, release=True, save=Store().save)


async def test_a_later_revision_is_a_new_version(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    old = await published(zenodo_publisher, 3)
    newer = {"assessment.json": b"[2]", "circular.txt": FILES["circular.txt"]}
    new = await published(zenodo_publisher, 4, old, newer)
    assert (old.doi, new.doi) == ("10.5072/zenodo.100", "10.5072/zenodo.101")
    assert zenodo.depositions[100]["conceptrecid"] == zenodo.depositions[101]["conceptrecid"]
    assert zenodo.files[101] == newer
    assert zenodo.files[100] == FILES
    assert own_keyword(new.publication_key) in zenodo.depositions[101]["metadata"]["keywords"]


@pytest.mark.parametrize("failure", [Response("broken", status=503), 0.6])
async def test_a_new_version_unanswered(zenodo, zenodo_publisher, failure) -> None:  # type: ignore[no-untyped-def]
    old = await published(zenodo_publisher, 3)
    zenodo.fail["newversion"] = [failure]
    new = await published(zenodo_publisher, 4, old)
    assert new.doi == "10.5072/zenodo.101"
    assert len(zenodo.depositions) == 2
    assert zenodo.counted["newversion"] == 1


@pytest.mark.parametrize("die_after", [1, 2, 3, 4, 5])
async def test_a_new_version_killed_anywhere(zenodo, zenodo_publisher, die_after: int) -> None:  # type: ignore[no-untyped-def]
    old = await published(zenodo_publisher, 3)
    publication, plain = first(FILES, 4)
    deposit = Deposit(files=plain.files, metadata=plain.metadata, simulated=False, previous=old)
    dying = Store(die_after)
    with pytest.raises(KilledError):
        await zenodo_publisher.publish(publication, deposit, release=True, save=dying.save)
    kept = dying.saved[-2] if die_after > 1 else publication
    done = await zenodo_publisher.publish(kept, deposit, release=True, save=Store().save)
    assert done.doi == "10.5072/zenodo.101"
    assert len(zenodo.depositions) == 2
    assert zenodo.counted["newversion"] == 1


async def test_a_later_revision_takes_over_an_unpublished_draft(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    draft = await zenodo_publisher.publish(publication, deposit, release=False, save=Store().save)
    new = await published(zenodo_publisher, 4, draft, {"assessment.json": b"[4]"})
    assert len(zenodo.depositions) == 1
    assert new.doi == "10.5072/zenodo.100"
    with pytest.raises(RefusedInput):
        await zenodo_publisher.publish(draft, deposit, release=True, save=Store().save)


async def test_an_existing_deposition_is_found_among_many(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    for i in range(60):
        zenodo._new({"keywords": [f"transients-{i}"]})
    mine = zenodo._new({"keywords": [own_keyword(publication.publication_key)]})
    for i in range(60):
        zenodo._new({"keywords": [f"transients-x{i}"]})
    done = await zenodo_publisher.publish(publication, deposit, release=True, save=Store().save)
    assert done.external_id == str(mine)
    assert zenodo.counted["create"] == 0


async def test_throttling_is_obeyed(zenodo) -> None:  # type: ignore[no-untyped-def]
    stamina.set_testing(False)
    zenodo.fail["before:create"] = [Response("slow down", status=429, headers={"Retry-After": "1"})]
    api = ZenodoApi(zenodo.base, TOKEN)
    await api.create({"keywords": []})
    assert zenodo.times[1] - zenodo.times[0] >= 1.0
    assert len(zenodo.depositions) == 1
    await api.aclose()


async def test_throttling_for_an_hour_is_given_up_at_once(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    stamina.set_testing(False)
    publication, deposit = first()
    zenodo.fail["before:create"] = [Response("slow down", status=429, headers={"Retry-After": "3600"})]
    store = Store()
    with pytest.raises(Throttled) as caught:
        await asyncio.wait_for(zenodo_publisher.publish(publication, deposit, release=True, save=store.save), 5)
    assert caught.value.retriable
    assert caught.value.wait_s == 3600
    assert store.states == ["intended"]


async def test_a_wrong_token_is_a_configuration_error_and_is_not_printed(zenodo) -> None:  # type: ignore[no-untyped-def]
    api = ZenodoApi(zenodo.base, "wrong-token")
    made = ZenodoPublisher(api, sandbox=True, settle_s=0.01)
    publication, deposit = first()
    with pytest.raises(ConfigurationError) as caught:
        await made.publish(publication, deposit, release=True, save=Store().save)
    assert "wrong-token" not in str(caught.value)
    assert not caught.value.retriable
    await made.aclose()


async def test_the_token_goes_to_no_other_host(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    zenodo.stray_link = True
    with pytest.raises(ServiceRefused, match="another host"):
        await zenodo_publisher.publish(publication, deposit, release=True, save=Store().save)


async def test_a_deposition_deleted_by_hand(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    lost = msgspec.structs.replace(publication, state="uploaded", external_id="7")
    with pytest.raises(NotFound):
        await zenodo_publisher.publish(lost, deposit, release=True, save=Store().save)


async def test_simulated_data_and_tests_get_no_real_doi(zenodo) -> None:  # type: ignore[no-untyped-def]
    made = ZenodoPublisher(ZenodoApi(zenodo.base, TOKEN), sandbox=False)
    for change in ({"simulated": True}, {"role": "test"}):
        assessment = samples.assessment(**change)
        publication = intended(assessment, FILES, "zenodo", sandbox=False)
        deposit = deposit_for(samples.event(), assessment, FILES, ZenodoSettings(token=Secret("x")))
        assert deposit.metadata["title"].startswith(("SIMULATED DATA", "TEST"))
        with pytest.raises(RefusedInput, match="no DOI"):
            await made.publish(publication, deposit, release=True, save=Store().save)
    assert zenodo.log == []
    await made.aclose()


async def test_nobody_there() -> None:
    made = ZenodoPublisher(ZenodoApi("http://127.0.0.1:9", TOKEN), sandbox=True, settle_s=0.0)
    publication, deposit = first()
    store = Store()
    with pytest.raises(ServiceUnreachable):
        await made.publish(publication, deposit, release=True, save=store.save)
    assert store.states == ["intended"]
    await made.aclose()


@pytest.mark.parametrize("state", ["created", "uploaded", "described"])
async def test_an_unpublished_deposit_is_taken_back(zenodo, zenodo_publisher, state: str) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    store = Store(die_after={"created": 2, "uploaded": 3, "described": 4}[state])
    with pytest.raises(KilledError):
        await zenodo_publisher.publish(publication, deposit, release=False, save=store.save)
    assert store.states[-1] == state
    gone = await zenodo_publisher.withdraw(store.saved[-1], save=store.save)
    assert (gone.state, store.states[-1]) == ("withdrawn", "withdrawn")
    assert zenodo.depositions == {}
    # Killed before that was noted, and run again: the same.
    assert (await zenodo_publisher.withdraw(store.saved[-2], save=Store().save)).state == "withdrawn"
    assert (await zenodo_publisher.withdraw(gone, save=store.save)) == gone


async def test_a_creation_that_was_not_answered_is_taken_back_too(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    store = Store()
    zenodo.fail["create"] = [Response("too late", status=500)] * 4
    zenodo.index_lag = 99
    with pytest.raises(ServiceRefused):
        await zenodo_publisher.publish(publication, deposit, release=False, save=store.save)
    assert len(zenodo.depositions) == 1
    zenodo.index_lag = 0
    assert (await zenodo_publisher.withdraw(store.saved[-1], save=store.save)).state == "withdrawn"
    assert zenodo.depositions == {}


async def test_a_published_deposit_stays(zenodo, zenodo_publisher) -> None:  # type: ignore[no-untyped-def]
    publication, deposit = first()
    done = await zenodo_publisher.publish(publication, deposit, release=True, save=Store().save)
    assert await zenodo_publisher.withdraw(done, save=Store().save) == done
    # Published by somebody on the web site, which we did not know.
    unknowing = msgspec.structs.replace(done, state="described", doi=None)
    assert (await zenodo_publisher.withdraw(unknowing, save=Store().save)).doi == done.doi
    assert "discard" not in zenodo.log
