"""FITS files made for the tests of reading, and a mission."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from transients import missions
from transients.missions.integral import Integral
from transients.missions.integral.response import response_from_json

MakeFits = Callable[..., bytes]


@pytest.fixture
def make_fits() -> MakeFits:
    """Bytes of a FITS file with one table: make_fits({"PROB": ("D", values)}, ORDERING="NESTED", …)."""

    def make(columns: dict[str, tuple[Any, ...]], **header: Any) -> bytes:
        made = [
            fits.Column(name, entry[0], array=np.asarray(entry[1]), unit=entry[2] if len(entry) > 2 else None)
            for name, entry in columns.items()
        ]
        table = fits.BinTableHDU.from_columns(made)
        for key, value in header.items():
            if value is not None:
                table.header[key.replace("_", "-")] = value
        out = io.BytesIO()
        fits.HDUList([fits.PrimaryHDU(), table]).writeto(out)
        return out.getvalue()

    return make


@pytest.fixture(scope="session")
def integral() -> Integral:
    """INTEGRAL with the response model that ships."""
    coefficients = Path(missions.integral.__file__).with_name("response.json").read_bytes()
    return Integral(response_from_json(coefficients))
