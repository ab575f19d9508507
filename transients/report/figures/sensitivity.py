"""Limits against the duration of the burst, and how likely a burst would have been found against its fluence."""

from __future__ import annotations

from typing import Any

from schemas import LimitResult

from ..numbers import percent, scientific, seconds
from .canvas import Picture, finish, footnote, label, log_scale, margins, new_figure, title

_SPECTRUM_COLOURS = ("#1f3b57", "#c8641e", "#2a7a3b", "#5b2a86")
#: Detectors are told apart by line, those together first.
_LINES = ("-", "--", ":", "-.", (0, (1, 3)))
_PUBLISHED = (
    ("hard", 1.0, "hard_1s_erg_cm2", 1.0),
    ("soft", 1.0, "soft_1s_erg_cm2_s", 1.0),
    ("soft", 8.0, "soft_8s_erg_cm2_s", 8.0),
)
#: Efficiencies are drawn for the durations of the published limits, where they are there.
_DRAWN_S = (1.0, 8.0)
#: Probabilities between which a curve is worth a look.
_SHOWN = (0.01, 0.99)
#: The axis of fluence spans at least this factor, so that a power of ten stands on it.
_DECADE = 12.0


def sensitivity_figure(limits: LimitResult, *, name: str, mark: str = "", svg: bool = False) -> Picture:
    """Draw limits as a function of duration, with the published recipe's, and detection efficiencies.

    Raises
    ------
    ValueError
        If there is neither a curve of limits nor of efficiency.
    """
    if not (limits.curves or limits.efficiencies):
        raise ValueError("no curve to draw")
    figure = new_figure(11.0, 5.2)
    small_in = footnote(
        figure,
        "Flat bursts anywhere in the searched window; averaged over the localisation, with the systematic error of the responses. "
        "Found means: an excess that noise gives with the stated probability; spikes are not in it.",
    )
    margins(figure, left=0.75, right=0.15, top=0.4, bottom=0.5 + small_in, between=0.75)
    left, right = figure.subplots(1, 2)
    names = sorted(
        {curve.instrument for curve in limits.curves} | {curve.instrument for curve in limits.efficiencies}, key=_order
    )
    spectra = list(dict.fromkeys([*(c.spectrum for c in limits.curves), *(c.spectrum for c in limits.efficiencies)]))
    _limits(left, limits, names, spectra)
    _efficiencies(right, limits, spectra)
    title(figure, f"{name}: how faint a burst would have been seen")
    return finish(figure, mark, svg=svg)


def _order(instrument: str) -> tuple[int, str]:
    """Several together first."""
    return (-instrument.count("+"), instrument)


def _limits(axes: Any, limits: LimitResult, names: list[str], spectra: list[str]) -> None:
    for curve in sorted(limits.curves, key=lambda c: (_order(c.instrument), c.spectrum)):
        style = {"color": _colour(curve.spectrum, spectra), "ls": _line(curve.instrument, names)}
        axes.plot(curve.duration_s, curve.fluence_erg_cm2, label=f"{curve.instrument}, {curve.spectrum}", **style)
    for spectrum, duration, field, factor in _PUBLISHED:
        value = getattr(limits.published, field)
        if value is not None:
            what = "3 sigma of the counts, as circulars quote it" if field == "hard_1s_erg_cm2" else None
            axes.plot([duration], [factor * value], "o", color=_colour(spectrum, spectra), mfc="white", label=what)
    log_scale(axes.xaxis, seconds)
    log_scale(axes.yaxis, _fluence)
    said = f"{percent(limits.curves[0].confidence)} " if limits.curves else ""
    label(axes, x="duration of the burst [s]", y=f"{said}upper limit, 75–2000 keV [erg cm⁻²]")
    axes.grid(alpha=0.3)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=7)  # where it hides least: the curves are few


def _efficiencies(axes: Any, limits: LimitResult, spectra: list[str]) -> None:
    deepest = {(c.spectrum, c.duration_s): c for c in sorted(limits.efficiencies, key=lambda c: -c.fluence_erg_cm2[0])}
    drawn = [curve for curve in deepest.values() if curve.duration_s in _DRAWN_S] or list(deepest.values())
    for curve in sorted(drawn, key=lambda c: (c.spectrum, c.duration_s)):
        what = f"{curve.spectrum}, {seconds(curve.duration_s)} s ({curve.instrument})"
        width = 1.2 if curve.duration_s <= 1.0 else 2.4
        axes.plot(curve.fluence_erg_cm2, curve.probability, color=_colour(curve.spectrum, spectra), lw=width, label=what)
    if drawn:  # from where the first begins to rise to where the last is certain
        rising = [f for c in drawn for f, p in zip(c.fluence_erg_cm2, c.probability, strict=True) if _SHOWN[0] < p < _SHOWN[1]]
        if rising:
            axes.set_xlim(0.7 * min(rising), max(1.5 * max(rising), _DECADE * 0.7 * min(rising)))
    log_scale(axes.xaxis, _fluence)
    axes.set_ylim(0.0, 1.02)
    chance = f", false alarm {percent(drawn[0].false_alarm_probability)}" if drawn else ""
    label(axes, x="fluence, 75–2000 keV [erg cm⁻²]", y=f"probability to be found{chance}")
    axes.grid(alpha=0.3)
    if drawn:
        axes.legend(fontsize=7, loc="lower right")


def _fluence(value: float) -> str:
    return scientific(value, 1)


def _colour(spectrum: str, spectra: list[str]) -> str:
    return _SPECTRUM_COLOURS[spectra.index(spectrum) % len(_SPECTRUM_COLOURS)] if spectrum in spectra else "#202020"


def _line(instrument: str, names: list[str]) -> Any:
    return _LINES[names.index(instrument) % len(_LINES)]


def has_curves(limits: LimitResult | None) -> bool:
    """Whether there is something to draw."""
    return limits is not None and bool(limits.curves or limits.efficiencies)
