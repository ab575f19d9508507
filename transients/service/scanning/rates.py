"""The rates that a scan measured, read for the live search."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from schemas.errors import ConfigurationError
from transients.search.excess_rates import ExcessRates


class _Table(msgspec.Struct):
    mission: str
    instrument: str
    bin_s: float
    searched_s: float
    threshold_snr: float
    scale_s: list[float]
    excesses: list[list[int]]
    over_white_noise: list[float]
    over_published_spikes: float


class _File(msgspec.Struct):
    rates: list[_Table]


def read_rates(path: Path, mission: str, instrument: str, bin_s: float) -> ExcessRates:
    """The rates of one instrument from a scan's rates.json.

    Raises
    ------
    ConfigurationError
        No such file, or none of that instrument and bin in it.
    """
    try:
        tables = msgspec.json.decode(path.read_bytes(), type=_File).rates
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError(f"no rates of a scan: {error}", where=str(path)) from error
    for table in tables:
        if (table.mission, table.instrument, table.bin_s) == (mission, instrument, bin_s):
            return ExcessRates(
                scale_s=np.array(table.scale_s),
                factor=np.array(table.over_white_noise),
                counted=np.array([sum(row) for row in table.excesses], dtype=np.int64),
                searched_s=table.searched_s,
                threshold_snr=table.threshold_snr,
                spike_factor=table.over_published_spikes,
            )
    raise ConfigurationError(f"no rates of {mission} {instrument} in bins of {bin_s:g} s", where=str(path))
