"""What is INTEGRAL's stays in its own places: the code elsewhere names neither it nor its instruments."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NAMES = re.compile(r"INTEGRAL|Integral(?=\b|[A-Z])|integralhk|SPI-?ACS|IBIS|ISGRI|PICsIT|JEM-?X|\bon-ACS\b")
IMPORTED = re.compile(rf"\bintegral\b|{NAMES.pattern}")

#: Where its name belongs, and why. A folder ends with a slash.
ALLOWED = {
    "transients/missions/integral/": "the mission itself",
    "transients/missions/known.py": "the missions that ship",
    "transients/missions/frames.py": "its observers' words for directions, the default of `orientation`",
    "transients/sources/integral.py": "its plug-in",
    "transients/sources/calibration.py": "the loader of its response",
    "transients/sources/recorded.py": "reads its operators' files among others'",
    "transients/sources/parse.py": "replies of its data services",
    "transients/sources/replies.py": "replies of its data services",
    "transients/sources/services.py": "the client of its data services",
    "transients/sources/service_source.py": "the client of its data services as a source",
    "transients/sources/provider.py": "what its simulated data services serve",
    "transients/sources/formats/": "light curves in the forms of its archives and services",
    "transients/sources/simulator/": "its simulator",
    "transients/sources/__init__.py": "the names of its client",
    "transients/service/parts.py": "makes it for the demo and its simulated services",
    "transients/service/plugins.py": "the missions that ship",
    "transients/config.py": "the default of `mission.name`",
    "transients/search/levels.py": "an example in a message",
    "transients/demo/": "the demo is of it",
    "transients/cli/demo.py": "the demo is of it",
    "transients/bench/": "measured is what ships",
    "transients/web/services/": "the routes of its data services, simulated",
    "transients/web/board.py": "alerts that it sent, as Fermi's are: an origin, whatever mission is set",
    "transients/web/ports.py": "the default of a card's mission, for cards of before it was said",
}


def _named(path: Path) -> list[str]:
    """Names and texts in code that are INTEGRAL's; comments and docstrings may give it as an example."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = []
    for node in ast.walk(tree):
        text, names = "", NAMES
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            text = node.value
        elif isinstance(node, ast.Name):
            text = node.id
        elif isinstance(node, ast.ImportFrom):
            text, names = " ".join([node.module or "", *(alias.name for alias in node.names)]), IMPORTED
        elif isinstance(node, ast.Import):
            text, names = " ".join(alias.name for alias in node.names), IMPORTED
        if names.search(text):
            found.append(f"line {node.lineno}: {text[:60]!r}")  # type: ignore[attr-defined]
    return found


def _files() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "transients").rglob("*.py"))


def _place(name: str) -> str | None:
    return next((place for place in ALLOWED if name == place or (place.endswith("/") and name.startswith(place))), None)


@pytest.mark.parametrize("name", [name for name in _files() if _place(name) is None])
def test_no_other_file_names_it(name: str) -> None:
    assert _named(ROOT / name) == []


@pytest.mark.parametrize("place", ALLOWED)
def test_no_place_is_allowed_that_does_not_need_it(place: str) -> None:
    assert any(_named(ROOT / name) for name in _files() if _place(name) == place)


def test_templates_and_scripts_do_not_name_it() -> None:
    web = [path for kind in ("html", "js", "j2") for path in (ROOT / "transients").rglob(f"*.{kind}")]
    own = [
        path for path in web if "node_modules" not in path.parts and "vendor" not in path.parts and path.stat().st_size < 60_000
    ]
    assert own
    assert [str(path) for path in own if NAMES.search(path.read_text())] == []


def test_the_guard_sees_what_it_should(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text(
        '"""INTEGRAL, an example."""\nfrom transients.missions.integral import X\n# SPI-ACS\nname = "INTEGRAL"\nIntegral()\n'
    )
    assert [line.split(":")[0] for line in _named(bad)] == ["line 2", "line 4", "line 5"]
