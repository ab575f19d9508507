"""What a blind search found: in an archive, or live."""

from __future__ import annotations

from typing import Literal

from .base import Instant, Record
from .lightcurves import Tier, TimeFrame
from .search import Spike

CandidateClass = Literal["burst", "spike", "slow", "faint"]


class Candidate(Record, kw_only=True):
    """Counts over the background that nobody was told of. Times are on the instrument's clock, in `time_frame`."""

    mission: str
    instrument: str
    tier: Tier
    time_frame: TimeFrame = "spacecraft"
    simulated: bool = False
    #: The window: start, length (gaps included), and the middle of its highest native bin.
    start: Instant
    duration_s: float
    peak: Instant
    #: Above the background, and the background's rate at the window.
    counts: float
    background_cts_s: float
    snr: float
    #: Rate at which the background alone gives excesses as rare, and its relative error.
    far_hz: float
    far_relative_error: float | None = None
    #: "spike": of a particle hit's shape; "slow": as long as the longest window, as a background is that changes (a flare, the
    #: belts), or a very long burst; "burst": neither, rarer than the scan's false-alarm rate, and more likely no hit than one;
    #: "faint": the others.
    classification: CandidateClass
    #: Where bins are narrow enough to show a shape.
    spike: Spike | None = None
    #: Chance that it is a particle hit, from its shape and how often hits and bursts as strong are.
    spike_probability: float | None = None
    #: Counters may have saturated: counts and S/N are lower limits.
    saturated: bool = False
    #: Where it was found: a file of the archive, or the source of live data.
    source: str
    #: Code and parameters that found it.
    version: str


class ScanRun(Record, kw_only=True):
    """A scan of an archive that was done."""

    #: SHA-256 of the parameters, the code's version, and the files with their contents: equal scans have equal names.
    scan_id: str
    archive: str
    version: str
    #: As they were set, plain JSON data.
    parameters: dict[str, float | int | str | bool]
    started: Instant
    finished: Instant
    files: int
    #: Files that could not be read, with the reason.
    broken: dict[str, str] = {}
    bins: int
    live_s: float
    candidates: dict[str, int] = {}
    simulated: bool = False
