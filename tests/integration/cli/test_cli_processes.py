"""The program as a process of its own: exit codes, what goes to which stream, signals, the simulator it serves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx2
import pytest

PROGRAM = (sys.executable, "-m", "transients.cli")
AXES = ("--x", "261.096,-41.012", "--z", "176.327,5.985")


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *args], capture_output=True, text=True, timeout=60, check=False)


def test_done_is_0_and_all_of_standard_output_is_json() -> None:
    done = run("orient", "--ra", "0", "--dec", "0", *AXES, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["word"] == "on-ACS"


def test_refused_is_1_and_the_json_says_why() -> None:
    done = run("skymap", "/no/such/map.fits", "--json")
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "refused-input"
    assert done.stderr == f"transients: {error['message']}\n"


def test_wrong_usage_is_2_and_nothing_on_standard_output() -> None:
    done = run("orient", "--ra", "nan", "--dec", "0", *AXES, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nan is not a finite number" in done.stderr


def test_logs_go_to_standard_error() -> None:
    # Nothing listens on the discard port: the client logs its retries.
    done = run("orient", "--ra", "0", "--dec", "0", "--at", "2023-06-27T01:53:37", "--source", "http://127.0.0.1:9/", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["kind"] == "service-unreachable"
    assert "retry" in done.stderr


@contextmanager
def simulator(*args: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    """`transients simulate --json` and its first line."""
    process = subprocess.Popen(
        [*PROGRAM, "simulate", "--port", "0", "--json", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    patience = threading.Timer(60, process.kill)
    patience.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield process, json.loads(line)
    finally:
        patience.cancel()
        if process.poll() is None:
            process.kill()
        process.communicate()


def told_to_end(process: subprocess.Popen[str], number: signal.Signals) -> int:
    os.kill(process.pid, number)
    return process.wait(20)


def text(url: object, path: str) -> str:
    with httpx2.Client(trust_env=False, timeout=30) as client:
        return client.get(f"{url}{path}").raise_for_status().text


def test_the_simulator_serves_data_faults_and_its_own_clock() -> None:
    burst = "2023-06-27T01:53:37,100,20,1e-5,band:-1,-2.5,300,0.5,flat"
    args = ("--seed", "7", "--now", "2023-06-27T03:00:00", "--burst", burst, "--fault", "rthealth,html,No Data (at this time?)",
            "--gaps-per-day", "0", "--spikes", "0", "--no-belts")  # fmt: skip
    with simulator(*args) as (process, first):
        assert first["seed"] == 7
        url = str(first["url"])
        assert url.startswith("http://127.0.0.1:")
        lines = text(url, "/integralhk/api/v1.0/genlc/ACS/2023-06-27T01:53:37/5").splitlines()
        counts = [float(line.split()[2]) for line in lines if line.strip() and not line.startswith("#")]
        assert len(counts) == 200
        # The burst stands out of a quiet rate.
        assert max(counts) > 1.15 * sorted(counts)[len(counts) // 2]
        assert "No Data" in text(url, "/integralhk/api/v1.0/rthealth")
        # An hour after its "now" nothing is known.
        with httpx2.Client(trust_env=False, timeout=30) as client:
            late = client.get(f"{url}/integralhk/api/v1.0/genlc/ACS/2023-06-27T04:00:00/5")
        assert "future" in late.text
        assert told_to_end(process, signal.SIGTERM) == 0


def test_the_simulator_ends_on_ctrl_c() -> None:
    with simulator() as (process, _):
        assert told_to_end(process, signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--host", "0.0.0.0"), 1, "this machine only"),
        (("--burst", "yesterday"), 1, "not a burst"),
        (("--fault", "genlc,explode"), 1, "not a fault"),
        (("--spikes", "nan"), 2, "nan"),
    ],
)
def test_the_simulator_refuses(args: Sequence[str], code: int, said: str) -> None:
    from command_line import command

    answer = command("simulate", "--port", 0, *args, "--json")
    assert answer.code == code
    assert said in answer.err


def test_a_port_in_use_is_named() -> None:
    from command_line import command

    with simulator() as (_, first):
        port = str(first["url"]).rsplit(":", 1)[1]
        assert port in command("simulate", "--port", port, "--json").error["message"]
