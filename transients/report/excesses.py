"""The table of excesses: by method, by class, the least probable false alarm first."""

from __future__ import annotations

from schemas import Assessment, Excess, FluencePerCount, SearchResult

from .facts import conversion
from .numbers import probability, seconds, significance, with_errors
from .text import table, wrap

#: Rows printed per class; how many more there are is said.
ROWS_PER_CLASS = 8
#: Systematic uncertainty of the response (Savchenko et al. 2017, A&A 603 A46): added to the spread over the region.
RESPONSE_SYSTEMATIC = 0.2

_CLASSES = {
    "likely": "Likely associated excesses",
    "tentatively": "Tentatively associated excesses",
    "possibly": "Possibly associated excesses",
    "likely background": "Excesses likely due to background",
}
_METHODS = {"allwindow": "all-window search", "published": "published search"}


def flux(excess: Excess, factor: FluencePerCount) -> tuple[float, float, float]:
    """Mean flux of an excess and its errors, erg cm-2 s-1 in 75-2000 keV.

    Parameters
    ----------
    excess : Excess
        Its counts are those above the background.
    factor : FluencePerCount
        erg cm-2 per count: median, lowest and highest over the 50 % region.

    Returns
    -------
    value, statistical, localisation : float
        The statistical error is value / (S/N); the last is half the spread over the region and the 20 % systematic of the
        response, in quadrature.
    """
    rate = excess.counts / excess.duration_s
    value = rate * factor.median_erg_cm2
    spread = 0.5 * rate * (factor.high_erg_cm2 - factor.low_erg_cm2)
    return value, abs(value) / excess.snr, float((spread**2 + (RESPONSE_SYSTEMATIC * value) ** 2) ** 0.5)


def tables(assessment: Assessment) -> str | None:
    """Every table with its heading, or None where no excess was kept."""
    parts = []
    for search in assessment.searches:
        factor = conversion(assessment, search.instrument)
        for attribute, words in _METHODS.items():
            result = getattr(search, attribute)
            if result is not None:
                parts += _by_class(search, words, result.excesses, factor)
    return "\n\n".join(parts) or None


def longest_listed_s(assessment: Assessment) -> float:
    """Duration of the longest excess that has a false-alarm probability and is listed; 0 if there is none."""
    lengths = [0.0]
    for search in assessment.searches:
        for result in (search.allwindow, search.published):
            if result is not None:
                lengths += [e.duration_s for e in result.excesses if e.fap is not None and e.classification in _CLASSES]
    return max(lengths)


def _by_class(search: SearchResult, method: str, excesses: tuple[Excess, ...], factor: FluencePerCount | None) -> list[str]:
    parts = []
    for name, heading in _CLASSES.items():
        rows = sorted((e for e in excesses if e.classification == name), key=lambda e: (1.0 if e.fap is None else e.fap, -e.snr))
        if not rows:
            continue
        title = wrap(f"{heading} in {search.instrument} ({method}):")
        lines = [title, table(_header(factor), [_row(e, factor) for e in rows[:ROWS_PER_CLASS]])]
        if len(rows) > ROWS_PER_CLASS:
            lines.append(f"and {len(rows) - ROWS_PER_CLASS} more")
        parts.append("\n".join(lines))
    return parts


def _header(factor: FluencePerCount | None) -> tuple[str, ...]:
    return ("T-T0 s", "scale s", "S/N", "FAP", "net cts/s" if factor is None else "flux (erg/cm^2/s)")


def _row(excess: Excess, factor: FluencePerCount | None) -> tuple[str, ...]:
    size = f"{excess.counts / excess.duration_s:.0f}" if factor is None else with_errors(*flux(excess, factor))
    chance = "-" if excess.fap is None else probability(excess.fap)
    spike = "*" if excess.spike is not None and excess.spike.likely else ""
    return (seconds(excess.t_start_s), seconds(excess.duration_s), f"{significance(excess.snr)}{spike}", chance, size)


def has_spikes(assessment: Assessment) -> bool:
    """Whether a listed excess has the shape of a particle hit, so that the mark must be explained."""
    results = [r for s in assessment.searches for r in (s.allwindow, s.published) if r is not None]
    listed = (e for r in results for e in r.excesses if e.classification in _CLASSES)
    return any(e.spike is not None and e.spike.likely for e in listed)
