"""The FITS forms: MMODA's SPI-ACS and imager light curves; our archive's form is told by its own keyword."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning

from schemas import FloatArray
from schemas.errors import RefusedInput

from ..clock import from_ijd
from .archive import MARK, read_archive
from .build import Columns
from .widths import NATIVE_BIN_S, widths_from_centres

_INSTRUMENTS = {"SPI-ACS": "SPI-ACS", "IBIS": "ISGRI", "ISGRI": "ISGRI", "JMX1": "JEM-X1", "JMX2": "JEM-X2", "PICSIT": "PICsIT"}


def read_fits(data: bytes, name: str) -> Columns:
    """Columns of a FITS light curve.

    Raises
    ------
    RefusedInput
        A file cut short or broken, or one without a light curve.
    """
    if len(data) % 2880 != 0:
        raise RefusedInput(f"a FITS file has whole blocks of 2880 bytes, this one {len(data)} bytes: cut short?", where=name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", AstropyWarning)
            warnings.simplefilter("ignore", fits.verify.VerifyWarning)
            with fits.open(io.BytesIO(data), memmap=False, lazy_load_hdus=False) as hdus:
                return _from_hdus(hdus, name)
    except (OSError, AstropyWarning, ValueError, TypeError, KeyError, IndexError) as error:
        raise RefusedInput(f"broken FITS: {error}", where=name) from error


def _from_hdus(hdus: fits.HDUList, name: str) -> Columns:
    if MARK in hdus[0].header:
        return read_archive(hdus)
    for hdu in hdus:
        if not isinstance(hdu, fits.BinTableHDU):
            continue
        columns = {str(column).upper() for column in hdu.columns.names}
        if {"TIME", "RATE"} <= columns:
            if "TIMEZERO" in hdu.header:
                return _acs(hdu, name)
            return _imager(hdu, name)
    raise RefusedInput("a FITS file without TIME and RATE: no light curve", where=name)


def _column(hdu: fits.BinTableHDU, column: str) -> FloatArray:
    return np.asarray(hdu.data[column], dtype=np.float64)


def _check_time_system(header: Any, name: str) -> None:
    if str(header.get("TIMESYS", "TT")).strip() != "TT" or float(header.get("MJDREF", 51544.0)) != 51544.0:
        raise RefusedInput(
            f"TIMESYS {header.get('TIMESYS')}, MJDREF {header.get('MJDREF')}: only TT from 51544 is known", where=name
        )


def _acs(hdu: fits.BinTableHDU, name: str) -> Columns:
    """TIME [s from TIMEZERO] is the bin centre; RATE times the true width gives whole counts."""
    header = hdu.header
    _check_time_system(header, name)
    centre, rate = _column(hdu, "TIME"), _column(hdu, "RATE")
    bin_s = float(header["TIMEDEL"])
    remarks: list[str] = []
    width = widths_from_centres(centre, bin_s)
    odd = int((np.abs(width - bin_s) > 0.2 * NATIVE_BIN_S).sum())
    if odd:
        remarks.append(f"{odd} bins hold more or fewer native bins than TIMEDEL says: widths from the neighbouring times")
    counts = rate * width
    whole = np.round(counts)
    if np.abs(counts - whole).max(initial=0.0) < 1e-2:
        counts = whole
    else:
        remarks.append("rate times width is not whole counts")
    seconds = float(header["TIMEZERO"])
    day = float(np.floor(seconds / 86400.0))
    return Columns(
        start_s=centre - 0.5 * width,
        width_s=width,
        counts=counts,
        reference=from_ijd(day, seconds - day * 86400.0),
        bin_s=bin_s,
        instrument=_INSTRUMENTS.get(str(header.get("INSTRUME", "SPI-ACS")).strip().upper(), str(header.get("INSTRUME"))),
        ephemeris=_ephemeris(str(header.get("EPHS", ""))),
        simulated=bool(header.get("SIMULATD", False)),
        remarks=remarks,
    )


def _ephemeris(text: str) -> tuple[float, float, float] | None:
    numbers = text.split()
    if len(numbers) < 3:
        return None
    return float(numbers[0]), float(numbers[1]), float(numbers[2])


def _imager(hdu: fits.BinTableHDU, name: str) -> Columns:
    """Times and widths in days (IJD); rates are those of a source, background already subtracted."""
    header = hdu.header
    _check_time_system(header, name)
    scale = {"d": 86400.0, "s": 1.0}[str(header.get("TIMEUNIT", "d")).strip()]
    time, rate = _column(hdu, "TIME") * scale, _column(hdu, "RATE")
    names = {str(column).upper() for column in hdu.columns.names}
    width = _column(hdu, "TIMEDEL") * scale if "TIMEDEL" in names else np.full(len(time), float(header["TIMEDEL"]) * scale)
    pixel = float(header.get("TIMEPIXR", 0.5))
    start = time - pixel * width
    day = float(np.floor(start[0] / 86400.0))
    origin = float(start[0]) - day * 86400.0
    energy = (float(header["E_MIN"]), float(header["E_MAX"])) if "E_MIN" in header and "E_MAX" in header else None
    return Columns(
        start_s=start - start[0],
        width_s=width,
        counts=rate * width,
        reference=from_ijd(day, origin),
        bin_s=float(np.median(width)),
        instrument=_INSTRUMENTS.get(str(header.get("INSTRUME", "ISGRI")).strip().upper(), str(header.get("INSTRUME"))),
        energy_kev=energy,
        simulated=bool(header.get("SIMULATD", False)),
        remarks=["source rates from images: background subtracted, counts are rate times width and may be negative"],
    )
