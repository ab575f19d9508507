"""What the command line prints of times and responses: plain dictionaries with the unit in each key."""

from __future__ import annotations

import re
from typing import Any

import astropy.units as u
import numpy as np
from astropy.time import Time

from schemas import Instant
from schemas.errors import NoData, RefusedInput

from ..base import Mission
from ..spectra import Spectrum
from ..times import from_ijd, ijd, to_time
from .revolutions import perigee_error_h
from .scw import parse_science_window

#: Time scales of a text that does not say; "auto" is UTC for ISO dates and TT for day counts, as both are used.
SCALES = ("auto", "utc", "tt", "tai", "tdb")
#: A bare day count below this is an IJD (up to 2049), from there on an MJD (from 1908).
_SMALLEST_MJD = 18_262.0
#: An IJD beyond this (2136) is a mistake.
_LARGEST_IJD = 49_718.0
#: Hours per pointing number since the first data, from six recorded science windows: 0.45 to 1.03.
_POINTING_H, _POINTING_SPREAD_H = 0.75, 0.30
_DAY_COUNT = re.compile(r"(?:(IJD|MJD)\s*)?([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)", re.ASCII | re.IGNORECASE)


def time_report(text: str, scale: str, mission: Mission) -> dict[str, Any]:
    """A time in every system, and the revolution it falls in.

    Parameters
    ----------
    text
        ISO date, IJD, MJD, or science window id. A bare number below 18 262 is an IJD, from there on an MJD; "IJD 8538.5" or
        "MJD 60082.5" say which.
    scale
        "auto", "utc", "tt", "tai" or "tdb": the scale of an ISO date or MJD. An IJD is TT whatever this says.
    mission
        Gives revolution and phase.

    Returns
    -------
    dict
        utc, ijd, mjd_tt, revolution, phase, phase_error, source; for a science window also time_error_s.

    Raises
    ------
    RefusedInput
        For a text that is none of these.
    NoData
        For an instant before the mission.
    """
    if scale not in SCALES:
        raise RefusedInput(f"a time scale is one of {', '.join(SCALES)}", where=repr(scale))
    stripped = text.strip()
    if re.fullmatch(r"\d{12}(\.\d{3})?", stripped, re.ASCII):
        return _window_report(stripped, mission)
    match = _DAY_COUNT.fullmatch(stripped)
    if match is None:
        return _report(_read_date(stripped, scale), mission)
    # A day count in a double is good to a microsecond, so no more is printed.
    return _report(_read_day_count(float(match[2]), (match[1] or "").upper(), scale, stripped), mission, digits=6)


def _report(time: Time, mission: Mission, digits: int = 9) -> dict[str, Any]:
    turn = mission.revolution(time)
    return {
        "utc": Instant.parse(Time(time.utc, format="isot", precision=digits).value).iso,
        "ijd": ijd(time),
        "mjd_tt": float(time.tt.mjd),
        "revolution": turn.number,
        "phase": turn.phase,
        "phase_error": turn.phase_error,
        "source": turn.source,
    }


def _window_report(text: str, mission: Mission) -> dict[str, Any]:
    """A science window's time, from its pointing's number and the mean time per pointing: hours of error, and said so."""
    window = parse_science_window(text)
    expected = mission.data_window(window.revolution) if window.revolution > 0 else None
    if expected is None:
        raise NoData(f"INTEGRAL has no revolution {window.revolution}", where=text)
    start, stop = to_time(expected.start), to_time(expected.stop)
    time = min(start + _POINTING_H * window.pointing * u.h, stop)
    error_h = perigee_error_h(window.revolution) + _POINTING_SPREAD_H * window.pointing + 1.0
    report = _report(time, mission)
    period_h = (mission.perigee(window.revolution + 1) - mission.perigee(window.revolution)).to_value(u.h)
    report["phase_error"] = float(error_h / period_h)
    report["time_error_s"] = 3600 * error_h
    report["source"] = f"approximate, from the number of the pointing and the {report['source']}"
    report["scw_id"] = window.id
    return report


def _read_date(text: str, scale: str) -> Time:
    try:
        instant = Instant.parse(text if "T" in text or " " in text else f"{text}T00:00:00")
    except ValueError as error:
        raise RefusedInput("not a time: an ISO date, an IJD, an MJD or a science window id", where=repr(text)) from error
    if scale in ("auto", "utc"):
        return to_time(instant)
    return Time(instant.iso, format="isot", scale=scale)


def _read_day_count(value: float, system: str, scale: str, text: str) -> Time:
    if not system:
        system = "IJD" if value < _SMALLEST_MJD else "MJD"
    if system == "IJD":
        if not 0 <= value < _LARGEST_IJD:
            raise RefusedInput("an IJD lies between 0 and 49718", where=repr(text))
        return from_ijd(value)
    if not _SMALLEST_MJD <= value < 100_000:
        raise RefusedInput("an MJD lies between 18262 and 100000", where=repr(text))
    return Time(value, format="mjd", scale="tt" if scale == "auto" else scale)


def response_report(
    theta_deg: float, phi_deg: float, instrument: str, spectrum: str | Spectrum, mission: Mission
) -> dict[str, Any]:
    """One direction's response.

    Returns
    -------
    dict
        fluence_per_count_erg_cm2, percent_of_best, word, model_residual_percent, and what they are of: instrument, spectrum,
        theta_deg, phi_deg, source, version.

    Raises
    ------
    RefusedInput
        For theta outside 0 to 180, an angle that is not finite, or a spectrum that cannot be read.
    NotFound
        For an instrument without response.
    """
    if not (0 <= theta_deg <= 180 and np.isfinite(phi_deg)):
        raise RefusedInput(f"theta lies between 0 and 180 deg and phi is finite, not {theta_deg}, {phi_deg}")
    theta, phi = np.radians(theta_deg), np.radians(phi_deg)
    model = mission.response
    percent = float(model.percent_of_best(instrument, spectrum, theta, phi))
    return {
        "instrument": instrument,
        "spectrum": spectrum if isinstance(spectrum, str) else spectrum.name,
        "theta_deg": theta_deg,
        "phi_deg": phi_deg,
        "fluence_per_count_erg_cm2": float(model.fluence_per_count(instrument, spectrum, theta, phi)),
        "percent_of_best": percent,
        "word": model.word(percent),
        "model_residual_percent": model.residual_percent(instrument, spectrum),
        "source": model.source,
        "version": model.version,
    }
