"""What an archive of count rates holds."""

from __future__ import annotations

from typing import Literal

from .base import Instant, Record
from .lightcurves import Tier, TimeFrame


class ArchiveFile(Record, kw_only=True):
    """A file of an archive, as its index lists it: enough to plan a scan without opening any."""

    #: Below the archive's folder, with forward slashes.
    path: str
    mission: str
    instrument: str
    time_frame: TimeFrame
    tier: Tier
    simulated: bool
    #: Start of the first bin and end of the last.
    start: Instant
    stop: Instant
    bin_s: float
    bins: int
    #: Sum of the bins: gaps are not in it.
    live_s: float
    #: Bytes of the file, and when it was written (ns since 1970): one that has others was changed since.
    size: int
    modified_ns: int
    #: SHA-256 of its counts.
    counts_id: str


class Injection(Record, kw_only=True):
    """What a simulation put into the counts of an instrument: the truth that a scan is held against."""

    kind: Literal["burst", "spike"]
    #: On the instrument's clock: a burst's onset there, a particle's hit.
    start: Instant
    #: T90 of a burst; the bin of a spike.
    duration_s: float
    #: Expected counts in the bins that came down.
    counts: float
    #: Expected S/N of the best window, over white noise; of a spike, of its largest bin.
    snr: float
    #: Share of the counts that fell into bins that came down.
    observed: float
    ra_deg: float | None = None
    dec_deg: float | None = None
    #: 75-2000 keV.
    fluence_erg_cm2: float | None = None
    spectrum: str = ""
    shape: str = ""
