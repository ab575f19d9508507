"""Contacts as the settings write them: "mail:a@example.org", "webhook:https://…", "apprise:slack://…"."""

from __future__ import annotations

from urllib.parse import urlsplit

from schemas import Contact
from schemas.errors import ConfigurationError


def read_contact(text: str) -> Contact:
    """Read one contact.

    Raises
    ------
    ConfigurationError
        An unknown channel, or an address that cannot be one. The address itself may hold a password, so it is not printed.
    """
    channel, _, address = text.strip().partition(":")
    match channel:
        case "mail":
            name, at, host = address.partition("@")
            good = bool(name and at and host) and not any(c.isspace() or c in ",;<>\"'" for c in address)
        case "webhook":
            parts = urlsplit(address)
            good = parts.scheme in ("http", "https") and bool(parts.hostname)
        case "apprise":
            good = "://" in address and not address.startswith("://")
        case _:
            raise ConfigurationError(
                f"a contact starts with mail:, webhook: or apprise:, not {channel!r}", where="notify.contacts"
            )
    if not good:
        raise ConfigurationError(f"not an address for {channel}", where="notify.contacts")
    return Contact(channel=channel, address=address)
