"""Whatever the light curve: our archive's form and the services' forms give it back."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import instants

from schemas import Instant, LightCurve, LightCurveInfo
from schemas.errors import TransientsError
from transients.sources import read_lightcurve, select, write_lightcurve
from transients.sources.clock import from_ijd, ijd_of, seconds_between, shift
from transients.sources.formats.build import missing_runs
from transients.sources.replies import genlc_text


@st.composite
def light_curves(draw: st.DrawFn, whole: bool = False) -> LightCurve:
    """Irregular light curves: gaps, odd widths, jitter, whole or fractional counts."""
    bin_s = draw(st.sampled_from([0.05, 0.1, 1.0, 8.0]))
    seed = draw(st.integers(0, 2**32 - 1))
    size = draw(st.integers(2, 300))
    rng = np.random.default_rng(seed)
    start = np.cumsum(np.where(rng.random(size) < 0.1, rng.integers(2, 50, size), 1)) * bin_s + rng.normal(0, 1e-6, size)
    width = np.minimum(np.full(size, bin_s), np.append(np.diff(start), bin_s))
    counts = rng.integers(100, 9000, size).astype(float)
    if not whole and draw(st.booleans()):
        counts += rng.random(size)
    info = LightCurveInfo(
        instrument="SPI-ACS",
        tier=draw(st.sampled_from(["archive", "nrt", "cons", "realtime"])),
        reference=draw(instants()),
        bin_s=bin_s,
        content_id="",
        source="drawn",
        energy_kev=draw(st.sampled_from([None, (75.0, 2000.0)])),
        ephemeris=draw(st.sampled_from([None, (198.394, 71.787, 143490.5)])),
        remarks=("a remark",),
    )
    return LightCurve(start_s=start, width_s=width, counts=counts, info=info)


@settings(deadline=None, max_examples=60)
@given(light_curves())
def test_the_archive_form_loses_nothing(lc: LightCurve) -> None:
    back = read_lightcurve(write_lightcurve(lc), "archive")
    np.testing.assert_array_equal(back.counts, lc.counts)
    np.testing.assert_allclose(back.start_s, lc.start_s, rtol=0, atol=1e-9)
    np.testing.assert_allclose(back.width_s, lc.width_s, rtol=0, atol=2e-9)
    for field in ("instrument", "tier", "reference", "bin_s", "energy_kev", "ephemeris", "simulated"):
        assert getattr(back.info, field) == getattr(lc.info, field)
    assert "a remark" in back.info.remarks


@settings(deadline=None, max_examples=40)
@given(light_curves(whole=True))
def test_genlc_keeps_counts_and_times(lc: LightCurve) -> None:
    back = read_lightcurve(genlc_text(lc, lc.info.reference).encode(), "genlc")
    np.testing.assert_array_equal(back.counts, lc.counts)
    np.testing.assert_allclose(back.centre_s, lc.centre_s, rtol=0, atol=lc.info.bin_s / 2 + 1e-5)
    assert back.info.reference == lc.info.reference


@settings(deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_rubbish_raises_a_named_error_only(data: bytes) -> None:
    try:
        read_lightcurve(data, "rubbish.dat")
    except TransientsError as error:
        assert "rubbish.dat" in str(error)  # noqa: PT017


@settings(deadline=None)
@given(light_curves(), st.floats(-50, 500), st.floats(0.1, 400))
def test_select_keeps_the_bins_about_t0_and_only_those(lc: LightCurve, at_s: float, half_s: float) -> None:
    try:
        part = select(lc, shift(lc.info.reference, at_s), half_s)
    except TransientsError:
        assert not (np.abs(lc.centre_s - at_s) < half_s - 2e-3).any()
        return
    assert (np.abs(part.centre_s - at_s) <= half_s + 2e-3).all()
    inside = int((np.abs(lc.centre_s - at_s) < half_s - 2e-3).sum())
    assert len(part) >= inside


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(1, 2000))
def test_missing_runs_hold_zeros_only(pattern: list[int], mean: int) -> None:
    counts = np.array(pattern, dtype=float) * mean
    runs = missing_runs(counts)
    assert (counts[runs] == 0).all()
    if mean >= 28 and (counts > 0).any():
        assert (runs == (counts == 0)).all()


@settings(deadline=None)
@given(instants(), st.floats(-4e5, 4e5))
def test_shift_and_seconds_between_are_inverse(at: Instant, seconds: float) -> None:
    assert abs(seconds_between(shift(at, seconds), at) - seconds) < 2e-9
    assert abs(seconds_between(from_ijd(ijd_of(at)), at)) < 1e-6
