"""The one entry for bytes: whatever comes in, a record comes out."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from schemas import Notice, Parsed, PointingUpdate, Refusal

from .builtin import registry
from .limits import MAX_NAME
from .refused import Refused
from .sniff import read_document

#: Hop's mark of a test message.
_TEST_HEADER = "_test"
#: A part of the name of a topic that carries tests.
_TEST_TOPIC = ".test."


def _with_a_name(parsed: Parsed) -> Parsed:
    """The record, unless its event's name cannot be a key or a line of a message."""
    if isinstance(parsed, Notice):
        name = parsed.event_id
        if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
            raise Refused("no-identity", f"not the name of an event: {name[:MAX_NAME]!r}", kind=parsed.kind)
    return parsed


def _mark(topic: str | None, headers: Mapping[str, str] | None) -> str | None:
    """How the carrier says that this is a test: Hop by a header "_test" of any value, brokers by a topic with ".test."."""
    if headers and _TEST_HEADER in headers:
        return f"header {_TEST_HEADER}"
    # Of a file the folder may be named as a topic (an export's is); its own name is not.
    folder = (topic or "").rpartition("/")[0] or topic or ""
    return f"topic {topic}" if any(_TEST_TOPIC in f".{part}." for part in folder.split("/")) else None


def marked_as_test(topic: str | None, headers: Mapping[str, str] | None) -> bool:
    """Whether the carrier says that a document is a test, whatever stands in it."""
    return _mark(topic, headers) is not None


def _as_carried(parsed: Parsed, topic: str | None, headers: Mapping[str, str] | None) -> Parsed:
    """The record, made a test where the carrier says so."""
    mark = _mark(topic, headers)
    if mark is not None and isinstance(parsed, Notice | PointingUpdate) and parsed.role != "test":
        remark = f"marked as a test by its carrier ({mark}): role test"
        return msgspec.structs.replace(parsed, role="test", remarks=(*parsed.remarks, remark))
    return parsed


def parse(data: bytes, *, topic: str | None = None, name: str | None = None, headers: Mapping[str, str] | None = None) -> Parsed:
    """Understand a document, or say why not; never raises.

    Parameters
    ----------
    data : bytes
        The document: VOEvent XML, JSON, Avro container, or anything.
    topic : str, optional
        Broker topic it came on; test topics make tests.
    name : str, optional
        Name of the document for messages (a path).
    headers : mapping, optional
        What the carrier said beside the bytes; "_test" (Hop's mark, whatever its value) makes a test.

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
        return _as_carried(_with_a_name(handler.parse(document, kind)), topic, headers)
    except Refused as refused:
        record = refused.record(kind)
        return Refusal(reason=record.reason, message=where + record.message, kind=record.kind)
    except RecursionError:
        return Refusal(reason="too-deep", message=f"{where}nested too deeply", kind=kind)
    except Exception as error:  # a handler, perhaps a plug-in's, must not stop the intake: the refusal names it
        message = f"{where}handler {handler_name!r} failed: {type(error).__name__}: {error}"
        return Refusal(reason="handler-failed", message=message, kind=kind)
