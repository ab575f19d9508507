"""Packets of Swift: BAT's bursts and transients, XRT's and UVOT's products, where the spacecraft points and will slew."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..vodocument import Param
from . import swift_products
from .items import Extra, Flags, Item, Layout, Part, Text, Words, bits, long_lat, number, scaled
from .swift_flags import FILES, MISC

_4MS = Fraction(4, 1000)
#: Flags of BAT's solution, found on board and against the catalogues.
_BAT_SOLUTION: Mapping[str, int] = {
    "Point_Source": 0, "GRB_Identified": 1, "Target_of_Interest": 2, "Target_Imag_Trig": 4, "Target_Rate_Trig": ~4,
    "Def_NOT_a_GRB": 5, "Hi_Bkg_Level": 6, "Neg_Bkg_Slope": 9, "Lo_Image_Signif": 7, "VERY_Lo_Image_Signif": 11,
    "Target_in_Flt_Catalog": 3, "Target_in_Gnd_Catalog": 8, "Target_in_Blk_Catalog": 12, "StarTrack_Lost_Lock": 10,
    "Near_Bright_Star": 13, "Src_Removed_from_OnBoard": 15,
}  # fmt: skip
_NEARBY: Mapping[str, int] = {
    "Converted_SubThresh": 14, "Spatial_Prox_Match": 28, "Temporal_Prox_Match": 29, "Test_Submission": 30,
}  # fmt: skip
_MISC_FLAGS = Flags("Misc_Flags", 19, MISC)
_SUBMITTED = ((18, 30),)
_BYTES: tuple[Part, ...] = ("byte0", "byte1", "byte2", "byte3")


def _merits(words: Words) -> tuple[Param, ...]:
    """Merit parameters, a byte each with its sign."""
    return tuple(Param("Merit_Values", f"Merit_Val{i}", str(words.part(36 + i // 4, _BYTES[i % 4])), "dn") for i in range(10))


def _background_time(words: Words) -> tuple[Param, ...]:
    """Start of BAT's background as a time of day, as VOEvents print it."""
    seconds, hundredths = divmod(max(words[23], 0), 100)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{hundredths:02d}"
    return (Param("", "Bkg_Time", clock),)


def _bat_items(start: str) -> tuple[Item, ...]:
    return (
        number(f"{start}_Inten", 9, unit="cts"), number(f"{start}_Peak", 10, unit="cts"),
        scaled("Integ_Time", 14, _4MS, 3, "sec"), number("Phi", 12, 2, "deg"), number("Theta", 13, 2, "deg"),
        number("Trig_Index", 17), bits("Soln_Status", 18), bits("Misc_flags", 19), number("Cat_Num", 25),
        number("Rate_Signif", 21, 2, "sigma"), number("Image_Signif", 20, 2, "sigma"), number("Bkg_Inten", 22, unit="cts"),
        number("Bkg_Dur", 24, 2, "sec"), *long_lat(16),
    )  # fmt: skip


def _bat(start: str, **more: Any) -> Layout:
    solution = Flags("Solution_Status", 18, {**_BAT_SOLUTION, **_NEARBY})
    misc = Flags("Misc_Flags", 19, {**MISC, "Already_Observing_Position": 12, "ImTrig_during_ST_LoL": 21,
                                    "Delayed_Transmission": 24, "Updated_Notice": 25})  # fmt: skip
    return Layout(
        time=start, segmented=True, error=11, items=_bat_items(start), flags=(solution, misc), test_bits=_SUBMITTED,
        extras=(_merits, _background_time), **more,
    )  # fmt: skip


def _afterglow(solution: Mapping[str, int], misc: Mapping[str, int], *items: Item) -> Layout:
    """XRT's and UVOT's positions; their radius is printed to 0.0001 deg."""
    near = {"Spatial_Prox_Match": 28, "Temporal_Prox_Match": 29, "Test_Submission": 30}
    made = {"TOO_Generated": 22, "Updated_Notice": 25, "Flt_Generated": ~30, "Gnd_Generated": 30, "CRC_Error": 31}
    return Layout(
        segmented=True, error=11, items=(*items, bits("Soln_Status", 18), bits("Misc_flags", 19)), test_bits=_SUBMITTED,
        flags=(Flags("Solution_Status", 18, {**solution, **near}), Flags("Misc_Flags", 19, {**misc, **made})),
    )  # fmt: skip


def _slew(wait: bool) -> tuple[Item, ...]:
    """What follows a slew's notice: how long until, how long there, with which modes."""
    return (
        number("Slew_Return", 18), number("Wait_Time", 13, 2, "sec"), number("Obs_Time", 14, 2, "sec"),
        number("BAT_Mode", 22), number("XRT_Mode", 23), number("UVOT_Mode", 24),
    ) if wait else (bits("AT_Slew_Flags", 18),)  # fmt: skip


def _target(*, slews: bool) -> Layout:
    """What the spacecraft will observe, and its slews there. The solution's flags stand in word 16."""
    return Layout(
        segmented=True, coords="1",
        items=(
            number("Roll", 9, 4, "deg"), number("Trig_Index", 17), scaled("Integ_Time", 15, _4MS, 3, "sec"),
            bits("Soln_Status", 16), bits("Misc_flags", 19), number("Image_Signif", 20, 2, "sigma"),
            number("Rate_Signif", 21, 2, "sigma"), number("Merit", 38, 2), *long_lat(10), *_slew(slews),
        ),
        flags=(
            Flags("Solution_Status", 16, _BAT_SOLUTION),
            Flags("Misc_Flags", 19, {**MISC, "Soln_Status_fr_BAT_POS": 24, "WatchDog_Forced_Out": 29}),
        ),
    )  # fmt: skip


def _pointing(*items: Item, extras: tuple[Extra, ...] = (), texts: tuple[Text, ...] = ()) -> Layout:
    return Layout(
        time="Slew", segmented=True, coords="2", role="utility", extras=extras, texts=texts,
        items=(
            number("Slew_RA", 7, 4, "deg"), number("Slew_Dec", 8, 4, "deg"), number("Slew_Roll", 9, 4, "deg"), *items,
            bits("Misc_flags", 19), *long_lat(16),
        ),
        flags=(Flags("Misc_Flags", 19, {"Near_Bright_Star": 13, "Flt_Generated": ~30, "Gnd_Generated": 30}),),
    )  # fmt: skip


_BAT_LIGHTCURVE = Layout(
    segmented=True, texts=(Text("Lightcurve_Link", 22, 38, FILES),),
    items=(
        number("Delta_Time", 14, 2, "sec"), scaled("Integ_Time", 15, _4MS, 3, "sec"), number("Phi", 12, 2, "deg"),
        number("Theta", 13, 2, "deg"), number("Trig_Index", 17), bits("Soln_Status", 18), bits("Misc_flags", 19),
        number("Image_Signif", 20, 2, "sigma"), number("Rate_Signif", 21, 2, "sigma"), *long_lat(16),
    ),
    flags=(Flags("Solution_Status", 18, _BAT_SOLUTION), Flags("Misc_Flags", 19, {**MISC, "Soln_Status_fr_BAT_POS": 24})),
)  # fmt: skip
_SCALED_MAP = Layout(
    segmented=True, coords="2", texts=(Text("Scaled_Map", 22, 38, FILES),),
    items=(
        number("Point_RA", 7, 4, "deg"), number("Point_Dec", 8, 4, "deg"), number("Trig_Index", 17), bits("Soln_Status", 18),
        bits("Misc_flags", 19), number("Image_Signif", 20, 2, "sigma"), number("Rate_Signif", 21, 2, "sigma"), *long_lat(16),
    ),
    flags=(Flags("Solution_Status", 18, _BAT_SOLUTION), Flags("Misc_Flags", 19, {**MISC, "Soln_Status_fr_BAT_POS": 24})),
)  # fmt: skip
_QUICKLOOK = Layout(
    segmented=True, error=11, flags=(_MISC_FLAGS,),
    items=(
        number("Roll", 9, 4, "deg"), number("Trig_Index", 17), bits("AT_Slew_Flags", 18), bits("Misc_flags", 19),
        number("Rate_Signif", 21, 2, "sigma"), number("Merit", 38, 2), *long_lat(10),
    ),
)  # fmt: skip
_XRT_POSITION = _afterglow(
    {"Cosmic_Ray": 0, "Def_NOT_a_GRB": 5, "Target_in_Gnd_Catalog": 8},
    {"Values_Out_of_Range": 11, "Target_in_Blk_Catalog": 12, "Delayed_until_Image": 23},
)
_UVOT_POSITION = _afterglow(
    {"Point_Source": 0, "GRB_Identified": 1, "Def_NOT_a_GRB": 5, "Target_in_Flt_Catalog": 3, "Target_in_Gnd_Catalog": 8},
    {"Target_in_Blk_Catalog": 12, "Near_Bright_Star": 13},
    number("Burst_Mag", 9, unit="mag"), number("Mag_Error", 20, unit="mag"), number("Filter", 10, unit="dn"),
)  # fmt: skip
_NEXT_TARGET = _pointing(
    bits("BAT_Mode", 11), bits("XRT_Mode", 12), bits("UVOT_Mode", 13), number("Obs_Time", 14, 2, "sec"), number("Merit", 15, 2),
    texts=(Text("Target_Name", 22, 38),),
)  # fmt: skip

LAYOUTS: Mapping[int, Layout] = {
    **swift_products.LAYOUTS, 46: _target(slews=False), 47: _target(slews=True), 61: _bat("Burst"), 63: _BAT_LIGHTCURVE,
    64: _SCALED_MAP, 65: _target(slews=False), 66: _target(slews=True), 67: _XRT_POSITION, 81: _UVOT_POSITION,
    82: _bat("Burst", role="test"), 83: _NEXT_TARGET, 84: _bat("Trans"), 97: _QUICKLOOK, 103: _pointing(),
}  # fmt: skip
