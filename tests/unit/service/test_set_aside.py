"""Alerts that the inbox cannot take are kept as files, and offered again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from schemas import Instant, RawAlert, sha256_hex
from schemas.errors import ServiceUnreachable
from transients.service import aside as aside_module
from transients.service.aside import Aside


def alert(body: bytes) -> RawAlert:
    return RawAlert(
        content_id=sha256_hex(body), body=body, source="gcn", topic="t", partition=0, offset=7, received=Instant(utc="2024-05-06T07:08:30"),
        headers={"_id": "x"},
    )  # fmt: skip


async def test_what_is_kept_is_given_back_whole(tmp_path: Path) -> None:
    aside, taken = Aside(tmp_path / "aside"), []
    assert aside.count() == 0

    async def take(raws: Sequence[RawAlert]) -> None:
        taken.extend(raws)

    assert await aside.give_back(take) == 0
    for body in (b"\x00\xff", b"{}", b"{}"):
        aside.keep(alert(body))
    assert aside.count() == 2
    assert await aside.give_back(take) == 2
    assert sorted(taken, key=lambda raw: raw.body) == [alert(b"\x00\xff"), alert(b"{}")]
    assert list((tmp_path / "aside").iterdir()) == []


async def test_what_is_not_taken_stays(tmp_path: Path) -> None:
    aside = Aside(tmp_path)
    for body in (b"passing", b"odd", b"good"):
        aside.keep(alert(body))
    (tmp_path / "0.json").write_text("{cut")

    async def take(raws: Sequence[RawAlert]) -> None:
        if raws[0].body == b"passing":
            raise ServiceUnreachable("away")
        if raws[0].body == b"odd":
            raise KeyError("surprise")

    assert await aside.give_back(take) == 1
    assert aside.count() == 3


async def test_without_space_it_is_held_until_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside_module, "_LOOK_S", 0.01)
    monkeypatch.setattr(aside_module, "_MOST_HELD", 2)
    # Nothing can be written below a file.
    (tmp_path / "full").write_text("")
    aside, stopping = Aside(tmp_path / "full" / "aside"), asyncio.Event()
    watching = asyncio.create_task(aside.watch(stopping))
    aside.keep(alert(b"1"))
    aside.keep(alert(b"2"))
    with pytest.raises(OSError, match="full"):
        aside.keep(alert(b"3"))
    await asyncio.sleep(0.1)
    assert (len(aside.held), aside.count()) == (2, 0)
    (tmp_path / "full").unlink()
    async with asyncio.timeout(10.0):
        while aside.held:  # noqa: ASYNC110 -- a thread writes
            await asyncio.sleep(0.01)
    assert aside.count() == 2
    stopping.set()
    await watching
