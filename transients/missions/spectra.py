"""Photon spectra of bursts, N(E) in photons cm^-2 s^-1 keV^-1 up to a constant, and ratios of their energy fluences.

Comptonised and Band forms as in Band et al. 1993 (ApJ 413, 281), E_peak being the maximum of E^2 N(E).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from schemas import FloatArray
from schemas.errors import RefusedInput

#: keV: where the forms are normalised to one.
_PIVOT_KEV = 100.0


@runtime_checkable
class Spectrum(Protocol):
    """A photon spectrum: a name that `parse_spectrum` reads back, and N(E)."""

    @property
    def name(self) -> str: ...

    def photons(self, energy_kev: FloatArray) -> FloatArray:
        """N(E) up to a constant, for energies in keV of any shape."""
        ...


@dataclass(frozen=True)
class Comptonised:
    """Power law with an exponential cut-off: (E/100)^alpha exp(-(2 + alpha) E/E_peak)."""

    alpha: float
    peak_kev: float

    def __post_init__(self) -> None:
        if not (self.alpha > -2 and 0 < self.peak_kev < np.inf):
            raise RefusedInput(f"a Comptonised spectrum needs alpha > -2 and E_peak > 0, not {self.alpha}, {self.peak_kev}")

    @property
    def name(self) -> str:
        return f"comp:{self.alpha:g},{self.peak_kev:g}"

    def photons(self, energy_kev: FloatArray) -> FloatArray:
        energy = np.asarray(energy_kev, dtype=float)
        return np.asarray((energy / _PIVOT_KEV) ** self.alpha * np.exp(-(2 + self.alpha) * energy / self.peak_kev))


@dataclass(frozen=True)
class Band:
    """The Band function: a Comptonised form below (alpha - beta) E_peak/(2 + alpha), a power law beta above, joined smoothly."""

    alpha: float
    beta: float
    peak_kev: float

    def __post_init__(self) -> None:
        if not (self.alpha > -2 and self.alpha > self.beta > -np.inf and 0 < self.peak_kev < np.inf):
            raise RefusedInput(
                f"a Band spectrum needs alpha > -2, beta < alpha and E_peak > 0, not {self.alpha}, {self.beta}, {self.peak_kev}"
            )

    @property
    def name(self) -> str:
        return f"band:{self.alpha:g},{self.beta:g},{self.peak_kev:g}"

    @property
    def break_kev(self) -> float:
        """Where the two parts join."""
        return (self.alpha - self.beta) * self.peak_kev / (2 + self.alpha)

    def photons(self, energy_kev: FloatArray) -> FloatArray:
        energy = np.asarray(energy_kev, dtype=float)
        low = Comptonised(self.alpha, self.peak_kev).photons(np.minimum(energy, self.break_kev))
        return np.asarray(low * (np.maximum(energy, self.break_kev) / self.break_kev) ** self.beta)


@dataclass(frozen=True)
class PowerLaw:
    """E^index; the index of a photon spectrum, negative."""

    index: float

    def __post_init__(self) -> None:
        if not -np.inf < self.index < 0:
            raise RefusedInput(f"a power law needs a negative photon index, not {self.index}")

    @property
    def name(self) -> str:
        return f"pl:{self.index:g}"

    def photons(self, energy_kev: FloatArray) -> FloatArray:
        return np.asarray((np.asarray(energy_kev, dtype=float) / _PIVOT_KEV) ** self.index)


#: The spectra that limits are quoted for (GCN 33815 and others), and a Crab-like one.
NAMED: dict[str, Comptonised | Band | PowerLaw] = {
    "hard": Comptonised(-0.5, 600.0),
    "soft": Band(-1.0, -2.5, 300.0),
    "crabby": PowerLaw(-2.0),
}
_FORMS: dict[str, tuple[type[Comptonised] | type[Band] | type[PowerLaw], int]] = {
    "comp": (Comptonised, 2),
    "band": (Band, 3),
    "pl": (PowerLaw, 1),
}


def parse_spectrum(text: str | Spectrum) -> Spectrum:
    """Read "hard", "soft", "crabby", "comp:alpha,E_peak", "band:alpha,beta,E_peak" or "pl:index" (keV; indices of N(E)).

    A positive power-law index is taken as the photon index Gamma, N ~ E^-Gamma: "pl:2" is "pl:-2". A Spectrum is returned as is.

    Raises
    ------
    RefusedInput
        Naming the text.
    """
    if not isinstance(text, str):
        return text
    if text in NAMED:
        return NAMED[text]
    form, _, rest = text.partition(":")
    if form not in _FORMS:
        raise RefusedInput("a spectrum is hard, soft, crabby, comp:a,Ep, band:a,b,Ep or pl:g", where=repr(text))
    kind, count = _FORMS[form]
    try:
        values = [float(part) for part in rest.split(",")]
    except ValueError:
        raise RefusedInput("a spectrum's parameters are numbers", where=repr(text)) from None
    if len(values) != count:
        raise RefusedInput(f"{form} takes {count} parameter(s)", where=repr(text))
    if kind is PowerLaw:
        values = [-abs(values[0])]
    return kind(*values)


def energy_grid(low_kev: float, high_kev: float, panels: int = 96) -> tuple[FloatArray, FloatArray]:
    """Nodes E and weights w (keV) with sum(w f(E)) = integral of f dE: 6-point Gauss-Legendre on equal panels of ln E."""
    if not 0 < low_kev < high_kev < np.inf:
        raise RefusedInput(f"an energy band needs 0 < low < high, not {low_kev}, {high_kev}")
    node, weight = np.polynomial.legendre.leggauss(6)
    edges = np.linspace(np.log(low_kev), np.log(high_kev), panels + 1)
    half = (edges[1:] - edges[:-1])[:, np.newaxis] / 2
    energy = np.exp((edges[1:] + edges[:-1])[:, np.newaxis] / 2 + half * node).ravel()
    return energy, (half * weight).ravel() * energy


def energy_fluence(spectrum: Spectrum, low_kev: float, high_kev: float) -> float:
    """The integral of E N(E) over a band in keV, in keV cm^-2 s^-1 for N normalised to one at 100 keV (before the cut-off)."""
    energy, weight = energy_grid(low_kev, high_kev)
    return float(np.sum(weight * energy * spectrum.photons(energy)))


def energy_ratio(spectrum: str | Spectrum, band: tuple[float, float], reference: tuple[float, float] = (75.0, 2000.0)) -> float:
    """Energy fluence in `band` over that in `reference`, keV.

    >>> round(energy_ratio("hard", (10, 1000)), 3), round(energy_ratio("soft", (1, 10000)), 3)
    (0.89, 1.433)
    """
    form = parse_spectrum(spectrum)
    return energy_fluence(form, *band) / energy_fluence(form, *reference)
