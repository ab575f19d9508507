"""Blind search: the excesses of a stream of counts, one for each thing that happened, however the stream is cut into pieces."""

from __future__ import annotations

import dataclasses

import numpy as np

from schemas import FloatArray, Spike

from .background import Background
from .bins import Bins
from .burst import measure_burst
from .octaves import LONGEST_S
from .spikes import classify_spike
from .stream import Stream, Triggers, joined

#: Kept before an excess for its shape, s.
_MARGIN_S = 2.0


@dataclasses.dataclass(frozen=True)
class ScanSettings:
    """What is looked for."""

    #: Excesses below it are not kept.
    threshold_snr: float = 5.0
    #: Longest window, s.
    longest_s: float = LONGEST_S
    #: Windows closer to each other than this, s, are one excess.
    apart_s: float = 10.0
    #: An excess that goes on for longer than this, s, is given in parts (flares, belts).
    most_s: float = 600.0
    #: The stream is searched in stretches between whole multiples of this time, s: so its cutting cannot matter. An excess is given
    #: at the end of a stretch; short ones cost more time per bin.
    stretch_s: float = 300.0
    #: Whether bins are compared with the shape of a particle hit.
    spikes: bool = True


@dataclasses.dataclass(frozen=True)
class ScanExcess:
    """Counts over the background; times in s on the stream's clock.

    Attributes
    ----------
    start_s, duration_s : float
        The most significant window, gaps included.
    peak_s : float
        Middle of its highest bin.
    counts, background_cts_s : float
        Above the background, and the background's rate.
    snr : float
    octave : int
        Of the window's length.
    first_s, last_s : float
        From the first to the last window that belongs to it.
    windows : int
        How many do, none overlapping another.
    spike : Spike or None
    saturated : bool
        The highest bins are flat.
    """

    start_s: float
    duration_s: float
    peak_s: float
    counts: float
    background_cts_s: float
    snr: float
    octave: int
    first_s: float
    last_s: float
    windows: int
    spike: Spike | None
    saturated: bool


class Scanner:
    """Search a stream of bins; memory and work per bin do not grow with it.

    The excesses are the same however the stream is cut. The origin of time is part of the input: rounding puts a bin now into one
    second of the background, now into the next.

    Parameters
    ----------
    bin_s
        Nominal width of a bin, s.
    settings
        What is looked for.
    counted_s
        The stretch of time of which `searched_s` tells how much was searched.
    """

    def __init__(self, bin_s: float, settings: ScanSettings, counted_s: tuple[float, float] = (-np.inf, np.inf)) -> None:
        self.settings = settings
        self._counted_s = counted_s
        self._stream = Stream(bin_s, threshold_snr=settings.threshold_snr, longest_s=settings.longest_s)
        self._bin_s = bin_s
        self._waiting: list[FloatArray] = []  # (3, n): start, width, counts of the stretch that is not whole yet
        self._stretch = -np.inf
        self._held: list[FloatArray] = []  # the same of what was searched, as far back as an open excess needs
        self._rows: list[Triggers] = []
        self._opened_s = self._latest_s = np.nan
        self._best = (0.0, -np.inf)  # S/N and end of the best window of the open excess
        self._given_s = -np.inf
        #: Seconds that were searched: those in which the background was known.
        self.searched_s = 0.0

    @property
    def settled_s(self) -> float:
        """Every excess that begins before this time has been given; -inf at the start."""
        reached = self._stretch * self.settings.stretch_s - self.settings.longest_s
        return max(self._given_s, min(reached, self._opened_s) if self._rows else reached)

    def push(self, start_s: FloatArray, width_s: FloatArray, counts: FloatArray) -> list[ScanExcess]:
        """Take bins in, in order of time; give the excesses that are over."""
        bins = np.array([start_s, width_s, counts], dtype=np.float64)
        stretch = np.floor(bins[0] / self.settings.stretch_s + 1e-6)
        edges = np.flatnonzero(np.diff(stretch, prepend=self._stretch))
        found: list[ScanExcess] = []
        begin = 0
        for edge in edges.tolist():
            self._waiting.append(bins[:, begin:edge])
            found += self._search()
            self._stretch = float(stretch[edge])
            begin = edge
        self._waiting.append(bins[:, begin:])
        return found

    def finish(self) -> list[ScanExcess]:
        """The end of the stream: what is left in it."""
        return [*self._search(), *self._close()]

    def _search(self) -> list[ScanExcess]:
        """Search the stretch that is whole now."""
        bins = np.concatenate(self._waiting, axis=1) if self._waiting else np.empty((3, 0))
        self._waiting = []
        if bins.shape[1] == 0:
            return []
        found = self._close() if self._is_over(float(bins[0, 0])) else []
        before = self._stream.bins_searched
        rows = self._stream.push(bins[0], bins[1], bins[2])
        # Those without a background come first: at the beginning, or when it was lost.
        known = bins[:, bins.shape[1] - (self._stream.bins_searched - before) :]
        self.searched_s += float(known[1, (known[0] >= self._counted_s[0]) & (known[0] < self._counted_s[1])].sum())
        self._held.append(bins)
        # A window that begins before the end of what was given would tell of it again.
        rows = rows[rows.start_s >= self._given_s]
        if len(rows):
            self._gather(rows)
        self._forget()
        return found

    def _gather(self, rows: Triggers) -> None:
        """Add windows to the open excess; it goes on with those that are better than all before, or that follow the best.

        For as long as the longest window, others hold a bright burst that is over: they tell nothing new.
        """
        if not self._rows:
            self._opened_s, self._best, self._latest_s = np.inf, (0.0, -np.inf), -np.inf
        self._opened_s = min(self._opened_s, float(rows.start_s.min()))
        stop = rows.start_s + rows.duration_s
        top = int(np.argmax(rows.snr))
        if rows.snr[top] > self._best[0]:
            self._best = float(rows.snr[top]), float(stop[top])
            self._latest_s = max(self._latest_s, self._best[1])
        following = rows.start_s > self._best[1] - 0.5 * self._bin_s
        if following.any():
            self._latest_s = max(self._latest_s, float(stop[following].max()))
        self._rows.append(rows)

    def _is_over(self, now_s: float) -> bool:
        if not self._rows:
            return False
        return now_s - self._latest_s > self.settings.apart_s or now_s - self._opened_s > self.settings.most_s

    def _forget(self) -> None:
        """Let go of bins that no excess can need: one that opens now began no more than the longest window ago."""
        now_s = self._stretch * self.settings.stretch_s
        needed_s = (self._opened_s if self._rows else now_s) - self.settings.longest_s - _MARGIN_S
        while len(self._held) > 1 and self._held[0][0, -1] < needed_s:
            self._held.pop(0)

    def _close(self) -> list[ScanExcess]:
        """The excesses among the windows gathered so far."""
        if not self._rows:
            return []
        best = joined(Triggers, self._rows).strongest()
        self._rows = []
        bins = np.concatenate(self._held, axis=1)
        order = np.argsort(best.start_s, kind="stable")
        start, stop = best.start_s[order], best.start_s[order] + best.duration_s[order]
        apart = np.flatnonzero(start[1:] - np.maximum.accumulate(stop)[:-1] > self.settings.apart_s) + 1
        found = [self._excess(best[np.sort(group)], bins) for group in np.split(order, apart)]
        self._given_s = found[-1].last_s
        return found

    def _excess(self, group: Triggers, bins: FloatArray) -> ScanExcess:
        """One excess of its windows, the most significant first."""
        start, duration = float(group.start_s[0]), float(group.duration_s[0])
        slack = 0.25 * self._bin_s
        low = int(np.searchsorted(bins[0], start - slack))
        high = max(int(np.searchsorted(bins[0], start + duration - slack)), low + 1)
        exposure = float(bins[1, low:high].sum())
        rate = float(group.expected[0]) / exposure
        near = slice(
            int(np.searchsorted(bins[0], start - _MARGIN_S)), int(np.searchsorted(bins[0], start + duration + _MARGIN_S))
        )
        ratio = float(self._stream.scatter.ratio[0])
        local = _level(Bins(bins[0, near], bins[1, near], bins[2, near], self._bin_s), rate, ratio)
        first, stop = low - near.start, high - near.start
        spike = classify_spike(local, first, stop, ratio) if self.settings.spikes else None
        burst = measure_burst(local, first, stop, ratio)
        return ScanExcess(
            start_s=start,
            duration_s=duration,
            peak_s=burst.peak_time_s,
            counts=float(group.counts[0] - group.expected[0]),
            background_cts_s=rate,
            snr=float(group.snr[0]),
            octave=int(group.octave[0]),
            first_s=float(group.start_s.min()),
            last_s=float((group.start_s + group.duration_s).max()),
            windows=len(group),
            spike=spike,
            saturated=burst.saturated,
        )


def _level(bins: Bins, rate_cts_s: float, overdispersion: float) -> Background:
    """A flat background of this rate, for the seconds about an excess."""
    return Background(bins, 0, np.array([rate_cts_s]), np.zeros((1, 1)), np.zeros(len(bins), bool), overdispersion)
