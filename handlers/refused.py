"""The one exception inside this room: a document that is not taken, with the stable word that says why."""

from __future__ import annotations

from schemas import Refusal
from schemas.errors import RefusedInput

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
