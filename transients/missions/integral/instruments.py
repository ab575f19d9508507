"""INTEGRAL's instruments, and how much of the detector a source off axis casts its coded shadow on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from schemas import FloatArray
from schemas.errors import NotFound

from ..base import Instrument

#: Off-axis angle inside which a pointing counts as exposure: the IBIS field ends (corners aside) at 14.6 deg.
FOV_RADIUS_DEG = 15.0

#: IBIS: mask of 95 x 95 elements of 11.2 mm, 3.2 m (effective) above ISGRI, whose 130 x 134 pitches (Y x Z, gaps included)
#: are 4.6 mm (Ubertini et al. 2003, A&A 411, L131; Lebrun et al. 2003, A&A 411, L141).
_MASK_MM = 95 * 11.2
_DETECTOR_MM = (130 * 4.6, 134 * 4.6)
_HEIGHT_MM = 3200.0


def _degrees(width_mm: float) -> float:
    return 2 * float(np.degrees(np.arctan(width_mm / 2 / _HEIGHT_MM)))


_IBIS_FULL = (_degrees(_MASK_MM - _DETECTOR_MM[0]), _degrees(_MASK_MM - _DETECTOR_MM[1]))
_IBIS_ZERO = (_degrees(_MASK_MM + _DETECTOR_MM[0]), _degrees(_MASK_MM + _DETECTOR_MM[1]))

_TABLE = (
    Instrument(
        "SPI-ACS", 75, 1e5, "rate", 0.05, None, None, None, "91 BGO crystals, 512 kg; no energy, no direction",
        particle_hits=True, coarse_above_counts=10_000.0, published_search=True,
    ),
    Instrument(
        "IBIS/Veto", 100, 1e4, "rate", 8.0, None, None, None, "best from behind; its high energy limit is nominal",
        periodic_within_s=1800.0, published_search=True,
    ),
    Instrument(
        "ISGRI", 15, 1000, "events", None, _IBIS_FULL, _IBIS_ZERO, "rectangle", "128 x 128 CdTe pixels, 2600 cm2",
        published_search=True,
    ),
    Instrument(
        "PICsIT", 260, 8000, "spectral timing", 0.016, _IBIS_FULL, _IBIS_ZERO, "rectangle", "CsI, 3100 cm2, 8 channels of rate",
        published_search=True,
    ),
    Instrument(
        "SPI", 20, 8000, "events", None, (16.0, 16.0), (35.0, 35.0), "disc", "19 Ge crystals; hexagon taken as a disc",
        published_search=True,
    ),
    Instrument(
        "JEM-X", 3, 35, "events", None, (4.8, 4.8), (13.2, 13.2), "disc", "two coded-mask X-ray cameras", published_search=True
    ),
)  # fmt: skip
INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType({entry.name: entry for entry in _TABLE})
#: The rate that is searched, those that only add to the limits, and the instrument of the field of view.
SEARCHED = "SPI-ACS"
LIMITING = ("IBIS/Veto", "ISGRI")
#: No response to its total rate is published: it adds where an operator's response has it.
LIMITING_WITH_RESPONSE = ("PICsIT",)
IMAGER = "ISGRI"


def coding_fraction(instrument: str, y_deg: FloatArray | float, z_deg: FloatArray | float) -> FloatArray:
    """Share of the detector that sees a source through the mask: 1 when fully coded, 0 outside the field.

    Parameters
    ----------
    instrument
        ISGRI, PICsIT, SPI or JEM-X; an all-sky monitor has 1 everywhere.
    y_deg, z_deg
        Projected offsets from X toward Y and Z: atan(s.Y/s.X), atan(s.Z/s.X), deg; they broadcast. Offsets of 90 deg and more
        (behind the mask) give 0.

    Notes
    -----
    IBIS: overlap of the mask's shadow with the detector, exact for its rectangles. SPI and JEM-X: linear in the off-axis angle
    between the edges of full and zero coding, which is an approximation.

    Raises
    ------
    NotFound
        For an instrument that INTEGRAL has not.
    """
    y, z = np.broadcast_arrays(np.asarray(y_deg, dtype=float), np.asarray(z_deg, dtype=float))
    entry = INSTRUMENTS.get(instrument)
    if entry is None:
        raise NotFound(f"INTEGRAL has no instrument {instrument!r}")
    if entry.full_coding_deg is None or entry.zero_response_deg is None:
        return np.ones(y.shape)
    front = (np.abs(y) < 90) & (np.abs(z) < 90)
    tan_y, tan_z = np.tan(np.radians(np.where(front, y, 0.0))), np.tan(np.radians(np.where(front, z, 0.0)))
    if entry.field_shape == "rectangle":
        share = _overlap(tan_y, _DETECTOR_MM[0]) * _overlap(tan_z, _DETECTOR_MM[1])
    else:
        off_axis = np.degrees(np.arctan(np.hypot(tan_y, tan_z)))
        full, zero = entry.full_coding_deg[0] / 2, entry.zero_response_deg[0] / 2
        share = np.clip((zero - off_axis) / (zero - full), 0.0, 1.0)
    return np.where(front, share, 0.0)


def coding_fraction_at(instrument: str, theta_rad: FloatArray | float, phi_rad: FloatArray | float) -> FloatArray:
    """`coding_fraction` for directions in the spacecraft's frame (radians, broadcasting)."""
    theta, phi = np.broadcast_arrays(np.asarray(theta_rad, dtype=float), np.asarray(phi_rad, dtype=float))
    along = np.cos(theta)
    front = along > 0
    safe = np.where(front, along, 1.0)
    y = np.degrees(np.arctan(-np.sin(theta) * np.sin(phi) / safe))
    z = np.degrees(np.arctan(np.sin(theta) * np.cos(phi) / safe))
    share = coding_fraction(instrument, y, z)
    return share if INSTRUMENTS[instrument].full_coding_deg is None else np.where(front, share, 0.0)


def _overlap(tangent: FloatArray, detector_mm: float) -> FloatArray:
    """Share of a detector's width inside the mask's shadow shifted by height x tangent."""
    shift = _HEIGHT_MM * np.abs(tangent)
    return np.clip((_MASK_MM / 2 + detector_mm / 2 - shift) / detector_mm, 0.0, 1.0)
