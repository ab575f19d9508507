"""From columns of numbers to a LightCurve: order, overlaps, and zero runs that mean "no data"."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from schemas import FloatArray, Instant, LightCurve, LightCurveInfo, Tier, TimeFrame, sha256_hex
from schemas.errors import NoData, RefusedInput

#: A run of empty bins is missing data when its chance at the mean count is below exp(-27.6) = 1e-12.
_LOG_CHANCE = 27.6
#: Two bins may seem to overlap by this fraction of a bin before the input is refused: clock jitter of the stamps is far less.
_OVERLAP = 0.1


@dataclasses.dataclass
class Columns:
    """What a format's reader found.

    Attributes
    ----------
    start_s, width_s, counts : (n,) float64
        Bins in seconds from `reference`, and counts.
    """

    start_s: FloatArray
    width_s: FloatArray
    counts: FloatArray
    reference: Instant
    bin_s: float
    tier: Tier = "archive"
    mission: str = "INTEGRAL"
    instrument: str | None = None
    time_frame: TimeFrame = "spacecraft"
    simulated: bool = False
    energy_kev: tuple[float, float] | None = None
    ephemeris: tuple[float, float, float] | None = None
    remarks: list[str] = dataclasses.field(default_factory=list)


def nominal_bin(times_s: FloatArray) -> float:
    """Nominal bin width of equally spaced stamps: their median spacing, rounded to 0.1 ms."""
    if len(times_s) < 2:
        raise ValueError("one bin has no spacing")
    return round(float(np.median(np.diff(times_s))), 4)


def instrument_by_bin(bin_s: float) -> str:
    """The instrument that a bin width of an unnamed light curve means: 8 s housekeeping is IBIS/Veto, else SPI-ACS."""
    return "IBIS/Veto" if abs(bin_s - 8.0) < 0.5 else "SPI-ACS"


def to_lightcurve(columns: Columns, data: bytes, name: str) -> LightCurve:
    """Check and assemble.

    Raises
    ------
    RefusedInput
        No bins, none with a number, times that do not increase, or bins that overlap.
    NoData
        Every bin is empty.
    """
    remarks = list(columns.remarks)
    start, width, counts = (np.asarray(a, dtype=np.float64) for a in (columns.start_s, columns.width_s, columns.counts))
    if len(start) == 0:
        raise RefusedInput("no bins", where=name)
    finite = np.isfinite(start) & np.isfinite(width) & np.isfinite(counts) & (width > 0)
    if not finite.all():
        remarks.append(f"{int((~finite).sum())} bins without a number left out")
        start, width, counts = start[finite], width[finite], counts[finite]
    if len(start) == 0:
        raise RefusedInput("every bin is without a number", where=name)
    width = _without_overlap(start, width, columns.bin_s, remarks, name)
    keep = ~missing_runs(counts)
    if not keep.any():
        raise NoData("zero data: every bin is empty", where=name)
    if not keep.all():
        remarks.append(f"{int((~keep).sum())} bins of zero-count runs taken as missing data")
        start, width, counts = start[keep], width[keep], counts[keep]
    info = LightCurveInfo(
        mission=columns.mission,
        instrument=columns.instrument or instrument_by_bin(columns.bin_s),
        tier="simulated" if columns.simulated else columns.tier,
        time_frame=columns.time_frame,
        reference=columns.reference,
        bin_s=columns.bin_s,
        content_id=sha256_hex(data),
        source=name,
        simulated=columns.simulated,
        energy_kev=columns.energy_kev,
        ephemeris=columns.ephemeris,
        remarks=tuple(remarks),
    )
    return LightCurve(start_s=start.copy(), width_s=width.copy(), counts=counts.copy(), info=info)


def _without_overlap(start: FloatArray, width: FloatArray, bin_s: float, remarks: list[str], name: str) -> FloatArray:
    steps = np.diff(start)
    if (steps <= 0).any():
        where = int(np.argmax(steps <= 0)) + 1
        raise RefusedInput(f"times do not increase at row {where + 1}", where=name)
    excess = width[:-1] - steps
    if len(excess) and excess.max() > _OVERLAP * bin_s:
        raise RefusedInput(f"bins overlap by up to {excess.max():.4g} s", where=name)
    clipped = width.copy()
    clipped[:-1] = np.minimum(width[:-1], steps)
    if len(excess) and excess.max() > 1e-3 * bin_s:
        remarks.append(
            f"{int((excess > 1e-3 * bin_s).sum())} bins shortened by up to {excess.max():.3g} s where stamps are irregular"
        )
    return clipped


def missing_runs(counts: FloatArray) -> npt.NDArray[np.bool_]:
    """Which bins belong to runs of zeros too long to be chance at the mean of the other bins, (n,) bool.

    A single zero is missing where thousands of counts are usual; at two counts a bin it takes 14 in a row.
    """
    empty: npt.NDArray[np.bool_] = counts == 0
    if not empty.any():
        return empty
    if empty.all():
        return empty
    needed = _LOG_CHANCE / max(float(np.mean(counts[~empty])), 1e-9)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], empty.astype(np.int8), [0]])))
    runs = np.zeros(len(counts), dtype=bool)
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - first >= needed:
            runs[first:stop] = True
    return runs
