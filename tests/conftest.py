"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real material beside the project; a test that needs it is skipped, saying so, where it is not."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared/data here: real material is not part of the project")
    return SHARED
