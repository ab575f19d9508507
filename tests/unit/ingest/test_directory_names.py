"""Names of files in the folder of alerts."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from ingest import DirectorySource


async def test_a_name_that_is_no_text_becomes_text(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"no\xff.xml")).write_bytes(b"one")
    except OSError:
        pytest.skip("this file system takes only names that are text")
    source = DirectorySource(tmp_path, interval_s=0.02)
    alert = await asyncio.wait_for(anext(aiter(source)), 10)
    await source.aclose()
    assert alert.topic.encode("utf-8").endswith(b"no\\xff.xml")
    assert alert.body == b"one"
