"""Messages over real sockets on loopback: mail, webhook, apprise; refusals, silence, another try."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator

import msgspec
import outgoing_samples as samples
import pytest
import stamina
from aiosmtpd.smtp import SMTP
from mail_inbox import Inbox
from pytest_httpserver import HTTPServer
from werkzeug import Response

from schemas import Contact, Message
from schemas.errors import BadRequest, ConfigurationError, ServiceRefused, ServiceUnreachable, TransientsError
from transients.config import MailSettings, NotifySettings, Secret, Settings, WebhookSettings
from transients.notify import (
    AppriseChannel,
    MailChannel,
    NoChannel,
    RecordingChannel,
    WebhookChannel,
    channels,
    deliver,
)

NOW = samples.at("2023-05-18T13:20:00")


def message(channel: str, address: str, **changes: object) -> Message:
    base = Message(
        message_key=f"LVK:S230518h|new|{channel}:{address}",
        event_key="LVK:S230518h",
        assessment_revision=3,
        to="A. Person",
        contact=Contact(channel=channel, address=address),
        subject="LIGO/Virgo/KAGRA S230518h: new event, INTEGRAL",
        body="T0 2023-05-18T12:59:08 UTC.\nhttps://transients.example.org/e/S230518h",
        url="https://transients.example.org/e/S230518h",
    )
    return msgspec.structs.replace(base, **changes)


@pytest.fixture
async def smtp() -> AsyncIterator[tuple[Inbox, int]]:
    inbox = Inbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(inbox, hostname="localhost"), "127.0.0.1", 0)
    yield inbox, server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


@pytest.fixture(autouse=True)
async def _no_waits() -> AsyncIterator[None]:
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


def mailer(port: int, **changes: object) -> MailChannel:
    return MailChannel(
        MailSettings(mode="smtp", host="127.0.0.1", port=port, sender="transients@example.org", **changes), timeout_s=5
    )


async def test_a_mail_arrives(smtp: tuple[Inbox, int]) -> None:
    inbox, port = smtp
    await mailer(port).send(message("mail", "a@example.org"))
    (mail,) = inbox.mails
    assert mail["To"] == "a@example.org"
    assert mail["From"] == "transients@example.org"
    assert mail["Subject"] == "LIGO/Virgo/KAGRA S230518h: new event, INTEGRAL"
    assert "https://transients.example.org/e/S230518h" in mail.get_payload()


async def test_the_same_message_is_the_same_mail(smtp: tuple[Inbox, int]) -> None:
    inbox, port = smtp
    for sent in (message("mail", "a@example.org"), message("mail", "a@example.org"), message("mail", "b@example.org")):
        await mailer(port).send(sent)
    one, again, other = (mail["Message-ID"] for mail in inbox.mails)
    assert one == again != other


async def test_refusals_that_pass_and_that_stay(smtp: tuple[Inbox, int]) -> None:
    inbox, port = smtp
    inbox.refusals = ["451 try later", "554 never"]
    with pytest.raises(ServiceRefused):
        await mailer(port).send(message("mail", "a@example.org"))
    with pytest.raises(BadRequest):
        await mailer(port).send(message("mail", "a@example.org"))
    with pytest.raises(BadRequest, match="550"):
        await mailer(port).send(message("mail", "nobody@example.org"))
    with pytest.raises(ServiceUnreachable):
        await mailer(9).send(message("mail", "a@example.org"))


async def test_tls_that_is_asked_for_is_never_left_out(smtp: tuple[Inbox, int]) -> None:
    inbox, port = smtp
    with pytest.raises(TransientsError):
        await mailer(port, start_tls=True, username="u", password=Secret("p")).send(message("mail", "a@example.org"))
    assert inbox.mails == []


async def test_a_signed_webhook(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("")
    sent = message("webhook", httpserver.url_for("/hook"))
    await WebhookChannel(WebhookSettings(mode="http", signing_key=Secret("key"))).send(sent)
    (request, _) = httpserver.log[0]
    body = request.get_data()
    good = hmac.new(b"key", body, hashlib.sha256).hexdigest()
    assert request.headers["X-Transients-Signature"] == f"sha256={good}"
    assert request.headers["Idempotency-Key"] == hashlib.sha256(sent.message_key.encode()).hexdigest()
    said = json.loads(body)
    assert said["subject"] == sent.subject
    assert said["event_key"] == "LVK:S230518h"
    assert "127.0.0.1" not in body.decode()


@pytest.mark.parametrize(("status", "kind"), [
    (500, ServiceRefused), (429, ServiceRefused), (404, BadRequest), (302, BadRequest), (401, BadRequest),
])  # fmt: skip
async def test_webhook_refusals(httpserver: HTTPServer, status: int, kind: type[TransientsError]) -> None:
    httpserver.expect_request("/hook").respond_with_response(Response(status=status, headers={"Location": "/elsewhere"}))
    with pytest.raises(kind) as caught:
        await WebhookChannel(WebhookSettings(mode="http")).send(message("webhook", httpserver.url_for("/hook?token=secret")))
    assert "secret" not in str(caught.value)
    assert len(httpserver.log) == 1


async def test_apprise_reaches_a_gateway(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/notify", method="POST").respond_with_data("")
    await AppriseChannel().send(message("apprise", f"json://127.0.0.1:{httpserver.port}/notify"))
    said = json.loads(httpserver.log[0][0].get_data())
    assert said["title"].startswith("LIGO/Virgo/KAGRA S230518h")
    assert "T0 2023-05-18" in said["message"]


async def test_apprise_that_fails(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/notify").respond_with_data("", status=500)
    with pytest.raises(ServiceRefused):
        await AppriseChannel().send(message("apprise", f"json://127.0.0.1:{httpserver.port}/notify"))
    with pytest.raises(ConfigurationError) as caught:
        await AppriseChannel().send(message("apprise", "nosuch://user:secret@place"))
    assert "secret" not in str(caught.value)


class Log:
    def __init__(self) -> None:
        self.saved: list[Message] = []

    async def save(self, sent: Message) -> None:
        self.saved.append(sent)


async def test_delivery_tries_again_and_saves(smtp: tuple[Inbox, int]) -> None:
    inbox, port = smtp
    inbox.refusals = ["451 later", "451 later"]
    log = Log()
    done = await deliver(message("mail", "a@example.org"), {"mail": mailer(port)}, now=lambda: NOW, save=log.save)
    assert (done.state, done.sent) == ("sent", NOW)
    assert log.saved == [done]
    assert len(inbox.mails) == 1
    assert await deliver(done, {"mail": mailer(port)}, now=lambda: NOW, save=log.save) == done
    assert len(inbox.mails) == 1


async def test_delivery_that_fails_says_so_and_may_be_taken_up_again(smtp: tuple[Inbox, int]) -> None:
    inbox, port = smtp
    inbox.refusals = ["451 later"] * 4
    log = Log()
    with pytest.raises(ServiceRefused):
        await deliver(message("mail", "a@example.org"), {"mail": mailer(port)}, now=lambda: NOW, save=log.save)
    assert [m.state for m in log.saved] == ["failed"]
    done = await deliver(log.saved[-1], {"mail": mailer(port)}, now=lambda: NOW, save=log.save)
    assert done.state == "sent"
    assert len(inbox.mails) == 1


async def test_what_cannot_pass_is_not_tried_again(smtp: tuple[Inbox, int]) -> None:
    inbox, port = smtp
    inbox.refusals = ["554 never", "554 never"]
    with pytest.raises(BadRequest):
        await deliver(message("mail", "a@example.org"), {"mail": mailer(port)}, now=lambda: NOW, save=Log().save)
    assert len(inbox.refusals) == 1
    with pytest.raises(ConfigurationError):
        await deliver(message("mail", "a@example.org"), {}, now=lambda: NOW, save=Log().save)


async def test_recording_and_off() -> None:
    recorder, log = RecordingChannel(), Log()
    done = await deliver(message("mail", "a@example.org"), {"mail": recorder}, now=lambda: NOW, save=log.save)
    assert done.state == "recorded"
    assert len(recorder.messages) == 1
    assert (
        await deliver(message("mail", "a@example.org"), {"mail": NoChannel()}, now=lambda: NOW, save=log.save)
    ).state == "recorded"


def test_the_settings_choose() -> None:
    assert {name: type(c) for name, c in channels(Settings()).items()} == dict.fromkeys(
        ("mail", "webhook", "apprise"), RecordingChannel
    )
    real = NotifySettings(mail=MailSettings(mode="smtp"), webhook=WebhookSettings(mode="http"))
    assert {name: type(c) for name, c in channels(Settings(notify=real)).items()} == {
        "mail": MailChannel,
        "webhook": WebhookChannel,
        "apprise": AppriseChannel,
    }
    off = NotifySettings(mail=MailSettings(mode="off"), webhook=WebhookSettings(mode="off"))
    assert set(map(type, channels(Settings(notify=off)).values())) == {NoChannel}
