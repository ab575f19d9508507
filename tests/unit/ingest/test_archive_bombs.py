"""Files and archives made to exhaust whoever reads them: refused by name, in bounded time and memory, and the rest comes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import tracemalloc
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ingest import iter_documents, unpacking
from ingest.documents import MAX_DOCUMENT_BYTES, Document
from schemas import Refusal

OPENERS: dict[str, Callable[..., Any]] = {
    "tar.gz": gzip.GzipFile,
    "tar.bz2": bz2.BZ2File,
    "tar.xz": partial(lzma.LZMAFile, preset=0),
}


def bomb(path: Path, suffix: str, sizes: dict[str, int]) -> Path:
    """An archive of zeros: megabytes in some hundred bytes."""
    with OPENERS[suffix](path, mode="wb") as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
        for name, size in sizes.items():
            info = tarfile.TarInfo(name)
            info.size = size
            archive.addfile(info, io.BytesIO(bytes(size)))
    return path


def reasons(path: Path) -> list[str]:
    return [document.data.reason if isinstance(document.data, Refusal) else "taken" for document in iter_documents([path])]


@pytest.mark.parametrize("suffix", sorted(OPENERS))
def test_what_unpacks_to_too_much_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    path = bomb(tmp_path / f"bomb.{suffix}", suffix, {str(i): 1_000_000 for i in range(9)})
    monkeypatch.setattr(unpacking, "MAX_RATIO", 20)
    monkeypatch.setattr(unpacking, "FREE_BYTES", 3_500_000)
    found = reasons(path)
    assert found[:2] == ["taken", "taken"]
    assert found[-1] == "broken-archive"
    assert len(found) < 6


@pytest.mark.parametrize("suffix", sorted(OPENERS))
def test_a_huge_member_is_passed_over_without_being_kept(tmp_path: Path, suffix: str) -> None:
    path = bomb(tmp_path / f"huge.{suffix}", suffix, {"huge": 3 * MAX_DOCUMENT_BYTES, "after": 3})
    tracemalloc.start()
    found = list(iter_documents([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(found[0].data, Refusal)
    assert found[0].data.reason == "too-large"
    assert found[1] == Document(f"{path}:after", bytes(3))
    assert peak < 1.2 * MAX_DOCUMENT_BYTES  # what one document may take


def test_real_archives_are_far_from_the_bound() -> None:
    assert unpacking.MAX_RATIO > 4 * 50  # months of real VOEvents unpack to fifty times their size


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_headers_of_gigabytes_are_not_read(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = kind, 4_000_000_000
    path = tmp_path / "header.tar"
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(20_000))
    tracemalloc.start()
    assert reasons(path) == ["broken-archive"]
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_headers_upon_headers_end(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 10
    path = tmp_path / "headers.tar"
    path.write_bytes((info.tobuf(tarfile.GNU_FORMAT) + b"long-name\0".ljust(512, b"\0")) * 5000)
    assert reasons(path) == ["broken-archive"]


def test_xz_that_wants_gigabytes_of_memory_is_refused(tmp_path: Path) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w|") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 4096}]
    packed = bytearray(lzma.compress(plain.getvalue(), format=lzma.FORMAT_XZ, filters=filters))
    path = tmp_path / "a.tar.xz"
    path.write_bytes(packed)
    assert reasons(path) == ["taken"]
    path.write_bytes(_with_dictionary(bytes(packed), 512 * 1024 * 1024))
    assert reasons(path) == ["broken-archive"]


def _with_dictionary(packed: bytes, size: int) -> bytes:
    """The same xz file, its block header saying another size of dictionary (one byte, and the header's checksum)."""
    length = (packed[12] + 1) * 4
    header = bytearray(packed[12 : 12 + length - 4])
    at = header.index(bytes([0x21, 0x01])) + 2
    header[at] = 2 * (size.bit_length() - 1) - 24
    return packed[:12] + bytes(header) + zlib.crc32(bytes(header)).to_bytes(4, "little") + packed[12 + length :]


def test_xz_in_several_streams_is_read_to_its_end(tmp_path: Path) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w|") as archive:
        for name in ("a", "b"):
            info = tarfile.TarInfo(name)
            info.size = 3000
            archive.addfile(info, io.BytesIO(bytes(3000)))
    data = plain.getvalue()
    path = tmp_path / "a.tar.xz"
    path.write_bytes(lzma.compress(data[:3000]) + lzma.compress(data[3000:]))
    assert reasons(path) == ["taken", "taken"]
    path.write_bytes(lzma.compress(data)[:-40])
    assert reasons(path)[-1] in ("broken-archive", "taken")


@pytest.mark.parametrize("name", ["alert.xml", "alert.json"])
def test_a_gigabyte_is_refused_before_it_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as stream:
        stream.write(b"<VOEvent>" if name.endswith("xml") else b'{"a": "')
        os.truncate(stream.fileno(), 1 << 30)
    tracemalloc.start()
    assert reasons(path) == ["too-large"]
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
