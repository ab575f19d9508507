"""The measurements of the service at small sizes: each alert has its results once, priorities hold, a storm is one event."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest
from bench_samples import assert_sound

from schemas import Instant
from schemas.errors import TransientsError
from transients.bench import SMALL, fleet, run, storms
from transients.bench.arrivals import Arrivals
from transients.bench.documents import burst
from transients.bench.load import archived, documents, due, require_once
from transients.bench.usage import Usage, lag_quantile_s
from transients.embedded import EmbeddedKafka

URL = "TRANSIENTS_DATABASE__URL"
NOW = Instant.parse("2026-05-06T07:08:09")


class Heard:
    """In place of a fleet."""

    def __init__(self, **counts: int) -> None:
        self.heard = Arrivals()
        self.heard.count["assessment"]["key"] = counts.get("assessments", 0)
        self.heard.count["circular"]["key"] = counts.get("drafts", 0)


def test_the_service_is_measured_to_the_last_result(
    monkeypatch: pytest.MonkeyPatch, postgres_server: Callable[[str], str]
) -> None:
    monkeypatch.setenv(URL, postgres_server("postgres"))
    lines = list(run(["service"], sizes=SMALL))
    for line in lines:
        assert_sound(line, "service")
        assert line["value"] is not None, line
    assert [line["unit"] for line in lines] == [
        "ms", "ms", "s", "s", "s", "s", "alerts/s", "alerts/s", "alerts/s", "ms", "ms", "MB", "deliveries/s", "alerts/s", "ms",
        "alerts/s", "alerts/s",
    ]  # fmt: skip
    # The small load leaves nothing behind.
    kept_up = [line["ratio"] for line in lines if "the rate they came at" in line["reference"]]
    assert len(kept_up) == 3
    assert all(0.0 < ratio <= 1.0 for ratio in kept_up)
    names = [(line["name"], line["reference"]) for line in lines]
    assert len(set(names)) == len(names)


def test_files_count_for_the_result_that_the_draft_is_of() -> None:
    heard = Arrivals()
    for what, revision in (("files", 1), ("circular", 2), ("files", 1), ("files", 2)):
        heard._note(what, "key", revision)  # type: ignore[arg-type]
    assert (heard.count["files"], heard.count["circular"]) == ({"key": 1}, {"key": 1})


@pytest.mark.parametrize(("assessments", "drafts"), [(1, 1), (3, 1), (2, 0), (2, 2), (0, 0)])
def test_an_alert_assessed_otherwise_than_once_is_an_error(assessments: int, drafts: int) -> None:
    require_once(Heard(assessments=2, drafts=1), ["key"], 2, 1)  # type: ignore[arg-type]
    with pytest.raises(TransientsError, match=f"{assessments} results and {drafts} drafts"):
        require_once(Heard(assessments=assessments, drafts=drafts), ["key"], 2, 1)  # type: ignore[arg-type]


def test_an_alert_of_now_that_waited_for_the_archive_is_an_error() -> None:
    whole = Heard()
    whole.heard.first["event"]["now"] = 10.0
    whole.heard.first["assessment"] |= {"now": 20.0, **{f"old{n}": 5.0 for n in range(9)}, "later": 21.0, "other": 15.0}
    old = [*(f"old{n}" for n in range(9)), "later", *(f"o{n}" for n in range(1, 8))]
    storms._require_before(whole, "now", old)  # type: ignore[arg-type]
    whole.heard.first["assessment"] |= {f"o{n}": 15.0 for n in range(1, 8)}
    with pytest.raises(TransientsError, match="7 alerts of the archive"):
        storms._require_before(whole, "now", old)  # type: ignore[arg-type]


def test_every_number_is_a_burst_of_its_own() -> None:
    found = documents(range(500), (due(NOW, n) for n in range(500)))
    assert len(found) == 500 == len(set(found.values()))
    assert burst(7, NOW) == burst(7, NOW) != burst(8, NOW)
    assert archived(NOW, 3) < due(NOW, 3) < NOW


def test_lateness_is_read_off_the_histogram_between_two_looks() -> None:
    before: Mapping[float, float] = {0.01: 5.0, 0.05: 5.0, 2.0: 5.0, float("inf"): 5.0}
    after = {0.01: 55.0, 0.05: 105.0, 2.0: 105.0, float("inf"): 105.0}
    assert lag_quantile_s(before, after, 0.5) == pytest.approx(0.01)
    assert lag_quantile_s(before, after, 0.99) == pytest.approx(0.01 + 0.04 * 0.98)
    # What is later than the last bound counts as that late.
    assert lag_quantile_s({}, {0.01: 0.0, 2.0: 0.0, float("inf"): 10.0}, 0.99) == 2.0


def test_memory_is_that_of_the_whole_family() -> None:
    alone = Usage(os.getpid(), 0).rss_mb()
    code = "x = bytearray(80 << 20); x[::4096] = b'1' * len(x[::4096]); print('ready', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        child.stdout.readline()
        together = Usage(os.getpid(), 0).rss_mb()
        child.stdin.close()
    if alone is None or together is None:
        pytest.skip("this system does not tell the memory of a process")
    assert together > alone + 70.0


async def test_a_process_that_does_not_come_up_is_told_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch, postgres_server: Callable[[str], str]
) -> None:
    monkeypatch.setattr(fleet, "_settings", lambda *_: "this is no setting\n")
    with EmbeddedKafka() as broker, pytest.raises(TransientsError, match="ended: "):
        async with fleet.fleet(broker, postgres_server("postgres"), [["worker"]]):
            pytest.fail("it came up")
