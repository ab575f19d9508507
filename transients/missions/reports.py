"""What the command line prints of times and responses: plain dictionaries with the unit in each key."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from astropy.time import Time

from schemas import Instant
from schemas.errors import RefusedInput

from .base import Mission, WindowTime
from .spectra import Spectrum
from .times import from_ijd, ijd, to_time

#: Time scales of a text that does not say; "auto" is UTC for ISO dates and TT for day counts, as both are used.
SCALES = ("auto", "utc", "tt", "tai", "tdb")
#: A bare day count below this is an IJD (up to 2049), from there on an MJD (from 1908).
_SMALLEST_MJD = 18_262.0
#: An IJD beyond this (2136) is a mistake.
_LARGEST_IJD = 49_718.0
_DAY_COUNT = re.compile(r"(?:(IJD|MJD)\s*)?([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)", re.ASCII | re.IGNORECASE)


def time_report(text: str, scale: str, mission: Mission) -> dict[str, Any]:
    """A time in every system, and the revolution it falls in.

    Parameters
    ----------
    text
        ISO date, IJD, MJD, or the id of a science window of the mission. A bare number below 18 262 is an IJD, from there on an
        MJD; "IJD 8538.5" or "MJD 60082.5" say which.
    scale
        "auto", "utc", "tt", "tai" or "tdb": the scale of an ISO date or MJD. An IJD is TT whatever this says.
    mission
        Gives revolution and phase; they are None for a mission that counts none.

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
    window = mission.science_window_time(stripped)
    if window is not None:
        return _window_report(window, mission)
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
        "revolution": None if turn is None else turn.number,
        "phase": None if turn is None else turn.phase,
        "phase_error": None if turn is None else turn.phase_error,
        "source": None if turn is None else turn.source,
    }


def _window_report(window: WindowTime, mission: Mission) -> dict[str, Any]:
    """A science window's time, which its id gives with an error."""
    return {
        **_report(window.time, mission),
        "phase_error": window.phase_error,
        "time_error_s": window.error_s,
        "source": window.source,
        "scw_id": window.id,
    }


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
