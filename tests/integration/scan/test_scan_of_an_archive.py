"""A scan gives the same catalogue however the archive is cut and whoever works; it goes on where it was; broken files stop nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from astropy.io import fits
from command_line import ask, command
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_samples import BURSTS, archive_in_parts, counts, small_archive

from schemas import Candidate
from schemas.errors import ConfigurationError, NoData, ServiceUnreachable
from transients.service.scanning import CATALOGUE, ScanOrders, read_catalogue, scan_archive
from transients.service.scanning.rates import read_rates
from transients.sources.clock import seconds_between


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_archive(tmp_path_factory.mktemp("scan") / "archive")


@pytest.fixture(scope="module")
def whole(archive: Path) -> tuple[Candidate, ...]:
    return scan_archive(archive, archive.with_name("whole"), ScanOrders()).candidates


def nameless(candidates: tuple[Candidate, ...]) -> list[Candidate]:
    """Without the file it was found in."""
    return [msgspec.structs.replace(each, source="") for each in candidates]


def test_the_bursts_are_found_once_each_and_named(whole: tuple[Candidate, ...]) -> None:
    for burst in BURSTS:
        near = [each for each in whole if abs(seconds_between(each.start, burst.t0)) < 4.0]
        assert [each.classification for each in near] == ["burst"], burst
    bursts = [each for each in whole if each.classification == "burst"]
    assert len(bursts) == 3
    assert all(each.simulated and each.far_hz < 1e-6 and each.background_cts_s > 8e4 for each in bursts)
    assert bursts[0].source == "integral/spi-acs/2022/2022-03-02.fits"
    spikes = [each for each in whole if each.classification == "spike"]
    assert spikes
    assert all(each.spike_probability is not None and each.spike_probability > 0.5 for each in spikes)


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(0, len(counts())), max_size=5).map(sorted))
def test_any_files_give_the_same(
    tmp_path_factory: pytest.TempPathFactory, whole: tuple[Candidate, ...], edges: list[int]
) -> None:
    root = archive_in_parts(tmp_path_factory.mktemp("parts") / "archive", edges)
    again = scan_archive(root, root.with_name("scan"), ScanOrders())
    assert nameless(again.candidates) == nameless(whole)
    assert again.run.bins == len(counts())


def test_processes_give_the_same(archive: Path, whole: tuple[Candidate, ...], tmp_path: Path) -> None:
    assert scan_archive(archive, tmp_path, ScanOrders(), workers=2).candidates == whole


def test_a_dask_cluster_gives_the_same(archive: Path, whole: tuple[Candidate, ...], tmp_path: Path, dask: str) -> None:
    assert scan_archive(archive, tmp_path, ScanOrders(), dask=dask).candidates == whole


@pytest.fixture
def dask() -> Iterator[str]:
    """A cluster of this machine, in threads."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, host="127.0.0.1", protocol="tcp://", dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


def test_no_cluster_is_an_error_of_ours(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transients.service.scanning.workers._PATIENCE_S", 1)
    with pytest.raises(ServiceUnreachable, match=r"127\.0\.0\.1:9"):
        scan_archive(archive, tmp_path, ScanOrders(), dask="tcp://127.0.0.1:9")


def test_what_was_done_is_not_done_again(archive: Path, whole: tuple[Candidate, ...], tmp_path: Path) -> None:
    first = scan_archive(archive, tmp_path, ScanOrders())
    assert (first.units, first.resumed, first.anew) == (2, 0, 0)
    second = scan_archive(archive, tmp_path, ScanOrders())
    assert (second.resumed, second.candidates, second.run.scan_id) == (2, whole, first.run.scan_id)
    # A result of one day lost, or half written: that day is searched again.
    (tmp_path / "units").joinpath(sorted(os.listdir(tmp_path / "units"))[0]).write_text('{"unit": "ha')
    third = scan_archive(archive, tmp_path, ScanOrders())
    assert (third.resumed, third.candidates) == (1, whole)


def test_other_settings_or_other_code_start_anew(archive: Path, tmp_path: Path) -> None:
    scan_archive(archive, tmp_path, ScanOrders())
    higher = scan_archive(archive, tmp_path, ScanOrders(threshold_snr=8.0))
    assert (higher.resumed, higher.anew) == (0, 2)
    assert min(each.snr for each in higher.candidates) >= 8.0
    newer = scan_archive(archive, tmp_path, ScanOrders(threshold_snr=8.0, version="another"))
    assert (newer.resumed, newer.anew) == (0, 2)
    # What is called a burst is told after the search.
    stricter = scan_archive(archive, tmp_path, ScanOrders(threshold_snr=8.0, version="another", burst_far_hz=0.0))
    assert (stricter.resumed, stricter.anew) == (2, 0)
    assert "burst" not in stricter.run.candidates
    assert stricter.run.scan_id != newer.run.scan_id


def test_a_file_that_changed_is_searched_again(tmp_path: Path) -> None:
    root = small_archive(tmp_path / "archive")
    scan_archive(root, tmp_path / "scan", ScanOrders())
    (root / "integral/spi-acs/2022/2022-03-03.fits").unlink()
    fewer = scan_archive(root, tmp_path / "scan", ScanOrders())
    # The day before read a little of it.
    assert (fewer.units, fewer.resumed, fewer.anew) == (1, 0, 1)
    assert fewer.run.files == 1


def test_broken_files_are_named_and_the_others_searched(tmp_path: Path, whole: tuple[Candidate, ...]) -> None:
    root = small_archive(tmp_path / "archive")
    second = root / "integral/spi-acs/2022/2022-03-03.fits"
    data = bytearray(second.read_bytes())
    data[len(data) // 2] ^= 0x55  # in the counts: the heading is well
    second.write_bytes(bytes(data))
    (root / "notes.fits").write_text("no FITS")
    answer = command("scan", root, "--out", tmp_path / "scan", "--workers", 1, "--json")
    assert answer.code == 0
    assert (answer.data["files"], answer.data["broken"]) == (1, 2)
    assert "left out: notes.fits" in answer.err
    assert "left out: integral/spi-acs/2022/2022-03-03.fits: " in answer.err
    kept = read_catalogue(tmp_path / "scan" / CATALOGUE)
    before = [each for each in whole if each.start.utc < "2022-03-02T23:59:00"]
    assert [each.start for each in kept][: len(before)] == [each.start for each in before]
    assert all(each.start.utc < "2022-03-03" for each in kept)


def test_an_archive_of_broken_files_alone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a.fits").write_bytes(b"x" * 2880)
    with pytest.raises(NoData, match=r"a\.fits"):
        scan_archive(tmp_path / "archive", tmp_path / "scan", ScanOrders())


def test_bins_that_two_files_have_are_counted_once(tmp_path: Path, whole: tuple[Candidate, ...]) -> None:
    root = archive_in_parts(tmp_path / "archive", [60_000])
    again = archive_in_parts(tmp_path / "again", [])
    for path in again.glob("*.fits"):
        path.rename(root / f"later {path.name}")
    outcome = scan_archive(root, tmp_path / "scan", ScanOrders())
    assert outcome.run.bins == len(counts())
    assert outcome.doubled > 0
    assert [each.start for each in outcome.candidates] == [each.start for each in whole]


def test_the_command_writes_what_it_says(archive: Path, whole: tuple[Candidate, ...], tmp_path: Path) -> None:
    found = ask("scan", archive, "--out", tmp_path, "--workers", 1, "--truth", archive / "truth.fits")
    assert found["bins"] == len(counts())
    assert found["live_s"] == pytest.approx(0.05 * len(counts()))
    assert sum(found["candidates"].values()) == len(whole)
    assert found["catalogue"] == str(tmp_path / CATALOGUE)
    assert "new_in_database" not in found
    assert sum(row["called_burst"] for row in found["truth"]["by_snr"]) == 3
    back = read_catalogue(tmp_path / CATALOGUE)
    for ours, theirs in zip(whole, back, strict=True):
        shape = None if ours.spike is None else msgspec.structs.replace(ours.spike, bins=0, probability=None)
        assert theirs == msgspec.structs.replace(ours, spike=shape)
    with fits.open(tmp_path / CATALOGUE) as hdus:
        assert hdus["CANDIDATES"].header["SCANID"] == found["scan_id"]
        assert "threshold_snr = 5.0" in list(hdus["CANDIDATES"].header["HISTORY"])
    (name,) = found["rates"]
    assert name == str(tmp_path / "rates-integral-spi-acs.json")
    counted = read_rates(Path(name), "SPI-ACS", 0.05)
    assert sum(map(sum, counted.spike_like)) == found["candidates"]["spike"]
    # The bright bursts are not the background's.
    assert sum(map(sum, counted.burst_like)) == sum(each.classification != "spike" and each.snr < 7.0 for each in whole)
    assert 0.9 * found["live_s"] < counted.live_s <= found["live_s"]
    with pytest.raises(ConfigurationError, match="not of ISGRI"):
        read_rates(Path(name), "ISGRI", 1.0)
    with pytest.raises(ConfigurationError, match="no rates of a scan"):
        read_rates(tmp_path / "scan.json", "SPI-ACS", 0.05)


def test_candidates_go_to_postgres_once(archive: Path, tmp_path: Path, postgres_url: str) -> None:
    args = ("scan", archive, "--out", tmp_path, "--workers", 1)
    first = ask(*args, TRANSIENTS_DATABASE__URL=postgres_url)
    assert first["new_in_database"] == sum(first["candidates"].values())
    assert ask(*args, TRANSIENTS_DATABASE__URL=postgres_url)["new_in_database"] == 0
    assert "new_in_database" not in ask(*args, "--no-database", TRANSIENTS_DATABASE__URL=postgres_url)
    assert command(*args, "--database", "--json").error["kind"] == "configuration"


def test_wrong_usage(tmp_path: Path, archive: Path) -> None:
    assert command("scan", archive, "--workers", 2, "--dask", "tcp://x:1").code == 2
    assert command("scan", archive, "--workers", 0).code == 2
    assert command("scan", tmp_path / "none", "--json").error["kind"] == "refused-input"


def test_a_scan_that_is_killed_goes_on(archive: Path, whole: tuple[Candidate, ...], tmp_path: Path) -> None:
    program = [sys.executable, "-m", "transients.cli", "scan", str(archive), "--out", str(tmp_path), "--workers", "1", "--json"]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120.0
    while not list(tmp_path.glob("units/*.json")) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = len(list(tmp_path.glob("units/*.json")))
    assert done >= 1
    found: dict[str, Any] = ask("scan", archive, "--out", tmp_path, "--workers", 1)
    assert found["days_resumed"] == done
    assert read_catalogue(tmp_path / CATALOGUE)[0].start == whole[0].start
    # A pipe gets no bar.
    again = subprocess.run(program, capture_output=True, text=True, check=True)
    assert again.stderr == ""
