"""Rules of the repository itself."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOP = {
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "deploy", "docs", "handlers", "ingest",
    "pyproject.toml", "requirements", "schemas", "tests", "transients",
}  # fmt: skip


def _tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).exists()]


def test_top_level_is_as_drawn() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in _tracked()} <= TOP


def test_no_minified_or_third_party_files() -> None:
    names = [str(path.relative_to(ROOT)) for path in _tracked()]
    assert [name for name in names if re.search(r"\.min\.(js|css)$|node_modules|/vendor/", name)] == []


def test_no_host_of_a_package_registry_and_no_absolute_path_of_a_machine() -> None:
    hosts = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|repo1?\.maven|/root/|/work/(main|shared)|/home/\w+/")
    offenders = []
    for path in _tracked():
        if path == Path(__file__).resolve():
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        offenders += [f"{path.relative_to(ROOT)}: {m[0]}" for m in hosts.finditer(text)]
    assert offenders == []


def test_requirements_are_hashed_and_match_the_project() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        lines = [line for line in lock.read_text().splitlines() if re.match(r"[A-Za-z0-9]", line)]
        assert lines, lock.name
        assert all(line.rstrip().endswith("\\") for line in lines), f"{lock.name}: a requirement without hashes"


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]:
        targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
        broken += [f"{page.relative_to(ROOT)} -> {t}" for t in targets if "://" not in t and not (page.parent / t).exists()]
    assert broken == []
