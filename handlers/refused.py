"""The one exception inside this room: a document that is not taken, with the stable word that says why."""

from __future__ import annotations

from schemas import Refusal
from schemas.errors import RefusedInput

#: Every word a document is refused by, and what it says. The words are stable: people and programs count by them.
REASONS = {
    "bad-position": "a pointing without a direction on the sky",
    "bad-time": "the event's time cannot be read, or is missing",
    "binary-notice": "a 160-byte packet of GCN Classic whose layout is not known, or that is broken",
    "broken-archive": "an archive that cannot be read to its end",
    "broker-test": "a broker's or robot's test of the line: no event in it",
    "compressed": "compressed bytes: documents are taken as they were written",
    "demonstration": "an example, a simulation or a tutorial's document: no event on the sky",
    "doctype": "XML with a document type or entities",
    "empty": "no bytes, or blanks only",
    "error-text": "a broker's or server's error in place of an alert",
    "fits": "a FITS file: a map or a light curve, no alert",
    "handler-failed": "a handler broke on it: an error of ours or of a plug-in",
    "html": "a web page",
    "malformed-avro": "a broken or compressed Avro container, or one with a hostile schema",
    "malformed-json": "broken JSON, keys that stand twice, numbers or texts that are none, too deep or too many values",
    "malformed-xml": "broken XML, or too deep or too large",
    "no-identity": "nothing that names the event, or nothing that can be a name",
    "no-such-file": "a file that is not there",
    "not-an-alert": "readable, but no alert: plain text, or an alert's shell without its event",
    "not-an-object": "JSON or Avro whose top is not an object",
    "not-text": "neither text nor a known binary format",
    "not-voevent": "XML, but no VOEvent",
    "observing-request": "a request or a plan to observe another's event",
    "pickle": "a Python pickle: a program, never opened",
    "picture": "a picture or a printed page",
    "text-notice": "a text notice of GCN Classic of a type that is not known, or several in one text",
    "too-deep": "nested beyond what can be followed",
    "too-large": "larger than any alert",
    "unreadable": "a file that cannot be read, or is none",
    "unknown-kind": "no handler takes this kind; `kind` names it",
}
#: Characters kept of a message or a kind: both quote the document.
_LONGEST = 300


class Refused(RefusedInput):
    """The document is not taken."""

    def __init__(self, reason: str, message: str, *, kind: str | None = None) -> None:
        super().__init__(message[:_LONGEST])
        self.reason = reason
        self.document_kind = kind[:_LONGEST] if kind is not None else None

    def record(self, kind: str | None = None) -> Refusal:
        """As a record; `kind` names the document when the exception does not."""
        return Refusal(reason=self.reason, message=self.message, kind=self.document_kind or kind)
