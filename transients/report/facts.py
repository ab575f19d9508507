"""What the texts, tables and figures derive from the stored records: names, instruments, the strongest excess."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemas import Assessment, Event, Excess, FluencePerCount, Geometry, Instant, SearchResult, Visibility
from transients.missions import CircularStyle
from transients.missions.known import known_style

#: Names under which people know an event better than by its origin and number.
_WELL_KNOWN = re.compile(r"(GRB ?\d{6}[A-Z]?|IceCube-\d{6}[A-Z]|GW\d{6}(_\d{6})?|ANTARES ?\d{6}[A-Z]?|KM3-\d{6}[A-Z])")

#: Words of the classes that speak for an association, best first.
ASSOCIATED = ("likely", "tentatively", "possibly")

#: From this part of the localisation on behind the Earth (99 %, what sentences call nearly all), nothing can be said of the event.
ALL_HIDDEN = 0.99

#: How the caveat begins that tells of it; a circular on a search has a paragraph instead.
HIDDEN_CAVEAT = "Behind the Earth at T0:"

_TIERS = {
    "realtime": "real-time",
    "nrt": "near-real-time",
    "cons": "consolidated",
    "archive": "archival",
    "simulated": "simulated",
}


def event_name(event: Event) -> str:
    """The name people use: "GRB 230307A", "LIGO/Virgo/KAGRA S230518h", "Fermi-GBM 699898651"."""
    for name in (event.event_id, *event.aliases):
        if _WELL_KNOWN.fullmatch(name):
            return name
    if event.messenger == "gravitational-wave":
        return f"{event.origin.replace(' ', '/')} {event.event_id}"
    return event.event_id if event.event_id.startswith(event.origin) else f"{event.origin} {event.event_id}"


def mark(assessment: Assessment) -> str:
    """What every product of this assessment must say first: "SIMULATED DATA", "TEST", both, or nothing."""
    words = ("SIMULATED DATA" * assessment.simulated, "TEST" * (assessment.role == "test"))
    return ", ".join(word for word in words if word)


def warning(assessment: Assessment) -> str | None:
    """The line that stands above everything in a text that is not about an observed event; None for one that is."""
    words = ("SIMULATED DATA, not an observation" * assessment.simulated, "TEST, not an event" * (assessment.role == "test"))
    said = "; ".join(word for word in words if word)
    return f"*** {said} ***" if said else None


def instrument_phrase(names: Iterable[str], style: CircularStyle) -> str:
    """Instruments as subjects of a mission name them: "SPI-ACS", "SPI-ACS and IBIS"."""
    kinds = {style.families.get(name, name) for name in names}
    return joined(sorted(kinds, key=lambda kind: (kind not in style.leading, kind)))


def style_of(assessment: Assessment) -> CircularStyle:
    """How circulars speak of the assessment's mission."""
    return known_style(assessment.mission)


def joined(words: Iterable[str]) -> str:
    """A list in English: "a", "a and b", "a, b and c"."""
    *head, last = list(words) or [""]
    return f"{', '.join(head)} and {last}" if head else last


def searched(assessment: Assessment) -> tuple[str, ...]:
    """Instruments whose light curves were searched, in order, each once."""
    return tuple(dict.fromkeys(search.instrument for search in assessment.searches))


def tier_word(tier: str) -> str:
    """The tier as people say it: "real-time", "near-real-time", "consolidated" …"""
    return _TIERS.get(tier, tier)


def tier_of(assessment: Assessment, instrument: str) -> str | None:
    """The word for the data's tier, None where the assessment does not say."""
    for data in assessment.data:
        if data.instrument == instrument:
            return None if data.tier == "none" else tier_word(data.tier)
    return None


def _rank(excess: Excess) -> tuple[float, float]:
    return (float("inf") if excess.fap is None else excess.fap, -excess.snr)


def strongest(search: SearchResult) -> tuple[str, Excess] | None:
    """The excess the search stands for and its method ("all-window" or "published"): the least probable false alarm.

    The all-window search speaks first; the published one only where the other found nothing or was not run.
    """
    found = (("all-window", search.allwindow), ("published", search.published))
    for method, result in found:
        if result is not None and result.excesses:
            return method, min(result.excesses, key=_rank)
    return None


def detecting(assessment: Assessment) -> SearchResult | None:
    """The search that carries the detection: of those that detect, the one with the strongest excess."""
    hits = [(s, best[1]) for s in assessment.searches if s.detection and (best := strongest(s)) is not None]
    return min(hits, key=lambda hit: _rank(hit[1]))[0] if hits else None


def conversion(assessment: Assessment, instrument: str, spectrum: str = "hard") -> FluencePerCount | None:
    """What a count of this instrument means over the region, None where it was not computed."""
    entries = () if assessment.limits is None else assessment.limits.conversions
    return next((c for c in entries if c.instrument == instrument and c.spectrum == spectrum), None)


def distance_mpc(event: Event, assessment: Assessment) -> float | None:
    """Mean distance: of the sky map, else of the notices."""
    place = None if assessment.geometry is None else assessment.geometry.localisation
    if place is not None and place.distmean_mpc is not None:
        return place.distmean_mpc
    return event.distance_mpc


def has_position(geometry: Geometry | None) -> bool:
    """Whether the localisation says anything: the peak of the whole sky is no place."""
    return geometry is not None and (geometry.localisation is None or geometry.localisation.kind != "all-sky")


def allowed_sun_angles_deg(seen: Visibility) -> tuple[float, float]:
    """The angles from the Sun at which the spacecraft may point; records before they were kept have the half width alone."""
    if seen.sun_angles_deg is not None:
        return seen.sun_angles_deg
    half = 90.0 if seen.sun_half_width_deg is None else seen.sun_half_width_deg
    return 90.0 - half, 90.0 + half


def sun_rule(allowed_deg: tuple[float, float], about: str, between: str) -> str:
    """The allowed angles in words: by their half width where they lie about 90 deg, else from one to the other.

    >>> sun_rule((50.0, 130.0), "90 +- {:g} deg", "{:g} to {:g} deg"), sun_rule((45.0, 180.0), "90 +- {:g} deg", "{:g} to {:g} deg")
    ('90 +- 40 deg', '45 to 180 deg')
    """
    low, high = allowed_deg
    return about.format(0.5 * (high - low)) if low + high == 180.0 else between.format(low, high)


def hidden_by_earth(assessment: Assessment) -> float:
    """Part of the localisation that the Earth hid from the spacecraft at T0, 0 where it is not known."""
    seen = None if assessment.geometry is None else assessment.geometry.visibility
    return 0.0 if seen is None or seen.earth_fraction is None else seen.earth_fraction


def utc_text(instant: Instant) -> str:
    """A UTC time to the millisecond, cut, never rounded into the next second."""
    return f"{instant.utc}.{instant.ns // 1_000_000:03d} UTC"


def noise_by_scale(search: SearchResult) -> tuple[tuple[float, float], ...]:
    """(scale in s, ratio of observed to Poisson noise), ascending; keys that are no number are left out."""
    pairs = []
    for key, ratio in search.excess_noise.items():
        try:
            pairs.append((float(key.removesuffix("s").strip()), ratio))
        except ValueError:
            continue
    return tuple(sorted(pairs))
