"""How far off axis a direction was, pointing by pointing."""

from __future__ import annotations

import numpy as np

from schemas import FloatArray, OffAxisPointing, PointingHistory
from transients.missions import times
from transients.missions.frames import ra_dec_deg

from .pointings import PointingTable

#: Bins of the histogram, deg; the bands of 10, 15 and 20 deg are whole bins.
BIN_DEG = 5.0
BANDS_DEG = (10.0, 15.0, 20.0)


def pointing_history(
    direction: FloatArray, table: PointingTable, half_window_d: float, *, source: str = "pointing list"
) -> PointingHistory:
    """The off-axis angle of a direction in every stable pointing within `half_window_d` days of the table's reference.

    Parameters
    ----------
    direction : (3,)
        Unit vector, ICRS.
    source : str
        Where the list came from.
    """
    half_s = half_window_d * 86400.0
    near, seconds = table.within(half_s)
    off_deg = np.degrees(near.off_axis_rad(direction))
    # Told to 0.4 s and 4 arcsec: some 500 pointings are kept with every assessment.
    starts, stops = np.maximum(near.start_s, -half_s) / 3600.0, np.minimum(near.stop_s, half_s) / 3600.0
    told = (np.round(starts, 4).tolist(), np.round(stops, 4).tolist(), np.round(off_deg, 3).tolist())
    columns = zip(near.ids.tolist(), *told, strict=True)
    ks = time_by_angle(off_deg, seconds) / 1000.0
    ra_deg, dec_deg = ra_dec_deg(direction)
    return PointingHistory(
        window_start=times.shift(table.reference, -half_s),
        window_stop=times.shift(table.reference, half_s),
        ra_deg=ra_deg,
        dec_deg=dec_deg,
        pointings=tuple(OffAxisPointing(id=i, start_h=a, stop_h=b, off_axis_deg=o) for i, a, b, o in columns),
        histogram=tuple((n * BIN_DEG, (n + 1) * BIN_DEG, float(value)) for n, value in enumerate(ks)),
        source=source,
    )


def time_by_angle(off_axis_deg: FloatArray, seconds: FloatArray, bin_deg: float = BIN_DEG) -> FloatArray:
    """Seconds in each bin of off-axis angle from 0 to 180 deg; an angle on an edge counts above it, 180 deg in the last."""
    bins = int(np.ceil(180.0 / bin_deg))
    row = np.minimum((off_axis_deg / bin_deg).astype(np.int64), bins - 1)
    return np.bincount(row, seconds, minlength=bins).astype(np.float64)


def band_ks(history: PointingHistory, within_deg: float) -> float:
    """Time within an off-axis angle that is an edge of the histogram, ks."""
    return sum(ks for _, upper, ks in history.histogram if upper <= within_deg)
