"""How often the background gives an excess, counted among all that a scan found; and from that, what each excess is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from schemas import OffTimeRates
from schemas.scan import CandidateClass

from .classified import shapes_tell
from .falsealarm import FalseAlarms
from .octaves import LONGEST_S
from .off_time import count_off_time
from .published_fap import SPIKE_INDEX, SPIKE_RATE_HZ, SPIKE_SNR
from .scan import ScanExcess

#: Excesses of a burst's shape are counted as the background's up to this much above the threshold: bursts are few among them.
_COUNTED_SNR = 2.0
#: Bursts seen by an all-sky monitor: 0.3 a day at S/N 6, their number falling as S/N^-1.
_BURST_RATE_HZ, _BURST_INDEX = 0.3 / 86400.0, -1.0
#: Excesses longer than this share of the longest window are slow.
_SLOW = 0.95


@dataclasses.dataclass(frozen=True, eq=False)
class ExcessRates:
    """Rates of the background's excesses in a stream of one instrument."""

    alarms: FalseAlarms

    @property
    def counted(self) -> OffTimeRates:
        """What they rest on."""
        return self.alarms.counted

    def far_hz(self, excess: ScanExcess) -> float:
        """Rate of background excesses of its kind of shape at least as rare in their own octave, all octaves together, Hz."""
        return self.alarms.rate_hz(excess.snr, excess.octave, _is_spike_like(excess))

    def relative_error(self, excess: ScanExcess) -> float:
        """Of that rate."""
        return self.alarms.relative_error(excess.snr, excess.octave, _is_spike_like(excess))

    def spike_probability(self, excess: ScanExcess) -> float | None:
        """Chance that an excess is a particle hit: its shape's likelihood, and how frequent hits and bursts of its S/N are."""
        if excess.spike is None:
            return None
        relative = excess.snr / SPIKE_SNR
        bursts = _BURST_RATE_HZ * relative ** (_BURST_INDEX - 1.0)
        hits = self.alarms.hit_factor * SPIKE_RATE_HZ * relative ** (SPIKE_INDEX - 1.0)
        if hits <= 0.0:
            return 0.0
        odds = excess.spike.log_ratio + math.log(hits / bursts)
        return 1.0 / (1.0 + math.exp(-odds)) if odds > -700.0 else 0.0

    def classify(self, excess: ScanExcess, burst_far_hz: float) -> CandidateClass:
        """The class of an excess (`schemas.Candidate`); a burst is rarer than `burst_far_hz` on background alone.

        In a simulated year 18 of 73 so rare were hits that do not quite look like one; 15 of these, and no burst, are more likely
        a hit than not when it counts how frequent hits are.
        """
        if _is_spike_like(excess):
            return "spike"
        if excess.duration_s > _SLOW * LONGEST_S:
            return "slow"
        chance = self.spike_probability(excess)
        is_hit = chance is not None and chance > 0.5
        return "burst" if self.far_hz(excess) <= burst_far_hz and not is_hit else "faint"


def measure_rates(
    excesses: Sequence[ScanExcess],
    searched_s: float,
    bin_s: float,
    threshold_snr: float,
    *,
    instrument: str,
    particle_hits: bool,
    source: str,
) -> ExcessRates:
    """Count what a search found: all of a particle hit's shape; of the others those near its threshold.

    Parameters
    ----------
    searched_s : float
        Time searched, s; more than 0.
    particle_hits : bool
        Whether the instrument sees them.
    source : str
        What was searched, for people.
    """
    hits = np.array([_is_spike_like(each) for each in excesses], dtype=bool)
    snr = np.array([each.snr for each in excesses], dtype=np.float64)
    duration = np.array([each.duration_s for each in excesses], dtype=np.float64)
    use = hits | (snr < threshold_snr + _COUNTED_SNR)
    counted = count_off_time(
        snr[use],
        duration[use],
        hits[use],
        live_s=searched_s,
        bin_s=bin_s,
        instrument=instrument,
        source=source,
        least_snr=threshold_snr,
    )
    return rates_from(counted, particle_hits=particle_hits)


def rates_from(counted: OffTimeRates, *, particle_hits: bool) -> ExcessRates:
    """Rates that rest on a former count."""
    return ExcessRates(FalseAlarms(counted, shapes_tell(counted.bin_s, particle_hits)))


def _is_spike_like(excess: ScanExcess) -> bool:
    return excess.spike is not None and excess.spike.likely
