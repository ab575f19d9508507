"""The instruments of the missions there are: a light curve names its own, and is treated by what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import integral
from .base import Instrument

_INSTRUMENTS: Mapping[str, Mapping[str, Instrument]] = MappingProxyType({"INTEGRAL": integral.INSTRUMENTS})


def known_instrument(mission: str, name: str) -> Instrument | None:
    """The facts of an instrument; None for one that is not known."""
    return _INSTRUMENTS.get(mission, {}).get(name)
