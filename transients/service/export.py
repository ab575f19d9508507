"""Documents of the inbox into a tar archive, with an index beside it: what other programs, and this one, can read again."""

from __future__ import annotations

import contextlib
import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Literal

from schemas import Instant, Notice, Parsed, RawAlert, Refusal
from schemas.errors import RefusedInput
from transients.store import Delivery, InboxQuery, Store

_Mode = Literal["w:", "w:gz", "w:bz2", "w:xz"]
#: Compression by the archive's name.
_MODES: dict[str, _Mode] = {
    ".tar": "w:", ".tar.gz": "w:gz", ".tgz": "w:gz", ".tar.bz2": "w:bz2", ".tbz2": "w:bz2", ".tar.xz": "w:xz", ".txz": "w:xz",
}  # fmt: skip
#: First bytes and the suffix they say; anything else is "bin".
_SUFFIXES = ((b"<", "xml"), (b"{", "json"), (b"[", "json"), (b"Obj\x01", "avro"), (b"TITLE", "txt"), (b"SIMPLE  =", "fits"))
_LONGEST_FOLDER = 100


def index_of(archive: Path) -> Path:
    """Where the index of an archive is: "alerts.tar" has "alerts.tar.jsonl"."""
    return archive.with_name(f"{archive.name}.jsonl")


async def export(store: Store, query: InboxQuery, archive: Path) -> tuple[int, int]:
    """Write each document that matches once, in the order they came, and a line about each into the index.

    A line has: "file" (the member), "content_id", "size", "deliveries" (source, topic, partition, offset, received_utc, broker_utc,
    headers, times), and "parsed": what was made of it, or null. Documents whose bytes went by policy are left out.

    Parameters
    ----------
    archive : Path
        A tar file by its suffix, compressed or not; neither it nor its index may exist.

    Returns
    -------
    documents, size_bytes : int, int
        Of what was written.

    Raises
    ------
    RefusedInput
        The suffix is none of a tar file, the file exists, or it cannot be written.
    """
    mode = next((mode for suffix, mode in _MODES.items() if archive.name.endswith(suffix)), None)
    if mode is None:
        raise RefusedInput(f"not the name of a tar file ({', '.join(_MODES)})", where=str(archive))
    done: set[bytes] = set()
    size_bytes = 0
    with _new(archive) as stream, _new(index_of(archive)) as index, tarfile.open(fileobj=stream, mode=mode) as tar:
        async for raw in store.select(query):
            name = bytes.fromhex(raw.content_id)
            if name in done:
                continue
            done.add(name)
            size_bytes += len(raw.body)
            member = _member(raw)
            tar.addfile(member, io.BytesIO(raw.body))
            line = await _line(store, raw, member.name)
            index.write(json.dumps(line, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace") + b"\n")
    return len(done), size_bytes


@contextlib.contextmanager
def _new(path: Path) -> Iterator[IO[bytes]]:
    """A new file, which has its name only once it is complete."""
    part = path.with_name(f"{path.name}.part")
    try:
        if path.exists():
            raise RefusedInput("the file exists already", where=str(path))
        with part.open("xb") as stream:
            try:
                yield stream
            except BaseException:
                part.unlink()
                raise
        part.rename(path)
    except OSError as error:
        raise RefusedInput(error.strerror or str(error), where=str(path)) from error


def _member(raw: RawAlert) -> tarfile.TarInfo:
    """Named by topic and content, as old as its first delivery."""
    folder = re.sub(r"[^A-Za-z0-9._-]+", "_", raw.topic).strip("._")[-_LONGEST_FOLDER:] or "no-topic"
    suffix = next((suffix for start, suffix in _SUFFIXES if raw.body.lstrip().startswith(start)), "bin")
    member = tarfile.TarInfo(f"{folder}/{raw.content_id}.{suffix}")
    member.size = len(raw.body)
    member.mtime = int(raw.received.to_datetime().timestamp())
    return member


async def _line(store: Store, raw: RawAlert, member: str) -> dict[str, Any]:
    said = await store.sayings(raw.content_id)
    deliveries = await store.deliveries(raw.content_id)
    return {
        "file": member,
        "content_id": raw.content_id,
        "size": len(raw.body),
        "deliveries": [delivery_line(each) for each in deliveries],
        "parsed": _parsed_line(*said[-1]) if said else None,
    }


def delivery_line(delivery: Delivery) -> dict[str, Any]:
    """A delivery as plain data."""
    return {
        "source": delivery.source,
        "topic": delivery.topic,
        "partition": delivery.partition,
        "offset": delivery.offset,
        "received_utc": delivery.received.iso,
        "broker_utc": None if delivery.broker_time is None else delivery.broker_time.iso,
        "headers": delivery.headers,
        "times": delivery.times,
    }


def deliveries_in(archive: Path) -> dict[str, tuple[Delivery, ...]]:
    """How each member of an exported archive came, by its name; empty where no index lies beside the archive.

    Raises
    ------
    RefusedInput
        The index is not of our writing, or cannot be read.
    """
    index = index_of(archive)
    if not index.exists():
        return {}
    try:
        with index.open("rb") as lines:
            read = (json.loads(line) for line in lines)
            return {line["file"]: tuple(map(_delivery, line["deliveries"])) for line in read}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RefusedInput(f"not an index of documents: {type(error).__name__}: {error}", where=str(index)) from error


def _delivery(line: Mapping[str, Any]) -> Delivery:
    broker_utc = line["broker_utc"]
    return Delivery(
        source=line["source"],
        topic=line["topic"],
        partition=line["partition"],
        offset=line["offset"],
        received=Instant.parse(line["received_utc"]),
        broker_time=None if broker_utc is None else Instant.parse(broker_utc),
        headers=line["headers"],
        times=line["times"],
    )


def _parsed_line(version: str, parsed: Parsed) -> dict[str, Any]:
    found: dict[str, Any] = {"outcome": type(parsed).__struct_config__.tag, "kind": parsed.kind, "handler_version": version}
    match parsed:
        case Notice():
            identity = {"origin": parsed.origin, "event_id": parsed.event_id, "revision": parsed.revision, "role": parsed.role}
            return found | identity
        case Refusal():
            return found | {"reason": parsed.reason, "message": parsed.message}
    return found
