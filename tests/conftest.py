"""What every test may ask for, and the rule that a required suite may not be skipped."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["plugins.brokers", "plugins.low_earth", "plugins.postgres", "plugins.small_disk"]

# Commands of the tests compute in threads: processes take seconds to start, and those tests that are about them ask for them.
os.environ.setdefault("TRANSIENTS_COMPUTING", "0")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

hypothesis.settings.register_profile("default", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=2000, database=None)
hypothesis.settings.load_profile("default")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real material beside the project; a test that needs it is skipped, saying so, where it is not."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared/data here: real material is not part of the project")
    return SHARED


_required_but_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note each skipped test of a suite that TRANSIENTS_REQUIRE names ("kafka browser fault").

    A test that says "privilege: …" needs a right that no installing gives, as making a small disk does: it should not have run.
    """
    required = os.environ.get("TRANSIENTS_REQUIRE", "").split()
    if report.skipped and "privilege:" in str(report.longrepr):
        return
    if report.skipped and not hasattr(report, "wasxfail") and any(name in report.keywords for name in required):
        _required_but_skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a required test was skipped."""
    if _required_but_skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the required tests that were skipped."""
    for nodeid in _required_but_skipped:
        terminalreporter.write_line(f"REQUIRED BUT SKIPPED: {nodeid}", red=True)
