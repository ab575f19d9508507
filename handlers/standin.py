"""Documents that a source of ours puts in the place of those it could not take: refused, with the source's reason."""

from __future__ import annotations

import msgspec

from schemas import Notice, Parsed, Policy, StandIn

from .documents import Document, JsonDocument
from .refused import Refused

KIND = "stand-in"


class StandIns:
    """Handler of stand-ins. Anybody may write one: all that comes of it is that it is refused."""

    name = "standin"
    kinds = (KIND,)
    topics = ()
    policies = (Policy(name="stand-in", roles=()),)

    def recognise(self, document: Document) -> str | None:
        """By the key that only stand-ins have."""
        return KIND if isinstance(document, JsonDocument) and document.value.get("transients") == KIND else None

    def parse(self, document: Document, kind: str) -> Parsed:
        """Never a notice. Raises Refused with the source's word."""
        assert isinstance(document, JsonDocument)
        try:
            found = msgspec.convert(document.value, StandIn)
        except msgspec.ValidationError as error:
            raise Refused("not-an-alert", f"a stand-in that says nothing: {error}") from error
        size = "" if found.size_bytes is None else f" ({found.size_bytes} bytes)"
        raise Refused(found.reason, f"{found.stands_for}{size}: {found.message}")

    def policy_for(self, notice: Notice) -> Policy:
        """There are no notices of it."""
        return self.policies[0]
