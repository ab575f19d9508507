"""Association probabilities as the published method's authors computed them."""

from __future__ import annotations

from pathlib import Path

import pytest

from transients.search import published_fap


def test_published_fap_vectors(shared_data: Path) -> None:
    lines = (shared_data / "published" / "fap_test_vectors.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith(("#", "scale_s"))]
    assert len(rows) >= 8
    for scale, snr, t, fap, full in rows:
        rel = 1e-12 if full == "1" else 1e-3
        assert published_fap(float(snr), float(scale), float(t)) == pytest.approx(float(fap), rel=rel)
