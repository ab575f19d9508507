"""Text notices of GCN Classic as the VOEvents of the same notices."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .packet_layouts import LAYOUTS, flag_params
from .packets import packet_name
from .refused import Refused
from .text_keys import MISSIONS, PLAIN, POINTINGS, POSITIONS, TIMES, Mission, Rule
from .text_kinds import is_test, packet_of
from .text_lines import Fields
from .text_values import angle_of, bits_of, issued_of, number_of, numbers_of, radius_deg, time_of, unit_of
from .vodocument import Param, Position, VOEvent, voevent_of

#: GBM's classes by their words, letters and digits only.
_CLASSES = {
    "error": 0, "unreliablelocation": 1, "localparticles": 2, "belowhorizon": 3, "grb": 4, "genericsgr": 5,
    "generictransient": 6, "distantparticles": 7, "solarflare": 8, "cygx1": 9, "sgr180620": 10, "groj042232": 11, "tgf": 19,
}  # fmt: skip
#: GBM has fourteen.
_DETECTORS = 14
_OBSERVATORIES = {"hanford": "H1", "livingston": "L1", "virgo": "V1", "geo600": "G1", "kagra": "K1", "ligo-india": "I1"}
_TEST_COMMENT = re.compile(r"\bthis (?:notice )?is (?:only )?a test\b|\btest (?:notice|coordinates|event|submission|trigger)\b")
#: Phrases of comments that are flags elsewhere.
_PHRASES = {
    "definitely not a grb": "Def_NOT_a_GRB", "definitely a retraction": "Retraction", "this is a retraction": "Retraction",
    "is an openalert": "OpenAlert", "is an open alert": "OpenAlert", "is a hardware injection": "HardwareInj",
}  # fmt: skip
#: MassGap became a property of its own with the fourth run.
_MASS_GAP_IS_PROPERTY = "2023"
_POINTING_KINDS = frozenset({51, 83, 103, 107, 129})
_TEST_TRIGGER = "99999"


def read_text(fields: Fields, topic: str | None = None) -> VOEvent:
    """Read a text notice.

    Every line is kept as printed, as "Text/KEY" (a key's second line as "Text/KEY#2").

    Raises
    ------
    Refused
        text-notice, naming its type: its words name no kind that is known.
    """
    notice_type = _first(fields, "NOTICE_TYPE")
    number = packet_of(_first(fields, "TITLE"), notice_type, topic)
    if number is None:
        raise Refused("text-notice", f"a text notice of unknown type {notice_type[:80]!r}", kind=notice_type or None)
    mission = MISSIONS.get(number, PLAIN)
    iso, times = _time(fields, mission)
    position, where = _position(fields, mission)
    params = [Param("", "Packet_Type", str(number)), *_params(fields, number, mission, iso), *times, *where]
    params += _flags(params, number)
    params += _comments(fields, number, params)
    return voevent_of(
        params, role=_role(params, number, notice_type, fields), date=issued_of(_first(fields, "NOTICE_DATE")), iso_time=iso,
        position=position, more=dict(_printed(fields)),
    )  # fmt: skip


def _first(fields: Fields, key: str) -> str:
    return fields.get(key, ("",))[0]


def _printed(fields: Fields) -> Iterator[tuple[str, str]]:
    for key, values in fields.items():
        for serial, value in enumerate(values, 1):
            yield (f"Text/{key}" if serial == 1 else f"Text/{key}#{serial}"), value


def _params(fields: Fields, number: int, mission: Mission, iso: str | None) -> Iterator[Param]:
    if 51 <= number <= 56:
        yield from _integral_number(fields)
    for key, rules in mission.keys.items():
        text = _first(fields, key)
        for rule in rules if text else ():
            yield from _param(text, rule, iso)


def _param(text: str, rule: Rule, iso: str | None) -> Iterator[Param]:
    group, value, unit = rule.group, None, unit_of(text) if rule.unit is None else rule.unit
    match rule.how:
        case "number":
            found = numbers_of(text) if rule.which else tuple(filter(None, (number_of(text),)))
            value = found[rule.which] if len(found) > rule.which else None
        case "text":
            value, unit = " ".join(text.split()), ""
        case "word":
            value = text.split()[0].rstrip(",") if text.split() else None
        case "meaning":
            value = text.partition("=")[2].strip() or text.strip()
        case "hex":
            value = bits_of(text)
        case "radius":
            value, unit = radius_deg(text), "deg"
        case "after":
            match = re.search(rf"\b{rule.word}\s*[:=]\s*(\d+)", text, re.ASCII)
            value = match[1] if match else None
        case "detectors":
            value = hex(sum(1 << i for i, bit in enumerate(re.findall(r"[01]", text)[:_DETECTORS]) if bit == "1"))
        case "class":
            yield from _class(text, rule.name)
    if rule.name == "MassGap" and iso is not None and iso >= _MASS_GAP_IS_PROPERTY:
        yield Param("Properties", "HasMassGap", value or "")
    elif value:
        yield Param(group, rule.name, value, unit)


def _class(text: str, name: str) -> Iterator[Param]:
    """ "67%  Below horizon" as index and probability."""
    percent = number_of(text)
    index = _CLASSES.get(re.sub(r"[^a-z0-9]", "", text.partition("%")[2].lower()))
    if percent is not None and index is not None:
        yield Param("", f"{name}_Index", str(index), "dn")
        yield Param("", f"{name}_Prob", percent)


def _integral_number(fields: Fields) -> Iterator[Param]:
    """The event's number, with the revision times 65536 added as in VOEvents: "10435,  Sub_Num: 1"."""
    text = _first(fields, "TRIGGER_NUM")
    event = re.match(r"\d{1,9}(?!\d)", text, re.ASCII)
    revision = re.search(r"Sub_Num:\s*(\d{1,4})(?!\d)", text, re.ASCII)
    if event:
        yield Param("", "TrigID", str(int(event[0]) + 65536 * int(revision[1] if revision else 0)))


def _time(fields: Fields, mission: Mission) -> tuple[str | None, list[Param]]:
    for prefix in TIMES:
        date, time = _first(fields, f"{prefix}_DATE"), _first(fields, f"{prefix}_TIME")
        iso, day, second = time_of(date, time)
        if iso is not None or (day is not None and second is not None):
            names = (f"{mission.time}_TJD", f"{mission.time}_SOD") if mission.time else ("EVENT_DATE", "EVENT_TIME")
            units = ("days", "sec")
            values = zip(names, (day, second), units, strict=True)
            return iso, [Param("", name, value, unit) for name, value, unit in values if value is not None]
    return None, []


def _position(fields: Fields, mission: Mission) -> tuple[Position | None, list[Param]]:
    for prefix in (*POSITIONS, *POINTINGS):
        stem = f"{prefix}_" if prefix else ""
        ra, dec = (angle_of(text) if (text := _first(fields, f"{stem}{name}")) else None for name in ("RA", "DEC"))
        if ra is None or dec is None:
            continue
        pointing = prefix in POINTINGS
        keys = mission.error or (f"{stem}ERROR",)
        error = next((radius for key in keys if (radius := radius_deg(_first(fields, key))) is not None), None)
        params = [Param("", "Coords_Type", "2" if pointing else "1", "dn")]
        if pointing:
            error = "0.0"
            params += [Param("", "Next_RA", ra[0], "deg"), Param("", "Next_Dec", dec[0], "deg")]
        if ra[1] or dec[1]:
            params.append(Param("Reading", f"{stem}{'RA' if ra[1] else 'DEC'}", "sign taken from the sexagesimal form"))
        return Position(ra[0], dec[0], error), params
    return None, []


def _flags(params: list[Param], number: int) -> Iterator[Param]:
    """Flags of the words that the text prints in hexadecimal, as those of the kind's packets."""
    layout = LAYOUTS.get(number)
    words = {p.name.lower(): int(p.value, 16) for p in params if p.value.startswith("0x")}
    if layout is not None:
        yield from flag_params(layout, words)


def _comments(fields: Fields, number: int, params: list[Param]) -> Iterator[Param]:
    comments = " ".join(" ".join(fields.get("COMMENTS", ())).lower().split())
    for phrase, name in _PHRASES.items():
        if phrase in comments:
            yield Param("Comments", name, "true")
    if packet_name(number).startswith("LVC_"):
        seen = [code for word, code in _OBSERVATORIES.items() if re.search(rf"{word}[^.]{{0,40}} contributed", comments)]
        if seen:
            yield Param("", "Instruments", ",".join(seen))
    for letter, quality in re.findall(r"Detector_([A-H])\s+([A-Za-z]+)", _first(fields, "EXPT")):
        yield Param("Misc_Flags", f"Detector_{letter}_Participate", "true")
        yield Param("Misc_Flags", f"Detector_{letter}_{quality.capitalize()}", "true")


def _role(params: list[Param], number: int, notice_type: str, fields: Fields) -> str:
    comments = " ".join(" ".join(fields.get("COMMENTS", ())).lower().split())
    flags = {p.name for p in params if p.value == "true"}
    if is_test(number, notice_type) or _TEST_COMMENT.search(comments) or flags & {"Test", "Test_Notice", "Test_Submission"}:
        return "test"
    if any(p.name in ("TrigID", "Trigger_Number") and p.value == _TEST_TRIGGER for p in params):
        return "test"
    return "utility" if number in _POINTING_KINDS else "observation"
