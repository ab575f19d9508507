"""Months of everything that was distributed: every entry is a notice of its packet's kind, or refused by a word a person finds right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from handlers import parse, parse_line, summarise
from handlers.packets import packet_name
from ingest.documents import iter_documents

DOCUMENTS = 86_488
#: Authors of VOEvents without packet type: what becomes of theirs (kind of a notice, or word of a refusal), and how many there are.
WITHOUT_PACKET = {
    "com.dc3/dc3.broker": ("broker-test", 2128),
    "voevent.4pisky.org/voevent-receive": ("broker-test", 882),
    "voeventdb.4pisky.org/subscribe-only": ("broker-test", 818),
    "utmost/cflynn": ("broker-test", 741),
    "voevent.4pisky.org/voevent-broadcast": ("broker-test", 64),
    "voevent.phys.soton.ac.uk/AMI-REQUEST": ("observing-request", 2),
    "voevent.4pisky.org/ALARRM-REQUEST": ("observing-request", 2),
    "gaia.cam.uk/alerts": ("GAIA_ALERT", 271),
    "nvo.caltech/voeventnet/mlsot": ("CRTS_ALERT", 147),
    "nvo.caltech/voeventnet/catot": ("CRTS_ALERT", 66),
    "voevent.4pisky.org/ASASSN": ("ASASSN_ALERT", 106),
    "au.edu.swin/utmost": ("FRB", 3),
}
#: Some of the kinds by their number in these months.
KINDS = {
    "SWIFT_BAT_SUBSUB": 41_175, "SWIFT_BAT_KNOWN_SRC": 16_064, "SWIFT_ACTUAL_POINTDIR": 6099, "INTEGRAL_POINTDIR": 2345,
    "LVC_PRELIMINARY": 2157, "LVC_RETRACTION": 704, "FERMI_GBM_FLT_POS": 244, "FERMI_GBM_SUBTHRESH": 60, "INTEGRAL_WEAK": 53,
    "INTEGRAL_WAKEUP": 9, "SNEWS": 9, "AMON_ICECUBE_HESE": 2, "ICECUBE_CASCADE": 1, "AMON_NU_EM_COINC": 1, "SK_SN": 1, "KONUS_LC": 37,
    "IPN_RAW": 39, "CALET_GBM_FLT_LC": 28, "GECAM_FLT": 20, "MOA": 98, "MAXI_TEST": 498, "TEST_COORDS": 534,
}  # fmt: skip


def _counted(folder: Path, stop: int | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each entry is by a look of our own at its packet type and author, and the line that was made of it."""
    for document in islice(iter_documents([folder]), stop):
        assert isinstance(document.data, bytes), document
        yield _look(document.data), parse_line(document.name, parse(document.data))


def _look(data: bytes) -> str:
    root = etree.fromstring(data)
    number = next((p.get("value") for p in root.iter("Param") if p.get("name") == "Packet_Type"), None)
    if number is not None:
        return packet_name(int(number))
    return str(root.get("ivorn")).removeprefix("ivo://").partition("#")[0]


def _check(counted: Iterator[tuple[str, dict[str, Any]]]) -> tuple[dict[str, Any], Counter[str]]:
    seen: Counter[str] = Counter()
    lines: list[dict[str, Any]] = []
    for looked, line in counted:
        seen[looked] += 1
        expected = WITHOUT_PACKET.get(looked, (looked, 0))[0]
        got = line["reason"] if line["status"] == "refused" else line["kind"]
        assert got == expected, (looked, line)
        lines.append(line)
    summary = summarise(lines, 0.0)
    assert summary["documents"] == len(lines)
    assert summary["notices"] + summary["refused"] == len(lines)
    assert sum(summary["by_kind"].values()) == summary["notices"]
    assert sum(summary["by_reason"].values()) == summary["refused"]
    assert set(summary["by_reason"]) <= {"broker-test", "observing-request"}
    return summary, seen


def test_first_entries(shared_data: Path) -> None:
    summary, _ = _check(_counted(shared_data / "voevent-archive", 3000))
    assert summary["documents"] == 3000
    assert summary["notices"] > 500


@pytest.mark.nightly
def test_five_months(shared_data: Path) -> None:
    summary, seen = _check(_counted(shared_data / "voevent-archive"))
    assert (summary["documents"], summary["notices"], summary["refused"]) == (DOCUMENTS, 81_851, 4637)
    assert {author: seen[author] for author in WITHOUT_PACKET} == {author: count for author, (_, count) in WITHOUT_PACKET.items()}
    assert {kind: summary["by_kind"][kind] for kind in KINDS} == KINDS
