"""How circulars speak of INTEGRAL."""

from __future__ import annotations

from types import MappingProxyType

from ..style import CircularStyle, LongExcessNote, MissionFacts
from .instruments import INSTRUMENTS

NAME = "INTEGRAL"

#: Above 2 s the noise of SPI-ACS has a red component (Savchenko et al. 2012), which the published figure ignores.
_RED_NOISE = LongExcessNote(
    2.0,
    "SPI-ACS noise has a red component above 2 s, so the false-alarm probability (FAP) of longer excesses may be "
    "underestimated [2].",
)

STYLE = CircularStyle(
    keyword=NAME,
    families=MappingProxyType({"IBIS/Veto": "IBIS", "ISGRI": "IBIS", "PICsIT": "IBIS"}),
    leading=("SPI-ACS",),
    references=("[1] Savchenko et al. 2017, A&A 603, A46", "[2] Savchenko et al. 2012, A&A 541, A122"),
    search_reference="[1]",
    azimuth_origin="the Sun side",
    long_excess=MappingProxyType({"SPI-ACS": _RED_NOISE}),
    between_revolutions="Its orbit is elongated, and near each perigee the instruments are off while it crosses the radiation "
    "belts; the event fell into the perigee passage between revolutions {before} and {after}.",
    authors=("on behalf of the INTEGRAL multi-messenger collaboration",),
    creators=("INTEGRAL transients service",),
)
FACTS = MissionFacts(NAME, INSTRUMENTS, STYLE)
