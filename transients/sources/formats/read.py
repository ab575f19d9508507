"""The one door: bytes of any known form to a LightCurve."""

from __future__ import annotations

import json
import re

from schemas import LightCurve
from schemas.errors import RefusedInput, TransientsError

from ...gunzip import unpacked
from ..refusals import is_page, refusal
from .build import Columns, to_lightcurve
from .fits_forms import read_fits
from .json_form import read_realtime_json
from .text_forms import read_text

#: Largest decompressed input: a whole revolution of 50 ms bins as text is about 300 MB.
_MAX_BYTES = 500_000_000
_EXPECTED = "a light curve (FITS, genlc, IPN, real-time JSON or dump)"


def read_lightcurve(data: bytes, name: str) -> LightCurve:
    """Read a light curve of any known form.

    Forms: MMODA FITS (SPI-ACS and imagers), our archive's FITS, genlc text (also quoted as JSON, or with <br>), IPN text,
    real-time JSON, real-time dump, PICsIT text (MJD, rate, error); each also gzipped.

    Parameters
    ----------
    data
        The bytes.
    name
        The input, named in every error and kept as `info.source`.

    Raises
    ------
    NoData
        The reply says there is none, or holds only zeros.
    ServiceRefused, BadRequest
        The reply is that error's text (also inside an HTML page).
    RefusedInput
        Anything else that is not a whole light curve.
    """
    content = unpacked(data, name, _MAX_BYTES)
    try:
        return to_lightcurve(_columns(content, name), data, name)
    except TransientsError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise RefusedInput(f"not {_EXPECTED}: {error}", where=name) from error


def _columns(content: bytes, name: str) -> Columns:
    if content[:6] == b"SIMPLE":
        return read_fits(content, name)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedInput(f"neither FITS nor text, not {_EXPECTED}", where=name) from error
    return _text_columns(text.lstrip("\ufeff"), name)


def _text_columns(text: str, name: str) -> Columns:
    stripped = text.strip()
    if not stripped or is_page(stripped):
        raise refusal(text, name, _EXPECTED)
    if stripped[0] in '"{[':
        try:
            document = json.loads(stripped)
        except json.JSONDecodeError as error:
            raise RefusedInput(f"JSON that ends early or is malformed: {error.msg}", where=name) from error
        if isinstance(document, str):
            return _text_columns(document, name)
        return read_realtime_json(document, name)
    lines = re.sub(r"<br\s*/?>", "\n", text, flags=re.IGNORECASE)
    if "\n" not in lines.strip():
        lines = lines.replace("\\n", "\n")
    columns = read_text(lines, name)
    if columns is None:
        raise refusal(text, name, _EXPECTED)
    return columns
