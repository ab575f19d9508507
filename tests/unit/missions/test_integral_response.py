"""The response model: harmonics against scipy, folding, words, files."""

import io
import json

import healpy
import numpy as np
import pytest
from astropy.io import fits
from mission_samples import COEFFICIENTS, shipped_integral, shipped_response
from scipy.special import sph_harm_y

from schemas.errors import NotFound, RefusedInput
from transients.missions import Comptonised, PowerLaw, parse_spectrum, response_report
from transients.missions.integral import Integral, response_from_fits, response_from_json, response_to_fits
from transients.missions.integral.folding import AreaShape, fluence_per_count, fold
from transients.missions.integral.harmonics import HarmonicMap, field_term, harmonic_count, harmonic_terms
from transients.missions.integral.instruments import coding_fraction_at
from transients.missions.integral.response import AREA_SHAPES, ResponseModel

MODEL = shipped_response()


def test_harmonics_against_scipy() -> None:
    random = np.random.default_rng(1)
    theta, phi = np.arccos(random.uniform(-1, 1, 40)), random.uniform(-np.pi, np.pi, 40)
    theta[:2], phi[:2] = (0.0, np.pi), (0.0, 1.0)
    seen = 0
    for degree, m, value in harmonic_terms(theta, phi, 24):
        expected = np.real(sph_harm_y(degree, m, theta, phi)) * (1 if m == 0 else np.sqrt(2) * (-1) ** m)
        np.testing.assert_allclose(value, expected, atol=1e-12)
        seen += 1
    assert seen == harmonic_count(24)


def test_map_shapes_and_chunks() -> None:
    coefficients = np.random.default_rng(2).normal(size=harmonic_count(3))
    shape = HarmonicMap(3, coefficients)
    theta = np.linspace(0, np.pi, 9000)
    whole = shape.log(theta[:, np.newaxis], np.array([0.5, -0.5]))
    assert whole.shape == (9000, 2)
    np.testing.assert_array_equal(whole[:, 0], whole[:, 1])
    assert whole[8500, 0] == pytest.approx(float(shape.log(theta[8500], 0.5)), rel=1e-12)


@pytest.mark.parametrize(("instrument", "published"), [("SPI-ACS", 1.4206e-10), ("IBIS/Veto", 3.3769e-10), ("ISGRI", 1.5396e-9)])
def test_best_values(instrument: str, published: float) -> None:
    assert MODEL.best(instrument, "hard") == pytest.approx(published, rel=0.02)


def test_source_version_and_residuals_are_stated() -> None:
    assert MODEL.instruments == ("SPI-ACS", "IBIS/Veto", "ISGRI")
    assert MODEL.version
    assert "2017-06-08" in MODEL.source
    assert MODEL.residual_percent("SPI-ACS", "hard") < 1.0 < MODEL.residual_percent("IBIS/Veto", "hard") < 2.0
    assert MODEL.residual_percent("ISGRI", "pl:-2") == MODEL.residual_percent("ISGRI", "soft")


def test_percent_is_best_over_response() -> None:
    theta, phi = np.radians(94.0), np.radians(np.linspace(-180, 180, 37))
    response = MODEL.fluence_per_count("SPI-ACS", "hard", theta, phi)
    np.testing.assert_allclose(
        MODEL.percent_of_best("SPI-ACS", "hard", theta, phi), 100 * MODEL.best("SPI-ACS", "hard") / response
    )


@pytest.mark.parametrize(
    ("percent", "word"),
    [
        (100, "near-optimal"),
        (66.7, "near-optimal"),
        (66.6, "somewhat suppressed"),
        (40.1, "somewhat suppressed"),
        (40, "strongly suppressed"),
        (2.2, "strongly suppressed"),
        (0, "strongly suppressed"),
    ],
)
def test_words(percent: float, word: str) -> None:
    assert MODEL.word(percent) == word


def _soft_to_hard(shape: AreaShape) -> np.ndarray:
    """Ratios of fluence per count that the form can reproduce, by rising threshold."""
    return fluence_per_count(shape, parse_spectrum("soft")) / fluence_per_count(shape, parse_spectrum("hard"))


@pytest.mark.parametrize("name", AREA_SHAPES)
def test_folding_gives_the_two_back(name: str) -> None:
    shape = AREA_SHAPES[name]
    low, high = _soft_to_hard(shape)[[0, -1]]
    ratios = np.linspace(low * 1.001, high * 0.999, 50)
    log_hard = np.full(50, np.log(2e-10))
    np.testing.assert_allclose(fold(shape, parse_spectrum("hard"), log_hard, log_hard + np.log(ratios)), log_hard, atol=1e-12)
    soft = fold(shape, parse_spectrum("soft"), log_hard, log_hard + np.log(ratios))
    np.testing.assert_allclose(soft, log_hard + np.log(ratios), atol=1e-10)


@pytest.mark.parametrize("name", AREA_SHAPES)
def test_ratio_rises_with_the_threshold(name: str) -> None:
    assert np.all(np.diff(_soft_to_hard(AREA_SHAPES[name])) > 0)


def test_folding_covers_the_fitted_ratios() -> None:
    theta, phi = healpy.pix2ang(16, np.arange(3072))
    for name in MODEL.instruments:
        ratio = MODEL.fluence_per_count(name, "soft", theta, phi) / MODEL.fluence_per_count(name, "hard", theta, phi)
        low, high = _soft_to_hard(AREA_SHAPES[name])[[0, -1]]
        assert np.mean((ratio > low) & (ratio < high)) == 1.0


def test_folding_is_exact_for_a_known_area() -> None:
    # Fold three spectra through one sharp-ish area; the form must recover the third from the first two.
    shape, threshold = AreaShape(0.0, 1e4), 60
    per_count = {
        text: np.log(fluence_per_count(shape, parse_spectrum(text))[threshold]) for text in ("hard", "soft", "comp:-0.9,200")
    }
    found = fold(shape, parse_spectrum("comp:-0.9,200"), np.array([per_count["hard"]]), np.array([per_count["soft"]]))
    assert found[0] == pytest.approx(per_count["comp:-0.9,200"], abs=1e-9)


def test_close_spectra_have_close_responses() -> None:
    theta, phi = np.radians([20.0, 90.0, 150.0]), np.radians([0.0, 100.0, 180.0])
    hard = MODEL.fluence_per_count("SPI-ACS", "hard", theta, phi)
    np.testing.assert_allclose(MODEL.fluence_per_count("SPI-ACS", Comptonised(-0.5, 606.0), theta, phi), hard, rtol=0.02)
    assert np.all(MODEL.fluence_per_count("SPI-ACS", PowerLaw(-2.0), theta, phi) > 0)


def test_unknown_instrument_and_spectrum() -> None:
    with pytest.raises(NotFound, match="JEM-X"):
        MODEL.best("JEM-X", "hard")
    with pytest.raises(RefusedInput):
        MODEL.best("SPI-ACS", "harder")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "something/2"},
        {"l_max": 19},
        {"unit": None},
        {"extra": 1},
        {"instruments": {"SPI-ACS": {}}},
    ],
)
def test_refused_coefficients(change: dict[str, object]) -> None:
    content = json.loads(COEFFICIENTS.read_bytes()) | change
    with pytest.raises(RefusedInput):
        response_from_json(json.dumps(content).encode())


def test_refused_bytes() -> None:
    for data in (b"", b"{", b"[]", b"SIMPLE  ="):
        with pytest.raises(RefusedInput, match="response file"):
            response_from_json(data)


def test_operator_file_round_trip() -> None:
    data = response_to_fits(MODEL, nside=32)
    again = response_from_fits(data)
    assert (again.instruments, again.source, again.version) == (MODEL.instruments, MODEL.source, MODEL.version)
    theta, phi = healpy.pix2ang(32, np.arange(12 * 32**2))
    for name in MODEL.instruments:
        for spectrum in ("hard", "soft"):
            ours = MODEL.fluence_per_count(name, spectrum, theta, phi)
            np.testing.assert_allclose(again.fluence_per_count(name, spectrum, theta, phi), ours, rtol=1e-12)
            assert again.residual_percent(name, spectrum) == MODEL.residual_percent(name, spectrum)
    # Between the centres, and across the seam of phi.
    theta, phi = np.radians([94.0, 30.0, 179.9, 0.0]), np.radians([-180.0, 359.9, 12.0, 0.0])
    ours = MODEL.fluence_per_count("SPI-ACS", "hard", theta, phi)
    np.testing.assert_allclose(again.fluence_per_count("SPI-ACS", "hard", theta, phi), ours, rtol=0.02)


def test_operator_file_in_nested_order() -> None:
    with fits.open(io.BytesIO(response_to_fits(MODEL, nside=4))) as units:
        for name in units["RESPONSE"].columns.names:
            units["RESPONSE"].data[name] = healpy.reorder(np.array(units["RESPONSE"].data[name]), r2n=True)
        units["RESPONSE"].header["ORDERING"] = "NESTED"
        buffer = io.BytesIO()
        units.writeto(buffer)
    theta, phi = healpy.pix2ang(4, np.arange(192))
    again = response_from_fits(buffer.getvalue())
    np.testing.assert_allclose(
        again.fluence_per_count("ISGRI", "soft", theta, phi), MODEL.fluence_per_count("ISGRI", "soft", theta, phi), rtol=1e-10
    )


def changed(**keywords: object) -> bytes:
    with fits.open(io.BytesIO(response_to_fits(MODEL, nside=2))) as units:
        for key, value in keywords.items():
            if key == "zero":
                units["RESPONSE"].data["SPI-ACS:hard"][3] = value
            else:
                units["RESPONSE"].header[key] = value
        buffer = io.BytesIO()
        units.writeto(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not fits", "not a FITS file"),
        (changed(RESPFORM="other"), "RESPFORM"),
        (changed(COORDSYS="C"), "COORDSYS"),
        (changed(NSIDE=4), "NSIDE"),
        (changed(NSIDE=3), "NSIDE"),
        (changed(ORDERING="SIDEWAYS"), "ORDERING"),
        (changed(zero=0.0), "above 0"),
        (changed(zero=np.nan), "finite"),
        (changed(EXTNAME="OTHER"), "RESPONSE"),
        (response_to_fits(MODEL, nside=2)[:7000], "my file"),
    ],
)
def test_refused_operator_files(data: bytes, message: str) -> None:
    with pytest.raises(RefusedInput, match=message):
        response_from_fits(data, "my file")


def test_report() -> None:
    found = response_report(94.0, -100.0, "SPI-ACS", "hard", shipped_integral())
    assert found["percent_of_best"] == pytest.approx(100 * MODEL.best("SPI-ACS", "hard") / found["fluence_per_count_erg_cm2"])
    assert found["word"] == "near-optimal"
    assert found["model_residual_percent"] == MODEL.residual_percent("SPI-ACS", "hard")
    assert {"source", "version"} <= set(found)
    for theta, phi in ((-1.0, 0.0), (181.0, 0.0), (np.nan, 0.0), (10.0, np.inf)):
        with pytest.raises(RefusedInput, match="theta"):
            response_report(theta, phi, "SPI-ACS", "hard", shipped_integral())


@pytest.mark.parametrize("text", ["pl:1e9", "pl:300", "comp:-0.5,1e-300", "comp:1e5,300", "band:1e300,-2,100"])
def test_a_spectrum_that_cannot_be_folded_is_refused(text: str) -> None:
    with pytest.raises(RefusedInput, match="cannot be folded"):
        MODEL.fluence_per_count("SPI-ACS", text, 0.2, 0.0)


def test_picsit_limits_where_an_operator_knows_its_response() -> None:
    assert shipped_integral().limiting == ("IBIS/Veto", "ISGRI")
    own = ResponseModel({**MODEL.entries, "PICsIT": MODEL.entries["ISGRI"]}, "my own", "1")
    assert Integral(own).limiting == ("IBIS/Veto", "ISGRI", "PICsIT")


def test_many_directions_are_summed_as_few_are() -> None:
    """The compiled sum against the plain one, over whole blocks and a rest, poles and seams among them."""
    rng = np.random.default_rng(3)
    coefficients = rng.normal(size=harmonic_count(20))
    shape = HarmonicMap(20, coefficients)
    theta = np.concatenate([[0.0, np.pi, 0.5 * np.pi, 1e-9], np.arccos(rng.uniform(-1, 1, 2995))])
    phi = np.concatenate([[0.0, np.pi, -np.pi, 3.0], rng.uniform(-np.pi, np.pi, 2995)])
    terms = harmonic_terms(theta, phi, 20)
    plain = sum(c * value for c, (_, _, value) in zip(coefficients, terms, strict=True))
    assert shape.log(theta, phi) == pytest.approx(plain, abs=1e-11)
    assert shape.log(theta[:100], phi[:100]) == pytest.approx(plain[:100], abs=1e-12)


def test_nothing_is_seen_through_the_mask_where_the_field_term_does_not_look() -> None:
    phi = np.linspace(-np.pi, np.pi, 721)
    assert coding_fraction_at("ISGRI", np.radians(20.2), phi).max() > 0.0
    for theta in (0.4, 0.5, 1.5, 2.0, 3.0):
        assert coding_fraction_at("ISGRI", theta, phi).max() == 0.0
    theta = np.random.default_rng(4).uniform(0.0, 0.5, 721)
    np.testing.assert_allclose(field_term(theta, phi, 0.1), np.log(0.1 + coding_fraction_at("ISGRI", theta, phi)), rtol=1e-12)
