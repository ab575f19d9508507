"""Months of everything that was distributed: every entry is a notice or a refusal by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from handlers import parse_lines, summarise
from ingest.documents import iter_documents

REAL = {
    "LVC_PRELIMINARY": 2157, "FERMI_GBM_FLT_POS": 244, "INTEGRAL_POINTDIR": 2345, "INTEGRAL_WEAK": 53, "ICECUBE_CASCADE": 1,
    "SWIFT_BAT_SUBSUB": 41_175, "KONUS_LC": 37, "IPN_RAW": 39, "CALET_GBM_FLT_LC": 28, "GECAM_FLT": 20, "MOA": 98,
    "GAIA_ALERT": 271, "CRTS_ALERT": 213, "ASASSN_ALERT": 106, "MAXI_TEST": 498, "TEST_COORDS": 534,
}  # fmt: skip


def _lines(folder: Path, stop: int | None = None) -> Iterator[dict[str, Any]]:
    documents = iter_documents([folder])
    return parse_lines((document.name, document.data) for document in islice(documents, stop))


def _check(summary: dict[str, Any], documents: int) -> None:
    assert summary["documents"] == documents
    assert summary["notices"] + summary["refused"] == documents
    # Every kind is taken: what is left are brokers' tests and requests to observe another's event.
    assert set(summary["by_reason"]) <= {"broker-test", "observing-request"}
    assert set(summary["refused_by_kind"]) <= {"broker test", "observing request"}


def test_first_entries(shared_data: Path) -> None:
    _check(summarise(_lines(shared_data / "voevent-archive", 3000), 0.0), 3000)


@pytest.mark.nightly
def test_five_months(shared_data: Path) -> None:
    summary = summarise(_lines(shared_data / "voevent-archive"), 0.0)
    _check(summary, 86_488)
    assert {kind: summary["by_kind"][kind] for kind in REAL} == REAL
    assert summary["by_reason"] == {"broker-test": 4633, "observing-request": 4}
