"""Names of events as people write them, each in one form: what links a circular to the notices of its event.

One form for each: "S240830gn", "GW170817", "IceCube-230416A", "GRB 230407B", "bn230407672", "EP240315a", "FRB 20231013B",
"AT 2023sva", "SGR 1935+2154". A number alone names nothing: it stands behind who counts, "Fermi 716527670", "Swift 1186386",
"INTEGRAL 10375", "IceCube 138125_29513102" (run and event).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

#: Characters looked at: of a subject or an eventId, and of a circular's body.
_LONGEST_SUBJECT, _LONGEST_BODY = 1000, 20_000
#: Numbers in a range "1186294-1186304": more are no list of one satellite's triggers.
_LONGEST_RANGE = 50
#: Who counts, by the first word of a notice's origin.
_COUNTERS = {"Fermi": "Fermi", "Swift": "Swift", "INTEGRAL": "INTEGRAL", "IceCube": "IceCube"}
_Forms = Callable[[re.Match[str]], Iterable[str]]


def _burst(match: re.Match[str]) -> Iterable[str]:
    """A burst by its day and letter, or by GBM's thousandths of the day, or by the hundredths that robots print."""
    day, letter, fraction = match[1], match[2], match[3]
    if fraction is None:
        return (f"GRB {day}{(letter or '').upper()}",)
    return (f"bn{day}{fraction}",) if len(fraction) == 3 else (f"GRB {day}.{fraction}",)


def _fermi(match: re.Match[str]) -> Iterator[str]:
    """Seconds since 2001 and the burst's number, in either order: the burst's number begins with a day."""
    numbers = [number for number in match.groups() if number is not None]
    days = [number for number in numbers if _is_day(number[:6])]
    if len(numbers) == 2 and len(days) == 1:
        yield from (f"bn{n}" if n in days else f"Fermi {n}" for n in numbers)
        return
    for number in numbers:
        yield f"Fermi {number}"
        if number in days:  # alone, it could be either
            yield f"bn{number}"


def _is_day(text: str) -> bool:
    return "01" <= text[2:4] <= "12" and "01" <= text[4:6] <= "31" and text[:2] >= "08"


def _swift(match: re.Match[str]) -> Iterator[str]:
    """Every number of a list or a range."""
    for first, last in re.findall(r"(\d{5,7})(?:\s*-\s*(\d{5,7}))?", match[1], re.ASCII):
        stop = int(last) if last and 0 < int(last) - int(first) <= _LONGEST_RANGE else int(first)
        yield from (f"Swift {number}" for number in range(int(first), stop + 1))


def _as(form: str) -> _Forms:
    """The groups of a match in a form."""
    return lambda match: (form.format(*match.groups()),)


#: Patterns, and the form of what they find.
_PATTERNS: tuple[tuple[re.Pattern[str], _Forms], ...] = tuple(
    (re.compile(pattern, re.ASCII), forms)
    for pattern, forms in (
        (r"\b([MT]?S\d{6}[a-z]{1,4})\b", _as("{}")),
        (r"\b(GW\d{6}(?:_\d{6})?)\b", _as("{}")),
        (r"\b(G\d{5,6})\b", _as("{}")),
        (r"\bIceCube[- ]?(\d{6}[A-Z])\b", _as("IceCube-{}")),
        (r"\b(IceCube-\d{6})\b(?!\.)", _as("{}")),
        (r"\bIC[- ]?(\d{6}[A-Z])\b", _as("IceCube-{}")),
        (r"\bIceCube-?Cascade[- ]?(\d{6}[a-z])\b", _as("IceCubeCascade-{}")),
        (r"\bKM3[- ]?(\d{6}[A-Z])\b", _as("KM3-{}")),
        (r"\bNuEm[- ]?(\d{6}[A-Z])\b", _as("NuEm-{}")),
        (r"\bHAWC[- ](\d{6}[A-Z])\b", _as("HAWC-{}")),
        (r"\bGRB\s*(?:20(?=\d{6}[A-Z]\b))?(\d{6})(?:([A-Za-z])\b|\.?(\d{3})\b|\b(?!\.\d))", _burst),
        (r"\bGRB\s*(\d{6})()\.(\d\d)\b", _burst),
        (r"\bbn(\d{9})\b", _as("bn{}")),
        (r"\b(EP\d{6}[a-z])\b", _as("{}")),
        (r"\bEP (\d{6}[a-z])\b", _as("EP{}")),
        (r"\b(EPW\d{8}[a-z]{1,3})\b", _as("{}")),
        (r"\b(sb\d{8})\b", _as("{}")),
        (r"\bFRB\s*(\d{6}|\d{8})([A-Za-z]{0,4})\b", _as("FRB {}{}")),
        (r"\b(AT|SN)\s?(20\d{2}(?:[a-z]{2,5}|[A-Z]))\b", _as("{} {}")),
        (r"\b(ZTF\d{2}[a-z]{7})\b", _as("{}")),
        (r"\b(Swift|MAXI|IGR|XTE|GRS)\s?(J\d{4}(?:\.\d)?[+-]\d{3,4})\b", _as("{} {}")),
        (r"\b(SGR|AXP)\s?(\d{4}[+-]\d{2,4})\b", _as("{} {}")),
    )
)
#: Numbers of triggers, which need their mission's name somewhere in the text: (word, pattern, forms).
_TRIGGERS: tuple[tuple[str, re.Pattern[str], _Forms], ...] = tuple(
    (word, re.compile(pattern, re.ASCII | re.IGNORECASE), forms)
    for word, pattern, forms in (
        ("fermi", r"\btriggers?\s*(?:no\.?|number|#|=|:)?\s*(\d{9})(?:\.\d+)?(?:\s*/\s*(\d{9})(?:\.\d+)?)?\b", _fermi),
        (
            "swift",
            r"\btriggers?\s*(?:no\.?|number|#|=)?\s*(\d{5,7}(?:(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+|\s*-\s*)\d{5,7})*)\b",
            _swift,
        ),
        ("ibas", r"\btriggers?\s*(?:no\.?|number|#|=)?\s*(\d{3,5})\b", _as("INTEGRAL {}")),
    )
)
#: What a circular's body says of the one event it is about: GBM's and Swift's trigger, IceCube's run and event (the notice's address).
_IN_BODY: tuple[tuple[str, re.Pattern[str], _Forms], ...] = tuple(
    (family, re.compile(pattern, re.ASCII | re.IGNORECASE), forms)
    for family, pattern, forms in (
        ("GRB", r"\btrigger\s*\(?(\d{9})(?:\.\d+)?\s*/\s*(\d{9})\b", _fermi),
        ("GRB", r"\btrigger\s*(?:no\.?|#|=)\s*(\d{6,7})\b", _swift),
        ("IceCube", r"/notices_amon[a-z_]*/(\d+)_(\d+)\.amon\b", lambda m: (f"IceCube {int(m[1])}_{int(m[2])}",)),
    )
)


def names_in(text: str) -> tuple[str, ...]:
    """Names of events in a text (a circular's subject), each in its one form, in the order they stand.

    Examples
    --------
    >>> names_in("Fermi GBM Statement for Trigger 716527670/230916144")
    ('Fermi 716527670', 'bn230916144')
    >>> names_in("Swift J1727.8-1613 (GRB230824A): NICER detection")
    ('Swift J1727.8-1613', 'GRB 230824A')
    """
    text = text[:_LONGEST_SUBJECT]
    lower = text.lower()
    found = [(m.start(), name) for pattern, forms in _PATTERNS for m in pattern.finditer(text) for name in forms(m)]
    for word, pattern, forms in _TRIGGERS:
        if word in lower:
            found += [(m.start(), name) for m in pattern.finditer(text) for name in forms(m)]
    return tuple(dict.fromkeys(name for _, name in sorted(found, key=lambda item: item[0])))


def names_in_body(names: Iterable[str], body: str) -> tuple[str, ...]:
    """Numbers by which the body names the event that the subject has named.

    Only numbers of the subject's family (a burst's triggers, a neutrino's run and event), and only where the body has one of
    its kind: a body with several speaks of other events too.
    """
    families = {name.split(" ")[0].split("-")[0] for name in names}
    found: list[str] = []
    for family, pattern, forms in _IN_BODY:
        if family in families:
            matches = {match.groups(): match for match in pattern.finditer(body[:_LONGEST_BODY])}
            if len(matches) == 1:
                found += [name for match in matches.values() for name in forms(match)]
    return tuple(dict.fromkeys(found))


def event_names(origin: str, event_id: str, aliases: Iterable[str] = ()) -> frozenset[str]:
    """Every name of an event in its one form, from what its notices say.

    A circular is about the event when one of its `aliases` is among them.

    Examples
    --------
    >>> sorted(event_names("Fermi-GBM", "716527670", ["bn230916144"]))
    ['Fermi 716527670', 'bn230916144']
    """
    found = {name for text in (event_id, *aliases) for name in names_in(text)}
    counter = _COUNTERS.get(re.split(r"[^A-Za-z]", origin, maxsplit=1)[0])
    numbers = {text for text in (event_id, *aliases) if re.fullmatch(r"\d+(?:_\d+)?", text, re.ASCII)}
    if counter is not None:
        found |= {f"{counter} {'_'.join(str(int(part)) for part in number.split('_'))}" for number in numbers}
    return frozenset(found)
