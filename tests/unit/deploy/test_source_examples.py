"""Each example of settings in the page about sources loads, and shows every kind of source that has settings of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from transients.config import load_settings

PAGE = Path(__file__).resolve().parents[3] / "docs" / "sources-of-alerts.md"


def examples() -> list[str]:
    """The indented blocks that begin with the name of a section."""
    found = re.findall(r"^\n((?: {4}.+\n)+)", PAGE.read_text(), flags=re.MULTILINE)
    return [re.sub(r"^ {4}", "", block, flags=re.MULTILINE) for block in found if re.match(r" {4}\[+[a-z]", block)]


@pytest.mark.parametrize("text", examples())
def test_an_example_loads(text: str, tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(text)
    names = re.findall(r'"env:(\w+)"', text)
    assert load_settings(path, dict.fromkeys(names, "a secret of twenty characters")) != load_settings(None, {})


def test_the_page_shows_each_kind_of_source() -> None:
    shown = {match for text in examples() for match in re.findall(r"^\[+([a-z]+)", text, flags=re.MULTILINE)}
    assert shown >= {"vtp", "http", "directory"}
