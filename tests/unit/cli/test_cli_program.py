"""The program as a whole: its commands, its settings, what a start costs."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import command

import schemas.errors
import transients.cli
from schemas.errors import ConfigurationError
from transients.cli import main
from transients.cli.main import COMMANDS
from transients.cli.output import reports_errors

#: Of the first issue's contract.
CONTRACT = (
    "demo", "serve", "parse", "time", "orient", "skymap", "response", "fap", "search", "limit", "process", "simulate", "status",
    "circular", "bench",
)  # fmt: skip


def test_processes_that_compute_can_read_the_main_module_again() -> None:
    """As anyio's workers do when the program was started with `python -m`: by its path, outside the package."""
    runpy.run_path(str(Path(transients.cli.__file__).with_name("__main__.py")), run_name="__mp_main__")


def test_the_page_of_the_command_line_names_every_kind_of_error() -> None:
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text()
    kinds = [error.kind for error in schemas.errors.TransientsError.__subclasses__() if error.__module__ == "schemas.errors"]
    assert len(kinds) > 8
    missing = [kind for kind in kinds if f"`{kind}`" not in page]
    assert not missing


@pytest.mark.parametrize("name", sorted({*COMMANDS, *CONTRACT}))
def test_every_command_is_there_and_explains_itself(name: str) -> None:
    answer = command(name, "--help")
    assert answer.code == 0
    assert f"Usage: main {name}" in answer.out
    assert "None" not in answer.out, "a range without bounds"
    assert len(main.get_command(None, name).help or "") > 20  # type: ignore[arg-type,union-attr]


@pytest.mark.parametrize("name", [name for name in CONTRACT if name != "serve"])
def test_every_command_that_computes_takes_json(name: str) -> None:
    assert "--json" in command(name, "--help").out


def test_an_unknown_command_is_wrong_usage() -> None:
    answer = command("divine")
    assert answer.code == 2
    assert "divine" in answer.err


def test_settings_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    file = tmp_path / "transients.toml"
    file.write_text("[web]\nprot = 1\n")
    answer = command("--config", file, "time", "8538.5", "--json")
    assert answer.error["kind"] == "configuration"
    assert "prot" in answer.error["message"]
    assert str(file) in answer.error["message"]


def test_settings_come_from_the_environment() -> None:
    answer = command("time", "8538.5", "--json", TRANSIENTS_MISSION__RESPONSE_FILE="/no/such/response.fits")
    assert "/no/such/response.fits" in answer.error["message"]


def test_a_fault_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("transients.cli.fap.fap_report", broken)
    with pytest.raises(ZeroDivisionError):
        command("fap", "--snr", 5, "--scale", 1, "--t", 0, "--json")


@pytest.mark.parametrize(
    ("args", "heavy"),
    [
        (["--help"], {"numpy", "astropy", "transients.config", "schemas"}),
        (["fap", "--snr", "5", "--scale", "1", "--t", "3"], {"numba", "healpy", "matplotlib", "scipy.stats", "scipy.optimize", "httpx2"}),
        (["response", "--theta", "94", "--phi", "0"], {"numba", "healpy", "matplotlib", "scipy.optimize", "litestar", "asyncpg"}),
        (["time", "8538.5"], {"numba", "healpy", "matplotlib", "scipy.optimize", "litestar", "asyncpg"}),
    ],
)  # fmt: skip
def test_light_commands_start_light(args: list[str], heavy: set[str]) -> None:
    code = f"""
import sys
from transients.cli import main
try:
    main({args!r})
except SystemExit as end:
    assert end.code == 0, end.code
print("LOADED", *sorted({heavy!r} & set(sys.modules)), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "LOADED"


def test_errors_that_come_together_are_told_like_one(capsys: pytest.CaptureFixture[str]) -> None:
    def parts_fail(**_: object) -> None:
        raise ExceptionGroup("service", [ConfigurationError("taken", where="127.0.0.1:1"), ConfigurationError("no folder")])

    def one_is_a_fault(**_: object) -> None:
        raise ExceptionGroup("service", [ConfigurationError("taken"), RuntimeError("a fault")])

    with pytest.raises(SystemExit) as left:
        reports_errors(parts_fail)(as_json=True)
    assert left.value.code == 1
    said = capsys.readouterr()
    assert said.err == "transients: 127.0.0.1:1: taken\n"
    assert '"message": "127.0.0.1:1: taken"' in said.out
    with pytest.raises(ExceptionGroup):
        reports_errors(one_is_a_fault)()
