"""The publishers that let nothing out: one records what would be sent, one does nothing."""

from __future__ import annotations

import msgspec

from schemas import Publication

from .base import Deposit, Save, file_list, withdrawn


class RecordingPublisher:
    """Saves what would be published, files with checksums, as state "recorded"; contacts nobody."""

    name = "recording"
    sandbox = True

    def __init__(self) -> None:
        #: Every deposit given, in order, with the release flag; for the demo and for tests.
        self.recorded: list[tuple[Publication, Deposit, bool]] = []

    async def publish(self, publication: Publication, deposit: Deposit, *, release: bool, save: Save) -> Publication:
        """Record and save; a publication already recorded is given back as it is."""
        if publication.state == "recorded":
            return publication
        publication = msgspec.structs.replace(publication, state="recorded", files=file_list(deposit.files), sandbox=True)
        self.recorded.append((publication, deposit, release))
        await save(publication)
        return publication

    async def withdraw(self, publication: Publication, *, save: Save) -> Publication:
        """Record that too."""
        return await withdrawn(publication, save)

    async def aclose(self) -> None:
        """Nothing to close."""


class NoPublisher:
    """Publishing is off: publications stay as they are and nothing is saved."""

    name = "off"
    sandbox = True

    async def publish(self, publication: Publication, deposit: Deposit, *, release: bool, save: Save) -> Publication:
        """Give the publication back unchanged."""
        return publication

    async def withdraw(self, publication: Publication, *, save: Save) -> Publication:
        """Give the publication back unchanged."""
        return publication

    async def aclose(self) -> None:
        """Nothing to close."""
