"""Photon spectra: published ratios, the join of the Band function, texts."""

import numpy as np
import pytest

from schemas.errors import RefusedInput
from transients.missions import Band, Comptonised, PowerLaw, energy_ratio, parse_spectrum
from transients.missions.spectra import energy_fluence


@pytest.mark.parametrize(
    ("spectrum", "band", "ratio"),
    [
        ("hard", (10, 1000), 0.890),
        ("soft", (10, 1000), 1.063),
        ("hard", (1, 10000), 1.079),
        ("soft", (1, 10000), 1.433),
        ("hard", (40, 40000), 1.05481),
        ("soft", (40, 40000), 1.37783),
    ],
)
def test_published_ratios(spectrum: str, band: tuple[float, float], ratio: float) -> None:
    assert energy_ratio(spectrum, band) == pytest.approx(ratio, abs=6e-4)


def test_power_law_fluence_is_a_logarithm() -> None:
    assert energy_fluence(PowerLaw(-2.0), 20, 200) == pytest.approx(1e4 * np.log(10), rel=1e-12)


def test_band_joins_smoothly() -> None:
    band = Band(-1.0, -2.5, 300.0)
    at = band.break_kev
    low, high = band.photons(np.array([at * (1 - 1e-6), at * (1 + 1e-6)]))
    assert low == pytest.approx(high, rel=1e-5)
    slopes = [
        np.log(band.photons(np.array([e * 1.0001])) / band.photons(np.array([e])))[0] / np.log(1.0001) for e in (at * 0.9999, at)
    ]
    assert slopes[0] == pytest.approx(slopes[1], abs=1e-3)


def test_peak_of_the_energy_spectrum() -> None:
    energy = np.geomspace(10, 5000, 20001)
    for form in (Comptonised(-0.5, 600.0), Band(-1.0, -2.5, 300.0)):
        peak = energy[np.argmax(energy**2 * form.photons(energy))]
        assert peak == pytest.approx(form.peak_kev, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("hard", Comptonised(-0.5, 600.0)),
        ("soft", Band(-1.0, -2.5, 300.0)),
        ("crabby", PowerLaw(-2.0)),
        ("comp:-0.92,160", Comptonised(-0.92, 160.0)),
        ("band:0,-1.5,1000", Band(0.0, -1.5, 1000.0)),
        ("pl:-2.1", PowerLaw(-2.1)),
        ("pl:2.1", PowerLaw(-2.1)),
    ],
)
def test_texts(text: str, form: object) -> None:
    parsed = parse_spectrum(text)
    assert parsed == form
    assert parse_spectrum(parsed.name) == form
    assert parse_spectrum(parsed) is parsed


@pytest.mark.parametrize(
    "text", ["", "harder", "comp:1", "comp:a,b", "band:-1,-0.5,300", "comp:-2,300", "comp:-1,0", "comp:nan,300", "pl:0", "pl:"]
)
def test_refused_texts(text: str) -> None:
    with pytest.raises(RefusedInput):
        parse_spectrum(text)


@pytest.mark.parametrize("band", [(0.0, 10.0), (10.0, 10.0), (100.0, 10.0)])
def test_refused_bands(band: tuple[float, float]) -> None:
    with pytest.raises(RefusedInput, match="band"):
        energy_fluence(PowerLaw(-2.0), *band)
