"""Bytes that are known by how they begin and are no alert: each refused by a word of its own, none of them opened."""

from __future__ import annotations

import re

from .refused import Refused

#: How a file begins, the word it is refused by, and what it is.
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"SIMPLE  =", "fits", "a FITS file (a sky map, a light curve)"),
    (b"\x1f\x8b", "compressed", "gzip"),
    (b"BZh", "compressed", "bzip2"),
    (b"\xfd7zXZ\x00", "compressed", "xz"),
    (b"\x28\xb5\x2f\xfd", "compressed", "zstd"),
    (b"\x04\x22\x4d\x18", "compressed", "lz4"),
    (b"x\x01", "compressed", "zlib"),
    (b"x\x9c", "compressed", "zlib"),
    (b"x\xda", "compressed", "zlib"),
    (b"PK\x03\x04", "compressed", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "compressed", "7z"),
    (b"\x89PNG\r\n\x1a\n", "picture", "a PNG picture"),
    (b"\xff\xd8\xff", "picture", "a JPEG picture"),
    (b"GIF8", "picture", "a GIF picture"),
    (b"%PDF-", "picture", "a PDF page"),
    (b"%!PS", "picture", "a PostScript page"),
)
#: Pickles of protocols 2 to 5 name their protocol; those of 0 and 1 begin with a mark and a container, or with a global.
_PICKLE = re.compile(rb"\x80[\x02-\x05]|\((?:dp?|lp?)\d|\(i?c?[\w.]{1,99}\n[\w.]{1,99}\n|c[\w.]{1,99}\n[\w.]{1,99}\n|[\]}]q\x00")


def refuse_known_files(data: bytes) -> None:
    """Let pass what may be an alert.

    A compressed document is not opened either: brokers compress on the way, producers have no reason to, and a few bytes can
    hold any number of them. A pickle is a program: it is never opened.

    Raises
    ------
    Refused
        fits, compressed, picture, pickle.
    """
    for beginning, reason, what in _BEGINNINGS:
        if data.startswith(beginning):
            raise Refused(reason, f"{what}: {len(data)} bytes, no alert")
    if data.endswith(b".") and _PICKLE.match(data):
        raise Refused("pickle", f"a Python pickle of {len(data)} bytes: a program, never opened")
