"""The line to the mail server or to a webhook is cut or silent: alerts go on, and people are told once when it is back."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from cuttable import Line, cuttable
from journey_samples import SaidSource, mission
from mail_inbox import Inbox
from network_faults import all_well, until
from pytest_httpserver import HTTPServer
from service_samples import about, raw, running, settings

from schemas.errors import NoData
from transients.config import MailSettings, NotifySettings, WebhookSettings
from transients.service import outgoing
from transients.service.intake import Intake
from transients.store import Store

pytestmark = pytest.mark.fault

#: Three events, all of them told.
ALERTS = (*about("Antares"), *about("138193"), *about("699896651"))
EVENTS = 3


@pytest.fixture
async def mails() -> AsyncIterator[tuple[Inbox, Line]]:
    """A mail server, and the line to it."""
    inbox = Inbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(functools.partial(SMTP, inbox, hostname="localhost", loop=loop), "127.0.0.1", 0)
    async with cuttable(server.sockets[0].getsockname()) as line:
        yield inbox, line
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("how", "silent"), [("cut", "mail"), ("refused", "webhook"), ("stalled", "mail"), ("stalled", "webhook")]
)
async def test_alerts_go_on_and_people_are_told_once(
    how: str,
    silent: str,
    mails: tuple[Inbox, Line],
    httpserver: HTTPServer,
    store: Store,
    postgres_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Half a minute and a minute in life.
    monkeypatch.setattr(outgoing, "DELIVER_AGAIN_S", 1.0)
    httpserver.expect_request("/hook", method="POST").respond_with_data("")
    inbox, to_mail = mails
    async with cuttable(("127.0.0.1", httpserver.port)) as to_hook:
        line = to_mail if silent == "mail" else to_hook
        told = NotifySettings(
            always=(
                "mail:one@example.org",
                "mail:two@example.org",
                f"webhook:http://127.0.0.1:{to_hook.port}/hook",
                f"webhook:http://127.0.0.1:{to_hook.port}/hook?two",
            ),
            least_grade="low",
            mail=MailSettings(mode="smtp", host="127.0.0.1", port=to_mail.port),
            webhook=WebhookSettings(mode="http"),
        )
        made = settings(postgres_url, tmp_path, notify=told)
        intake = Intake(store, made)
        match how:
            case "cut":
                line.cut()
            case "refused":
                line.refuse()
            case _:
                line.stall()
        async with running(made, data=SaidSource({"light_curve": NoData("none here")}), mission=mission()):
            for number, message in enumerate(ALERTS):
                await intake.put(raw(message, number))

            async def assessed() -> bool:
                """Every event, though nobody can be told by this way; and by the other they are."""
                events = await store.events()
                kept = [await store.assessment(event.event_key) for event in events]
                final = all(one and one.verdict != "pending" and one.event_revision == event.revision
                            for one, event in zip(kept, events, strict=True))  # fmt: skip
                messages = await store.messages()
                others = [message for message in messages if message.contact.channel != silent]
                return final and len(others) >= 2 * EVENTS and all(message.state == "sent" for message in others)

            await until(assessed, 60.0)
            waiting = [message for message in await store.messages() if message.contact.channel == silent]
            assert waiting
            assert {message.state for message in waiting} <= {"intended", "failed"}
            await line.mend()
            await all_well(store, len(ALERTS), EVENTS)
    messages = await store.messages()
    assert {message.state for message in messages} == {"sent"}
    mailed = [mail["Message-ID"] for mail in inbox.mails]
    posted = [request.headers["Idempotency-Key"] for request, _ in httpserver.log]
    for arrived, channel in ((mailed, "mail"), (posted, "webhook")):
        assert len(arrived) == len(set(arrived)) == sum(message.contact.channel == channel for message in messages)
