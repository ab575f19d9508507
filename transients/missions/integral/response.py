"""Fluence per count of the all-sky monitors for any direction in the spacecraft's frame and any spectrum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np

from schemas import FloatArray
from schemas.errors import NotFound, RefusedInput

from ..spectra import NAMED, Spectrum, parse_spectrum
from .folding import AreaShape, fold
from .harmonics import HarmonicMap, harmonic_count

#: What circulars call response/best (the original system's words).
NEAR_OPTIMAL, SUPPRESSED = 1.5, 2.5
#: What "format" must say in a coefficients file.
JSON_FORMAT = "transients-response/1"
#: The systematic error of the published responses (Savchenko et al. 2017, A&A 603, A46).
SYSTEMATIC = 0.20


class LogMap(Protocol):
    """ln(erg cm^-2 per count) over the sky of the spacecraft."""

    def log(self, theta_rad: FloatArray | float, phi_rad: FloatArray | float) -> FloatArray: ...


@dataclass(frozen=True, eq=False)
class SpectrumResponse:
    """One instrument's response to one spectrum: the map, its least value, and how far it is from what it was made from."""

    map: LogMap
    best: float
    #: rms of ln(model/values), in percent; and the same for values left out of the fit, in blocks of 15 degrees.
    residual_percent: float
    left_out_percent: float | None = None


@dataclass(frozen=True, eq=False)
class InstrumentResponse:
    """One instrument: responses to the hard and the soft spectrum, and the energies that it counts."""

    area: AreaShape
    hard: SpectrumResponse
    soft: SpectrumResponse


@dataclass(frozen=True, eq=False)
class ResponseModel:
    """The responses of a set of instruments, and where they come from."""

    entries: Mapping[str, InstrumentResponse]
    source: str
    version: str

    @property
    def instruments(self) -> tuple[str, ...]:
        """Names, in the file's order."""
        return tuple(self.entries)

    def fluence_per_count(
        self, instrument: str, spectrum: str | Spectrum, theta_rad: FloatArray | float, phi_rad: FloatArray | float
    ) -> FloatArray:
        """Energy fluence in 75-2000 keV per count, erg cm^-2, for directions (radians, broadcasting).

        The hard and soft spectra come from their own maps; any other is folded through an effective area that reproduces both
        (`folding`).

        Raises
        ------
        NotFound
            For an instrument without response.
        RefusedInput
            For a spectrum that cannot be read.
        """
        entry = self._entry(instrument)
        form = parse_spectrum(spectrum)
        own = _own(entry, form)
        if own is not None:
            return np.asarray(np.exp(own.map.log(theta_rad, phi_rad)))
        hard, soft = entry.hard.map.log(theta_rad, phi_rad), entry.soft.map.log(theta_rad, phi_rad)
        return np.asarray(np.exp(fold(entry.area, form, hard, soft)))

    def best(self, instrument: str, spectrum: str | Spectrum) -> float:
        """The least fluence per count over the sky, erg cm^-2."""
        own = _own(self._entry(instrument), parse_spectrum(spectrum))
        if own is not None:
            return own.best
        return float(self.fluence_per_count(instrument, spectrum, *sky_grid()).min())

    def percent_of_best(
        self, instrument: str, spectrum: str | Spectrum, theta_rad: FloatArray | float, phi_rad: FloatArray | float
    ) -> FloatArray:
        """100 best/response, at most 100 (the least value is found on a grid, so nearby values may be a hair below)."""
        response = self.fluence_per_count(instrument, spectrum, theta_rad, phi_rad)
        return np.minimum(100 * self.best(instrument, spectrum) / response, 100.0)

    def word(self, percent: float) -> str:
        """What circulars call a percentage of the best: response/best below 1.5, below 2.5, or more."""
        if percent <= 0:
            return "strongly suppressed"
        ratio = 100 / percent
        if ratio < NEAR_OPTIMAL:
            return "near-optimal"
        return "somewhat suppressed" if ratio < SUPPRESSED else "strongly suppressed"

    def residual_percent(self, instrument: str, spectrum: str | Spectrum) -> float:
        """rms distance from the values the model was made from, percent; for a folded spectrum the larger of its two."""
        entry = self._entry(instrument)
        own = _own(entry, parse_spectrum(spectrum))
        return own.residual_percent if own is not None else max(entry.hard.residual_percent, entry.soft.residual_percent)

    def _entry(self, instrument: str) -> InstrumentResponse:
        if instrument not in self.entries:
            raise NotFound(f"no response for {instrument!r}; there is one for {', '.join(self.entries)}")
        return self.entries[instrument]


def _own(entry: InstrumentResponse, form: Spectrum) -> SpectrumResponse | None:
    if form == NAMED["hard"]:
        return entry.hard
    return entry.soft if form == NAMED["soft"] else None


def sky_grid(step_deg: float = 2.0) -> tuple[FloatArray, FloatArray]:
    """theta and phi (radians) of a grid over the whole sphere, poles included."""
    theta, phi = np.meshgrid(np.arange(0, 180 + step_deg / 2, step_deg), np.arange(-180 + step_deg, 180 + step_deg / 2, step_deg))
    return np.radians(theta.ravel()), np.radians(phi.ravel())


class _SpectrumFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    coefficients: tuple[float, ...]
    field_coefficient: float
    best: float
    residual_percent: float
    left_out_percent: float


class _InstrumentFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    area_slope: float
    upper_kev: float
    hard: _SpectrumFile
    soft: _SpectrumFile


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str
    mission: str
    version: str
    source: str
    unit: str
    l_max: int
    field_floor: float
    instruments: dict[str, _InstrumentFile]


def response_from_json(data: bytes) -> ResponseModel:
    """Read the coefficients file that ships (made by `.ci/fit_response.py`).

    Raises
    ------
    RefusedInput
        When the bytes are no such file.
    """
    try:
        content = msgspec.json.decode(data, type=_File)
    except msgspec.DecodeError as error:
        raise RefusedInput(f"not a response file: {error}") from error
    if content.format != JSON_FORMAT:
        raise RefusedInput(f"not a response file of format {JSON_FORMAT}: {content.format!r}")
    entries = {name: _instrument(entry, content) for name, entry in content.instruments.items()}
    return ResponseModel(entries, content.source, content.version)


def _instrument(entry: _InstrumentFile, content: _File) -> InstrumentResponse:
    area = AreaShape(entry.area_slope, entry.upper_kev)
    return InstrumentResponse(area, _spectrum(entry.hard, content), _spectrum(entry.soft, content))


def _spectrum(part: _SpectrumFile, content: _File) -> SpectrumResponse:
    if len(part.coefficients) != harmonic_count(content.l_max):
        raise RefusedInput(f"{len(part.coefficients)} coefficients do not go with l_max {content.l_max}")
    shape = HarmonicMap(content.l_max, np.array(part.coefficients), part.field_coefficient, content.field_floor)
    return SpectrumResponse(shape, part.best, part.residual_percent, part.left_out_percent)


#: How the areas go with energy: BGO and CsI stop what they see over the range that counts; thin CdTe fades as about 1/E.
AREA_SHAPES: Mapping[str, AreaShape] = {
    "SPI-ACS": AreaShape(0.0, 1.0e4),
    "IBIS/Veto": AreaShape(0.0, 1.0e4),
    "ISGRI": AreaShape(-1.0, 1.0e3),
}
