"""The lines of `transients parse`, and documents from files, folders and archives."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from handler_samples import every_sample, voevent

from handlers import parse, parse_line, parse_lines, summarise
from ingest.documents import Document, iter_documents
from schemas import Refusal

KEYS = {
    "file", "status", "kind", "messenger", "event_id", "revision", "role", "time_utc", "ra_deg", "dec_deg",
    "error_radius_deg", "error_containment", "retraction", "reason",
}  # fmt: skip


@pytest.mark.parametrize("name", [*sorted(every_sample()), "broken"])
def test_every_line_has_every_key(name: str) -> None:
    line = parse_line(name, parse(every_sample().get(name, b"{")))
    assert set(line) >= KEYS
    assert line["status"] == ("refused" if name == "broken" else "notice")
    assert (line["reason"] is not None) == (name == "broken")


def test_line_of_a_position() -> None:
    line = parse_line("f", parse(voevent(173, {"run_id": "1", "event_id": "2"}, position=("1.5", "0", "0.25"))))
    assert (line["ra_deg"], line["dec_deg"], line["error_radius_deg"], line["error_containment"]) == (1.5, 0.0, 0.25, 0.9)
    assert (line["role"], line["time_utc"], line["retraction"]) == ("observation", "2024-05-06T07:08:09.100", False)


def test_summary_counts() -> None:
    documents = [("a", every_sample()["gwalert"]), ("b", b"{"), ("c", voevent(777)), ("d", Refusal(reason="gone", message="d"))]
    summary = summarise(parse_lines(documents), 1.5)
    assert (summary["documents"], summary["notices"], summary["refused"]) == (4, 1, 3)
    assert summary["by_kind"] == {"igwn.gwalert": 1}
    assert summary["by_reason"] == {"malformed-json": 1, "unknown-kind": 1, "gone": 1}
    assert summary["refused_by_kind"]["GCN type 777"] == 1
    assert summary["seconds"] == 1.5


def archive(path: Path, members: dict[str, bytes], mode: str) -> Path:
    with tarfile.open(path, mode) as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b/2", "b/1", "c", "a", ".hidden", ".git/x"):
        (tmp_path / name).write_bytes(name.encode())
    assert [d.data for d in iter_documents([tmp_path])] == [b"a", b"b/1", b"b/2", b"c"]


@pytest.mark.parametrize(("suffix", "mode"), [("tar", "w"), ("tar.gz", "w:gz"), ("tar.bz2", "w:bz2"), ("tar.xz", "w:xz")])
def test_archives_are_streamed(tmp_path: Path, suffix: str, mode: str) -> None:
    path = archive(tmp_path / f"month.{suffix}", {"x/1.xml": b"one", "x/2.xml": b"two"}, mode)
    assert list(iter_documents([path])) == [Document(f"{path}:x/1.xml", b"one"), Document(f"{path}:x/2.xml", b"two")]


def test_what_cannot_be_read_is_refused_and_the_rest_comes(tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.tar", {"big": b"x" * 100, "small": b"y"}, "w")
    cut = tmp_path / "b.tar.gz"
    cut.write_bytes(archive(tmp_path / "full.tar.gz", {str(i): bytes([i]) * 3000 for i in range(9)}, "w:gz").read_bytes()[:150])
    (tmp_path / "full.tar.gz").unlink()
    (tmp_path / "c.tar.bz2").write_bytes(b"not an archive")
    (tmp_path / "d.json").write_bytes(b"{}")
    found = list(iter_documents([tmp_path, tmp_path / "missing"], max_bytes=50))
    reasons = [(Path(d.name).name, d.data.reason) for d in found if isinstance(d.data, Refusal)]
    assert reasons[0] == ("a.tar:big", "too-large")
    assert ("b.tar.gz", "broken-archive") in reasons
    assert ("c.tar.bz2", "broken-archive") in reasons
    assert reasons[-1] == ("missing", "no-such-file")
    assert Document(f"{whole}:small", b"y") in found
    assert Document(str(tmp_path / "d.json"), b"{}") in found


def test_links_in_archives_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "l.tar"
    with tarfile.open(path, "w") as tar:
        link = tarfile.TarInfo("secret")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    (found,) = iter_documents([path])
    assert isinstance(found.data, Refusal)
    assert found.data.reason == "unreadable"
