"""Lines of at most 70 columns, in ASCII."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence

#: Width of a circular's lines (General Coordinates Network style).
WIDTH = 70

_REPLACEMENTS = {
    **dict.fromkeys("\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u2018\u2019", "'"),
    **dict.fromkeys("\u201c\u201d", '"'),
    "\u00b1": "+/-",
    "\u00d7": "x",
    "\u00b0": " deg",
    "\u2026": "...",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u00b5": "u",
    "\u03b8": "theta",
    "\u03c6": "phi",
    "\u03c3": "sigma",
    "\u00df": "ss",
    "\u00f8": "o",
    "\u00d8": "O",
    "\u0142": "l",
    "\u0141": "L",
    "\u00e6": "ae",
}

#: A number and its unit stay on one line.
_BOUND = re.compile(r"(?<=\d) (?=(?:s|deg|Mpc|erg|keV|cts)\b)")


def ascii_text(text: str) -> str:
    """Plain ASCII: signs are spelled, accents dropped; what has no spelling becomes "?"."""
    spelled = "".join(_REPLACEMENTS.get(letter, letter) for letter in text)
    bare = (letter for letter in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(letter))
    return "".join(letter if " " <= letter <= "~" or letter == "\n" else "?" for letter in bare)


def wrap(text: str, *, indent: str = "") -> str:
    """Fill a paragraph to 70 columns; a word too long (an address) stands alone, uncut."""
    lines = textwrap.wrap(
        _BOUND.sub("\0", " ".join(ascii_text(text).split())),
        WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\0", " ")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns joined by " | ", as wide as their widest cell."""
    cells = [tuple(ascii_text(c) for c in row) for row in (header, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    return "\n".join(" | ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells)


def paragraphs(parts: Iterable[str | None]) -> str:
    """Join what there is with empty lines between."""
    return "\n\n".join(part for part in parts if part) + "\n"
