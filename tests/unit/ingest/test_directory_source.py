"""Files that cannot be taken are seen in the inbox; archives are read member by member."""

from __future__ import annotations

import asyncio
import io
import os
import tarfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

import handlers
from ingest import ArchiveSource, DirectorySource
from schemas import RawAlert, Refusal


@pytest.fixture
async def given(tmp_path: Path) -> AsyncIterator[asyncio.Queue[RawAlert]]:
    """What a source over the folder gives."""
    source = DirectorySource(tmp_path, interval_s=0.02, max_bytes=100)
    queue: asyncio.Queue[RawAlert] = asyncio.Queue()

    async def read() -> None:
        async for raw in source:
            queue.put_nowait(raw)

    reading = asyncio.create_task(read())
    yield queue
    await source.aclose()
    await reading


async def next_of(given: asyncio.Queue[RawAlert]) -> RawAlert:
    return await asyncio.wait_for(given.get(), 10)


def refusal(raw: RawAlert) -> Refusal:
    parsed = handlers.parse(raw.body, topic=raw.topic)
    assert isinstance(parsed, Refusal)
    return parsed


def put(folder: Path, name: str, body: bytes) -> Path:
    (folder / f".{name}").write_bytes(body)
    return (folder / f".{name}").rename(folder / name)


def tar(*members: tuple[str, bytes], mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, body in members:
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return buffer.getvalue()


async def test_a_file_too_large_is_refused_with_its_path_and_size_and_stays(
    tmp_path: Path, given: asyncio.Queue[RawAlert]
) -> None:
    path = put(tmp_path, "map.fits", b"x" * 101)
    raw = await next_of(given)
    found = refusal(raw)
    assert found.reason == "too-large"
    assert str(path) in found.message
    assert "101 bytes" in found.message
    assert path.exists()
    # Told once; with another size it is told anew, and small enough it is taken.
    put(tmp_path, "map.fits", b"x" * 102)
    assert "102 bytes" in refusal(await next_of(given)).message
    put(tmp_path, "map.fits", b"<small/>")
    assert (await next_of(given)).body == b"<small/>"
    await asyncio.sleep(0.1)
    assert given.empty()


@pytest.mark.parametrize(("name", "body"), [("secret.xml", b"<open/>"), ("secret.tar", tar(("a.xml", b"<open/>")))])
async def test_a_file_that_cannot_be_read_is_refused_and_taken_when_it_can(
    tmp_path: Path, given: asyncio.Queue[RawAlert], monkeypatch: pytest.MonkeyPatch, name: str, body: bytes
) -> None:
    real = Path.open

    def denied(self: Path, *arguments: object, **more: object) -> object:
        if self.name == name:
            raise PermissionError(13, "Permission denied")
        return real(self, *arguments, **more)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", denied)
        put(tmp_path, name, body)
        found = refusal(await next_of(given))
        assert (found.reason, name in found.message) == ("unreadable", True)
        await asyncio.sleep(0.1)
        assert given.empty()
    assert (await next_of(given)).body == b"<open/>"


async def test_a_subfolder_that_cannot_be_looked_into_is_said_once_and_taken_when_it_can(
    tmp_path: Path, given: asyncio.Queue[RawAlert], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def denied(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", denied)
        (tmp_path / "closed").mkdir()
        put(tmp_path / "closed", "a.xml", b"<a/>")
        found = refusal(await next_of(given))
        assert (found.reason, "closed: a folder: Permission denied" in found.message) == ("unreadable", True)
        put(tmp_path, "beside.xml", b"<b/>")
        assert (await next_of(given)).body == b"<b/>"
        await asyncio.sleep(0.1)
        assert given.empty()
    assert (await next_of(given)).body == b"<a/>"


async def test_a_folder_that_goes_is_waited_for(tmp_path: Path, given: asyncio.Queue[RawAlert]) -> None:
    put(tmp_path, "a.xml", b"<a/>")
    assert (await next_of(given)).body == b"<a/>"
    aside = tmp_path.with_name("aside")
    os.rename(tmp_path, aside)
    await asyncio.sleep(0.1)
    put(aside, "b.xml", b"<b/>")
    os.rename(aside, tmp_path)
    assert (await next_of(given)).body == b"<b/>"
    await asyncio.sleep(0.1)
    assert given.empty()


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "tar.bz2", "tar.xz"])
async def test_an_archive_is_read_member_by_member(tmp_path: Path, given: asyncio.Queue[RawAlert], kind: str) -> None:
    mode = {"tar": "w", "tar.gz": "w:gz", "tar.bz2": "w:bz2", "tar.xz": "w:xz"}[kind]
    put(tmp_path, f"month.{kind}", tar(("a.xml", b"<a/>"), ("big", b"x" * 101), ("sub/b.xml", b"<b/>"), mode=mode))
    first, large, last = [await next_of(given) for _ in range(3)]
    assert (first.body, last.body) == (b"<a/>", b"<b/>")
    assert first.topic.endswith(f"month.{kind}:a.xml")
    assert refusal(large).reason == "too-large"
    assert "month" in refusal(large).message


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda whole: whole[:1024], id="cut between members"),
        pytest.param(lambda whole: whole[:1200], id="cut in a header"),
        pytest.param(lambda whole: whole[:1024] + b"?" * 512 + whole[1536:], id="a header overwritten"),
    ],
)
async def test_a_broken_archive_gives_what_can_be_read_and_says_so(
    tmp_path: Path, given: asyncio.Queue[RawAlert], broken: Callable[[bytes], bytes]
) -> None:
    put(tmp_path, "cut.tar", broken(tar(("a.xml", b"<a/>"), ("b.xml", b"<b/>"))))
    assert (await next_of(given)).body == b"<a/>"
    assert refusal(await next_of(given)).reason == "broken-archive"


async def test_subfolders_are_looked_into_only_where_wanted(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    put(tmp_path / "sub", "deep.xml", b"<deep/>")
    put(tmp_path, "top.xml", b"<top/>")
    for subfolders, expected in ((True, {b"<deep/>", b"<top/>"}), (False, {b"<top/>"})):
        source = DirectorySource(tmp_path, interval_s=0.02, subfolders=subfolders)
        alerts = aiter(source)
        assert {(await asyncio.wait_for(anext(alerts), 10)).body for _ in expected} == expected
        if not subfolders:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(alerts), 0.2)
        await source.aclose()


async def test_what_an_archive_source_cannot_take_is_refused_in_the_inbox(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<a/>")
    (tmp_path / "b.tar").write_bytes(b"no archive at all, but long enough to be read as one" * 20)
    alerts = [raw async for raw in ArchiveSource([tmp_path, tmp_path / "none"])]
    assert alerts[0].body == b"<a/>"
    assert [refusal(raw).reason for raw in alerts[1:]] == ["broken-archive", "no-such-file"]
