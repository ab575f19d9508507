"""Values of GCN's text notices: numbers before their units, positions in three equinoxes, dates and times of day."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,3}(?!\d))?", re.ASCII)
_HEX = re.compile(r"0x([0-9a-fA-F]{1,8})\b", re.ASCII)
_UNIT = re.compile(r"\[([^\[\]]*)\]")
#: "103.7861d {+06h 55m 09s} (J2000)"; the sign of the braces is that of the whole angle.
_ANGLE = re.compile(r"([+-]?\d{1,9}(?:\.\d{0,40})?)\s*d\b(?:[^{\n]*\{\s*([+-]?)\s*(\d+)\s*[hd])?", re.ASCII)
_TJD = re.compile(r"(\d{1,9})\s*TJD", re.ASCII)
_DATE = re.compile(r"(?<![\d/])(\d{4}|\d{2})/(\d{1,2})/(\d{1,2})(?![\d/])", re.ASCII)
_SECOND = re.compile(r"(-?\d{1,9}(?:\.\d{0,20})?)\s*SOD", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2}(?:\.\d{0,20})?)", re.ASCII)
#: "Tue 18 Nov 25 19:02:20 UT".
_ISSUED = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}|\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Arcminutes and arcseconds of a radius, and what they are in degrees.
_RADII = (("arcmin", Decimal(60)), ("arcsec", Decimal(3600)))


def number_of(text: str) -> str | None:
    """The first number of a value, as printed: "4.2 [sigma]" is "4.2", "0,1,0, 0" is "0"."""
    match = _NUMBER.search(text)
    return match[0] if match else None


def numbers_of(text: str) -> tuple[str, ...]:
    """Every number of a value, as printed, units left out, a range's dash taken for none: "3-4 [chan]   47-291 [keV]" has four."""
    return tuple(_NUMBER.findall(re.sub(r"(?<=\d)-(?=\d)|\[[^\[\]]*\]", " ", text)))


def unit_of(text: str) -> str:
    """The first unit in brackets: "96.63 [TeV]" is "TeV"; words in brackets ("range is 0.0-1.0") are no unit."""
    match = _UNIT.search(text)
    return match[1].strip() if match and " " not in match[1].strip() else ""


def bits_of(text: str) -> str | None:
    """The first hexadecimal word, "0x10"."""
    match = _HEX.search(text)
    return match[0] if match else None


def angle_of(text: str) -> tuple[str, bool] | None:
    """An angle in degrees of J2000, and whether its sign was had from the sexagesimal form beside it, which says otherwise.

    Three lines give J2000, the current equinox and 1950; the line that names J2000 counts, else the first.
    """
    parts = re.split(r"\n|(?<=\)),", text)
    part = next((p for p in parts if "2000" in p), parts[0])
    match = _ANGLE.search(part)
    if match is None:
        plain = number_of(part)
        return (plain, False) if plain is not None else None
    degrees, sign = match[1], match[2] or ""
    if sign == "-" and not degrees.startswith("-") and abs(Decimal(degrees)) > 0:
        return f"-{degrees.lstrip('+')}", True
    return degrees.lstrip("+"), False


def radius_deg(text: str) -> str | None:
    """A radius in degrees: "69.22 [arcmin radius, …]" is "1.153667". A radius without a unit is in degrees."""
    printed, bracket = number_of(text), _UNIT.search(text)
    unit = bracket[1] if bracket else ""
    if printed is None:
        return None
    parts = next((count for word, count in _RADII if word in unit), None)
    return printed if parts is None else f"{Decimal(printed) / parts:.6f}"


def time_of(date: str, time: str) -> tuple[str | None, str | None, str | None]:
    """(ISO time, truncated Julian day, second of day) of a date and a time as printed; each None where it is not there.

    "20412 TJD;   103 DOY;   24/04/12 (yy/mm/dd)" and "20026 SOD {05:33:46.89} UT": the clock in braces is the finer one.
    """
    day, second = _TJD.search(date), _SECOND.search(time)
    calendar, clock = _DATE.search(date), _CLOCK.search(time)
    iso = None
    if calendar and clock:
        iso = f"{_year(calendar[1])}-{int(calendar[2]):02d}-{int(calendar[3]):02d}T{int(clock[1]):02d}:{clock[2]}:{clock[3]}"
    return iso, day[1] if day else None, second[1] if second else None


def issued_of(text: str) -> str | None:
    """When the notice was written: "Tue 18 Nov 25 19:02:20 UT" as an ISO time."""
    match = _ISSUED.search(text)
    if match is None or match[2] not in _MONTHS:
        return None
    return f"{_year(match[3])}-{_MONTHS.index(match[2]) + 1:02d}-{int(match[1]):02d}T{match[4]}"


def _year(text: str) -> str:
    """A year of two digits is of this century, unless GCN was not there yet."""
    return text if len(text) == 4 else f"{'19' if text >= '90' else '20'}{text}"
