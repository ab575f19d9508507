"""Packets of Swift's products: spectra, images, light curves, finding charts; each names a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..vodocument import Param
from .items import Flags, Item, Layout, Text, Words, bits, number
from .swift_flags import FILES, MISC


def _product(start: str, link: str | None, *items: Item, coords: str = "2", stop: str | None = None, **more: Any) -> Layout:
    """A product of an instrument: its start, the pointing, the name of its file in words 22 to 38."""
    ends: tuple[Item, ...] = (number(f"{stop}_TJD", 10, unit="days"), number(f"{stop}_SOD", 11, 2, "sec")) if stop else ()
    pointing: tuple[Item, ...] = (number("Point_RA", 7, 4, "deg"), number("Point_Dec", 8, 4, "deg")) if coords == "2" else ()
    texts = (Text(link, 22, 38, FILES),) if link is not None else ()
    return Layout(
        time=start, segmented=True, coords=coords, texts=texts, items=(*ends, *pointing, *items, bits("Misc_flags", 19)),
        flags=(Flags("Misc_Flags", 19, {**MISC, "ImTrig_during_ST_LoL": 21, "WatchDog_timer_expired": 29}),), **more,
    )  # fmt: skip


def _grb_on_image(words: Words) -> tuple[Param, ...]:
    """Pixel of the burst on UVOT's image: one word, y in its high half."""
    return (
        Param("", "X_GRB", str(words.part(16, "low"))),
        Param("", "Y_GRB", str(words.part(16, "high"))),
        Param("", "Binning_Index", str(words[19] & 31), "dn"),
    )


def _spectrum(link: str) -> Layout:
    return _product(
        "SpecStart", link, number("Live_Time", 9, 2, "sec"), number("Mode", 12, unit="dn"), number("Waveform", 13, unit="dn"),
        number("Bias", 14, unit="dn"), number("Termination_code", 21, unit="dn"), stop="SpecStop",
    )  # fmt: skip


def _xrt_image(words: Words) -> tuple[Param, ...]:
    """Gain, mode and waveform of XRT's image, three bytes of a word."""
    value = words[17]
    return tuple(
        Param("", name, str(value >> shift & 0xFF), "pixel") for name, shift in (("Gain", 16), ("Mode", 8), ("Waveform", 0))
    )


_IMAGE = _product(
    "SpecStart", "Image", number("Expo_Time", 18, 2, "sec"), number("N_Bright_Pix", 9, unit="cts"),
    number("Cent_Std_Dev", 11, unit="sigma"), number("Cent_X", 12, 2, "pixel"), number("Cent_Y", 13, 2, "pixel"),
    number("Iraw_X", 14, unit="pixel"), number("Iraw_Y", 15, unit="pixel"), number("GRB_in_XRT_X", 20, unit="pixel"),
    number("GRB_in_XRT_Y", 21, unit="pixel"), number("Image_roll", 16, 4, "deg"), coords="1", extras=(_xrt_image,),
)  # fmt: skip
_LIGHTCURVE = _product(
    "LCStart", "Light_Curve", number("Live_Time", 9, 2, "sec"), number("N_Valid_Bins", 20, unit="dn"),
    number("Termination_code", 21, unit="dn"), stop="LCStop",
)  # fmt: skip
_CENTROID = _product(
    "Data", None, number("N_Cnt_Centroid", 9, unit="cnts"), number("Min_Cnt_Needed", 10, unit="cnts"),
    number("Centroid_Std", 11, 3, "deg"), number("Max_Std_Allowed", 12, 3, "deg"), number("N_Iterations", 16, unit="dn"),
    number("Max_Iter_Allowed", 17, unit="dn"), number("Err_Rtn_Code", 18, unit="dn"),
)  # fmt: skip
_PIXELS = _product("SpecStart", "Image", number("Live_Time", 9, 3, "sec"), stop="SpecStop")
_EVENTS = _product(
    "SpecStart", "Events", number("Live_Time", 9, 3, "sec"), number("N_Packets", 12), number("N_Events", 20), stop="SpecStop"
)


def _uvot_image(link: str) -> Layout:
    return _product(
        "ExpoStart", link, number("Point_Roll", 9, 4, "deg"), number("Filter", 10, unit="dn"), number("Exposure", 11, unit="sec"),
        number("X0", 12, unit="pixels"), number("Y0", 13, unit="pixels"), number("Width", 14, unit="pixels"),
        number("Height", 15, unit="pixels"), number("N_Frames", 17, unit="dn"), extras=(_grb_on_image,),
    )  # fmt: skip


def _finding_chart(link: str | None) -> Layout:
    return _product(
        "ExpoStart", link, number("Point_Roll", 9, 4, "deg"), number("Filter", 10, unit="dn"), number("X_Max", 12, unit="pixels"),
        number("Y_Max", 13, unit="pixels"), number("N_Stars", 14, unit="dn"), number("X_Offset", 15, unit="pixels"),
        number("Y_Offset", 16, unit="pixels"), number("Det_Threshold", 17, unit="dn"), number("Photo_Threshold", 18, unit="dn"),
    )  # fmt: skip


LAYOUTS: Mapping[int, Layout] = {
    68: _spectrum("Spectrum1"), 69: _IMAGE, 70: _LIGHTCURVE, 71: _CENTROID, 72: _uvot_image("Image_URL"),
    73: _finding_chart("FindChart_URL"), 77: _spectrum("Spectrum1"), 78: _IMAGE, 79: _uvot_image("Image_Sky_URL"),
    80: _finding_chart(None), 85: _PIXELS, 86: _PIXELS, 87: _EVENTS, 88: _EVENTS,
}  # fmt: skip
