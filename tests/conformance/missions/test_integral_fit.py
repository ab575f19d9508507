"""The model that ships is what the fitting script makes of the published values."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from mission_samples import COEFFICIENTS

SCRIPT = Path(__file__).resolve().parents[3] / ".ci" / "fit_response.py"


@pytest.mark.nightly
def test_the_fit_gives_the_shipped_file(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("fit_response", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    shipped = json.loads(COEFFICIENTS.read_bytes())
    out = tmp_path / "response.json"
    table = shared_data / "integral/response_sc_nside16.csv"
    monkeypatch.setattr(
        sys, "argv", ["fit", str(table), str(out), "--version", shipped["version"], "--source", shipped["source"]]
    )
    module.main()
    made = json.loads(out.read_bytes())
    for name, entry in shipped["instruments"].items():
        for spectrum in ("hard", "soft"):
            ours, theirs = entry.pop(spectrum), made["instruments"][name].pop(spectrum)
            np.testing.assert_allclose(ours.pop("coefficients"), theirs.pop("coefficients"), atol=3e-6)
            assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-5)
    assert made == shipped
