"""What a publisher is, and what it is given."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec

from schemas import Publication, PublicationFile, sha256_hex

#: Called with the new state after every step that the outside confirmed, and once before the first.
Save = Callable[[Publication], Awaitable[None]]


@dataclasses.dataclass(frozen=True)
class Deposit:
    """What is to be published.

    Attributes
    ----------
    files : mapping of file name to bytes
    metadata : dict
        Title, description, creators, keywords, version: plain data in the words of the deposit API.
    simulated : bool
        It holds simulated data, or is about a test: never taken by a service whose DOIs are real.
    previous : Publication, optional
        The publication of an earlier revision: this becomes its new version, or takes over its unpublished draft.
    """

    files: Mapping[str, bytes]
    metadata: Mapping[str, Any]
    simulated: bool
    previous: Publication | None = None


class Publisher(Protocol):
    """Takes a publication from the state it is in as far as it may go."""

    name: str
    sandbox: bool

    async def publish(self, publication: Publication, deposit: Deposit, *, release: bool, save: Save) -> Publication:
        """Go on from `publication.state`; with `release` false stop before what cannot be taken back.

        Safe to call again after a crash at any step, with the publication as last saved: nothing is doubled.
        """
        ...

    async def withdraw(self, publication: Publication, *, save: Save) -> Publication:
        """Take back what nobody outside has seen yet; what is published stays, and is given back as it is.

        Safe to call again after a crash at any step.
        """
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


def file_list(files: Mapping[str, bytes]) -> tuple[PublicationFile, ...]:
    """Names, checksums and sizes, by name."""
    return tuple(
        PublicationFile(
            name=name, sha256=sha256_hex(data), md5=hashlib.md5(data, usedforsecurity=False).hexdigest(), size=len(data)
        )
        for name, data in sorted(files.items())
    )


async def withdrawn(publication: Publication, save: Save) -> Publication:
    """The publication as withdrawn, saved so; one that is already is given back as it is."""
    if publication.state == "withdrawn":
        return publication
    publication = msgspec.structs.replace(publication, state="withdrawn")
    await save(publication)
    return publication
