"""The catalogue of a scan as a FITS table."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from astropy.io import fits

from schemas import Candidate, FloatArray, Instant, ScanRun, Spike
from schemas.errors import RefusedInput
from transients.missions import ijd, seconds_since, to_time

#: Its name in the scan's folder.
CATALOGUE = "candidates.fits"
#: Attribute of a candidate, column, unit.
_NUMBERS = (
    ("duration_s", "DURATION", "s"),
    ("counts", "COUNTS", "count"),
    ("background_cts_s", "BACKGROUND", "count/s"),
    ("snr", "SNR", None),
    ("far_hz", "FAR", "Hz"),
    ("far_relative_error", "FAR_RERR", None),
    ("spike_probability", "P_SPIKE", None),
)
#: Text attributes, column, width.
_TEXTS = (("classification", "CLASS", 8), ("mission", "MISSION", 16), ("instrument", "INSTRUMENT", 24), ("tier", "TIER", 10))
_NAN = float("nan")


def write_catalogue(path: Path, candidates: Sequence[Candidate], run: ScanRun) -> None:
    """Write a scan's candidates, a row each, with what made them in the header. Columns: docs/scan.md."""
    spikes = [each.spike or Spike(likely=False, log_ratio=0.0, bins=0) for each in candidates]
    shown = np.array([each.spike is not None for each in candidates], dtype=bool)
    columns = [
        _text("START", [each.start.iso for each in candidates], 29),
        fits.Column("IJD", "D", "d", array=_ijd([each.start for each in candidates])),
        _text("PEAK", [each.peak.iso for each in candidates], 29),
        *(fits.Column(name, "D", unit, array=_numbers(candidates, field)) for field, name, unit in _NUMBERS),
        fits.Column("SPIKE_LR", "D", array=np.where(shown, [spike.log_ratio for spike in spikes], _NAN) if len(spikes) else []),
        fits.Column("SATURATED", "L", array=np.array([each.saturated for each in candidates], dtype=bool)),
        *(_text(name, [getattr(each, field) for each in candidates], width) for field, name, width in _TEXTS),
        _text("FRAME", [each.time_frame for each in candidates], 10),
        fits.Column("SIMULATED", "L", array=np.array([each.simulated for each in candidates], dtype=bool)),
        _text("SOURCE", [each.source for each in candidates], max([8, *(len(each.source) for each in candidates)])),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="CANDIDATES")
    header = table.header
    header["TIMESYS"] = "UTC"
    header["SCANID"] = run.scan_id[:64]
    header["CREATOR"] = f"transients {run.version}, engine {run.parameters['engine']}"
    header["FILES"] = (run.files, "files searched")
    header["NBROKEN"] = (len(run.broken), "files that could not be read")
    header["NBINS"] = (run.bins, "bins searched")
    header["LIVETIME"] = (run.live_s, "[s] time with data")
    header["SIMULATD"] = (run.simulated, "not an observation" if run.simulated else "an observation")
    for name, value in run.parameters.items():
        header.add_history(f"{name} = {value}")
    part = path.with_suffix(f".{os.getpid()}.part")
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(part, overwrite=True)
    part.replace(path)


def _text(name: str, values: Sequence[str], width: int) -> fits.Column:
    return fits.Column(name, f"{width}A", array=np.array(values, dtype=f"U{width}"))


def _numbers(candidates: Sequence[Candidate], field: str) -> FloatArray:
    values = (getattr(each, field) for each in candidates)
    return np.array([_NAN if value is None else value for value in values], dtype=np.float64)


def _ijd(instants: Sequence[Instant]) -> FloatArray:
    if len(instants) == 0:
        return np.zeros(0)
    first = instants[0]
    return np.asarray(float(ijd(to_time(first))) + seconds_since(instants, first) / 86_400.0, dtype=np.float64)


def read_catalogue(path: Path) -> list[Candidate]:
    """The candidates of a catalogue.

    Raises
    ------
    RefusedInput
        No such table.
    """
    try:
        with fits.open(path, memmap=False) as hdus:
            version = str(hdus["CANDIDATES"].header["CREATOR"]).removeprefix("transients ")
            return [_candidate(row, version) for row in hdus["CANDIDATES"].data]
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise RefusedInput(f"not a catalogue of a scan: {error}", where=str(path)) from error


def _candidate(row: fits.FITS_record, version: str) -> Candidate:
    numbers = {field: float(row[name]) for field, name, _ in _NUMBERS if not np.isnan(row[name])}
    texts = {field: str(row[name]).strip() for field, name, _ in _TEXTS}
    ratio = float(row["SPIKE_LR"])
    # How many bins is told by the duration, and P_SPIKE says more than equal odds would; the table leaves both out.
    spike = None if np.isnan(ratio) else Spike(likely=texts["classification"] == "spike", log_ratio=ratio, bins=0)
    return Candidate(
        start=Instant.parse(str(row["START"])),
        peak=Instant.parse(str(row["PEAK"])),
        time_frame=str(row["FRAME"]).strip(),  # type: ignore[arg-type]
        simulated=bool(row["SIMULATED"]),
        saturated=bool(row["SATURATED"]),
        source=str(row["SOURCE"]).strip(),
        version=version,
        spike=spike,
        **numbers,  # type: ignore[arg-type]
        **texts,  # type: ignore[arg-type]
    )
