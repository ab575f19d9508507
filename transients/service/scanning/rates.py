"""The rates that a scan measured, read for the live search."""

from __future__ import annotations

from pathlib import Path

import msgspec

from schemas import OffTimeRates, from_json
from schemas.errors import ConfigurationError


def read_rates(path: Path, instrument: str, bin_s: float) -> OffTimeRates:
    """A scan's count of the excesses of one instrument.

    Raises
    ------
    ConfigurationError
        No such file, or one of another instrument or bin.
    """
    try:
        counted = from_json(path.read_bytes(), OffTimeRates)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError(f"no rates of a scan: {error}", where=str(path)) from error
    if (counted.instrument, counted.bin_s) != (instrument, bin_s):
        raise ConfigurationError(
            f"rates of {counted.instrument} in bins of {counted.bin_s:g} s, not of {instrument} in {bin_s:g} s", where=str(path)
        )
    return counted
