"""What leaves the house: circulars, publications, messages, and the people who are told."""

from __future__ import annotations

from typing import Literal

from .base import Instant, Record


class Circular(Record, kw_only=True):
    """A draft circular. It is sent by a person, never by us."""

    event_key: str
    assessment_revision: int
    variant: Literal["detection", "non-detection", "inactive", "no-data", "retraction"]
    subject: str
    #: Text in lines of at most 70 columns.
    body: str
    #: SHA-256 of the assessment it was written from.
    facts_id: str
    created: Instant
    #: Why it must not be sent any more; None: it may be.
    withdrawn: str | None = None


class PublicationFile(Record, kw_only=True):
    """A file of a publication, with the checksum that the service must confirm."""

    name: str
    sha256: str
    md5: str
    size: int


class Publication(Record, kw_only=True):
    """A deposit with an outside service, in the state that service last confirmed."""

    publication_key: str
    channel: str
    event_key: str
    assessment_revision: int
    state: Literal["intended", "created", "uploaded", "described", "published", "withdrawn", "recorded"]
    external_id: str | None = None
    doi: str | None = None
    url: str | None = None
    sandbox: bool = True
    files: tuple[PublicationFile, ...] = ()


class Contact(Record, kw_only=True):
    """A way to reach a person: "mail", "webhook" or "apprise", and the address."""

    channel: Literal["mail", "webhook", "apprise"]
    address: str


class Shift(Record, kw_only=True):
    """Somebody on duty from start to stop."""

    person: str
    start: Instant
    stop: Instant
    role: str = "burst advocate"
    contacts: tuple[Contact, ...] = ()


class Message(Record, kw_only=True):
    """Something told to somebody. The key makes telling twice impossible."""

    message_key: str
    event_key: str
    assessment_revision: int
    to: str
    contact: Contact
    subject: str
    body: str
    url: str | None = None
    state: Literal["intended", "sent", "failed", "recorded"] = "intended"
    sent: Instant | None = None
