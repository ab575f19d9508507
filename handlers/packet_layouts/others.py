"""Packets of INTEGRAL, AGILE, MAXI, CALET, GECAM, Konus, the IPN, counterparts and GCN's own tests."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..vodocument import Param
from .items import Flags, Item, Layout, Part, Text, Words, bits, long_lat, number

_CENTI, _TENTH_MS = Fraction(1, 100), Fraction(1, 10_000)
_NEAR: Mapping[str, int] = {"Spatial_Prox_Match": 28, "Temporal_Prox_Match": 29}

# INTEGRAL: the trigger number has the revision times 65536 added, as in the VOEvents; the radius is in arcseconds; the burst's
# position is of the equinox of the date, the pointing's as the VOEvents print it.
_IBAS: tuple[Item, ...] = (
    number("Inten_Sigma", 10, 2, "sigma"), number("Time_Error", 16, 4, "sec"), number("Time_Scale", 13, 4, "sec"),
    bits("Det_flags", 9), bits("Test_mpos", 12), bits("Misc_att", 19),
)  # fmt: skip
_IBAS_FLAGS = (Flags("Test_mpos", 12, {**_NEAR, "Def_NOT_a_GRB": 30, "Test_Notice": 31}),)
_IBIS = Layout(
    of_date=True, error=11, error_count=Fraction(1, 3600), flags=_IBAS_FLAGS, test_bits=((12, 31),),
    items=(*_IBAS, number("SC_Pnt_Ra", 14, 4, "deg"), number("SC_Pnt_Dec", 15, 4, "deg")),
)  # fmt: skip
_SPIACS = Layout(position=None, coords="0", items=_IBAS, flags=_IBAS_FLAGS, test_bits=((12, 31),))
_INTEGRAL_POINTING = Layout(
    time="Slew", position=(14, 15), coords="2", role="utility", test_bits=((12, 31),),
    items=(
        number("Next_RA", 14, 4, "deg"), number("Next_Dec", 15, 4, "deg"), bits("Test_Mpos", 12), bits("Misc_flags", 19),
    ),
)  # fmt: skip


def _agile_signif(words: Words) -> tuple[Param, ...]:
    """Significances of the two directions, halves of a word."""
    x, y = words.part(20, "low"), words.part(20, "high")
    return Param("", "SignifX", f"{x / 100:.2f}", "sigma"), Param("", "SignifY", f"{y / 100:.2f}", "sigma")


_AGILE_TEST = Layout(
    error=11, role="test", extras=(_agile_signif,),
    items=(
        number("Burst_intenX", 9, unit="cts"), number("Burst_intenY", 10, unit="cts"), bits("Trigger_ID", 18),
        bits("Misc_flags", 19),
    ),
    flags=(Flags("Trigger_ID", 18, {"Def_NOT_a_GRB": 5, **_NEAR, "Test_Submission": 30}),),
)  # fmt: skip

_MAXI_TIMES = ("unknown", "1s", "3s", "10s", "30s", "1scan", "1orbit", "4orbit", "1day")

_MAXI_HALVES: tuple[tuple[str, Part], ...] = (("Src", "uhigh"), ("Bkg", "ulow"))


def _maxi_number(words: Words) -> tuple[Param, ...]:
    """MAXI's own number: its first digits in the lowest byte of word 19, its last nine in word 4."""
    return (Param("", "TrigID", f"{words[19] & 0xFF}{words[4]:09d}"),)


def _maxi_test_number(words: Words) -> tuple[Param, ...]:
    """The test's number is printed without the zeros between."""
    return (Param("", "TrigID", f"{words[19] & 0xFF}{words[4]}"),)


def _maxi_bands(words: Words, name: str = "Event") -> tuple[Param, ...]:
    """Fluxes in three bands: the source's in the high half of a word, the background's in the low; the time scale."""
    source = "Src" if name == "Event" else name
    found = [
        Param("", f"{source if who == 'Src' else who}_{band}Band_Flux", f"{words.part(word, part) / 10:.1f}", "mCrab")
        for word, band in ((12, "Lo"), (13, "Me"), (14, "Hi"))
        for who, part in _MAXI_HALVES
    ]
    index = words[15] & 0xFF
    scale = _MAXI_TIMES[index] if index < len(_MAXI_TIMES) else "unknown"
    return (*found, Param("", f"{name}_TimeScale", scale))


def _maxi_known_bands(words: Words) -> tuple[Param, ...]:
    """The same of a known source, under its names."""
    return _maxi_bands(words, "Source")


_MAXI_ITEMS = (number("Event_Flux", 9, 1, "mCrab"), bits("Trigger_ID", 18), bits("Misc_flags", 19), *long_lat(16))
_MAXI_FLAGS = (
    Flags("Trigger_ID", 18, {**_NEAR, "Test_Submission": 30}),
    Flags("Misc_Flags", 19, {"Values_Out_of_Range": 11, "Gnd_Generated": 30}),
)
_MAXI = Layout(
    time="Event", trigger=None, error=11, items=_MAXI_ITEMS, flags=_MAXI_FLAGS, extras=(_maxi_number, _maxi_bands),
    test_bits=((18, 30),),
)  # fmt: skip
#: Without the source's name, which the packet does not hold.
_MAXI_KNOWN = Layout(
    time="Source", trigger=None, error=11, flags=_MAXI_FLAGS, extras=(_maxi_number, _maxi_known_bands), test_bits=((18, 30),),
    items=(number("Source_Flux", 9, 1, "mCrab"), *_MAXI_ITEMS[1:]),
)  # fmt: skip
_MAXI_TEST = Layout(
    time="Event", trigger=None, error=11, items=_MAXI_ITEMS, flags=_MAXI_FLAGS, extras=(_maxi_test_number, _maxi_bands),
    role="test",
)  # fmt: skip


def _calet(words: Words) -> tuple[Param, ...]:
    """Energy band, detectors and the address of the light curve, which holds the trigger's number."""
    low, high, detectors = words.part(17, "ulow"), words.part(17, "uhigh"), words[19]
    found = [
        Param("", "ENERGY_BAND", f"{low}-{high}", "keV"),
        Param("", "E_BAND_LO_E", str(low), "keV"),
        Param("", "E_BAND_HI_E", str(high), "keV"),
        *(Param("", f"Trigger_Det{i + 1}", str(detectors >> i & 1), "dn") for i in range(3)),
    ]
    name = words.text(29, 38)
    if name is not None:
        found.append(Param("", "Light_Curve", f"http://cgbm.calet.jp/cgbm_trigger/flight/{words[4]}/{name}"))
    return tuple(found)


_CALET = Layout(
    time="Trigger", coords="2", extras=(_calet,), test_bits=((18, 30),),
    items=(
        number("SIGNIFICANCE", 9, 2, "sigma"), number("FOREGND_DUR", 10, 2, "sec"), number("BACKGND_DUR1", 11, 2, "sec"),
        number("SC_LON", 16, 2, "deg", part="ulow"), number("SC_LAT", 16, 2, "deg", part="high"), bits("Trigger_ID", 18),
        bits("Misc_flags", 19),
    ),
    flags=(
        Flags("Trigger_ID", 18, {"Retraction": 5, "Temporal_Prox_Match": 29, "InternalTest": 30}),
        Flags("Misc", 19, {"HMX1_participated": 0, "HMX2_participated": 1, "SGM_participated": 2}),
    ),
)  # fmt: skip

_GECAM_CLASSES = {1: "GRB", 2: "SFLARE", 3: "KNOWN_SOURCE", 4: "GENERIC_SOURCE"}


def _gecam(words: Words) -> tuple[Param, ...]:
    """Time under GECAM's names, which satellite, what the source is."""
    whose, what = words[19], _GECAM_CLASSES.get(words[11])
    found = [
        Param("", "EVENT_DATE", str(words[5]), "days"),
        Param("", "EVENT_TIME", f"{words[6] / 10_000:.3f}", "sec"),
    ]
    if 1 <= whose <= 26:
        found.append(Param("", "MISSION", chr(ord("A") + whose - 1)))
    return (*found, Param("", "SRC_CLASS", what)) if what is not None else tuple(found)


_GECAM_ITEMS: tuple[Item, ...] = (
    number("BURST_INTEN", 9, unit="[counts/sec]"), number("BURST_DUR", 14, 4, "[sec]"), number("Phi", 12, 2),
    number("Theta", 13, 2), number("SC_LAT", 16, 2), number("SC_LONG", 17, 2),
)  # fmt: skip
_GECAM_GROUND = Layout(
    time="", second_count=_TENTH_MS, trigger="Trigger_Number", coords="", error=10, extras=(_gecam,), test_bits=((18, 0),),
    items=_GECAM_ITEMS,
)  # fmt: skip
_GECAM_FLIGHT = Layout(
    time="", second_count=_TENTH_MS, trigger="Trigger_Number", coords="", error=10, extras=(_gecam,), test_bits=((18, 0),),
    items=(
        *_GECAM_ITEMS, number("TRIGGER_SIGNIF", 20, 2, "sigma"), number("TRIGGER_DUR", 21, 4, "sec"),
        number("TRIGGER_ERANGE_LoBin", 22), number("TRIGGER_ERANGE_HiBin", 23), number("TRIGGER_ERANGE_LoEnergy", 24),
        number("TRIGGER_ERANGE_HiEnergy", 25), bits("TRIGGER_DETS", 26),
    ),
)  # fmt: skip

_KONUS = Layout(
    position=None, coords="0", items=(bits("Trigger_ID", 18),),
    texts=(Text("Light_Curve", 22, 38, "http://gcn.gsfc.nasa.gov/gcn/notices_k/"),),
)  # fmt: skip
_IPN = Layout(
    position=None, coords="0", items=(bits("Trigger_ID", 18), bits("Misc", 19)),
    flags=(Flags("Misc", 19, {"KONUS_Wind_contributed": 14, "INTEGRAL_SPIACS_contributed": 18}),),
)  # fmt: skip
_COUNTERPART = Layout(
    error=11, texts=(Text("Telescope", 20, 23), Text("Submitter", 24, 38)),
    items=(
        number("Intensity", 9, 2), number("Inten_Uncert", 10, 2), number("Filter", 12, unit="dn"),
        number("Seeing", 13, 2, "arcsec"), number("Obs_TJD", 14, unit="days"), number("Obs_SOD", 15, 2, "sec"),
        number("Obs_Dur", 16, 2, "sec"),
    ),
)  # fmt: skip
#: BATSE's test packet: hundredths of a degree where all later ones have ten-thousandths, of the equinox of the date.
_TEST_COORDS = Layout(
    of_date=True, position_count=_CENTI, error=11, error_count=_CENTI, role="test",
    items=(
        number("Burst_Inten", 9, unit="cts"), number("Burst_Peak", 10, unit="cts"), bits("Trigger_ID", 18),
        bits("Misc_flags", 19),
    ),
)  # fmt: skip
_HETE_TEST = Layout(role="test")

LAYOUTS: Mapping[int, Layout] = {
    2: _TEST_COORDS, 31: _IPN, 44: _HETE_TEST, 45: _COUNTERPART, 51: _INTEGRAL_POINTING, 52: _SPIACS, 53: _IBIS, 54: _IBIS,
    55: _IBIS, 56: _IBIS, 59: _KONUS, 109: _AGILE_TEST, 134: _MAXI, 135: _MAXI_KNOWN, 136: _MAXI_TEST, 160: _CALET, 188: _GECAM_FLIGHT,
    189: _GECAM_GROUND,
}  # fmt: skip
