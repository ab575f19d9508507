"""Flags and addresses that Swift's packets share."""

from __future__ import annotations

from collections.abc import Mapping

FILES = "http://gcn.gsfc.nasa.gov/gcn/notices_s/"
MISC: Mapping[str, int] = {
    "Values_Out_of_Range": 11, "Near_Bright_Star": 13, "Galaxy_in_Err_Circle": 15, "TOO_Generated": 22, "Flt_Generated": ~30,
    "Gnd_Generated": 30, "CRC_Error": 31,
}  # fmt: skip
