"""Spectra given as tables."""

import numpy as np
import pytest
from mission_samples import shipped_response

from schemas.errors import RefusedInput
from transients.missions import Tabulated, parse_spectrum, read_spectrum


def written(spectrum: str, points: int = 400) -> str:
    energy = np.geomspace(5.0, 1.0e4, points)
    values = parse_spectrum(spectrum).photons(energy)
    return "# keV, photons\n" + "\n".join(f"{e:.6g}, {v:.6e}" for e, v in zip(energy, values, strict=True))


@pytest.mark.parametrize("spectrum", ["hard", "soft", "band:-0.9,-2.3,160"])
@pytest.mark.parametrize("instrument", ["SPI-ACS", "IBIS/Veto", "ISGRI"])
def test_a_table_of_a_spectrum_is_that_spectrum(spectrum: str, instrument: str) -> None:
    model = shipped_response()
    table = read_spectrum(written(spectrum), "my table")
    theta, phi = np.radians([20.0, 94.0, 150.0]), np.radians([10.0, -100.0, 170.0])
    ours = model.fluence_per_count(instrument, table, theta, phi)
    np.testing.assert_allclose(ours, model.fluence_per_count(instrument, spectrum, theta, phi), rtol=0.03)


def test_lines_between_points_and_nothing_outside() -> None:
    table = Tabulated("x", (10.0, 1000.0), (100.0, 1.0))
    np.testing.assert_allclose(table.photons(np.array([10.0, 100.0, 1000.0])), [100.0, 10.0, 1.0])
    assert (table.photons(np.array([9.9, 1001.0])) == 0.0).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "two points"),
        ("100 1", "two points"),
        ("100 1\n50 2", "rise"),
        ("0 1\n50 2", "rise"),
        ("10 1\n50 -2", "negative"),
        ("10 0\n50 0", "all zero"),
        ("10 1\n50 nan", "negative"),
        ("10 1\nfifty 2", "line 2"),
        ("10 1 3\n50 2 3", "line 1"),
    ],
)
def test_refused_tables(text: str, said: str) -> None:
    with pytest.raises(RefusedInput, match=said) as caught:
        read_spectrum(text, "my table")
    assert caught.value.where == "my table"


def test_a_spectrum_without_fluence_in_the_band_is_refused() -> None:
    with pytest.raises(RefusedInput, match="cannot be folded"):
        shipped_response().fluence_per_count("SPI-ACS", Tabulated("low", (1.0, 4.0), (1.0, 1.0)), 1.0, 0.0)
