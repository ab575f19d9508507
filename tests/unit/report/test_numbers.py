"""Numbers in circulars: never off by ten, never rounded into a claim."""

from __future__ import annotations

import doctest
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transients.report import numbers

finite = st.floats(min_value=1e-60, max_value=1e60).flatmap(lambda x: st.sampled_from([x, -x]))


def test_examples() -> None:
    assert doctest.testmod(numbers).failed == 0


@given(finite, st.integers(1, 6))
def test_scientific_reads_back_within_its_last_digit(value: float, digits: int) -> None:
    printed = float(numbers.scientific(value, digits))
    assert math.isclose(printed, value, rel_tol=0.5001 * 10.0 ** (1 - digits))


@given(finite)
def test_scientific_has_a_short_exponent(value: float) -> None:
    assert re.fullmatch(r"-?\d(\.\d+)?(e-?[1-9]\d*)?", numbers.scientific(value))


@given(finite, st.floats(0.0, 3.0), st.floats(0.0, 3.0))
def test_errors_share_the_exponent_of_the_value(value: float, first: float, second: float) -> None:
    text = numbers.with_errors(value, abs(value) * first, abs(value) * second)
    match = re.fullmatch(r"\(([-\d.]+) \+/- (<?[\d.]+) \+/- (<?[\d.]+)\)(?:e(-?\d+))?", text)
    assert match is not None, text
    scale = float(f"1e{match[4] or 0}")
    assert math.isclose(float(match[1]) * scale, value, rel_tol=0.0501)
    assert 1.0 <= abs(float(match[1])) <= 10.0
    for printed, wanted in ((match[2], first), (match[3], second)):
        if printed.startswith("<"):
            assert 0 < wanted * abs(value) < float(printed[1:]) * scale
        else:
            assert abs(float(printed) * scale - wanted * abs(value)) <= 0.0501 * scale


@pytest.mark.parametrize("exponent", range(-12, 13))
@pytest.mark.parametrize("mantissa", [1.0, 1.04, 9.94, 9.96, 9.999])
def test_the_truncated_logarithm_is_not_copied(mantissa: float, exponent: int) -> None:
    value = float(f"{mantissa}e{exponent}")
    assert float(numbers.scientific(value)) == pytest.approx(value, rel=0.05)
    assert 1 <= float(numbers.with_errors(value, value)[1:4]) < 10


@given(st.floats(0.0, 1.0))
def test_percent_never_claims_all(fraction: float) -> None:
    text = numbers.percent(fraction)
    assert (text == "100%") == (fraction == 1.0) or 100 * fraction == 100
    assert abs(float(text[:-1]) - 100 * fraction) <= 0.5


def test_what_is_not_a_number_is_refused() -> None:
    for value in (math.nan, math.inf):
        with pytest.raises(ValueError):
            numbers.scientific(value)


@given(st.floats(-1e4, 1e4))
def test_offsets_read_back(value: float) -> None:
    text = numbers.offset(value)
    assert text.startswith(("T0+", "T0-"))
    assert float(text[2:]) == pytest.approx(value, abs=0.00501)
