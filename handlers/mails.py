"""Notices that came wrapped in a mail: the part that holds the notice."""

from __future__ import annotations

import email
import re
from email.message import Message

from .refused import Refused

#: Headers that a mail begins with; a notice begins with TITLE, XML with "<".
_HEADER = re.compile(
    rb"(?:From |(?:Return-Path|Received|Delivered-To|Envelope-To|Message-ID|MIME-Version|DKIM-Signature|Authentication-Results"
    rb"|Date|Subject|From|To|Sender|Reply-To|Content-Type|Content-Transfer-Encoding|X-[A-Za-z-]+):)",
    re.IGNORECASE,
)
#: What a notice begins with.
_NOTICE = re.compile(rb"\s*(?:<\?xml|<voe:|<VOEvent|TITLE:\s|\{)")
#: Lines of a mail: a notice and its headers have some hundred.
_MAX_LINES = 20_000
#: Parts of one mail that are looked at: a mail with a notice has two or three.
_MAX_PARTS = 50


def is_mail(data: bytes) -> bool:
    """Whether these bytes begin as a mail."""
    return _HEADER.match(data) is not None and (b"\n\n" in data or b"\r\n\r\n" in data)


def notice_in_mail(data: bytes) -> bytes:
    """The first part of a mail that begins as a notice does.

    Raises
    ------
    Refused
        not-an-alert: no part does, or the mail cannot be taken apart.
    """
    if data.count(b"\n") > _MAX_LINES:
        raise Refused("not-an-alert", f"a mail of more than {_MAX_LINES} lines: no notice is so long")
    try:
        parts = list(email.message_from_bytes(data).walk())[:_MAX_PARTS]
        bodies = [body for part in parts if (body := _body(part)) is not None]
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise Refused("not-an-alert", f"a mail that cannot be taken apart: {type(error).__name__}") from error
    found = next((body for body in bodies if _NOTICE.match(body)), None)
    if found is None:
        raise Refused("not-an-alert", "a mail without a notice")
    return found


def _body(part: Message) -> bytes | None:
    if part.is_multipart():
        return None
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else None
