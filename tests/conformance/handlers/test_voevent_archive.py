"""Months of everything that was distributed: every entry is a notice or a refusal by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from handlers import parse_lines, summarise
from ingest.documents import iter_documents

REAL = {"LVC_PRELIMINARY": 2157, "FERMI_GBM_FLT_POS": 244, "INTEGRAL_POINTDIR": 2345, "INTEGRAL_WEAK": 53, "ICECUBE_CASCADE": 1}


def _lines(folder: Path, stop: int | None = None) -> Iterator[dict[str, Any]]:
    documents = iter_documents([folder])
    return parse_lines((document.name, document.data) for document in islice(documents, stop))


def _check(summary: dict[str, Any], documents: int) -> None:
    assert summary["documents"] == documents
    assert summary["notices"] + summary["refused"] == documents
    assert set(summary["by_reason"]) == {"unknown-kind"}
    assert "?" not in summary["refused_by_kind"]


def test_first_entries(shared_data: Path) -> None:
    _check(summarise(_lines(shared_data / "voevent-archive", 3000), 0.0), 3000)


@pytest.mark.nightly
def test_five_months(shared_data: Path) -> None:
    summary = summarise(_lines(shared_data / "voevent-archive"), 0.0)
    _check(summary, 86_488)
    assert {kind: summary["by_kind"][kind] for kind in REAL} == REAL
