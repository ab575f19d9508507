"""Numbers as alerts print them: text, with blanks, units, infinities and overflow values among them."""

from __future__ import annotations

import math
from typing import Any

#: Seconds in a Julian year, for rates printed per year.
YEAR_S = 365.25 * 86400.0


def number(value: Any) -> float | None:
    """A finite float, or None: for text, numbers and anything else. Booleans are no numbers."""
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str) and not value.isascii():
        # float() reads the digits of every script.
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def positive(value: Any) -> float | None:
    """A finite float above zero, or None."""
    result = number(value)
    return result if result is not None and result > 0 else None


def integer(value: Any) -> int | None:
    """A whole number, or None."""
    result = number(value)
    return int(result) if result is not None and result == int(result) and abs(result) < 2**62 else None


def per_year_hz(value: Any) -> float | None:
    """A rate printed per (Julian) year, in Hz."""
    result = number(value)
    return result / YEAR_S if result is not None and result >= 0 else None


def probabilities(values: dict[str, Any]) -> dict[str, float]:
    """The entries that are finite numbers."""
    return {name: result for name, value in values.items() if (result := number(value)) is not None}


def celestial(ra: Any, dec: Any) -> tuple[float, float] | None:
    """A direction as printed: right ascension in [0, 360) (360 is 0), declination in [-90, 90], degrees; or None."""
    ra_deg, dec_deg = number(ra), number(dec)
    if ra_deg is None or dec_deg is None or not (0 <= ra_deg <= 360 and -90 <= dec_deg <= 90):
        return None
    return ra_deg % 360.0, dec_deg
