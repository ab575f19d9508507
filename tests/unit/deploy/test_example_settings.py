"""The example configuration loads, shows every setting with its default, and the documentation names each."""

from __future__ import annotations

import re
import tomllib
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from transients.config import Secret, Section, Settings, load_settings

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "deploy" / "transients.toml"
DOCUMENTED = ROOT / "docs" / "configuration.md"
#: Settings that have no sensible default to show: the example gives something to imitate.
IMITATE = ("kafka", "hop", "vtp", "directory", "notify.contacts", "http.tokens", "inbox.keep_days", "mission.other_spacecraft")
SECRETS = (
    "DATABASE_URL",
    "GCN_CLIENT_SECRET",
    "KAFKA_PASSWORD",
    "HOP_PASSWORD",
    "OBSERVATORY_TOKEN",
    "ZENODO_TOKEN",
    "SMTP_PASSWORD",
    "WEBHOOK_KEY",
)


def switched_on(text: str) -> str:
    """The example with every "#setting" in use; "# words" stay comments."""
    return re.sub(r'^#(?=[\["a-z])', "", text, flags=re.MULTILINE)


def sections(kind: typing.Any) -> type[Section] | None:
    """The section inside a field's type: itself, or the element of a tuple of them."""
    for inner in (kind, *typing.get_args(kind)):
        if isinstance(inner, type) and not isinstance(inner, types.GenericAlias) and issubclass(inner, Section):
            return inner
    return None


def every_setting(section: type[Section] = Settings, before: str = "") -> Iterator[tuple[str, object]]:
    """("web.port", its default) of each setting."""
    hints = typing.get_type_hints(section)
    for field in msgspec.structs.fields(section):
        inner = sections(hints[field.name])
        if inner is not None:
            yield from every_setting(inner, f"{before}{field.name}.")
        else:
            yield before + field.name, field.default


def look_up(data: typing.Any, path: str) -> object:
    for part in path.split("."):
        data = data[0] if isinstance(data, list) else data
        data = data[part]
    return data


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    path = tmp_path / "everything.toml"
    path.write_text(switched_on(EXAMPLE.read_text()))
    return path


def test_the_example_as_it_is_gives_the_defaults() -> None:
    assert load_settings(EXAMPLE, {}) == Settings()


def test_the_example_with_everything_switched_on_loads(everything: Path) -> None:
    settings = load_settings(everything, {name: f"secret of {name}" for name in SECRETS})
    assert settings.database.url == Secret("secret of DATABASE_URL")
    assert settings.kafka[0].password == Secret("secret of KAFKA_PASSWORD")
    assert settings.hop[0].password == Secret("secret of HOP_PASSWORD")
    assert settings.vtp[0].port == 8099
    assert settings.http.tokens == {"observatory": Secret("secret of OBSERVATORY_TOKEN")}
    assert settings.inbox.keep_days == {"gcn.classic.*.SWIFT_ACTUAL_POINTDIR": 365}
    assert settings.directory[0].path == "inbox"
    assert settings.notify.contacts["A. Name"][0] == "mail:a.name@example.org"
    assert "secret of" not in repr(settings)


@pytest.mark.parametrize(("path", "default"), every_setting())
def test_every_setting_is_in_the_example_with_its_default(path: str, default: object) -> None:
    found = look_up(tomllib.loads(switched_on(EXAMPLE.read_text())), path)
    if path.startswith(IMITATE) or default is None:
        return
    assert (tuple(found) if isinstance(found, list) else found) == default


@pytest.mark.parametrize("path", [path for path, _ in every_setting()])
def test_every_setting_is_documented(path: str) -> None:
    assert f"`{path}`" in DOCUMENTED.read_text()


def test_nothing_is_documented_that_does_not_exist() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \|", DOCUMENTED.read_text(), flags=re.MULTILINE)
    assert sorted(rows) == sorted(path for path, _ in every_setting())


def test_every_setting_of_the_example_is_explained() -> None:
    lines = EXAMPLE.read_text().splitlines()
    bare = []
    for number, line in enumerate(lines):
        setting = re.match(r'#?["a-z][^=]* = ', line)
        if setting is None:
            continue
        above = number - 1
        while above >= 0 and re.match(r'#?["a-z][^=]* = ', lines[above]):
            above -= 1
        if not lines[above].startswith("# "):
            bare.append(line)
    # These follow from the name and the section's own line.
    assert [line for line in bare if not re.match(r"(client_id|host) = ", line)] == []


def test_the_example_holds_no_secret() -> None:
    text = switched_on(EXAMPLE.read_text())
    for name in ("url", "client_secret", "password", "token", "signing_key", "observatory"):
        for value in re.findall(rf'^{name} = "([^"]+)"', text, flags=re.MULTILINE):
            assert value.startswith(("env:", "file:"))
