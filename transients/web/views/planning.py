"""What planners read of an event: urgency, windows of visibility, pointing advice, pointing history, light travel."""

from __future__ import annotations

import datetime as dt
import itertools

from schemas import Assessment, Event, Geometry, Instant, LightTravel, PointingHistory, Record, VisibilityForecast
from schemas.geometry import AdvisedPointing

from ..wording import UNKNOWN, duration, number, percent

#: Off-axis angles between which the time is told, deg: the bands of the field of view, then wider ones.
_BANDS_DEG = (0.0, 10.0, 15.0, 20.0, 30.0, 60.0, 90.0, 120.0, 180.0)
_NAMES = {"staring": "staring", "hexagonal": "hexagonal", "5x5": "5 × 5"}


class WindowRow(Record, frozen=True, kw_only=True):
    """A window as text."""

    start: Instant
    stop: Instant
    length: str
    opened_by: str
    closed_by: str
    uncertainty: str


class AdviceRow(Record, frozen=True, kw_only=True):
    """An advised pointing as text."""

    pattern: str
    bound: str
    place: str
    probability: str
    from_peak: str
    from_pointing: str
    slew: str
    reaction: str


class TravelRow(Record, frozen=True, kw_only=True):
    """A delay as text."""

    place: str
    delay: str
    spread: str
    uncertainty: str
    source: str


class Planning(Record, frozen=True, kw_only=True):
    """The cards; what is empty has none."""

    #: (grade, reasons of that grade), the highest first.
    urgency: tuple[tuple[str, str], ...] = ()
    grade: str = ""
    now: str = ""
    windows: tuple[WindowRow, ...] = ()
    #: (days from T0, percent).
    fractions: tuple[tuple[str, str], ...] = ()
    visibility_notes: tuple[str, ...] = ()
    advice: tuple[AdviceRow, ...] = ()
    advice_notes: tuple[str, ...] = ()
    #: (band of off-axis angle, ks).
    history: tuple[tuple[str, str], ...] = ()
    history_note: str = ""
    travels: tuple[TravelRow, ...] = ()


def planning(event: Event, assessment: Assessment | None, now: dt.datetime) -> Planning:
    """The cards of an event's geometry. Nothing is planned for one that was retracted: what was observed stays."""
    geometry = None if assessment is None else assessment.geometry
    if geometry is None:
        return Planning()
    active = event.state == "active"
    ahead = geometry.forecast if active else None
    advice = geometry.advice if active else None
    return Planning(
        urgency=_urgency(geometry) if active else (),
        grade=geometry.urgency.grade if active and geometry.urgency is not None else "",
        now="" if ahead is None else _now(ahead, now),
        windows=() if ahead is None else _windows(ahead),
        fractions=() if ahead is None else _fractions(ahead),
        visibility_notes=() if ahead is None else _notes(ahead),
        advice=() if advice is None else tuple(_advised(entry) for entry in advice.entries),
        advice_notes=() if advice is None else (f"As of {advice.at.utc} UTC: {'; '.join(advice.constraints)}.", *advice.caveats),
        history=() if geometry.history is None else _history(geometry.history),
        history_note="" if geometry.history is None else _history_note(geometry.history),
        travels=tuple(_travel(each) for each in geometry.light_travels),
    )


def _urgency(geometry: Geometry) -> tuple[tuple[str, str], ...]:
    reasons: dict[str, list[str]] = {}
    for grade, reason in geometry.urgency.reasons if geometry.urgency is not None else ():
        reasons.setdefault(grade, []).append(reason)
    return tuple((grade, ", ".join(texts)) for grade, texts in reasons.items())


def _now(ahead: VisibilityForecast, now: dt.datetime) -> str:
    """Whether the peak can be pointed at now."""
    if not ahead.start.to_datetime() <= now <= ahead.stop.to_datetime():
        return ""
    for window in ahead.windows:
        start, stop = window.start.to_datetime(), window.stop.to_datetime()
        if start <= now <= stop:
            left = duration((stop - now).total_seconds())
            if window.closed_by == "range":
                return f"The peak can be pointed at now, to the end of this forecast {left} from now."
            return f"The peak can be pointed at now, for {left} more; then: {window.closed_by}."
        if now < start:
            return f"The peak cannot be pointed at now ({window.opened_by}); again in {duration((start - now).total_seconds())}."
    by = ahead.windows[-1].closed_by if ahead.windows else ahead.limited_by
    return f"The peak cannot be pointed at now ({by}), nor later in this forecast."


def _windows(ahead: VisibilityForecast) -> tuple[WindowRow, ...]:
    return tuple(
        WindowRow(
            start=window.start,
            stop=window.stop,
            length=duration((window.stop.to_datetime() - window.start.to_datetime()).total_seconds()),
            opened_by=window.opened_by,
            closed_by=window.closed_by,
            uncertainty=_uncertainty(window.start_error_s, window.stop_error_s),
        )
        for window in ahead.windows
    )


def _uncertainty(*errors_s: float | None) -> str:
    known = [error for error in errors_s if error is not None]
    return f"± {duration(max(known))}" if known else UNKNOWN


def _fractions(ahead: VisibilityForecast) -> tuple[tuple[str, str], ...]:
    """One a day, of those that were computed."""
    daily: dict[int, tuple[str, str]] = {}
    for seconds, fraction in ahead.fractions:
        daily.setdefault(int(seconds // 86400.0), (f"{seconds / 86400.0:.1f}", percent(fraction)))
    return tuple(daily.values())


def _notes(ahead: VisibilityForecast) -> tuple[str, ...]:
    until = f"From T0 to {ahead.stop.utc} UTC: {'; '.join(ahead.constraints)}."
    orbit = () if ahead.orbit_source is None else (f"Orbit over these days: {ahead.orbit_source}.",)
    barred = () if ahead.limited_by is None else (f"The peak is never allowed: {ahead.limited_by}.",)
    return (*barred, until, *orbit)


def _advised(entry: AdvisedPointing) -> AdviceRow:
    turn = entry.from_pointing_deg
    return AdviceRow(
        pattern=f"{_NAMES.get(entry.pattern, entry.pattern)}, {entry.radius_deg:g}°",
        bound="anywhere" if entry.within_deg is None else f"within {entry.within_deg:g}°",
        place=f"{entry.ra_deg:.2f} {entry.dec_deg:+.2f}",
        probability=percent(entry.probability),
        from_peak=f"{entry.from_peak_deg:.1f}°",
        from_pointing=UNKNOWN if turn is None else f"{turn:.1f}°",
        slew=duration(entry.slew_s),
        reaction=duration(entry.reaction_s),
    )


def _history(history: PointingHistory) -> tuple[tuple[str, str], ...]:
    rows = []
    for low, high in itertools.pairwise(_BANDS_DEG):
        ks = sum(value for a, b, value in history.histogram if low <= a and b <= high)
        rows.append((f"{low:g}–{high:g}°", f"{ks:.1f}"))
    return tuple(rows)


def _history_note(history: PointingHistory) -> str:
    closest = min(history.pointings, key=lambda p: p.off_axis_deg, default=None)
    if closest is None:
        return f"No pointing is listed in this window; from: {history.source}."
    when = f"T0{closest.start_h:+.1f} h"
    listed = f"{len(history.pointings)} pointings from {history.window_start.utc} to {history.window_stop.utc} UTC"
    return f"{listed}; the closest, {closest.id} at {when}, was {closest.off_axis_deg:.1f}° away; from: {history.source}."


def _travel(each: LightTravel) -> TravelRow:
    return TravelRow(
        place=each.place,
        delay=f"{each.delay_s:+.4f} s",
        spread=UNKNOWN if each.spread_s is None else f"± {number(each.spread_s, 2, 's')}",
        uncertainty=UNKNOWN if each.error_s is None else f"± {number(each.error_s, 2, 's')}",
        source=each.source,
    )
