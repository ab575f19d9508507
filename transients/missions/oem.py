"""Orbit Ephemeris Messages (CCSDS 502.0-B, the text form, version 1 and 2): state vectors as agencies exchange them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from astropy.time import Time

from schemas import FloatArray
from schemas.errors import RefusedInput

from .orbit_table import OrbitTable
from .reference_frames import to_gcrs
from .times import ijd

#: Scales of time that astropy knows by the name CCSDS gives them.
_SCALES = {"UTC": "utc", "TT": "tt", "TDT": "tt", "TAI": "tai", "TDB": "tdb", "UT1": "ut1"}
#: GPS time is behind TAI by so many seconds.
_GPS_BEHIND_TAI_S = 19.0


@dataclass
class _Segment:
    """The lines of one segment, as they are read."""

    facts: dict[str, str] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    #: Variances of x, y and z in each covariance matrix, km^2.
    variances: list[float] = field(default_factory=list)


def is_oem(text: str) -> bool:
    """Whether the text calls itself an orbit ephemeris message."""
    return "CCSDS_OEM_VERS" in text[:2000]


def read_oem(text: str, name: str) -> tuple[OrbitTable, ...]:
    """One table for each segment.

    Raises
    ------
    RefusedInput
        Naming the file and what is wrong: no ephemeris, a centre other than the Earth, a frame or time system that is not known.
    """
    if not is_oem(text):
        raise RefusedInput("not an orbit ephemeris message", where=name)
    tables = tuple(_table(segment, name) for segment in _segments(text, name))
    if not tables:
        raise RefusedInput("an orbit ephemeris message without a segment", where=name)
    return tables


def _segments(text: str, name: str) -> Iterator[_Segment]:
    segment: _Segment | None = None
    part, matrix_row = "header", 0
    for line in (line.strip() for line in text.splitlines()):
        if not line or line.startswith("COMMENT"):
            continue
        if line == "META_START":
            if segment is not None:
                yield segment
            segment, part = _Segment(), "meta"
        elif line in ("META_STOP", "COVARIANCE_STOP"):
            part = "rows"
        elif line == "COVARIANCE_START":
            part = "covariance"
        elif segment is None:
            continue
        elif "=" in line:
            key, _, value = line.partition("=")
            matrix_row = 0
            if part == "meta":
                segment.facts[key.strip()] = value.strip()
        elif part == "covariance":
            matrix_row += 1
            if matrix_row <= 3:
                segment.variances.append(_number(line.split()[-1], name))
        elif part == "rows":
            segment.rows.append(line.split())
    if segment is not None:
        yield segment


def _table(segment: _Segment, name: str) -> OrbitTable:
    centre = segment.facts.get("CENTER_NAME", "")
    if centre.upper() != "EARTH":
        raise RefusedInput(f"positions about {centre or 'no named centre'}, not the Earth", where=name)
    if len(segment.rows) < 2:
        raise RefusedInput("a segment of fewer than two state vectors", where=name)
    widths = {len(row) for row in segment.rows}
    if not widths <= {7, 10}:
        raise RefusedInput(f"a state vector of {max(widths)} words, not an epoch and 6 or 9 numbers", where=name)
    time = epochs([row[0] for row in segment.rows], segment.facts.get("TIME_SYSTEM", ""), name)
    states = np.array([[_number(word, name) for word in row[1:7]] for row in segment.rows])
    place, velocity = to_gcrs(segment.facts.get("REF_FRAME", ""), time, states[:, :3], states[:, 3:], name)
    label = segment.facts.get("OBJECT_NAME") or segment.facts.get("OBJECT_ID", "")
    return OrbitTable(
        np.asarray(ijd(time)),
        place,
        f"state vectors of {label}".strip(),
        name,
        velocity,
        error_km=_error_km(segment.variances),
        usable_ijd=_usable(segment, time, name),
    )


def _usable(segment: _Segment, time: Time, name: str) -> tuple[float, float] | None:
    """What the maker allows to interpolate in; British and American spelling are both in the standard's history."""
    ends = [
        next((segment.facts[key] for key in (f"USEABLE_{end}_TIME", f"USABLE_{end}_TIME") if key in segment.facts), None)
        for end in ("START", "STOP")
    ]
    if ends == [None, None]:
        return None
    days, scale = np.asarray(ijd(time)), segment.facts.get("TIME_SYSTEM", "")
    given = [None if text is None else float(ijd(epochs([text], scale, name)[0])) for text in ends]
    first, last = float(days[0]) if given[0] is None else given[0], float(days[-1]) if given[1] is None else given[1]
    return first, last


def _error_km(variances: list[float]) -> float | None:
    """Root of the largest sum of the three variances: one sigma in space."""
    if not variances or len(variances) % 3:
        return None
    sums: FloatArray = np.array(variances).reshape(-1, 3).sum(axis=1)
    return float(np.sqrt(sums.max()))


def epochs(texts: list[str], system: str, name: str) -> Time:
    """Epochs as CCSDS writes them, calendar date or day of the year, in a time system.

    Raises
    ------
    RefusedInput
        For a time system or an epoch that cannot be read.
    """
    word = system.strip().upper()
    if word not in (*_SCALES, "GPS"):
        raise RefusedInput(f"epochs in a time system that is not known: {system!r}", where=name)
    plain = [text.removesuffix("Z") for text in texts]
    form = "isot" if plain[0].count("-") == 2 else "yday"
    if form == "yday":
        plain = [text.replace("-", ":", 1).replace("T", ":") for text in plain]
    try:
        if word == "GPS":
            seconds = _GPS_BEHIND_TAI_S / 86400.0
            behind = Time(plain, format=form, scale="tai")
            return Time(behind.jd1, behind.jd2 + seconds, format="jd", scale="tai")
        return Time(plain, format=form, scale=_SCALES[word])
    except ValueError as error:
        raise RefusedInput(f"an epoch that cannot be read: {error}", where=name) from error


def _number(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise RefusedInput(f"not a number: {text[:40]!r}", where=name) from error
    if not np.isfinite(value):
        raise RefusedInput(f"not a finite number: {text[:40]!r}", where=name)
    return value
