"""Layouts of the 160-byte packets of GCN Classic, by packet type.

A type stands here when a real packet of it was compared with VOEvents of its kind (names, units, scales, flags), or when it
shares the layout of one that was: the packets of one trigger's later or internal notices, and the earlier or test ones of LVC.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import coincidences, fermi, lvc, neutrinos, others, swift
from .items import SIZE, UNSET, WORDS, Item, Layout, Text, Words, flag_params

__all__ = ["LAYOUTS", "SIZE", "UNSET", "WORDS", "Item", "Layout", "Text", "Words", "flag_params"]

#: Layouts by packet type.
LAYOUTS: Mapping[int, Layout] = MappingProxyType(
    {
        number: layout
        for family in (coincidences, fermi, lvc, neutrinos, others, swift)
        for number, layout in family.LAYOUTS.items()
    }
)
