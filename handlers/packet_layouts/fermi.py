"""Packets of Fermi: GBM's triggers and positions, LAT's positions and flares, where the spacecraft will point."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..vodocument import Param
from .items import Flags, Item, Layout, Text, Words, bits, number, scaled

_MS = Fraction(1, 1000)
_ARCMIN = Fraction(1, 60)
#: GBM's flags of a solution; the last two are what GCN itself finds near the event in time and place.
_TRIGGER: Mapping[str, int] = {
    "Def_NOT_a_GRB": 5, "Target_in_Blk_Catalog": 12, "Spatial_Prox_Match": 28, "Temporal_Prox_Match": 29, "Test_Submission": 30,
}  # fmt: skip
_MISC: Mapping[str, int] = {
    "Values_Out_of_Range": 11, "Delayed_Transmission": 24, "Flt_Generated": ~30, "Gnd_Generated": 30,
}  # fmt: skip
_STATUS = (Flags("Trigger_ID", 18, _TRIGGER), Flags("Misc_Flags", 19, _MISC))
_WORDS = (bits("Trigger_ID", 18), bits("Misc_flags", 19))
_QUICKLOOK = "http://heasarc.gsfc.nasa.gov/FTP/fermi/data/gbm/triggers/"


def _burst_files(words: Words) -> tuple[tuple[str, str], str] | None:
    """((folder, name), year) of a trigger's files, from its date (yymmdd) and thousandth of the day in words 31 and 32."""
    day, thousandth = words[31], words[32]
    if not (80101 <= day <= 991231 and 0 <= thousandth <= 999):
        return None
    name = f"bn{day:06d}{thousandth:03d}"
    return (f"{_QUICKLOOK}20{name[2:4]}/{name}/quicklook/", name), name[2:4]


def _lightcurve(words: Words) -> tuple[Param, ...]:
    """Address of the quick-look light curve."""
    if (files := _burst_files(words)) is None:
        return ()
    (folder, name), _ = files
    return (Param("", "LightCurve_URL", f"{folder}glg_lc_medres34_{name}.gif"),)


def _location_plot(words: Words) -> tuple[Param, ...]:
    """Address of the plot of a final position."""
    if (files := _burst_files(words)) is None:
        return ()
    (folder, name), _ = files
    return (Param("", "LocationMap_URL", f"{folder}glg_locplot_all_{name}.png"),)


def _classes(words: Words) -> tuple[Param, ...]:
    """The two likeliest classes: index in the low half of a word, probability in 255ths in the high half."""
    found: list[Param] = []
    for prefix, word in (("Most_Likely", 23), ("Sec_Most_Likely", 24)):
        index, probability = words.part(word, "ulow"), words.part(word, "uhigh")
        found += [
            Param("", f"{prefix}_Index", str(index), "dn"),
            Param("", f"{prefix}_Prob", f"{probability * 100 / 255:.0f}"),
        ]
    return tuple(found)


def _length(words: Words) -> tuple[Param, ...]:
    """Whether the burst looks short or long."""
    word = words[18]
    return (Param("Trigger_ID", "Long_short", "Short" if word >> 26 & 1 else "Long" if word >> 27 & 1 else "unknown"),)


def _who_made_it(words: Words) -> tuple[Param, ...]:
    """A final position is a person's or a program's."""
    human = bool(words[18] & 1)
    return (
        Param("Trigger_ID", "Human_generated", "true" if human else "false"),
        Param("Trigger_ID", "Robo_generated", "false" if human else "true"),
    )


def _subthreshold_time(words: Words) -> tuple[Param, ...]:
    """Second of day: whole seconds (in hundredths) and millionths in a word of their own."""
    return (Param("", "Trans_SOD", f"{words[6] // 100}.{words[12] % 1_000_000:06d}", "sec"),)


def _path(words: Words) -> tuple[Param, ...]:
    """Where the spacecraft points after one step of time, two …: tenths of a degree, the highest bit for the SAA."""
    found: list[Param] = []
    for step in range(1, 30):
        ra, dec = words.part(9 + step, "uhigh"), words.part(9 + step, "low")
        found += [
            Param("", f"RA_{step}dt", f"{(ra & 0x7FFF) / 10:.1f}", "deg"),
            Param("", f"Dec_{step}dt", f"{dec / 10:.1f}", "deg"),
            Param("", f"SAA_{step}dt", str(ra >> 15)),
        ]
    return tuple(found)


def _photons(words: Words) -> tuple[Param, ...]:
    """Photons in LAT's four bands, a byte each, the lowest band in the lowest byte."""
    return tuple(Param("", f"Cnts_E{band + 1}", str(words[10] >> 8 * band & 0xFF), "cts") for band in range(4))


def _flare(words: Words) -> tuple[Param, ...]:
    """Fluxes of a flare as VOEvents print them."""
    names = {"Curr_Flux": 9, "Base_Flux": 10, "Curr_Flux_Err": 12, "Base_Flux_Err": 13}
    return tuple(Param("", name, f"{words[word] * 1e-9:.3e}", "cts") for name, word in names.items())


ALERT = Layout(
    position=None, coords="0", flags=(Flags("Misc_Flags", 19, _MISC),), extras=(_lightcurve,),
    items=(
        number("Sequence_Num", 20), number("Trig_Signif", 21, 1, "sigma"), scaled("Trig_Dur", 14, _MS, 3, "sec"),
        number("Lo_Chan_Index", 15, unit="dn"), number("Hi_Chan_Index", 16, unit="dn"), number("ADC_Lo_Chan", 17, unit="dn"),
        number("ADC_Hi_Chan", 18, unit="dn"), number("Algorithm", 9), bits("Dets", 26), bits("Misc_flags", 19),
        scaled("SC_Long", 22, _ARCMIN, 3, "deg"), scaled("SC_Lat", 23, _ARCMIN, 3, "deg"),
    ),
)  # fmt: skip
_ON_BOARD: tuple[Item, ...] = (
    number("Sequence_Num", 20), number("Burst_Inten", 9, unit="cts"), scaled("Trig_Timescale", 14, _MS, 3, "sec"),
    scaled("Data_Timescale", 17, _MS, 3, "sec"), number("Data_Signif", 21, 2, "sigma"), number("Phi", 12, 2, "deg"),
    number("Theta", 13, 2, "deg"), scaled("SC_Long", 37, _ARCMIN, 2, "deg"), scaled("SC_Lat", 38, _ARCMIN, 2, "deg"),
    number("Algorithm", 22, unit="dn"), number("Hardness_Ratio", 25, 2), bits("Dets", 26),
)  # fmt: skip
FLIGHT = Layout(error=11, items=(*_ON_BOARD, *_WORDS), flags=_STATUS, extras=(_classes, _lightcurve), test_bits=((18, 30),))
POSITION_TEST = Layout(error=11, items=(*_ON_BOARD, *_WORDS), flags=_STATUS, extras=(_classes,), role="test")
_ON_GROUND: tuple[Item, ...] = (
    number("Sequence_Num", 20), number("Burst_Inten", 9, unit="cts"), scaled("Data_Integ", 14, _MS, 3, "sec"),
    number("Burst_Signif", 21, 1, "sigma"), number("Phi", 12, 2, "deg"), number("Theta", 13, 2, "deg"),
    number("Algorithm", 22, unit="dn"), number("Lo_Energy", 26, unit="keV"), number("Hi_Energy", 27, unit="keV"),
)  # fmt: skip
GROUND = Layout(error=11, items=(*_ON_GROUND, *_WORDS), flags=_STATUS, extras=(_length, _lightcurve), test_bits=((18, 30),))
FINAL = Layout(
    error=11, items=(*_ON_GROUND, *_WORDS), flags=_STATUS, test_bits=((18, 30),),
    extras=(_who_made_it, _length, _lightcurve, _location_plot),
)  # fmt: skip
SUBTHRESHOLD = Layout(
    time="Trans", trigger="Trans_Num", error=11, test_bits=((18, 30),), flags=_STATUS, extras=(_subthreshold_time,),
    items=(
        scaled("Trans_Duration", 14, _MS, 3, "sec"), number("Earth_angle", 13, 2, "deg"), number("Reliability", 23, unit="dn"),
        *_WORDS,
    ),
    texts=(Text("HealPix_URL", 27, 38, "https://gcn.gsfc.nasa.gov/notices_gbm_sub/"),),
)  # fmt: skip
_LAT_TRIGGER: Mapping[str, int] = {
    "All_Gammas_Used": ~1, "Only_Gammas_Above_Used": 1, "Def_NOT_a_GRB": 5, "Spatial_Prox_Match": 28, "Temporal_Prox_Match": 29,
    "Test_Submission": 30,
}  # fmt: skip
_LAT_STATUS = (
    Flags("Trigger_ID", 18, _LAT_TRIGGER),
    Flags("Misc_Flags", 19, {"Report_Request_Made": 0, "Values_Out_of_Range": 11, "Near_Bright_Star": 13}),
)
_LAT_ITEMS: tuple[Item, ...] = (
    number("Record_Num", 20), number("Burst_Inten", 9, unit="cts"), scaled("Integ_Time", 14, Fraction(4, 1000), 3, "sec"),
    number("Trig_Index", 17, unit="dn"), scaled("Temp_Test_Stat", 25, Fraction(1, 4), 2, "(log(prob)"),
    scaled("Image_Test_Stat", 26, Fraction(1, 4), 2, "(log(prob)"), *_WORDS,
)  # fmt: skip
LAT_POSITION = Layout(error=11, items=_LAT_ITEMS, flags=_LAT_STATUS, extras=(_photons,), test_bits=((18, 30),))
LAT_TEST = Layout(error=11, items=_LAT_ITEMS, flags=_LAT_STATUS, extras=(_photons,), role="test")
LAT_OFFLINE = Layout(
    error=11, flags=_LAT_STATUS, test_bits=((18, 30),), items=(number("Burst_Inten", 9, unit="cts"), *_WORDS),
)  # fmt: skip
LAT_MONITOR = Layout(
    time="Trans", extras=(_flare,), texts=(Text("SourceName", 32, 38),), test_bits=((18, 30),),
    items=(
        number("E_Band_Lo", 15, 1, part="uhigh"), number("E_Band_Hi", 15, 1, part="ulow"),
        scaled("Signif", 25, Fraction(100), 2), *_WORDS,
    ),
    flags=(Flags("Trigger_ID", 18, {"Retraction": 5, "Spatial_Prox_Match": 28, "Temporal_Prox_Match": 29}),),
)  # fmt: skip
POINTING = Layout(
    time="Start", trigger=None, coords="2", role="utility", extras=(_path,), items=(number("Delta_T", 9, unit="sec"),)
)

LAYOUTS: Mapping[int, Layout] = {
    110: ALERT, 116: ALERT, 111: FLIGHT, 117: FLIGHT, 112: GROUND, 114: GROUND, 115: FINAL, 146: FINAL, 119: POSITION_TEST,
    120: LAT_POSITION, 121: LAT_POSITION, 122: LAT_POSITION, 124: LAT_TEST, 125: LAT_MONITOR, 128: LAT_OFFLINE, 129: POINTING,
    131: SUBTHRESHOLD,
}  # fmt: skip
