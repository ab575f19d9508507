"""Which channels the settings ask for."""

from __future__ import annotations

from transients.config import Settings

from .base import Channel
from .channels import AppriseChannel, MailChannel, NoChannel, RecordingChannel, WebhookChannel


def channels(settings: Settings) -> dict[str, Channel]:
    """A channel for each word a contact may start with: "mail", "webhook", "apprise".

    Apprise goes out over the same road as webhooks and follows their mode. The switch `hold` is not looked at here: it can
    be turned at any moment, so whoever sends asks it.
    """
    mail, webhook = settings.notify.mail, settings.notify.webhook
    made: dict[str, Channel] = {}
    match mail.mode:
        case "off":
            made["mail"] = NoChannel()
        case "record":
            made["mail"] = RecordingChannel()
        case "smtp":
            made["mail"] = MailChannel(mail)
    match webhook.mode:
        case "off":
            made |= {"webhook": NoChannel(), "apprise": NoChannel()}
        case "record":
            made |= {"webhook": RecordingChannel(), "apprise": RecordingChannel()}
        case "http":
            made |= {"webhook": WebhookChannel(webhook), "apprise": AppriseChannel()}
    return made
