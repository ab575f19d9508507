"""From bytes to a document: which format it is."""

from __future__ import annotations

import re

from ._values import read_avro, read_json
from .converted import is_converted, read_converted
from .documents import Document, JsonDocument, TextDocument, is_circular_title, schema_path
from .limits import MAX_BYTES
from .magic import refuse_known_files
from .mails import is_mail, notice_in_mail
from .packet_reading import is_packet, read_packet
from .refused import Refused
from .text_lines import fields_of_json, is_notice, is_taken_apart, read_lines
from .text_notices import read_text
from .voevent import is_voevent_json, read_voevent_json, read_voevent_xml

#: What brokers and clients say in place of an alert.
_ERRORS = re.compile(
    r"subscribed topic not available|broker: |unknown topic or partition|invalid_token|sasl authentication"
    r"|local: |kafkaerror|connection refused|internal server error|service unavailable",
    re.IGNORECASE,
)


#: Marks of the order of bytes.
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_document(data: bytes, topic: str | None = None) -> Document:
    """Tell the format and read it.

    Raises
    ------
    Refused
        With a stable word: empty, too-large, not-text, malformed-json, not-an-object, malformed-xml, doctype,
        not-voevent, html, error-text, text-notice, binary-notice, malformed-avro, fits, compressed, picture, pickle.
    """
    if not data.strip():
        raise Refused("empty", "the document is empty")
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"{len(data)} bytes are more than the {MAX_BYTES} taken")
    if data.startswith(b"Obj\x01"):
        return JsonDocument(*read_avro(data), topic)
    refuse_known_files(data)
    if is_packet(data):
        return read_packet(data)
    if is_mail(data):
        return _read_plain(notice_in_mail(data), topic)
    if data.endswith((b">\0", b"}\0")) and not data.startswith(_UTF_16):
        # Some senders write the NUL that ends a text in C.
        return _read_plain(data[:-1], topic)
    return _read_plain(data, topic)


def _read_plain(data: bytes, topic: str | None) -> Document:
    text = _decode(data)
    start = text.lstrip()[:1]
    if start == "<":
        if text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
            raise Refused("html", "a web page, not an alert")
        return read_voevent_xml(_as_utf8(text, data))
    if start in ("{", "["):
        return _read_json(text, topic)
    return _read_text(text, topic)


def _decode(data: bytes) -> str:
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if re.match(rb"\s*(?:<\?xml[^>]*encoding|TITLE:\s)", data):
            return data.decode("latin-1")
        raise Refused("not-text", f"neither text nor a known binary format: {error.reason} at byte {error.start}") from error
    if "\x00" in text:
        raise Refused("not-text", "NUL characters: neither text nor a known binary format")
    return text


def _as_utf8(text: str, data: bytes) -> bytes:
    """Bytes for the XML reader: as they came when they are plain, else re-coded without their declaration."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return data.lstrip()
    return re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL).lstrip().encode()


def _read_json(text: str, topic: str | None) -> Document:
    """A JSON object, out of SCiMMA's wrapper where it has one; a VOEvent or a text notice where it is one in disguise."""
    value = read_json(text)
    if isinstance(value.get("content"), dict | str) and set(value) <= {"format", "content", "header", "headers", "metadata"}:
        if isinstance(value["content"], str):
            return _read_text(value["content"], topic)
        value = value["content"]
    if isinstance(value.get("raw"), str) and isinstance(value.get("fields"), dict) and is_taken_apart(value["fields"]):
        return _read_text(value["raw"], topic)
    if is_taken_apart(value):
        return read_text(fields_of_json(value), topic)
    if is_voevent_json(value):
        return read_voevent_json(value)
    if is_converted(value):
        return read_converted(value)
    return JsonDocument(value, schema_path(value.get("$schema")), topic)


def _read_text(text: str, topic: str | None) -> Document:
    if _ERRORS.search(text[:2000]):
        raise Refused("error-text", f"a broker's or server's error, not an alert: {text.strip()[:120]}")
    keys: dict[str, str] = {}
    for line in text.splitlines()[:500]:
        if (match := re.match(r"([A-Za-z0-9_]{2,30}):(.*)", line)) and (value := match[2].strip()):
            keys.setdefault(match[1].upper(), value)
    if is_circular_title(keys.get("TITLE")):
        return TextDocument(keys)
    if is_notice(keys):
        return read_text(read_lines(text), topic)
    raise Refused("not-an-alert", f"plain text that is no alert: {text.strip()[:80]!r}")
