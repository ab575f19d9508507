"""The search of a stream of bins, chunk by chunk, at constant work per bin: windows of every start and length up to 100 s.

Two classes, one upon the other:

`WindowStream(bin_s, bounds_s)` takes bins with their expected counts, `push(start_s, stop_s, counts, expected, floors)`, and
gives for each last bin and octave of length the window of largest log-likelihood ratio above the octave's floor, exactly, however
the stream is cut. Batch and stream are the same code: a batch is one push.

`Stream(bin_s)` needs no expectation: a `tracking.Tracker` follows the background, and the over-dispersion is measured as it
goes, octave by octave. `push(start_s, width_s, counts)` gives `Triggers`:

>>> import numpy as np
>>> stream = Stream(0.05)
>>> start = 0.05 * np.arange(20_000)
>>> counts = np.random.default_rng(3).poisson(4200.0, 20_000).astype(float)
>>> counts[15_000:15_040] += 400.0
>>> found = stream.push(start, np.full(20_000, 0.05), counts)
>>> best = found.strongest()
>>> round(float(best.start_s[0])), round(float(best.duration_s[0]))
(750, 2)
>>> stream.state
'tracking'

A chunk can be of any length: a packet of 8 s or a day. Times may be seconds from anything, increasing; a gap is absent bins.
Rows of `Triggers` are final when given. One excess gives many rows (each last bin, each octave): gather the rows of some minutes
(`joined(Triggers, parts)`) and ask for `strongest()`, which keeps the most significant of those that overlap. An excess still going on at
the end of a chunk grows in the next.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from schemas import FloatArray
from schemas.errors import RefusedInput

from .focus import IntArray
from .octaves import LONGEST_S, octaves
from .overlap import without_overlap
from .running_scatter import Scatter
from .tracking import State, Tracker

Rows = TypeVar("Rows", "Found", "Triggers")


@dataclasses.dataclass(frozen=True, eq=False)
class Found:
    """The best window of each octave of length for each last bin, where it is above the floor; every array is (m,).

    Attributes
    ----------
    first, stop : int64
        Bins first .. stop - 1, counted from the first bin of the stream.
    octave : int64
    start_s, stop_s : float64
        Its edges, s.
    counts, expected : float64
    statistic : float64
        x ln(x/b) - (x - b).
    """

    first: IntArray
    stop: IntArray
    octave: IntArray
    start_s: FloatArray
    stop_s: FloatArray
    counts: FloatArray
    expected: FloatArray
    statistic: FloatArray

    def __len__(self) -> int:
        return len(self.statistic)


class WindowStream:
    """Search a stream of bins, chunk by chunk; what was found does not depend on how it is cut into chunks.

    Parameters
    ----------
    bin_s : float
        Nominal width of a bin, s.
    bounds_s : (k, 2) float64
        Shortest and longest window of each octave, s, as `windows.octaves` gives them.
    capacity : int
        Bins held; grows where the longest window needs more.
    """

    def __init__(self, bin_s: float, bounds_s: FloatArray, capacity: int = 1 << 16) -> None:
        from .kernels import stream
        from .kernels.screen import LEVELS, SHIFT, take_in

        self._take_in, self._search = take_in, stream.search_octaves
        self.bin_s = float(bin_s)
        self.bounds_s = np.ascontiguousarray(bounds_s, float)
        self._whole = 1 << max(LEVELS - 1, SHIFT)
        longest = int(self.bounds_s[-1, 1] / bin_s) + 2
        n = self.capacity = max(capacity, 4 * (longest + 2 * self._whole))
        self._edges = np.zeros((2, n))
        self._b_cum, self._excess = np.zeros(n + 1), np.zeros(n + 1)
        self._odd = np.zeros(n + 1, np.int64)
        self._low_rate = np.zeros((n >> SHIFT) + 1)
        self._lowest, self._highest = np.zeros((LEVELS, n)), np.zeros((LEVELS, n))
        self.work = (
            np.zeros((3, n + 1), np.int64), np.empty(n), np.empty(n, np.int64),
            np.empty((n * len(self.bounds_s), 3), np.int64), np.empty(n * len(self.bounds_s)),
        )  # fmt: skip
        self.held = 0
        self.gone = 0

    @property
    def latest_s(self) -> float:
        """End of the last bin; minus infinity before the first."""
        return float(self._edges[1, self.held - 1]) if self.held else -np.inf

    @property
    def buffers(self) -> tuple[FloatArray, FloatArray, FloatArray, IntArray, FloatArray, FloatArray, FloatArray]:
        """What the kernels keep of the last bins."""
        return self._edges, self._b_cum, self._excess, self._odd, self._low_rate, self._lowest, self._highest

    @property
    def bins(self) -> int:
        """Bins pushed so far."""
        return self.gone + self.held

    def push(
        self, start_s: FloatArray, stop_s: FloatArray, counts: FloatArray, expected: FloatArray, floors: FloatArray
    ) -> Found:
        """Take bins in and search the windows that end with them.

        Parameters
        ----------
        start_s, stop_s, counts, expected : (n,) float64
            In order of time; expected counts > 0.
        floors : (k,) float64
            Ratios at or below it are not looked for, by octave.
        """
        arrays = [np.ascontiguousarray(a, np.float64) for a in (start_s, stop_s, counts, expected)]
        _require_order(arrays[0], self.latest_s)
        parts: list[Found] = []
        at, n = 0, len(arrays[0])
        while at < n or not parts:
            if self.held == self.capacity:
                self.make_room()
            until = min(n, at + self.capacity - self.held)
            start, stop, x, b = (a[at:until] for a in arrays)
            parts.append(self._push(start, stop, x, b, np.ascontiguousarray(floors, float)))
            at = until
        return parts[0] if len(parts) == 1 else joined(Found, parts)

    def _push(
        self, start_s: FloatArray, stop_s: FloatArray, counts: FloatArray, expected: FloatArray, floors: FloatArray
    ) -> Found:
        begin, last = self.held, self.held + len(start_s)
        if last > begin:
            self._take_in(start_s, stop_s, counts, expected, begin, self.bin_s, *self.buffers)
        self.held = last
        count = self._search(*self.buffers, begin, last, self.bounds_s, self.bin_s, floors, *self.work)
        end, octave, first = self.work[3][:count].T
        expectation = self._b_cum[end + 1] - self._b_cum[first]
        return Found(
            first=first + self.gone,
            stop=end + 1 + self.gone,
            octave=octave.copy(),
            start_s=self._edges[0, first],
            stop_s=self._edges[1, end],
            counts=self._excess[end + 1] - self._excess[first] + expectation,
            expected=expectation,
            statistic=self.work[4][:count].copy(),
        )

    def make_room(self) -> None:
        """Keep the bins that a window may still begin with; whole blocks move, so that no block changes its bins."""
        if self.held == 0:
            return
        oldest = int(np.searchsorted(self._edges[0, : self.held], self._edges[1, self.held - 1] - self.bounds_s[-1, 1]))
        move = oldest - oldest % self._whole
        keep = self.held - move
        self._edges[:, :keep] = self._edges[:, move : self.held]
        e = float(self._excess[move])
        for array in (self._b_cum, self._excess, self._odd):
            array[: keep + 1] = array[move : self.held + 1] - array[move]
        shift = self.capacity // (len(self._low_rate) - 1)
        self._low_rate[: len(self._low_rate) - move // shift] = self._low_rate[move // shift :].copy()
        for level in range(1, len(self._lowest)):
            entries = (self.held - 1 >> level) + 1
            for pyramid in (self._lowest, self._highest):
                pyramid[level, : entries - (move >> level)] = pyramid[level, move >> level : entries] - e
        self.held, self.gone = keep, self.gone + move


@dataclasses.dataclass(frozen=True, eq=False)
class Triggers:
    """Windows above the threshold: the best of each octave for each last bin; every array is (m,).

    Attributes
    ----------
    first, stop : int64
        Bins first .. stop - 1 among those searched.
    octave : int64
    start_s, duration_s : float64
        Elapsed time, gaps included.
    counts, expected : float64
    snr : float64
        Square root of twice the log-likelihood ratio over the over-dispersion, less what the background's uncertainty takes.
    """

    first: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]
    octave: npt.NDArray[np.int64]
    start_s: FloatArray
    duration_s: FloatArray
    counts: FloatArray
    expected: FloatArray
    snr: FloatArray

    def __len__(self) -> int:
        return len(self.snr)

    def __getitem__(self, select: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Triggers:
        return Triggers(*(getattr(self, field.name)[select] for field in dataclasses.fields(self)))

    def strongest(self) -> Triggers:
        """Of triggers that overlap the most significant; most significant first."""
        return self[without_overlap(self.first, self.stop, self.snr)]


class Stream:
    """Search a stream of counts whose background is followed as it comes.

    Parameters
    ----------
    bin_s : float
        Nominal width of a bin, s.
    threshold_snr : float
        Windows below it are not given.
    longest_s : float
        Longest window, s.
    lag_s : float
        Data younger than this are not in the background they are compared with.
    """

    #: Excesses above this S/N are kept out of the background.
    ASIDE_SNR = 5.5

    def __init__(self, bin_s: float, *, threshold_snr: float = 4.0, longest_s: float = LONGEST_S, lag_s: float = 20.0) -> None:
        bounds = octaves(bin_s, longest_s)
        self.threshold_snr = threshold_snr
        self.tracker = Tracker(lag_s)
        self.scatter = Scatter(len(bounds), bin_s)
        self._windows = WindowStream(bin_s, bounds)
        self._latest_s = -np.inf
        self._rows = np.empty((self._windows.capacity * len(bounds), 8))

    @property
    def state(self) -> State:
        """ "acquiring" or "tracking": only then bins are searched."""
        return self.tracker.state

    @property
    def bins_searched(self) -> int:
        """Bins that had a background so far."""
        return self._windows.bins

    def push(self, start_s: FloatArray, width_s: FloatArray, counts: FloatArray) -> Triggers:
        """Take bins in and search the windows that end with them.

        Raises
        ------
        RefusedInput
            Bins that are not in order of time, or not after those of the push before.
        """
        from .kernels.stream import advance

        start, width, x = (np.ascontiguousarray(a, np.float64) for a in (start_s, width_s, counts))
        stop = start + width
        _require_order(start, self._latest_s)
        self._latest_s = float(stop[-1]) if len(stop) else self._latest_s
        parts: list[Triggers] = []
        at, windows = 0, self._windows
        while at < len(start) or not parts:
            at, windows.held, filled = advance(
                start, stop, x, at, windows.held, windows.gone, self.threshold_snr, self.ASIDE_SNR, self.tracker.lag_s,
                self.scatter.second, self.tracker.numbers, self.tracker.queue, self.scatter.numbers, self.scatter.memory,
                *windows.buffers, windows.bounds_s, windows.bin_s, *windows.work, self._rows,
            )  # fmt: skip
            parts.append(_triggers(self._rows[:filled]))
            if at < len(start):
                windows.make_room()
        return parts[0] if len(parts) == 1 else joined(Triggers, parts)


def _require_order(start_s: FloatArray, latest_s: float) -> None:
    """A stream's time only grows; half a millisecond is rounding."""
    if len(start_s) and (start_s[0] < latest_s - 5e-4 or bool((np.diff(start_s) <= 0.0).any())):
        raise RefusedInput(f"bins are not in order of time: {start_s[0]:.3f} s and on after {latest_s:.3f} s")


def joined(kind: type[Rows], parts: Sequence[Rows]) -> Rows:
    """Several `Found` or `Triggers`, at least one, as one."""
    return kind(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in dataclasses.fields(kind)))


def _triggers(rows: FloatArray) -> Triggers:
    first, stop, octave = rows[:, :3].T.astype(np.int64)
    return Triggers(first, stop, octave, *rows[:, 3:].T.copy())
