"""The page of published limits is what its command makes, and agrees where it should."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from mission_samples import shipped_response

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_not_stale(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("compare_published", ROOT / ".ci" / "compare_published.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "compare_published", module)
    spec.loader.exec_module(module)
    page, kept = tmp_path / "published.md", (ROOT / "docs" / "published.md").read_text()
    page.write_text(kept)
    monkeypatch.setattr(sys, "argv", ["compare", str(shared_data / "published"), str(page)])
    module.main()
    assert page.read_text() == kept
    events = module.read(shared_data / "published")
    assert len(events) >= 15
    model = shipped_response()
    ratios = [module.ours(model, each)[0][0] / each.limits[0] for each in events if each.limits[0] is not None]
    assert abs(np.log(np.median(ratios))) < 0.1
