"""Classic notices that a converter has made plain JSON of: as the VOEvents they were.

CALET's alone can be read: the converter's other results keep neither a mission nor an identity.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .vodocument import Param, Position, VOEvent, voevent_of

_CALET_FLT_LC = "160"
#: Keys of the converter and the parameters they were.
_NUMBERS: Mapping[str, tuple[str, str]] = {
    "rate_snr": ("SIGNIFICANCE", "sigma"), "rate_duration": ("FOREGND_DUR", "sec"), "background_duration": ("BACKGND_DUR1", "sec"),
    "longitude": ("SC_LON", "deg"), "latitude": ("SC_LAT", "deg"),
}  # fmt: skip
#: Detectors; the second one's name is misspelt by the converter.
_DETECTORS = {"HXM1": "HMX1", "HMX1": "HMX1", "HXM2": "HMX2", "HMX2": "HMX2", "SGM": "SGM"}


def is_converted(value: Mapping[str, Any]) -> bool:
    """Whether this is CALET's notice as the converter writes it."""
    named = value.get("mission") == "CALET" and value.get("instrument") == "GBM"
    return named and "$schema" not in value and isinstance(value.get("trigger_time"), str)


def read_converted(value: Mapping[str, Any]) -> VOEvent:
    """Read a converted notice; every value is kept under its key too."""
    more = {f"JSON/{key}": _printed(item) for key, item in value.items() if not isinstance(item, dict | list)}
    ra, dec = _printed(value.get("ra")), _printed(value.get("dec"))
    return voevent_of(
        _params(value), iso_time=value["trigger_time"], position=Position(ra, dec, "0.0") if ra and dec else None, more=more
    )


def _params(value: Mapping[str, Any]) -> Iterator[Param]:
    yield Param("", "Packet_Type", _CALET_FLT_LC)
    yield Param("", "Coords_Type", "2", "dn")
    ids = value.get("id")
    first = ids[0] if isinstance(ids, list) and ids else ids
    if isinstance(first, str | int):
        yield Param("", "TrigID", _printed(first))
    for key, (name, unit) in _NUMBERS.items():
        if isinstance(value.get(key), int | float):
            yield Param("", name, _printed(value[key]), unit)
    band = value.get("rate_energy_range")
    if isinstance(band, list) and len(band) == 2:
        yield Param("", "E_BAND_LO_E", _printed(band[0]), "keV")
        yield Param("", "E_BAND_HI_E", _printed(band[1]), "keV")
    states = value.get("detector_status")
    for name, state in states.items() if isinstance(states, dict) else ():
        if name in _DETECTORS:
            yield Param("Misc", f"{_DETECTORS[name]}_participated", "true" if state == "triggered" else "false")
    if isinstance(value.get("url"), str):
        yield Param("", "Light_Curve", value["url"])


def _printed(value: Any) -> str:
    """A scalar as JSON prints it; null is empty."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
