"""GCN's own packets about two notices that may be of one event.

Each of the two is a packet type (low half of a word), a trigger number, a day and thousandths of a second of day; which of the
events that is can be told by the missions' own packets of the same minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..packets import packet_name
from ..vodocument import Param
from .items import Layout, Words, number


def _partners(words: Words) -> tuple[Param, ...]:
    """Kind, number and time of the two triggers; the first one's number names the coincidence."""
    found = [Param("", "TrigID", str(words[5]))]
    for name, first in (("First", 4), ("Second", 10)):
        second = words[first + 3]
        found += [
            Param(name, "Kind", packet_name(words.part(first, "ulow"))),
            Param(name, "TrigID", str(words[first + 1])),
            Param(name, "TJD", str(words[first + 2]), "days"),
            Param(name, "SOD", f"{second // 1000}.{second % 1000:03d}", "sec"),
        ]
    return tuple(found)


_COINCIDENCE = Layout(
    trigger=None, day=6, second=7, second_count=Fraction(1, 1000), position=None, coords="", extras=(_partners,),
    items=(number("N_Events", 36),),
)  # fmt: skip

LAYOUTS: Mapping[int, Layout] = {145: _COINCIDENCE}
