"""Count rates against time."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np
import numpy.typing as npt

from .base import Instant, Record

Tier = Literal["realtime", "nrt", "cons", "archive", "simulated", "unknown"]
TimeFrame = Literal["spacecraft", "geocentre"]
FloatArray = npt.NDArray[np.float64]


class LightCurveInfo(Record, kw_only=True):
    """What is known of a light curve beside its numbers."""

    mission: str = "INTEGRAL"
    #: "SPI-ACS", "IBIS/Veto", "ISGRI", "PICsIT".
    instrument: str
    tier: Tier
    time_frame: TimeFrame = "spacecraft"
    #: All times are seconds from here.
    reference: Instant
    #: Nominal bin width.
    bin_s: float
    #: SHA-256 of the bytes it was read from.
    content_id: str
    #: Where it came from, for people: a file name or an address.
    source: str
    simulated: bool = False
    energy_kev: tuple[float, float] | None = None
    #: The spacecraft as the file gives it: RA, Dec (deg, from Earth's centre), km.
    ephemeris: tuple[float, float, float] | None = None
    #: Anomalies met while reading, a line each.
    remarks: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, eq=False)
class LightCurve:
    """Counts in bins of time. Missing data is absent: no bin is ever filled with zeros.

    Attributes
    ----------
    start_s, width_s : (n,) float64
        Start and width of each bin, seconds from `info.reference`; starts increase strictly, bins do not overlap.
    counts : (n,) float64
        Counts in the bin (counts, never a rate).
    info : LightCurveInfo
    """

    start_s: FloatArray
    width_s: FloatArray
    counts: FloatArray
    info: LightCurveInfo

    def __post_init__(self) -> None:
        if not (self.start_s.ndim == 1 and self.start_s.shape == self.width_s.shape == self.counts.shape):
            raise ValueError("start_s, width_s and counts must be one-dimensional and of one length")
        for array in (self.start_s, self.width_s, self.counts):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def centre_s(self) -> FloatArray:
        """Centres of the bins, seconds from `info.reference`."""
        return self.start_s + 0.5 * self.width_s

    @property
    def stop_s(self) -> FloatArray:
        """Ends of the bins, seconds from `info.reference`."""
        return self.start_s + self.width_s

    @property
    def rate(self) -> FloatArray:
        """Counts per second."""
        return self.counts / self.width_s
