"""The light curve: the whole window above, what matters below; background, sidebands, excess, onset and T0 drawn in."""

from __future__ import annotations

from typing import Any

import numpy as np

from schemas import Excess, FloatArray, LightCurve, SearchResult
from transients.missions.times import between_frames_s, seconds_between

from ..facts import noise_by_scale, strongest, tier_word, utc_text
from ..numbers import percent, seconds, significance
from .canvas import COLOURS, Picture, finish, footnote, label, margins, new_figure, title

#: Bins of the upper panel: at most so many, so that a line is a line.
_MAX_BINS = 700
#: Least half width of the lower panel, s.
_CLOSE_S = 15.0


def lightcurve_figure(
    lc: LightCurve,
    search: SearchResult,
    *,
    name: str,
    mark: str = "",
    light_travel_s: float | None = None,
    svg: bool = False,
) -> Picture:
    """Draw a searched light curve.

    Parameters
    ----------
    lc : LightCurve
        The curve that was searched, on the spacecraft's clock unless its info says otherwise.
    name : str
        The event's name, for the title.
    mark : str
        "SIMULATED DATA" and the like, put across the figure.
    light_travel_s : float, optional
        t(geocentre) - t(spacecraft): gives the second time axis, and the line where a signal at Earth's centre at T0 would
        arrive. Used only when the search is on the spacecraft's clock.
    """
    start_s = lc.start_s + _shift_s(lc, search)
    figure = new_figure(10.0, 7.0)
    small_in = footnote(figure, _caveat(search))
    travel_s = light_travel_s if search.time_frame != "geocentre" else None
    margins(figure, left=0.75, right=0.2, top=0.35 if travel_s is None else 0.75, bottom=0.5 + small_in, between=0.35)
    upper, lower = figure.subplots(2, 1)
    found = strongest(search)
    excess = found[1] if found is not None and search.detection else None
    window = search.window_s
    _panel(upper, search, excess, *_binned(lc, start_s, window, max((window[1] - window[0]) / _MAX_BINS, search.bin_s)), window)
    close = _close_up(search, excess)
    _panel(lower, search, excess, *_binned(lc, start_s, close, (close[1] - close[0]) / _MAX_BINS), close)
    if travel_s is not None:
        for axes in (upper, lower):
            axes.axvline(-travel_s, color=COLOURS["t0"], ls=":", lw=1.0, label="T0 at Earth's centre, seen here")
        _second_axis(upper, travel_s)
    clock = "at Earth's centre" if search.time_frame == "geocentre" else "on the spacecraft's clock"
    label(lower, x=f"time since T0 = {utc_text(search.t0)} [s], {clock}")
    title(figure, f"{name}: {lc.info.mission} {search.instrument}, {tier_word(lc.info.tier)} data")
    upper.legend(loc="upper right", fontsize=8, framealpha=0.9)
    return finish(figure, mark, svg=svg)


def _shift_s(lc: LightCurve, search: SearchResult) -> float:
    """What to add to the curve's times to have seconds from T0 in the search's frame."""
    frames_s = between_frames_s(lc.info.time_frame, search.time_frame, search.light_travel_s)
    return seconds_between(lc.info.reference, search.t0) + frames_s


def _binned(
    lc: LightCurve, start_s: FloatArray, window: tuple[float, float], least_s: float
) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """Rates in bins of whole native bins, gaps kept: edges (low, high), rate, and the bin width; empty bins are left out."""
    width = max(round(least_s / lc.info.bin_s), 1) * lc.info.bin_s
    inside = (start_s >= window[0] - width) & (start_s < window[1] + width)
    begin, size, counts = start_s[inside], lc.width_s[inside], lc.counts[inside]
    if width <= lc.info.bin_s:
        return begin, begin + size, counts / size, width
    index = np.floor((begin + 0.5 * size - window[0]) / width).astype(np.int64)
    groups, where = np.unique(index, return_inverse=True)
    live = np.bincount(where, size)
    rate = np.asarray(np.bincount(where, counts) / live, dtype=np.float64)
    low = np.asarray(window[0] + groups * width, dtype=np.float64)
    whole = live > 0.5 * width
    return low[whole], low[whole] + width, rate[whole], width


def _steps(low: FloatArray, high: FloatArray, rate: FloatArray, width: float) -> tuple[FloatArray, FloatArray]:
    """A broken staircase: NaN where data are missing."""
    x, y = np.column_stack([low, high]).ravel(), np.repeat(rate, 2)
    gaps = 2 * (np.flatnonzero(low[1:] - high[:-1] > 0.5 * width) + 1)
    return np.insert(x, gaps, np.nan), np.insert(y, gaps, np.nan)


def _panel(
    axes: Any,
    search: SearchResult,
    excess: Excess | None,
    low: FloatArray,
    high: FloatArray,
    rate: FloatArray,
    width: float,
    window: tuple[float, float],
) -> None:
    kilo = 1e-3
    gaps = low[1:] - high[:-1] > 0.5 * width
    for a, b in zip(high[:-1][gaps], low[1:][gaps], strict=True):
        axes.axvspan(a, b, color=COLOURS["gap"], alpha=0.25, lw=0)
    model = search.allwindow
    if model is not None:
        for i, (a, b) in enumerate(model.sidebands_s):
            axes.axvspan(a, b, color=COLOURS["sideband"], alpha=0.25, lw=0, label="sidebands" if i == 0 else None)
    if excess is not None:
        end = excess.t_start_s + excess.duration_s
        axes.axvspan(excess.t_start_s, end, color=COLOURS["excess"], alpha=0.14, lw=0, label=_words(excess))
    axes.plot(*_steps(low, high, rate * kilo, width), color=COLOURS["data"], lw=0.9, label=f"{seconds(width, 3)} s bins")
    level = search.background_rate_cts_s * kilo
    axes.axhline(level, color=COLOURS["background"], lw=1.2, label=f"background {search.background_rate_cts_s:.0f} counts/s")
    if len(rate):
        spread = 3 * np.sqrt(search.background_rate_cts_s / width) * kilo
        axes.axhspan(level - spread, level + spread, color=COLOURS["background"], alpha=0.13, lw=0, label="±3σ Poisson")
    if search.onset_s is not None:
        axes.axvline(search.onset_s, color=COLOURS["onset"], ls="--", lw=1.1, label=f"onset {search.onset_s:+.2f} s")
    axes.axvline(0.0, color=COLOURS["t0"], lw=1.1, label="T0")
    axes.set_xlim(*window)
    label(axes, y="rate [10³ counts/s]")
    axes.margins(y=0.12)
    axes.grid(alpha=0.25, lw=0.5)


def _words(excess: Excess) -> str:
    return f"excess: S/N {significance(excess.snr)} in {seconds(excess.duration_s)} s"


def _close_up(search: SearchResult, excess: Excess | None) -> tuple[float, float]:
    """The lower panel: T0 and the excess with as much again on each side, within the window."""
    first, last = (0.0, 0.0) if excess is None else (excess.t_start_s, excess.t_start_s + excess.duration_s)
    if search.onset_s is not None and search.t90_s is not None:
        last = max(last, search.onset_s + 1.2 * search.t90_s)
    margin = max(_CLOSE_S, 0.4 * (last - first))
    return max(search.window_s[0], min(first, 0.0) - margin), min(search.window_s[1], max(last, 0.0) + margin)


def _second_axis(axes: Any, light_travel_s: float) -> None:
    top = axes.secondary_xaxis("top", functions=(lambda x: x + light_travel_s, lambda x: x - light_travel_s))
    top.set_xlabel("time since T0 [s], at Earth's centre", fontsize=9)
    top.tick_params(labelsize=8)


def _caveat(search: SearchResult) -> str:
    ratios = ", ".join(f"{ratio:.2f} at {seconds(scale)} s" for scale, ratio in noise_by_scale(search)[:5])
    noise = f"Observed over Poisson noise (σ/√N): {ratios}. " if ratios else ""
    missing = 1.0 - search.completeness
    part = "Less than 0.1%" if missing < 1e-3 else percent(missing)
    gaps = f"{part} of the window is missing (grey between data). " if missing > 0.0 else ""
    full = "Counters may have saturated: rates are lower limits. " if search.saturated else ""
    return f"{noise}{gaps}{full}Single bins above the band are often particle hits, not photons."
