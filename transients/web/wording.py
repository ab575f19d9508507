"""Numbers and times as people read them. Unknown is always the same dash, never an empty cell."""

from __future__ import annotations

import datetime as dt
import math

from schemas import Instant

UNKNOWN = "–"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_DAY_S = 86400.0
_STEPS = (
    (1.0, "s", 120.0),
    (60.0, "min", 7200.0),
    (3600.0, "h", 2 * _DAY_S),
    (_DAY_S, "d", 730 * _DAY_S),
    (365.25 * _DAY_S, "yr", math.inf),
)


def number(value: float | None, digits: int = 3, unit: str = "") -> str:
    """A number to `digits` significant digits, in powers of ten where plain figures would mislead.

    >>> number(2.13e-7, 2, "erg cm⁻²")
    '2.1 × 10⁻⁷ erg cm⁻²'
    >>> number(90650.2, 5), number(0.0), number(None)
    ('90650', '0', '–')
    """
    if value is None:
        return UNKNOWN
    if value == 0:
        text = "0"
    elif 1e-3 <= abs(value) < 1e6:
        decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
        text = f"{value:.{decimals}f}"
    else:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        text = f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    return f"{text} {unit}".rstrip()


def percent(fraction: float | None, decimals: int = 1) -> str:
    """A fraction 0…1 as percent.

    >>> percent(0.013)
    '1.3 %'
    """
    return UNKNOWN if fraction is None else f"{100 * fraction:.{decimals}f} %"


def duration(seconds: float | None) -> str:
    """A span in the unit that reads best.

    >>> duration(66.0), duration(4320.0), duration(2185920.0), duration(1e8)
    ('66 s', '72 min', '25.3 d', '3.2 yr')
    """
    if seconds is None:
        return UNKNOWN
    size = abs(seconds)
    scale, unit = next((scale, unit) for scale, unit, below in _STEPS if size < below)
    value = seconds / scale
    return f"{value:.0f} {unit}" if unit in ("s", "min") else f"{value:.1f} {unit}"


def age(then: Instant | None, now: dt.datetime) -> str:
    """How long ago, or how soon."""
    if then is None:
        return UNKNOWN
    seconds = (now - then.to_datetime()).total_seconds()
    return f"{duration(seconds)} ago" if seconds >= 0 else f"in {duration(-seconds)}"


def size(count: int) -> str:
    """Bytes for people.

    >>> size(512), size(20480)
    ('512 B', '20.5 kB')
    """
    if count < 1000:
        return f"{count} B"
    return f"{count / 1e3:.1f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"
