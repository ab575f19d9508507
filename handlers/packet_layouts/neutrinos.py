"""Packets of neutrinos: IceCube and AMON, Super-Kamiokande, SNEWS."""

from __future__ import annotations

from collections.abc import Mapping

from ..vodocument import Param
from .items import Flags, Layout, Text, Words, bits, logarithm, number

_TRIGGER = "Trigger_ID"
#: IceCube's runs since 2011 have six digits, gold tracks are AMON's stream 24, bronze ones 25, cascades 26.
_RUNS, _STREAMS = range(100_000, 1_000_000), {173: 24, 174: 25, 176: 26}


def _icecube(words: Words) -> tuple[Param, ...]:
    """Run, event and revision; none where run and stream are not what they must be."""
    run, event, stream = words[23], words[15], words[16]
    if run not in _RUNS or event < 0 or stream != _STREAMS[words[0]]:
        return ()
    return (
        Param("", "AMON_ID", f"{run}{event:08d}"),
        Param("", "run_id", str(run)),
        Param("", "event_id", str(event)),
        Param("", "Stream", str(stream), "dn"),
        Param("", "Rev", str(words[17]), "dn"),
    )


def _cascade(words: Words) -> tuple[Param, ...]:
    """The two numbers printed as logarithms; they lie on the curve of those in the cascades' VOEvents."""
    return (*logarithm("FAR", words[12], "yr^-1"), *logarithm("signalness", words[22], "dn"))


_NEUTRINO_FLAGS = Flags(
    _TRIGGER, 18, {"Test": 1, "RADec_valid": 2, "Retraction": 5, "Temporal_Prox_Match": 29, "InternalTest": 30}
)
_RADII = (number("src_error_90", 11, 4, "deg"), number("src_error_50", 10, 4, "deg"))
_CASCADE = Layout(
    time="Event", trigger=None, error=11, coords="", extras=(_icecube, _cascade), flags=(_NEUTRINO_FLAGS,), test_bits=((18, 1), (18, 30)),
    items=(*_RADII, number("energy", 25, 4, "TeV"), bits("Trigger_ID", 18), bits("Misc_flags", 19)),
    texts=(
        Text("event_name", 26, 27, "IceCubeCascade-"),
        Text("skymap_fits", 29, 38, "https://roc.icecube.wisc.edu/public/hese_cascades/", ".fits"),
        Text("skymap_png", 29, 38, "https://roc.icecube.wisc.edu/public/hese_cascades/", ".png"),
    ),
)  # fmt: skip


#: Tracks share the cascades' places of time, position, radius, flags, run and event; how their other words are made is not known.
_TRACK = Layout(
    time="Event", trigger=None, error=11, coords="", extras=(_icecube,), flags=(_NEUTRINO_FLAGS,), test_bits=((18, 1), (18, 30)),
    items=(number("src_error_90", 11, 4, "deg"), bits("Trigger_ID", 18), bits("Misc_flags", 19)),
)  # fmt: skip


def _amon_test(words: Words) -> tuple[Param, ...]:
    """The test's number under the names of its VOEvents."""
    return (
        Param("", "ID", f"0{words[4]}"),
        Param("", "run_id", str(words[23])),
        Param("", "event_id", str(words[4])),
        Param("", "Nevents", str(words[9]), "dn"),
        Param("", "Stream", str(words[16]), "dn"),
        *logarithm("False_pos", words[10], "tbd"),
    )


_AMON_TEST = Layout(
    time="Event", trigger=None, error=11, coords="", extras=(_amon_test,), role="test", flags=(_NEUTRINO_FLAGS,),
    items=(
        number("src_error_90", 11, 4, "deg"), number("deltaT", 13, 2, "sec"), number("sigmaT", 14, 2, "sec"),
        bits("Trigger_ID", 18), bits("Misc_flags", 19),
    ),
)  # fmt: skip
_SUPERK = Layout(
    time="Pkt", trigger="Trigger_Number", coords="", test_bits=((18, 1),),
    items=(
        number("Energy_Limit", 20, 4, "MeV"), number("Duration", 21, 4, "sec"), number("Src_Error68", 11, 4, "deg"),
        number("Src_Error90", 15, 4, "deg"), number("Src_Error95", 16, 4, "deg"), number("N_Events", 9),
        number("Min_Distance", 13, 2, "kpc"), number("Max_Distance", 14, 2, "kpc"), bits("Trigger_ID", 18),
    ),
)  # fmt: skip


def _snews(words: Words) -> tuple[Param, ...]:
    """One experiment's burst or several experiments'."""
    return (Param(_TRIGGER, "SubType", "coinc" if words[18] & 1 else "indi"),)


_SNEWS = Layout(
    time="Event", error=11, extras=(_snews,), test_bits=((18, 1),),
    items=(
        number("Event_Signal", 9, unit="counts"), number("Duration", 13, 2, "sec"), number("Containment", 12, 2, "%"),
        bits("Trigger_ID", 18), bits("Misc_flags", 19),
    ),
    flags=(
        Flags(_TRIGGER, 18, {"Test": 1, "RADec_valid": ~2, "Retraction": 5, "InternalTest": 30}),
        Flags("Misc_Flags", 19, {
            f"Detector_{letter}_{quality}": 4 * i + j
            for i, letter in enumerate("ABCDEFGH")
            for j, quality in enumerate(("Participate", "Possible", "Good", "Override"))
        }),
    ),
)  # fmt: skip

LAYOUTS: Mapping[int, Layout] = {
    149: _SNEWS, 159: _AMON_TEST, 173: _TRACK, 174: _TRACK, 175: _SUPERK, 176: _CASCADE,
}  # fmt: skip
