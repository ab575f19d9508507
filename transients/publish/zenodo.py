"""A deposit at Zenodo, step by step: created, uploaded and verified, described, published. Each step can be repeated."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from schemas import Publication, PublicationFile, sha256_hex
from schemas.errors import BadRequest, NotFound, RefusedInput, ServiceRefused, ServiceUnreachable

from .base import Deposit, Save, file_list, withdrawn
from .zenodo_api import Throttled, ZenodoApi

#: Looks for a deposition whose creation was not answered; Zenodo's index lags by seconds.
_LOOKS = 3


def own_keyword(publication_key: str) -> str:
    """The keyword by which a deposition is found again: unique to the publication, safe in a search query."""
    return f"transients-{sha256_hex(publication_key.encode())[:24]}"


class ZenodoPublisher:
    """Deposits results at Zenodo.

    Parameters
    ----------
    api : ZenodoApi
    sandbox : bool
        Whether the service is one whose DOIs mean nothing. If not, simulated data and tests are refused.
    settle_s : float
        Time between looks for a deposition whose creation was not answered.
    """

    name = "zenodo"

    def __init__(self, api: ZenodoApi, *, sandbox: bool, settle_s: float = 3.0) -> None:
        self.sandbox = sandbox
        self._api = api
        self._settle_s = settle_s

    async def aclose(self) -> None:
        """Close connections."""
        await self._api.aclose()

    async def publish(self, publication: Publication, deposit: Deposit, *, release: bool, save: Save) -> Publication:
        """Go on from the state last saved; the state is saved after every step.

        A publication whose files have changed since it was saved is uploaded again. With `release` false it stops at
        "described": a draft that nobody but its owner sees.

        Raises
        ------
        RefusedInput
            Simulated data or a test for a service whose DOIs are real; or files at the service that are not ours.
        ServiceUnreachable, ServiceRefused, Throttled
            Try again later with the publication as last saved.
        ConfigurationError, BadRequest, NotFound
            Trying again will not help.
        """
        if deposit.simulated and not self.sandbox:
            raise RefusedInput("simulated data and tests get no DOI", where=publication.publication_key)
        if publication.state in ("published", "withdrawn"):
            return publication
        files = file_list(deposit.files)
        if publication.files != files and publication.state != "intended":
            publication = await _step(publication, save, state="created", files=files)
        if publication.state == "intended":
            publication = await _step(publication, save, state="intended", files=files, sandbox=self.sandbox)
            remote = await self._draft(publication, deposit)
            publication = await _step(publication, save, state="created", **_place(remote))
        remote = await self._api.get(_number(publication))
        if remote.get("submitted"):
            return await self._published(publication, remote, save)
        if publication.state == "created":
            await self._upload(publication, remote, deposit)
            publication = await _step(publication, save, state="uploaded")
        if publication.state == "uploaded":
            await self._describe(publication, deposit)
            publication = await _step(publication, save, state="described")
        return await self._release(publication, save) if release else publication

    async def withdraw(self, publication: Publication, *, save: Save) -> Publication:
        """Delete the draft; a published deposit stays, as Zenodo lets nobody take one back.

        Raises
        ------
        ServiceUnreachable, ServiceRefused, Throttled
            Try again later with the publication as last saved.
        """
        if publication.state in ("published", "withdrawn", "recorded"):
            return publication
        remote = await self._remote(publication)
        if remote is not None and remote.get("submitted"):
            return await self._published(msgspec.structs.replace(publication, **_place(remote)), remote, save)
        if remote is not None:
            await self._api.discard(str(remote["id"]))
        return await withdrawn(publication, save)

    async def _remote(self, publication: Publication) -> dict[str, Any] | None:
        """Our deposition as the service has it; None where there is none: never made, or deleted."""
        if publication.external_id is None:
            return await self._find(publication)
        try:
            return await self._api.get(publication.external_id)
        except NotFound:
            return None

    async def _draft(self, publication: Publication, deposit: Deposit) -> dict[str, Any]:
        """Our deposition: the one that carries our keyword, the draft we take over, or a new one."""
        found = await self._find(publication)
        if found is not None:
            return found
        previous = deposit.previous
        if previous is not None and previous.external_id is not None:
            earlier = await self._api.get(previous.external_id)
            return await self._new_version(earlier) if earlier.get("submitted") else earlier
        try:
            return await self._api.create(_metadata(publication, deposit))
        except (ServiceUnreachable, ServiceRefused) as error:
            return await self._after_silence(publication, error)

    async def _after_silence(self, publication: Publication, error: Exception) -> dict[str, Any]:
        """The creation was not answered: it may have happened. Look before giving up for this time."""
        if isinstance(error, Throttled):
            raise error
        for _ in range(_LOOKS):
            await asyncio.sleep(self._settle_s)
            found = await self._find(publication)
            if found is not None:
                return found
        raise error

    async def _find(self, publication: Publication) -> dict[str, Any] | None:
        keyword = own_keyword(publication.publication_key)
        ours = [d async for d in self._api.search(f'"{keyword}"') if keyword in d.get("metadata", {}).get("keywords", ())]
        # A published one wins; else the oldest, so that every process picks the same.
        return min(ours, key=lambda d: (not d.get("submitted"), int(d["id"])), default=None)

    async def _new_version(self, earlier: dict[str, Any]) -> dict[str, Any]:
        """The draft of the next version. Zenodo keeps one per record: an open one is used, whoever opened it."""
        concept = str(earlier["conceptrecid"])
        open_draft = await self._open_draft(concept)
        if open_draft is not None:
            return open_draft
        try:
            reply = await self._api.act(str(earlier["id"]), "newversion")
        except (BadRequest, ServiceRefused, ServiceUnreachable):
            open_draft = await self._open_draft(concept)
            if open_draft is None:
                raise
            return open_draft
        link = reply.get("links", {}).get("latest_draft", "")
        draft = await self._api.get(link.rstrip("/").rsplit("/", 1)[-1]) if link else reply
        if draft.get("submitted"):
            raise ServiceRefused("no draft came of the new version", where="Zenodo")
        return draft

    async def _open_draft(self, concept: str) -> dict[str, Any] | None:
        async for deposition in self._api.search(f"conceptrecid:{concept}"):
            if str(deposition.get("conceptrecid")) == concept and not deposition.get("submitted"):
                return deposition
        return None

    async def _upload(self, publication: Publication, remote: dict[str, Any], deposit: Deposit) -> None:
        """Make the draft hold our files and no others; each upload is believed only with its checksum."""
        bucket = remote.get("links", {}).get("bucket")
        if not bucket:
            raise ServiceRefused("the deposition has no bucket", where=f"Zenodo {publication.external_id}")
        there = await self._api.files(_number(publication))
        wanted = {file.name: file.md5 for file in publication.files}
        for name, (md5, file_id) in there.items():
            if wanted.get(name) != md5:
                await self._api.delete_file(_number(publication), file_id)
        for name, md5 in wanted.items():
            if name in there and there[name][0] == md5:
                continue
            stored = await self._api.upload(bucket, name, deposit.files[name])
            if stored != md5:
                raise ServiceRefused(f"{name} arrived damaged: md5 {stored}, sent {md5}", where="Zenodo")
        await self._verify(publication)

    async def _verify(self, publication: Publication) -> None:
        there = {name: md5 for name, (md5, _) in (await self._api.files(_number(publication))).items()}
        differing = _differences(there, publication.files)
        if differing:
            raise RefusedInput(
                f"the draft's files are not ours: {', '.join(differing)}", where=f"Zenodo {publication.external_id}"
            )

    async def _describe(self, publication: Publication, deposit: Deposit) -> None:
        reply = await self._api.describe(_number(publication), _metadata(publication, deposit))
        if own_keyword(publication.publication_key) not in reply.get("metadata", {}).get("keywords", ()):
            raise ServiceRefused("the metadata were not taken", where=f"Zenodo {publication.external_id}")

    async def _release(self, publication: Publication, save: Save) -> Publication:
        """Publish, which cannot be taken back: only after the files have been checked once more."""
        await self._verify(publication)
        try:
            await self._api.act(_number(publication), "publish")
        except (BadRequest, ServiceRefused, ServiceUnreachable):
            remote = await self._api.get(_number(publication))
            if not remote.get("submitted"):
                raise
        else:
            remote = await self._api.get(_number(publication))
        return await self._published(publication, remote, save)

    async def _published(self, publication: Publication, remote: dict[str, Any], save: Save) -> Publication:
        doi = remote.get("doi")
        if not remote.get("submitted") or not doi:
            raise ServiceRefused("no DOI yet", where=f"Zenodo {publication.external_id}")
        await self._verify(publication)
        return await _step(publication, save, state="published", doi=doi, **_place(remote))


async def _step(publication: Publication, save: Save, **changes: Any) -> Publication:
    publication = msgspec.structs.replace(publication, **changes)
    await save(publication)
    return publication


def _place(remote: dict[str, Any]) -> dict[str, Any]:
    links = remote.get("links", {})
    return {"external_id": str(remote["id"]), "url": links.get("record_html") or links.get("html")}


def _number(publication: Publication) -> str:
    if publication.external_id is None:
        raise RefusedInput("a publication without a deposition", where=publication.publication_key)
    return publication.external_id


def _metadata(publication: Publication, deposit: Deposit) -> dict[str, Any]:
    keywords = [*deposit.metadata.get("keywords", ()), own_keyword(publication.publication_key)]
    return {**deposit.metadata, "keywords": keywords}


def _differences(there: dict[str, str], files: tuple[PublicationFile, ...]) -> list[str]:
    wanted = {file.name: file.md5 for file in files}
    return sorted(name for name in {*there, *wanted} if there.get(name) != wanted.get(name))
