"""Sky maps that come inside an alert: base64 (JSON) or bytes (Avro) to a blob, and what is wrong with them."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from schemas import Blob, sha256_hex

#: FITS files come in blocks of this many bytes.
_FITS_BLOCK = 2880


def map_blob(value: Any, what: str) -> tuple[Blob | None, tuple[str, ...]]:
    """A map's bytes, and what is wrong with them. A map that is cut stays as it is: reading it says why it fails."""
    if value is None:
        return None, ()
    if isinstance(value, str):
        try:
            value = base64.b64decode("".join(value.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            return None, (f"{what} is not base64 ({error}): no map",)
    if not isinstance(value, bytes) or not value.startswith((b"SIMPLE", b"\x1f\x8b")):
        return None, (f"{what} is not a FITS file: no map",)
    cut = value.startswith(b"SIMPLE") and len(value) % _FITS_BLOCK != 0
    remarks = (f"{what} is cut: {len(value)} bytes are not whole FITS blocks",) if cut else ()
    return Blob(blob_id=sha256_hex(value), media_type="application/fits", data=value), remarks
