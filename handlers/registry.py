"""Which handler takes which document: handlers register, the first that recognises a document takes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from schemas import Notice, Parsed, Policy
from schemas.errors import ConfigurationError, NotFound

from .classic import classic_kind
from .documents import Document, JsonDocument, TextDocument
from .refused import Refused


@runtime_checkable
class Handler(Protocol):
    """One messenger: its kinds, its topics, its policies, and how its documents are read."""

    @property
    def name(self) -> str:
        """Unique name, "lvk"."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds it takes."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Kafka topics its documents come on."""

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Its policies, the general one first."""

    def recognise(self, document: Document) -> str | None:
        """The document's kind when it is one of its own, else None."""

    def parse(self, document: Document, kind: str) -> Parsed:
        """Read a recognised document. May raise Refused."""

    def policy_for(self, notice: Notice) -> Policy:
        """The policy for one of its notices."""


class Registry:
    """Handlers in the order they came."""

    def __init__(self, handlers: Iterable[Handler] = ()) -> None:
        self._handlers: dict[str, Handler] = {}
        self._by_kind: dict[str, Handler] = {}
        self._policies: dict[str, Policy] = {}
        for handler in handlers:
            self.register(handler)

    def register(self, handler: Handler) -> None:
        """Add a handler. Raises ConfigurationError when it is none, or its name, a kind or a policy is taken."""
        if not isinstance(handler, Handler):
            raise ConfigurationError(f"{handler!r} is no handler")
        kinds = tuple(handler.kinds)
        if handler.name in self._handlers:
            raise ConfigurationError(f"a handler named {handler.name!r} stands already")
        if taken := self._by_kind.keys() & set(kinds):
            raise ConfigurationError(f"handler {handler.name!r}: kinds taken already: {', '.join(sorted(taken))}")
        if named := {policy.name for policy in handler.policies}.intersection(self._policies):
            raise ConfigurationError(f"handler {handler.name!r}: policies named already: {', '.join(sorted(named))}")
        self._handlers[handler.name] = handler
        self._by_kind.update(dict.fromkeys(kinds, handler))
        self._policies.update({policy.name: policy for policy in handler.policies})

    def remove(self, name: str) -> None:
        """Take a handler out again, with its kinds and policies. Raises NotFound."""
        handler = self._handlers.pop(name, None)
        if handler is None:
            raise NotFound(f"no handler is named {name!r}")
        for kind in handler.kinds:
            del self._by_kind[kind]
        for policy in handler.policies:
            del self._policies[policy.name]

    def __iter__(self) -> Iterator[Handler]:
        return iter(tuple(self._handlers.values()))

    def find(self, document: Document) -> tuple[Handler, str]:
        """The handler of a document and its kind. Raises Refused (unknown-kind) naming the kind."""
        for handler in self:
            kind = handler.recognise(document)
            if kind is not None:
                return handler, kind
        name = describe(document)
        raise Refused("unknown-kind", f"no handler takes {name}", kind=name)

    def handler_of(self, kind: str) -> Handler:
        """The handler of a kind. Raises NotFound."""
        handler = self._by_kind.get(kind)
        if handler is None:
            raise NotFound(f"no handler takes {kind}")
        return handler

    @property
    def policies(self) -> Mapping[str, Policy]:
        """Every policy by name; a live view."""
        return MappingProxyType(self._policies)

    def topics(self) -> tuple[str, ...]:
        """Every topic of every handler, sorted."""
        return tuple(sorted({topic for handler in self for topic in handler.topics}))


def describe(document: Document) -> str:
    """The best name there is for a document that nobody takes."""
    match document:
        case TextDocument():
            return "text"
        case JsonDocument():
            if document.schema:
                return document.schema.replace("/", ".")
            keys = ", ".join(sorted(map(str, document.value))[:4]) or "no keys"
            return document.topic or f"JSON with {keys}"
        case _:
            author = document.ivorn.removeprefix("ivo://").partition("#")[0] or "without ivorn"
            return classic_kind(document) or f"VOEvent {author}"
