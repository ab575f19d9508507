"""The services' replies that are no light curves, read once into records. Each raises RefusedInput naming the address."""

from __future__ import annotations

import math
from typing import Any, Literal

from schemas import Attitude, DataExpectation, Instant, OrbitState, Pointing, RevolutionWindow
from schemas.errors import RefusedInput

from ..missions.bodies import EARTH_RADIUS_KM
from .clock import from_ijd
from .refusals import refusal

#: The attitude of a service: its axes are printed to 1e-3 deg at the least.
_ATTITUDE_ERROR_DEG = 0.01


def _numbers(line: str) -> list[float] | None:
    try:
        numbers = [float(word) for word in line.split()]
    except ValueError:
        return None
    return numbers if all(math.isfinite(number) for number in numbers) else None


def _rows(text: str) -> list[list[float]]:
    """Lines of numbers, whatever quotes, <br> and comments are about them."""
    plain = text.strip().strip('"').replace("\\n", "\n").replace("<br>", "\n").replace("<br/>", "\n")
    rows = [_numbers(line) for line in plain.splitlines() if line.strip() and not line.strip().startswith("#")]
    return [row for row in rows if row]


def _direction(ra_deg: float, dec_deg: float, address: str) -> tuple[float, float]:
    if not (-360.0 <= ra_deg <= 360.0 and -90.0 <= dec_deg <= 90.0):
        raise RefusedInput(f"not a direction: {ra_deg}, {dec_deg}", where=address)
    return ra_deg % 360.0, dec_deg


def attitude_from_text(text: str, at: Instant, address: str, simulated: bool) -> Attitude:
    """`#spacecraft X(RA,DEC) Z(RA,DEC)` and four numbers."""
    rows = [row for row in _rows(text) if len(row) == 4]
    if not rows:
        raise refusal(text, address, "an attitude")
    return _attitude((rows[0][0], rows[0][1]), (rows[0][2], rows[0][3]), at, address, simulated)


def _attitude(x: tuple[float, float], z: tuple[float, float], at: Instant, address: str, simulated: bool) -> Attitude:
    x, z = _direction(*x, address), _direction(*z, address)
    return Attitude(
        at=at,
        x_ra_deg=x[0],
        x_dec_deg=x[1],
        z_ra_deg=z[0],
        z_dec_deg=z[1],
        source="simulated" if simulated else "service",
        error_deg=_ATTITUDE_ERROR_DEG,
        roll_error_deg=_ATTITUDE_ERROR_DEG,
    )


def orbit_from_text(text: str, at: Instant, address: str, simulated: bool) -> OrbitState:
    """`RA Dec km`, then perhaps half widths and accuracy, on the same line or the next."""
    numbers = [number for row in _rows(text) for number in row]
    if len(numbers) < 3:
        raise refusal(text, address, "an ephemeris")
    error = numbers[5] if len(numbers) >= 6 else None
    return _orbit(numbers[0], numbers[1], numbers[2], error, at, address, simulated)


def _orbit(ra: float, dec: float, km: float, error_km: float | None, at: Instant, address: str, simulated: bool) -> OrbitState:
    ra, dec = _direction(ra, dec, address)
    if not EARTH_RADIUS_KM < km < 500_000.0:
        raise RefusedInput(f"not a distance from Earth's centre: {km} km", where=address)
    source = "simulated" if simulated else "service"
    return OrbitState(at=at, ra_deg=ra, dec_deg=dec, distance_km=km, source=source, error_km=error_km)


def spacecraft_from_json(document: Any, at: Instant, address: str, simulated: bool) -> tuple[Attitude, OrbitState]:
    """scx, scz and ephs of the spacecraft service; its own angles and bodies are not used."""
    try:
        x = (float(document["scx"]["ra"]), float(document["scx"]["dec"]))
        z = (float(document["scz"]["ra"]), float(document["scz"]["dec"]))
        ephs = document["ephs"]
        place = (float(ephs["ra"]), float(ephs["dec"]), float(ephs["alt"]))
    except (KeyError, TypeError, ValueError) as error:
        raise refusal(str(document)[:400], address, "axes and ephemeris of the spacecraft") from error
    return _attitude(x, z, at, address, simulated), _orbit(*place, None, at, address, simulated)


def pointings_from_columns(document: Any, address: str) -> tuple[Pointing, ...]:
    """Science windows from a dict of columns."""
    try:
        kinds = document.get("SW_TYPE") or [_KIND_BY_DIGIT[str(swid)[11]].upper() for swid in document["SWID"]]
        good = document.get("GOOD_ISGRI") or [None] * len(document["SWID"])
        rows = zip(
            document["SWID"],
            document["RA_SCX"],
            document["DEC_SCX"],
            document["RA_SCZ"],
            document["DEC_SCZ"],
            document["TSTART"],
            document["TSTOP"],
            kinds,
            good,
            strict=True,
        )
        return tuple(_pointing(*row) for row in rows)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise refusal(str(document)[:400], address, f"a table of science windows ({error})") from error


_KIND_BY_DIGIT = {"0": "pointing", "1": "slew", "2": "engineering"}


def _pointing(
    swid: str, x_ra: float, x_dec: float, z_ra: float, z_dec: float, start: float, stop: float, kind: str, good_s: float | None
) -> Pointing:
    if not (len(swid) >= 12 and swid[:12].isdigit() and stop > start):
        raise ValueError(f"not a science window: {swid!r}")
    word: Literal["pointing", "slew", "engineering"] = {"POINTING": "pointing", "SLEW": "slew"}.get(kind.upper(), "engineering")  # type: ignore[assignment]
    return Pointing(
        scw_id=swid[:12],
        kind=word,
        start=from_ijd(start),
        stop=from_ijd(stop),
        x_ra_deg=float(x_ra),
        x_dec_deg=float(x_dec),
        z_ra_deg=float(z_ra),
        z_dec_deg=float(z_dec),
        live_fraction=None if good_s is None else min(float(good_s) / ((stop - start) * 86400.0), 1.0),
    )


def expectation_from_prophecy(document: Any, at: Instant, address: str) -> DataExpectation:
    """[sentence, {prevrev, thisrev, nextrev, last_data_utc, next_data_utc, expected_data_status}]."""
    try:
        sentence, facts = document
        status = facts["expected_data_status"]
        if status not in ("ONLINE", "OFFLINE"):
            raise ValueError(f"status {status!r}")
        return DataExpectation(
            at=at,
            status=status,
            previous=_window(facts["prevrev"]),
            this=_window(facts["thisrev"]),
            next=_window(facts["nextrev"]),
            last_data=Instant.parse(facts["last_data_utc"]) if facts.get("last_data_utc") else None,
            next_data=Instant.parse(facts["next_data_utc"]) if facts.get("next_data_utc") else None,
            source="service",
            sentence=str(sentence),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedInput(f"not a prophecy: {error}", where=address) from error


def _window(facts: Any) -> RevolutionWindow:
    return RevolutionWindow(number=int(facts["num"]), start=Instant.parse(facts["start"]), stop=Instant.parse(facts["stop"]))
