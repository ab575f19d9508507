"""The truth of a simulated archive as a FITS table."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from astropy.io import fits

from schemas import FloatArray, Injection, Instant
from schemas.errors import RefusedInput

from ..clock import ijd_of

#: Its name in the archive's folder: no light curve.
TRUTH = "truth.fits"
_NAN = float("nan")


def write_truth(path: Path, instrument: str, source: str, truth: Sequence[Injection]) -> None:
    """Write what was injected, a row each; the same truth gives the same bytes."""

    def numbers(name: str) -> FloatArray:
        values = [getattr(injection, name) for injection in truth]
        return np.array([_NAN if value is None else value for value in values], dtype=np.float64)

    def texts(name: str, width: int) -> fits.Column:
        return fits.Column(name.upper(), f"{width}A", array=np.array([getattr(each, name) for each in truth], dtype=f"U{width}"))

    units = {"DURATION_S": "s", "COUNTS": "count", "RA_DEG": "deg", "DEC_DEG": "deg", "FLUENCE_ERG_CM2": "erg cm-2"}
    names = ("duration_s", "counts", "snr", "observed", "ra_deg", "dec_deg", "fluence_erg_cm2")
    table = fits.BinTableHDU.from_columns(
        [
            texts("kind", 8),
            fits.Column("START", "29A", array=np.array([each.start.iso for each in truth], dtype="U29")),
            fits.Column("IJD", "D", "d", array=np.array([ijd_of(each.start) for each in truth], dtype=np.float64)),
            *(fits.Column(name.upper(), "D", units.get(name.upper()), array=numbers(name)) for name in names),
            texts("spectrum", 40),
            texts("shape", 12),
        ],
        name="TRUTH",
    )
    table.header["INSTRUME"] = instrument
    table.header["TIMESYS"] = "UTC"
    table.header["SIMULATD"] = (True, "not an observation")
    table.header["ORIGIN"] = source
    part = path.with_suffix(f".{os.getpid()}.part")
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(part, overwrite=True, checksum=False)
    part.replace(path)


def read_truth(path: Path) -> list[Injection]:
    """What was injected.

    Raises
    ------
    RefusedInput
        No such table.
    """
    try:
        with fits.open(path, memmap=False) as hdus:
            rows = hdus["TRUTH"].data
            return [_injection(row) for row in rows]
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise RefusedInput(f"not the truth of a simulated archive: {error}", where=str(path)) from error


def _injection(row: fits.FITS_record) -> Injection:
    def number(name: str) -> float | None:
        value = float(row[name])
        return None if np.isnan(value) else value

    return Injection(
        kind=str(row["KIND"]).strip(),  # type: ignore[arg-type]
        start=Instant.parse(str(row["START"])),
        duration_s=float(row["DURATION_S"]),
        counts=float(row["COUNTS"]),
        snr=float(row["SNR"]),
        observed=float(row["OBSERVED"]),
        ra_deg=number("RA_DEG"),
        dec_deg=number("DEC_DEG"),
        fluence_erg_cm2=number("FLUENCE_ERG_CM2"),
        spectrum=str(row["SPECTRUM"]).strip(),
        shape=str(row["SHAPE"]).strip(),
    )
