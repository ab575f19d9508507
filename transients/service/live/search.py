"""The state of a live search: takes light curves as they come, gives candidates. Knows no clock and no source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from schemas import Candidate, FloatArray, Instant, LightCurve, OffTimeRates
from transients.missions import seconds_between, shift
from transients.missions.known import known_instrument
from transients.search.excess_rates import ExcessRates, measure_rates, rates_from
from transients.search.scan import ScanExcess, Scanner

from ..scanning.candidates import candidate
from ..scanning.orders import ScanOrders

#: Without data for this long, s, an excess is over.
_PAUSE_S = 60.0
#: Excesses remembered for the rate of the background: some days of them.
_REMEMBERED = 5000


class LiveSearch:
    """One instrument's stream.

    Parameters
    ----------
    begin
        Nothing before it is asked for; the search knows its background a minute or two after its first data.
    settled
        Candidates that begin before it are known from before a restart and not given again.
    orders
        As for a scan.
    far_hz_at_most
        Candidates that the background gives more often are not given.
    late_s
        Bins that are missing are waited for as long as those after them are younger than this, s.
    counted
        Excesses as a scan of the archive counted them; None: counted as it goes.
    """

    def __init__(
        self,
        mission: str,
        instrument: str,
        bin_s: float,
        begin: Instant,
        settled: Instant,
        orders: ScanOrders,
        *,
        far_hz_at_most: float,
        late_s: float,
        counted: OffTimeRates | None = None,
    ) -> None:
        facts = known_instrument(mission, instrument)
        self.spikes = facts is not None and facts.particle_hits
        self.mission, self.instrument, self.bin_s = mission, instrument, bin_s
        self.orders, self.far_hz_at_most, self.late_s = orders, far_hz_at_most, late_s
        # Whole days, as a scan has it.
        self._origin = Instant(utc=f"{begin.utc[:10]}T00:00:00")
        self._scanner = Scanner(bin_s, orders.live_settings(spikes=self.spikes))
        self._seen_s = seconds_between(begin, self._origin)
        self._data_s = -np.inf
        self._known_s = seconds_between(settled, self._origin)
        self._given: list[ScanExcess] = []
        self._rates = None if counted is None else rates_from(counted, particle_hits=self.spikes)

    @property
    def seen(self) -> Instant:
        """End of the newest bin that was taken, or of a gap that nothing will fill."""
        return shift(self._origin, self._seen_s)

    @property
    def settled(self) -> Instant:
        """Every candidate that begins before was given."""
        return shift(self._origin, max(self._known_s, self._scanner.settled_s))

    def take(self, lc: LightCurve, now: Instant, source: str) -> list[Candidate]:
        """Take the bins that are new, up to the first hole that may still be filled; give candidates that are over."""
        offset_s = seconds_between(lc.info.reference, self._origin)
        # To 0.1 µs: replies to other requests count from other zeros.
        start, width = np.round(lc.start_s + offset_s, 7), np.round(lc.width_s, 7)
        new = start > self._seen_s - 0.5 * self.bin_s
        start, width, counts = start[new], width[new], lc.counts[new]
        end = self._before_a_hole(start, width, seconds_between(now, self._origin))
        if end == 0:
            return []
        found = self._scanner.push(start[:end], width[:end], counts[:end])
        self._seen_s = self._data_s = float(start[end - 1] + width[end - 1])
        return self._candidates(found, lc, source)

    def _before_a_hole(self, start: FloatArray, width: FloatArray, now_s: float) -> int:
        """How many bins to take: those before the first hole whose other side is young."""
        # Before the first data there is nothing to wait for.
        before = self._data_s if np.isfinite(self._data_s) else (start[0] if len(start) else 0.0)
        gaps = start - np.concatenate([[before], start[:-1] + width[:-1]])
        waiting = np.flatnonzero((gaps > 0.5 * self.bin_s) & (now_s - start < self.late_s))
        return int(waiting[0]) if waiting.size else len(start)

    def pause(self, now: Instant, lc: LightCurve | None, source: str) -> list[Candidate]:
        """No data came: candidates that are over, when there has been none for a minute longer than it may be late."""
        silent_s = seconds_between(now, self._origin) - self._data_s
        if lc is None or not np.isfinite(silent_s) or silent_s < self.late_s + _PAUSE_S:
            return []
        return self._candidates(self._scanner.finish(), lc, source)

    def pass_over(self, until: Instant) -> None:
        """Nothing will come before this time any more."""
        self._seen_s = max(self._seen_s, seconds_between(until, self._origin))

    def _candidates(self, found: Sequence[ScanExcess], lc: LightCurve, source: str) -> list[Candidate]:
        self._given = [*self._given, *found][-_REMEMBERED:]
        fresh = [each for each in found if each.start_s >= self._known_s]
        if not fresh:
            return []
        rates = self._measured() if self._rates is None else self._rates
        candidates = [
            candidate(
                each,
                rates,
                self.orders,
                mission=self.mission,
                instrument=self.instrument,
                tier=lc.info.tier,
                time_frame=lc.info.time_frame,
                simulated=lc.info.simulated,
                start=shift(self._origin, each.start_s),
                peak=shift(self._origin, each.peak_s),
                source=source,
            )
            for each in fresh
        ]
        return [each for each in candidates if each.far_hz <= self.far_hz_at_most]

    def _measured(self) -> ExcessRates:
        first_s = self._given[0].start_s if len(self._given) == _REMEMBERED else -np.inf
        searched_s = min(self._scanner.searched_s, self._seen_s - first_s)
        return measure_rates(
            self._given,
            max(searched_s, 1.0),
            self.bin_s,
            self.orders.threshold_snr,
            instrument=self.instrument,
            particle_hits=self.spikes,
            source="the live search so far",
        )
