"""The channels: mail, webhook, apprise, one that records, one that does nothing."""

from __future__ import annotations

import email.message
import email.policy
import email.utils
import hashlib
import hmac
from typing import Any, Literal

import aiosmtplib
import httpx2

from schemas import Message, sha256_hex, to_json
from schemas.errors import BadRequest, ConfigurationError, ServiceRefused, ServiceUnreachable
from transients.config import MailSettings, WebhookSettings

SIGNATURE = "X-Transients-Signature"
KEY = "Idempotency-Key"


class MailChannel:
    """Mail over SMTP. The Message-ID comes from the message's key, so a mail sent twice is one mail."""

    taken: Literal["sent"] = "sent"

    def __init__(self, settings: MailSettings, *, timeout_s: float = 30.0) -> None:
        self._settings = settings
        self._timeout_s = timeout_s

    async def send(self, message: Message) -> None:
        """Hand the mail to the server. A refusal of the kind 4xx may be tried again, 5xx not."""
        s = self._settings
        try:
            await aiosmtplib.send(
                mail(message, s.sender),
                hostname=s.host,
                port=s.port,
                start_tls=s.start_tls,
                username=s.username or None,
                password=None if s.password is None else s.password.reveal(),
                timeout=self._timeout_s,
            )
        except aiosmtplib.SMTPAuthenticationError as error:
            raise ConfigurationError(f"the mail server does not accept the user ({error.code})", where=s.host) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused(max(r.code for r in error.recipients), str(error.recipients[0].message), s.host) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _refused(error.code, error.message, s.host) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ServiceUnreachable(f"{type(error).__name__}: {error}", where=s.host) from error


def mail(message: Message, sender: str) -> email.message.EmailMessage:
    """The mail itself. Header injection is refused by the policy of the standard library."""
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"] = sender
    made["To"] = message.contact.address
    made["Subject"] = message.subject
    made["Message-ID"] = f"<{sha256_hex(message.message_key.encode())[:40]}@transients>"
    made["Date"] = email.utils.format_datetime(message.sent.to_datetime()) if message.sent else email.utils.localtime()
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(message.body)
    return made


def _refused(code: int, text: str, where: str) -> Exception:
    message = f"{code} {text}"
    return ServiceRefused(message, where=where) if 400 <= code < 500 else BadRequest(message, where=where)


class WebhookChannel:
    """A signed POST of JSON. The key goes along, so that a receiver can drop what it has seen."""

    taken: Literal["sent"] = "sent"

    def __init__(self, settings: WebhookSettings, *, timeout_s: float = 20.0) -> None:
        self._key = settings.signing_key
        self._timeout_s = timeout_s

    async def send(self, message: Message) -> None:
        """Post it; redirects are not followed. 429 and 5xx may be tried again, other refusals not."""
        body = to_json(payload(message))
        headers = {"Content-Type": "application/json", KEY: sha256_hex(message.message_key.encode())}
        if self._key is not None:
            headers[SIGNATURE] = signature(self._key.reveal(), body)
        where = httpx2.URL(message.contact.address).host
        try:
            async with httpx2.AsyncClient(timeout=self._timeout_s, follow_redirects=False, trust_env=False) as client:
                reply = await client.post(message.contact.address, content=body, headers=headers)
        except httpx2.TransportError as error:
            raise ServiceUnreachable(type(error).__name__, where=where) from error
        if not reply.is_success:
            again = reply.status_code == 429 or reply.status_code >= 500
            kind: type[Exception] = ServiceRefused if again else BadRequest
            raise kind(f"{where}: HTTP {reply.status_code}")


def payload(message: Message) -> dict[str, Any]:
    """What a webhook gets: everything but the contact, which may hold a secret."""
    return {
        "key": message.message_key.rsplit("|", 1)[0],
        "event_key": message.event_key,
        "assessment_revision": message.assessment_revision,
        "to": message.to,
        "subject": message.subject,
        "body": message.body,
        "url": message.url,
    }


def signature(key: str, body: bytes) -> str:
    """The signature of a body: "sha256=" and the HMAC-SHA256 in hexadecimal."""
    return f"sha256={hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}"


class AppriseChannel:
    """Chat, SMS and telephone gateways through apprise."""

    taken: Literal["sent"] = "sent"

    async def send(self, message: Message) -> None:
        """Pass it on; apprise says only yes or no, so a no may be tried again."""
        import apprise

        gateway = apprise.Apprise()
        where = message.contact.address.split("://", 1)[0]
        if not gateway.add(message.contact.address):
            raise ConfigurationError("not an address that apprise knows", where=where)
        if not await gateway.async_notify(title=message.subject, body=message.body):
            raise ServiceRefused("the gateway did not take it", where=where)


class RecordingChannel:
    """Keeps messages and tells nobody."""

    taken: Literal["recorded"] = "recorded"

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        """Keep it."""
        self.messages.append(message)


class NoChannel:
    """Off: takes nothing, tells nobody, keeps nothing."""

    taken: Literal["recorded"] = "recorded"

    async def send(self, message: Message) -> None:
        """Do nothing."""
