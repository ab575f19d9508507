"""From bytes to meaning: one module per messenger; `parse` for a document, `fold` for an event, policies as data."""

from collections.abc import Mapping

from schemas import Notice, Policy

from .builtin import registry
from .documents import Document, JsonDocument, TextDocument
from .fold import event_key, fold
from .reading import marked_as_test, parse
from .refused import Refused
from .registry import Handler, Registry
from .summary import parse_line, parse_lines, summarise
from .voevent import VOEvent

__all__ = [
    "Document",
    "Handler",
    "JsonDocument",
    "Refused",
    "Registry",
    "TextDocument",
    "VOEvent",
    "event_key",
    "fold",
    "known_topics",
    "marked_as_test",
    "parse",
    "parse_line",
    "parse_lines",
    "policies",
    "policy_for",
    "register",
    "summarise",
]


#: Every policy by name; a live view, plug-ins' included.
policies: Mapping[str, Policy] = registry.policies


def register(handler: Handler) -> None:
    """Add a handler (a plug-in's). Raises ConfigurationError when it clashes with one that stands."""
    registry.register(handler)


def policy_for(notice: Notice) -> Policy:
    """The policy that applies to a notice. Raises NotFound for a kind no handler takes."""
    return registry.handler_of(notice.kind).policy_for(notice)


def known_topics() -> tuple[str, ...]:
    """Kafka topics of every handler, sorted."""
    return registry.topics()
