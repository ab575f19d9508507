"""A photon spectrum given as a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schemas import FloatArray
from schemas.errors import RefusedInput


@dataclass(frozen=True)
class Tabulated:
    """N(E) between points of a table, straight lines in log N against log E; nothing outside it, and where a point is 0.

    Attributes
    ----------
    name : str
        For people: where the table is from.
    energy_kev, photon : tuple of float
        Energies that rise, keV, and photons cm^-2 s^-1 keV^-1 up to a constant.
    """

    name: str
    energy_kev: tuple[float, ...]
    photon: tuple[float, ...]

    def __post_init__(self) -> None:
        energy, photon = np.array(self.energy_kev), np.array(self.photon)
        if len(energy) < 2 or energy.shape != photon.shape:
            raise RefusedInput("a table of a spectrum needs two points and more, an energy and a value each", where=self.name)
        if not (np.isfinite(energy).all() and (np.diff(energy) > 0).all() and energy[0] > 0):
            raise RefusedInput("the energies of a spectrum must be positive and rise", where=self.name)
        if not (np.isfinite(photon).all() and (photon >= 0).all() and (photon > 0).any()):
            raise RefusedInput("the values of a spectrum must not be negative, nor all zero", where=self.name)

    def photons(self, energy_kev: FloatArray) -> FloatArray:
        """N(E) up to a constant, for energies in keV of any shape."""
        with np.errstate(divide="ignore"):
            logs = np.where(np.array(self.photon) > 0, np.log(np.array(self.photon)), -700.0)
        found = np.exp(np.interp(np.log(energy_kev), np.log(self.energy_kev), logs))
        inside = (energy_kev >= self.energy_kev[0]) & (energy_kev <= self.energy_kev[-1])
        return np.where(inside, found, 0.0)


def read_spectrum(text: str, name: str) -> Tabulated:
    """Read lines of energy (keV) and N(E), apart by blanks or commas; lines that begin with # are passed over.

    Raises
    ------
    RefusedInput
        Naming the table, and the line that is none of it.
    """
    rows: list[tuple[float, float]] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = line.split("#")[0].replace(",", " ").split()
        if not cells:
            continue
        try:
            energy, value = (float(cell) for cell in cells)
        except ValueError:
            raise RefusedInput(f"line {number} is not an energy in keV and a value: {line.strip()[:60]!r}", where=name) from None
        rows.append((energy, value))
    return Tabulated(name, tuple(energy for energy, _ in rows), tuple(value for _, value in rows))
