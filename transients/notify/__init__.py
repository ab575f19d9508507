"""People out: who is on shift, what is worth telling them, and by which way. The store is told through a callback."""

from .base import Channel
from .channels import AppriseChannel, MailChannel, NoChannel, RecordingChannel, WebhookChannel
from .contacts import read_contact
from .deliver import deliver
from .factory import channels
from .rota import contacts_of, on_shift, read_rota
from .rules import messages_for, reached_now

__all__ = [
    "AppriseChannel",
    "Channel",
    "MailChannel",
    "NoChannel",
    "RecordingChannel",
    "WebhookChannel",
    "channels",
    "contacts_of",
    "deliver",
    "messages_for",
    "on_shift",
    "reached_now",
    "read_contact",
    "read_rota",
]
