"""The page of the last nightly run, from pytest's JUnit file and the lines of the measurements. Used by .ci/nightly."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What decides the numbers of the tests and measurements.
PACKAGES = ("numpy", "scipy", "numba", "astropy", "healpy", "lxml", "msgspec", "matplotlib", "asyncpg", "hypothesis", "pytest")
#: pytest's own exit codes.
MEANINGS = {
    0: "all passed",
    1: "tests failed, or one that was required was skipped",
    2: "interrupted",
    3: "pytest failed inside",
    4: "pytest was called wrongly",
    5: "no test was found",
}


@dataclass(frozen=True)
class Case:
    """One test as it ended."""

    file: str
    name: str
    seconds: float
    outcome: str
    message: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("started", "tests", "bench", "bench-errors", "part"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("tests-exit", "bench-exit", "bench-s"):
        parser.add_argument(f"--{name}", required=True, type=int)
    given = parser.parse_args()
    lines = [
        "# Last nightly run",
        "",
        "Written by `.ci/nightly` (`make nightly`): the long forms of the tests (marker `nightly`, 2000 examples a property, drawn",
        "anew each night), then the measurements ([how to read them](benchmarks.md)).",
        "",
        *_circumstances(given.started, given.part),
        *_tests(Path(given.tests), given.tests_exit),
        *_measurements(Path(given.bench), given.bench_exit, Path(given.bench_errors), given.bench_s),
    ]
    print("\n".join(lines))


def _circumstances(started: str, part: str) -> Iterator[str]:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    yield f"- Started {started}, commit {_commit()}"
    yield f"- Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores ({_processor()})"
    yield f"- Load at the end (1, 5, 15 min): {load}"
    yield f"- {versions}"
    if part:
        yield f"- **A part only**: pytest was given `{part}`"
    yield ""


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/nightly.md")
        return git("rev-parse", "--short", "HEAD") + (" with changes that were not committed" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown (not a git checkout)"


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "processor not told"


def _tests(report: Path, code: int) -> Iterator[str]:
    yield f"## Tests: {MEANINGS.get(code, 'ended by a signal')} (exit {code})"
    yield ""
    if not report.exists():
        yield "pytest left no report."
        yield ""
        return
    cases = _cases(report)
    yield from _by_file(cases)
    yield from _listed("Failed", [case for case in cases if case.outcome in ("failed", "error")])
    yield from _listed("Skipped", [case for case in cases if case.outcome == "skipped"])


def _cases(report: Path) -> list[Case]:
    return [_case(node) for node in ElementTree.parse(report).getroot().iter("testcase")]


def _case(node: ElementTree.Element) -> Case:
    outcome, message = "passed", ""
    for tag, word in (("failure", "failed"), ("error", "error"), ("skipped", "skipped")):
        child = node.find(tag)
        if child is not None:
            outcome, message = word, child.get("message") or ""
            break
    file = str(node.get("classname", "")).replace(".", "/")
    return Case(file, str(node.get("name")), float(node.get("time", 0.0)), outcome, _public(message))


def _public(message: str) -> str:
    """The first line of a message, without this machine's folders."""
    first = next((line for line in message.splitlines() if line.strip()), "")
    return first.replace(f"{ROOT}/", "").replace(str(ROOT.parent), "..").replace(str(Path.home()), "~")[:200]


def _by_file(cases: list[Case]) -> Iterator[str]:
    files: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        files[case.file].append(case)
    yield "| file | tests | passed | failed | skipped | s |"
    yield "|---|---|---|---|---|---|"
    for file, found in sorted(files.items()):
        yield _row(f"`{file}`", found)
    yield _row("all", cases)
    yield ""


def _row(title: str, cases: list[Case]) -> str:
    counts = [sum(case.outcome in words for case in cases) for words in (("passed",), ("failed", "error"), ("skipped",))]
    return f"| {title} | {len(cases)} | {counts[0]} | {counts[1]} | {counts[2]} | {sum(case.seconds for case in cases):.1f} |"


def _listed(title: str, cases: list[Case]) -> Iterator[str]:
    yield f"{title}: {'none' if not cases else ''}".rstrip()
    yield from (f"- `{case.file}` `{case.name}`: {case.message or case.outcome}" for case in cases)
    yield ""


def _measurements(report: Path, code: int, errors: Path, seconds: int) -> Iterator[str]:
    yield f"## Measurements: {'done' if code == 0 else 'not all done'} (exit {code}, {seconds} s)"
    yield ""
    yield "| what | value | unit | against | ratio |"
    yield "|---|---|---|---|---|"
    for text in report.read_text().splitlines():
        yield _measured(json.loads(text))
    said = errors.read_text().strip()
    if code != 0 and said:
        yield ""
        yield f"The last that was said: {_public(said.splitlines()[-1])}"


def _measured(line: dict[str, object]) -> str:
    value, ratio = (_number(line[key]) for key in ("value", "ratio"))
    against = line["reference"] or line.get("reason") or "–"
    return f"| {line['name']} | {value} | {line['unit']} | {against} | {ratio} |"


def _number(value: object) -> str:
    if not isinstance(value, int | float):
        return "–"
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    main()
