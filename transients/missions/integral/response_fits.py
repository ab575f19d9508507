"""Responses as an operator supplies them: HEALPix maps in the spacecraft's frame, in a FITS file (docs/response.md)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.io import fits

from schemas import FloatArray
from schemas.errors import RefusedInput

from .fits_tables import Table, read_tables
from .folding import AreaShape
from .response import InstrumentResponse, ResponseModel, SpectrumResponse

#: What the keyword RESPFORM must say.
FITS_FORMAT = "transients-response/1"
_SPECTRA = ("hard", "soft")


@dataclass(frozen=True, eq=False)
class PixelMap:
    """ln of the fluence per count on HEALPix pixels (RING), theta from X and phi as longitude; bilinear between centres."""

    logs: FloatArray

    def log(self, theta_rad: FloatArray | float, phi_rad: FloatArray | float) -> FloatArray:
        """ln(erg cm^-2 per count) at directions in radians, which broadcast."""
        import healpy  # takes a second, and only an operator's file needs it

        theta, phi = np.broadcast_arrays(np.asarray(theta_rad, dtype=float), np.asarray(phi_rad, dtype=float))
        values = healpy.get_interp_val(self.logs, np.clip(theta, 0, np.pi).ravel(), phi.ravel() % (2 * np.pi))
        return np.asarray(values, dtype=float).reshape(theta.shape)


def response_from_fits(data: bytes, name: str = "response file") -> ResponseModel:
    """Read an operator's responses.

    Raises
    ------
    RefusedInput
        Naming the file and what is wrong.
    """
    tables = {str(table.header.get("EXTNAME", "")).upper(): table for table in read_tables(data, name)}
    for wanted in ("RESPONSE", "INSTRUMENTS"):
        if wanted not in tables:
            raise RefusedInput(f"no table {wanted}", where=name)
    maps, facts = tables["RESPONSE"], tables["INSTRUMENTS"]
    if maps.key("RESPFORM") != FITS_FORMAT or str(maps.key("COORDSYS")).strip() != "SPACECRAFT":
        raise RefusedInput(f"RESPFORM must be {FITS_FORMAT} and COORDSYS SPACECRAFT", where=name)
    if "NAME" not in facts.columns or not len(facts.columns["NAME"]):
        raise RefusedInput("the table INSTRUMENTS names no instrument", where=name)
    slopes, uppers = facts.floats("SLOPE"), facts.floats("UPPER_KEV")
    residuals = {spectrum: facts.floats(f"{spectrum.upper()}_RMS") for spectrum in _SPECTRA}
    entries = {}
    for row, text in enumerate(facts.columns["NAME"]):
        instrument = str(text).strip()
        hard, soft = (
            _spectrum(maps, f"{instrument}:{spectrum}".upper(), float(residuals[spectrum][row])) for spectrum in _SPECTRA
        )
        if not uppers[row] > 0:
            raise RefusedInput(f"UPPER_KEV of {instrument} is not above 0", where=name)
        entries[instrument] = InstrumentResponse(AreaShape(float(slopes[row]), float(uppers[row])), hard, soft)
    return ResponseModel(entries, str(maps.key("RESPSRC")), str(maps.key("RESPVERS")))


def _spectrum(maps: Table, column: str, residual_percent: float) -> SpectrumResponse:
    import healpy

    values = maps.floats(column)
    nside = int(maps.key("NSIDE"))
    ordering = str(maps.key("ORDERING")).strip().upper()
    if nside < 1 or nside & (nside - 1) or values.shape != (12 * nside**2,):
        raise RefusedInput(f"column {column} does not have the 12 NSIDE^2 rows of NSIDE {nside}", where=maps.name)
    if ordering not in ("RING", "NESTED"):
        raise RefusedInput(f"ORDERING must be RING or NESTED, not {ordering!r}", where=maps.name)
    if np.any(values <= 0):
        raise RefusedInput(f"column {column} holds a value that is not above 0", where=maps.name)
    if ordering == "NESTED":
        values = healpy.reorder(values, n2r=True)
    return SpectrumResponse(PixelMap(np.log(values)), float(values.min()), residual_percent)


def response_to_fits(model: ResponseModel, nside: int = 32) -> bytes:
    """A model in the operator's form, RING, sampled at the pixels' centres: a starting point, and the proof of the format."""
    import healpy

    theta, phi = healpy.pix2ang(nside, np.arange(healpy.nside2npix(nside)))
    columns: list[Any] = []
    for name, entry in model.entries.items():
        for spectrum, part in zip(_SPECTRA, (entry.hard, entry.soft), strict=True):
            values = np.exp(part.map.log(theta, phi))
            columns.append(fits.Column(f"{name}:{spectrum}", "D", unit="erg cm-2", array=values))
    maps = fits.BinTableHDU.from_columns(columns, name="RESPONSE")
    maps.header["RESPFORM"] = (FITS_FORMAT, "what this file is")
    maps.header["PIXTYPE"] = "HEALPIX"
    maps.header["NSIDE"] = nside
    maps.header["ORDERING"] = "RING"
    maps.header["COORDSYS"] = ("SPACECRAFT", "colatitude theta from X, longitude phi")
    maps.header["RESPVERS"] = model.version
    maps.header["RESPSRC"] = model.source
    entries = list(model.entries.values())
    facts = fits.BinTableHDU.from_columns(
        [
            fits.Column("NAME", "24A", array=np.array(list(model.entries))),
            fits.Column("SLOPE", "D", array=[entry.area.slope for entry in entries]),
            fits.Column("UPPER_KEV", "D", unit="keV", array=[entry.area.upper_kev for entry in entries]),
            fits.Column("HARD_RMS", "D", unit="%", array=[entry.hard.residual_percent for entry in entries]),
            fits.Column("SOFT_RMS", "D", unit="%", array=[entry.soft.residual_percent for entry in entries]),
        ],
        name="INSTRUMENTS",
    )
    buffer = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), maps, facts]).writeto(buffer)
    return buffer.getvalue()
