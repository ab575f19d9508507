"""Packets of gravitational waves: LVC's alerts of all stages."""

from __future__ import annotations

from collections.abc import Mapping

from ..vodocument import Param
from .items import Flags, Layout, Words, bits, logarithm

_TRIGGER = "Trigger_ID"
#: Names of LVC's events begin with one of these, by its number in bits 20 to 23 of word 19.
_PREFIXES = ("", "G", "T", "M", "Y", "H", "E", "K", "S", "GW", "TS", "TGW", "MS", "MGW")
_PIPELINES = {
    1: "MBTAOnline", 2: "CWB", 3: "CWB2G", 4: "gstlal", 5: "spiir", 6: "HardwareInjection", 7: "X", 8: "Q", 9: "Omega",
    10: "Ringdown", 11: "LIB", 12: "Fermi", 13: "Swift", 14: "SNEWS", 15: "pycbc",
}  # fmt: skip
_SEARCHES = {
    1: "AllSky", 2: "LowMass", 3: "HighMass", 4: "GRB", 5: "Supernova", 6: "MDC", 7: "AllSkyLong", 8: "BBH",
}  # fmt: skip
_GROUPS = {1: "CBC", 2: "Burst", 3: "Test"}
_DETECTORS = ("H1", "L1", "V1", "G1", "K1", "I1")
#: Class or property: (group, word, lowest bit, bits, bit of word 23 that says the number is none).
_CHANCES: Mapping[str, tuple[str, int, int, int, int]] = {
    "HasNS": ("Properties", 20, 16, 16, 0), "HasRemnant": ("Properties", 20, 0, 16, 1),
    "BNS": ("Classification", 22, 24, 8, 2), "NSBH": ("Classification", 22, 16, 8, 3), "BBH": ("Classification", 22, 8, 8, 4),
    "HasMassGap": ("Properties", 21, 24, 8, 5), "Terrestrial": ("Classification", 22, 0, 8, 6),
}  # fmt: skip
_MAPS = "https://gracedb.ligo.org/api/superevents/"


def event_name(words: Words) -> str | None:
    """Name of the event: prefix, date in word 4, letters (bits 10 to 17 of word 19, then the low bytes of word 21)."""
    misc, more = words[19], words[21]
    index = misc >> 20 & 0xF
    letters = [misc >> 10 & 0xFF, more & 0xFF, more >> 8 & 0xFF]
    suffix = "".join(map(chr, letters)).rstrip("\0")
    if not 0 < index < len(_PREFIXES) or not 0 < words[4] < 1_000_000 or not (suffix.isalpha() and suffix.isascii()):
        return None
    return f"{_PREFIXES[index]}{words[4]:06d}{suffix}"


def _shared(words: Words) -> tuple[Param, ...]:
    """What every LVC packet says: event, revision, detectors, whether it is open or injected.

    The revision is in the highest byte of word 19; the packet's own serial number counts the stream.
    """
    misc, status = words[19], words[18]
    found = [
        Param("", "Pkt_Ser_Num", str(misc >> 24 & 0xFF)),
        Param("", "HardwareInj", str(status >> 2 & 1)),
        Param("", "OpenAlert", str(status >> 4 & 1)),
        Param("", "Instruments", ",".join(name for i, name in enumerate(_DETECTORS) if misc >> i & 1)),
    ]
    if (name := event_name(words)) is not None:
        found.append(Param("", "GraceID", name))
    return tuple(param for param in found if param.value)


def _second(words: Words) -> tuple[Param, ...]:
    """Second of day: whole seconds (in hundredths) and microseconds in a word of their own."""
    return (Param("", "Event_SOD", f"{words[6] // 100}.{words[13] % 1_000_000:06d}", "sec"),)


def _candidate(words: Words) -> tuple[Param, ...]:
    """Rate, origin and probabilities of a candidate, hundredths in a byte or half a word each."""
    kind, invalid = words[12], words[23]
    found = [
        *logarithm("FAR", words[11], "Hz"),
        Param("", "Group", _GROUPS.get(kind >> 16 & 0xFF, "")),
        Param("", "Search", _SEARCHES.get(kind >> 8 & 0xFF, "")),
        Param("", "Pipeline", _PIPELINES.get(kind & 0xFF, "")),
    ]
    for name, (group, word, low, width, bit) in _CHANCES.items():
        if not invalid >> bit & 1:
            found.append(Param(group, name, f"{(words[word] >> low & (1 << width) - 1) / 100:.2f}"))
    return tuple(param for param in found if param.value)


def _burst(words: Words) -> tuple[Param, ...]:
    """Frequency and duration of an unmodelled burst, hundredths."""
    if words[12] >> 16 & 0xFF != 2:
        return ()
    frequency, duration = words[10], words[14]
    found = [("CentralFreq", frequency, "Hz"), ("Duration", duration, "sec")]
    return tuple(Param("", name, f"{value / 100:.2f}", unit) for name, value, unit in found if value > 0)


def _map(words: Words) -> tuple[Param, ...]:
    """Address of the map; a name that filled its ten words was cut and is none."""
    name = words.text(29, 38)
    whole = name is not None and name.rpartition(",")[0].endswith((".fits", ".fits.gz"))
    return (Param("GW_SKYMAP", "skymap_fits", f"{_MAPS}{name}"),) if whole else ()


def _lvc(*, retracts: bool = False, test: bool = False) -> Layout:
    candidate = () if retracts else (_candidate, _burst, _map)
    return Layout(
        time="Event", trigger=None, position=None, coords="", extras=(_shared, _second, *candidate),
        items=(bits("Trigger_ID", 18), bits("Misc_flags", 19)), role="test" if test else "observation", test_bits=((18, 1),),
        flags=(Flags(_TRIGGER, 18, {"Test": 1, "Vetted": 3, "Retraction": 5, "Temporal_Prox_Match": 29}),),
    )  # fmt: skip


LAYOUTS: Mapping[int, Layout] = {
    150: _lvc(), 151: _lvc(), 152: _lvc(), 153: _lvc(test=True), 163: _lvc(), 164: _lvc(retracts=True),
}  # fmt: skip
