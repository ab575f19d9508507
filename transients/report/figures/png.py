"""Pixels as a PNG file. Rows are packed as they are: of drawings zlib makes less of them, four times as fast, than with PNG's filters."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

#: Beyond this, files of drawings shrink by a twentieth and take twice as long.
_LEVEL = 3
_METRE_IN = 39.3701


def png_bytes(pixels: npt.NDArray[np.uint8], dpi: int) -> bytes:
    """Write red, green and blue, (rows, columns, 3), as PNG (ISO/IEC 15948) without text and date."""
    rows, columns, _ = pixels.shape
    lines = np.zeros((rows, 1 + 3 * columns), dtype=np.uint8)  # each begins with its filter: none
    lines[:, 1:] = pixels.reshape(rows, -1)
    per_metre = round(dpi * _METRE_IN)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">2I5B", columns, rows, 8, 2, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">2IB", per_metre, per_metre, 1)),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), _LEVEL)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))
