"""Science windows: RRRRPPPPSSSF, revolution, pointing, subdivision and type, with an optional version .vvv."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from schemas.errors import RefusedInput

WindowKind = Literal["pointing", "slew", "engineering"]

_KINDS: tuple[WindowKind, ...] = ("pointing", "slew", "engineering")
_FORM = re.compile(r"(\d{4})(\d{4})(\d{3})([012])(?:\.(\d{3}))?", re.ASCII)


@dataclass(frozen=True, order=True)
class ScienceWindow:
    """One science window. Version "000" is near-real-time, "001" consolidated; None where the id does not say."""

    revolution: int
    pointing: int
    subdivision: int
    kind: WindowKind
    version: str | None = None

    @property
    def id(self) -> str:
        """The twelve digits."""
        return science_window_id(self.revolution, self.pointing, self.subdivision, self.kind)


def science_window_id(revolution: int, pointing: int, subdivision: int = 1, kind: WindowKind = "pointing") -> str:
    """The twelve digits of a science window.

    >>> science_window_id(2641, 20)
    '264100200010'
    """
    if not (0 <= revolution <= 9999 and 0 <= pointing <= 9999 and 0 <= subdivision <= 999):
        raise RefusedInput(f"no science window: revolution {revolution}, pointing {pointing}, subdivision {subdivision}")
    return f"{revolution:04d}{pointing:04d}{subdivision:03d}{_KINDS.index(kind)}"


def parse_science_window(text: str) -> ScienceWindow:
    """Read "RRRRPPPPSSSF" or "RRRRPPPPSSSF.vvv".

    Raises
    ------
    RefusedInput
        Naming the text.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise RefusedInput("not a science window id (12 digits, the last 0, 1 or 2)", where=repr(text))
    return ScienceWindow(int(match[1]), int(match[2]), int(match[3]), _KINDS[int(match[4])], match[5])
