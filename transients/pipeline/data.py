"""The files that a result's figures are drawn from: its light curves, and the limits over the map."""

from __future__ import annotations

from collections.abc import Iterable

from schemas import LightCurve
from transients.sources import write_lightcurve

#: A light curve's name begins so; the limits over the map.
CURVE, LIMITS = "lightcurve-", "limits.multiorder.fits"


def data_files(curves: Iterable[LightCurve], limit_map: bytes | None) -> dict[str, bytes]:
    """By file name."""
    files = {f"{CURVE}{curve.info.instrument.replace('/', '-')}.fits": write_lightcurve(curve) for curve in curves}
    return files if limit_map is None else {**files, LIMITS: limit_map}


def is_data(name: str) -> bool:
    """Whether a file of a result is one of those."""
    return name == LIMITS or (name.startswith(CURVE) and name.endswith(".fits"))
