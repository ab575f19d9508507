"""The one entry for bytes: whatever comes in, a record comes out."""

from __future__ import annotations

from schemas import Notice, Parsed, Refusal

from .builtin import registry
from .limits import MAX_NAME
from .refused import Refused
from .sniff import read_document


def _with_a_name(parsed: Parsed) -> Parsed:
    """The record, unless its event's name cannot be a key or a line of a message."""
    if isinstance(parsed, Notice):
        name = parsed.event_id
        if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
            raise Refused("no-identity", f"not the name of an event: {name[:MAX_NAME]!r}", kind=parsed.kind)
    return parsed


def parse(data: bytes, *, topic: str | None = None, name: str | None = None) -> Parsed:
    """Understand a document, or say why not; never raises.

    Parameters
    ----------
    data : bytes
        The document: VOEvent XML, JSON, Avro container, or anything.
    topic : str, optional
        Broker topic it came on; test topics make tests.
    name : str, optional
        Name of the document for messages (a path).

    Returns
    -------
    Parsed
        A notice, pointing, heartbeat, circular, or a refusal with a stable `reason`.
    """
    where = f"{name}: " if name else ""
    kind: str | None = None
    handler_name = "reader"
    try:
        document = read_document(data, topic)
        handler, kind = registry.find(document)
        handler_name = handler.name
        return _with_a_name(handler.parse(document, kind))
    except Refused as refused:
        record = refused.record(kind)
        return Refusal(reason=record.reason, message=where + record.message, kind=record.kind)
    except RecursionError:
        return Refusal(reason="too-deep", message=f"{where}nested too deeply", kind=kind)
    except Exception as error:  # a handler, perhaps a plug-in's, must not stop the intake: the refusal names it
        message = f"{where}handler {handler_name!r} failed: {type(error).__name__}: {error}"
        return Refusal(reason="handler-failed", message=message, kind=kind)
