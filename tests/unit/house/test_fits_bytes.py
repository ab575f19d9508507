"""FITS as bytes, read by astropy."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from astropy.io import fits

from transients.fits_bytes import Card, PackedImage, Table, fits_bytes


def opened(data: bytes) -> fits.HDUList:
    found = fits.open(io.BytesIO(data))
    found.verify("exception")
    return found


def test_cards_of_the_primary_header_are_read_as_they_were_written() -> None:
    text = "a line that is longer than one card holds, so that it goes on in a second one, and says nothing"
    cards: list[Card] = [
        ("OBJECT", "it's", "quoted"),
        ("X", 0.1 + 0.2, "[s] exact"),
        ("N", 2**40, ""),
        ("GOOD", False, ""),
        ("LONG", "x" * 100, "goes on"),
        ("HISTORY", text, ""),
        ("HISTORY", "more", ""),
    ]
    header = opened(fits_bytes(cards))[0].header
    for keyword, value, comment in cards[:5]:
        assert (header[keyword], type(header[keyword]), header.comments[keyword]) == (value, type(value), comment)
    assert "".join(header["HISTORY"]) == text + "more"


def test_a_table() -> None:
    numbers, values = np.array([1, -(2**60), 0]), np.array([np.nan, -1e300, 0.1 + 0.2])
    columns = {"A": (numbers, ""), "B": (values, "sr-1")}
    unit = opened(fits_bytes((), Table(columns, [("GOOD", True, ""), ("MEAN", 1.5, "of all")], "T")))["T"]
    assert (unit.columns.names, unit.columns.units) == (["A", "B"], ["", "sr-1"])
    np.testing.assert_array_equal(unit.data["A"], numbers)
    np.testing.assert_array_equal(unit.data["B"], values)
    assert (unit.header["GOOD"], unit.header["MEAN"]) == (True, 1.5)


@pytest.mark.parametrize("size", [1, 31, 1000, 2500])
@pytest.mark.parametrize("reach", [1, 3000, 2**31 - 2])
def test_an_image_is_packed_without_loss_in_tiles(size: int, reach: int) -> None:
    values = np.random.default_rng(size).integers(-reach, reach, size, endpoint=True).astype(np.int32)
    data = fits_bytes((), PackedImage(values, 1000, [("BUNIT", "count", "")], "COUNTS"))
    image = opened(data)["COUNTS"]
    np.testing.assert_array_equal(image.data, values)
    np.testing.assert_array_equal(opened(data)["COUNTS"].section[size // 2 :], values[size // 2 :])
    assert (image.header["BUNIT"], image.compression_type) == ("count", "RICE_1")
    with fits.open(io.BytesIO(data), disable_image_compression=True) as units:
        assert len(units["COUNTS"].data) == math.ceil(size / 1000)


def test_several_extensions_keep_their_order_and_the_same_gives_the_same_bytes() -> None:
    image, table = PackedImage(np.arange(5, dtype=np.int32), 2, name="B"), Table({"A": (np.zeros(2), "s")}, name="A")
    data = fits_bytes([("X", 1, "")], image, table)
    assert [hdu.name for hdu in opened(data)] == ["PRIMARY", "B", "A"]
    assert data == fits_bytes([("X", 1, "")], image, table)


@pytest.mark.parametrize("value", ["GRB \u00fcnique", "a\nb", math.nan, math.inf])
def test_what_a_header_cannot_hold_is_refused(value: str | float) -> None:
    columns = {"A": (np.zeros(2), "")}
    with pytest.raises(ValueError, match="FITS"):
        fits_bytes([("OBJECT", value, "")])
    with pytest.raises(ValueError, match="FITS"):
        fits_bytes((), Table(columns, [("OBJECT", value, "")]))


def test_columns_of_different_lengths_are_no_table() -> None:
    with pytest.raises(ValueError, match="row count"):
        fits_bytes((), Table({"A": (np.zeros(2), ""), "B": (np.zeros(3), "")}))
