"""The Sun's X-ray flux as GOES measures it, in the JSON form of NOAA's Space Weather Prediction Center."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

from schemas import Instant
from schemas.errors import RefusedInput

from .clock import shift

#: The band that flares are classed by, as the form names it.
BAND = "0.1-0.8nm"
#: Least flux of each class, W m^-2.
CLASSES = (("A", 1e-8), ("B", 1e-7), ("C", 1e-6), ("M", 1e-5), ("X", 1e-4))
#: No flare ever measured came near to this, W m^-2.
_MOST_W_M2 = 1.0
#: Points may be this much later than now: clocks differ, and minutes are told by their end, s.
_FUTURE_S = 180.0


@dataclasses.dataclass(frozen=True)
class XrayFlux:
    """Flux in the band of the flare classes, minute by minute."""

    satellite: int
    #: (when, W m^-2), in time order; minutes without a measurement are absent.
    points: tuple[tuple[Instant, float], ...]


def flare_class(flux_w_m2: float) -> str:
    """The class of a flux, cut to a tenth: 2.34e-6 W m^-2 is "C2.3"."""
    letter, least = next((pair for pair in reversed(CLASSES) if flux_w_m2 >= pair[1]), CLASSES[0])
    # A hair is added: 2.3e-6 / 1e-6 is 2.2999999999999998 in binary.
    return f"{letter}{math.floor(10 * flux_w_m2 / least + 1e-9) / 10:.1f}"


def read_xray_flux(content: bytes, name: str, now: Instant) -> XrayFlux:
    """Read a list of {"time_tag", "satellite", "flux", "energy"}; of two satellites the one with the newest point.

    Raises
    ------
    RefusedInput
        Naming the entry and what is wrong with it.
    """
    try:
        rows = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RefusedInput(f"no JSON: {error}", where=name) from error
    if not isinstance(rows, list):
        raise RefusedInput("not a list of measurements", where=name)
    found: dict[int, dict[Instant, float]] = {}
    latest = shift(now, _FUTURE_S)
    for index, row in enumerate(rows):
        try:
            read = _row(row)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise RefusedInput(f"entry {index} is no measurement: {error!r:.120}", where=name) from error
        if read is None:
            continue
        satellite, at, flux = read
        if at > latest:
            raise RefusedInput(f"entry {index} is of the future: {at.iso}", where=name)
        found.setdefault(satellite, {})[at] = flux
    if not found:
        raise RefusedInput(f"no measurement of {BAND} in {len(rows)} entries", where=name)
    satellite, points = max(found.items(), key=lambda item: max(item[1]))
    return XrayFlux(satellite, tuple(sorted(points.items())))


def _row(row: Any) -> tuple[int, Instant, float] | None:
    """Satellite, time and flux; None for another band, and for a minute without a measurement."""
    if not isinstance(row, dict):
        raise TypeError("not an object")
    if str(row["energy"]).replace(" ", "") != BAND:
        return None
    flux = row["flux"]
    if flux is None:
        return None
    if isinstance(flux, bool) or not isinstance(flux, int | float) or not math.isfinite(flux) or flux > _MOST_W_M2:
        raise ValueError(f"flux {flux!r}")
    # Fill values are 0 or negative.
    return None if flux <= 0 else (int(row["satellite"]), Instant.parse(str(row["time_tag"])), float(flux))
