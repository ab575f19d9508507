"""Numbers as a circular prints them: plain ASCII, rounded once, exponents taken from the rounded text."""

from __future__ import annotations

import math


def scientific(value: float, digits: int = 2) -> str:
    """Print a number with `digits` significant digits and a short exponent: "1.8e-7", "4.6e47", "0".

    The exponent comes from the rounded decimal text, never from a truncated logarithm, which is wrong by ten below 1 and
    at 9.99 (old circulars carry such tables).

    Examples
    --------
    >>> scientific(1.8e-7), scientific(9.99e-8), scientific(4.6e47)
    ('1.8e-7', '1.0e-7', '4.6e47')

    Raises
    ------
    ValueError
        If the number is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"a circular cannot print {value}")
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return mantissa if int(exponent) == 0 else f"{mantissa}e{int(exponent)}"


def exponent_of(value: float, digits: int = 2) -> int:
    """Decimal exponent of a number once rounded to `digits` significant digits; 0 for 0.

    Examples
    --------
    >>> exponent_of(9.99e-8), exponent_of(9.9e-8), exponent_of(-250.0)
    (-7, -8, 2)
    """
    return 0 if value == 0 else int(f"{value:.{digits - 1}e}".split("e")[1])


def with_errors(value: float, *errors: float) -> str:
    """Print a value with its errors under one exponent, that of the value: "(2.1 +/- 0.3 +/- 0.5)e-7".

    One decimal, or two where an error would else print as zero; an error smaller still prints as "<0.01".

    Examples
    --------
    >>> with_errors(2.1e-7, 3.0e-8, 5.2e-8)
    '(2.1 +/- 0.3 +/- 0.5)e-7'
    >>> with_errors(9.99e-8, 1e-8)
    '(1.0 +/- 0.1)e-7'
    >>> with_errors(1.21e-4, 4e-8)
    '(1.21 +/- <0.01)e-4'
    """
    power = exponent_of(value)
    scaled = [_scaled(x, power) for x in errors]
    decimals = 1 if all(x == 0 or x >= 0.05 for x in scaled) else 2
    least = 10.0**-decimals
    parts = [f"{_scaled(value, power):.{decimals}f}"]
    parts += [f"<{least:.{decimals}f}" if 0 < x < 0.5 * least else f"{x:.{decimals}f}" for x in scaled]
    text = " +/- ".join(parts)
    return f"({text})" if power == 0 else f"({text})e{power}"


def _scaled(value: float, power: int) -> float:
    # Shifting the decimal exponent in text is exact where dividing by 10**power is not.
    mantissa, exponent = f"{value:.17e}".split("e")
    return float(f"{mantissa}e{int(exponent) - power}")


def seconds(value: float, decimals: int = 2) -> str:
    """Print a duration or an offset in seconds without trailing zeros: "0.05", "8", "-12.35".

    Examples
    --------
    >>> seconds(8.0), seconds(0.05), seconds(-0.001)
    ('8', '0.05', '0')
    """
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def offset(value: float, decimals: int = 2) -> str:
    """Print a time from T0: "T0+0.46", "T0-12.3"."""
    text = seconds(value, decimals)
    return f"T0{text}" if text.startswith("-") else f"T0+{text}"


def percent(fraction: float) -> str:
    """Print a fraction as percent: one decimal below 10 % and from 99 % on, none between. Only all of it is "100%".

    Examples
    --------
    >>> percent(0.013), percent(0.644), percent(0.9996), percent(1.0)
    ('1.3%', '64%', '99.9%', '100%')
    """
    value = 100 * fraction
    if value >= 100:
        return f"{value:.0f}%"
    if value >= 99:
        return f"{math.floor(10 * value) / 10:.1f}%"
    return f"{value:.1f}%" if round(value, 1) < 10 else f"{value:.0f}%"


def significance(snr: float) -> str:
    """Print a signal-to-noise ratio: one decimal, none from 100 on.

    Examples
    --------
    >>> significance(4.62), significance(2600.0)
    ('4.6', '2600')
    """
    return f"{snr:.1f}" if snr < 99.95 else f"{snr:.0f}"


def probability(value: float) -> str:
    """Print a probability: plain above 0.001, scientific below; never more than 1 without saying so.

    The published method's figure is a rate times a window, so it can exceed 1: that is printed as ">1".

    Examples
    --------
    >>> probability(0.0213), probability(2.5e-5), probability(1.7), probability(0.0)
    ('0.021', '2.5e-5', '>1', '0')
    """
    if value > 1:
        return ">1"
    return f"{value:.2g}" if value >= 0.001 else scientific(value)
