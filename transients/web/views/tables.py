"""The table of limits, published recipe beside ours, and the table of excesses of both methods."""

from __future__ import annotations

from schemas import Assessment, Excess, LimitEntry, LimitResult, PublishedLimits, Record

from ..wording import UNKNOWN, number, percent


class LimitRow(Record, frozen=True, kw_only=True):
    """A limit as text."""

    what: str
    published: str
    ours: str
    confidence: str
    ratio: str
    covered: str
    energy: str


class ExcessRow(Record, frozen=True, kw_only=True):
    """An excess as text. Times are from T0."""

    instrument: str
    method: str
    start: str
    duration: str
    snr: str
    counts: str
    rate: str
    far: str
    fap: str
    classification: str
    spike: str


def limit_rows(limits: LimitResult) -> tuple[LimitRow, ...]:
    """Our limits, each beside the published recipe's fluence for the same spectrum and duration; then what has no twin."""
    published = _published_fluences(limits.published)
    rows = []
    # Several detectors together stand before each alone.
    for entry in sorted(limits.limits, key=lambda e: (e.spectrum, e.duration_s, -e.instrument.count("+"), e.instrument)):
        twin = published.get((entry.spectrum, entry.duration_s))
        if twin is not None and limits.published.instruments and not _recipe_has(entry.instrument, limits.published):
            twin = None
        rows.append(_limit_row(entry, twin))
    done = {(e.spectrum, e.duration_s) for e in limits.limits}
    rows += [_lonely_row(key, value) for key, value in published.items() if value is not None and key not in done]
    return tuple(rows)


def _recipe_has(instrument: str, published: PublishedLimits) -> bool:
    """Whether the published recipe rests on the detector, or on each of several together."""
    return set(instrument.split("+")) <= set(published.instruments)


def _published_fluences(published: PublishedLimits) -> dict[tuple[str, float], float | None]:
    flux8 = published.soft_8s_erg_cm2_s
    return {
        ("hard", 1.0): published.hard_1s_erg_cm2,
        ("soft", 1.0): published.soft_1s_erg_cm2_s,
        ("soft", 8.0): None if flux8 is None else 8.0 * flux8,
    }


def _limit_row(entry: LimitEntry, published: float | None) -> LimitRow:
    return LimitRow(
        what=f"{entry.instrument}, {entry.spectrum}, {number(entry.duration_s, 2, 's')}",
        published=number(published, 2),
        ours=number(entry.fluence_erg_cm2, 2),
        confidence=percent(entry.confidence),
        ratio=UNKNOWN if not published else f"{entry.fluence_erg_cm2 / published:.2f}",
        covered=percent(entry.probability_covered, 0),
        energy=number(entry.eiso_erg, 2),
    )


def _lonely_row(key: tuple[str, float], fluence: float) -> LimitRow:
    what = f"{key[0]}, {number(key[1], 2, 's')}"
    return LimitRow(
        what=what, published=number(fluence, 2), ours=UNKNOWN, confidence=UNKNOWN, ratio=UNKNOWN, covered=UNKNOWN, energy=UNKNOWN
    )


def excess_rows(assessment: Assessment, most: int = 30) -> tuple[tuple[ExcessRow, ...], int]:
    """The strongest excesses, and how many there are in all; a page lists `most`, assessment.json has every one."""
    found: list[tuple[float, ExcessRow]] = []
    for search in assessment.searches:
        for method, result in (("all windows", search.allwindow), ("published", search.published)):
            if result is not None:
                found += [(e.snr, _excess_row(search.instrument, method, e)) for e in result.excesses]
    found.sort(key=lambda pair: -pair[0])
    return tuple(row for _, row in found[:most]), len(found)


def _excess_row(instrument: str, method: str, excess: Excess) -> ExcessRow:
    spike = UNKNOWN if excess.spike is None else ("likely" if excess.spike.likely else "no")
    return ExcessRow(
        instrument=instrument,
        method=method,
        start=f"{excess.t_start_s:+.2f}",
        duration=number(excess.duration_s, 2),
        snr=number(excess.snr, 3),
        counts=number(excess.counts, 4),
        rate=number(excess.rate_cts_s, 4),
        far=number(excess.far_hz, 2),
        fap=UNKNOWN if excess.fap is None else ("above 1" if excess.fap > 1 else number(excess.fap, 2)),
        classification=excess.classification,
        spike=spike,
    )
