"""What a mail server of the tests keeps."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message as Mail
from typing import Any


class Inbox:
    """An SMTP handler that keeps mails and refuses as told."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.refusals: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refusals:
            return self.refusals.pop(0)
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"
