"""The pure rooms do no I/O and know no clock: import-linter cannot see `open()` or `Time.now()`, so this reads the code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PURE = ("transients/missions", "transients/sky", "transients/search", "transients/sources/simulator", "handlers")

#: Modules that mean a clock, a network, files, an environment, or a log.
FORBIDDEN_MODULES = {
    "aiofiles",
    "asyncio",
    "asyncpg",
    "httpx2",
    "io.open",
    "logging",
    "os",
    "pathlib",
    "random",
    "requests",
    "socket",
    "structlog",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
}
#: Attribute calls that mean now, or the disk.
FORBIDDEN_CALLS = {"now", "utcnow", "today", "getenv", "read_text", "read_bytes", "write_text", "write_bytes", "download_file"}


def _pure_files() -> list[Path]:
    return sorted(path for room in PURE for path in (ROOT / room).rglob("*.py"))


def _offences(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            found.append(f"line {node.lineno}: async")
        elif isinstance(node, ast.Import):
            found += [f"line {node.lineno}: import {a.name}" for a in node.names if a.name in FORBIDDEN_MODULES]
        elif isinstance(node, ast.ImportFrom) and node.module in FORBIDDEN_MODULES:
            found.append(f"line {node.lineno}: from {node.module}")
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"}:
                found.append(f"line {node.lineno}: {node.func.id}()")
            elif isinstance(node.func, ast.Attribute) and node.func.attr in FORBIDDEN_CALLS:
                found.append(f"line {node.lineno}: .{node.func.attr}()")
    return found


@pytest.mark.parametrize("path", _pure_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_pure_rooms_are_pure(path: Path) -> None:
    assert _offences(ast.parse(path.read_text())) == []


def test_the_guard_sees_what_it_should() -> None:
    bad = "import time\nfrom pathlib import Path\nasync def f():\n    await g()\nopen('x')\nTime.now()\n"
    assert len(_offences(ast.parse(bad))) == 6
