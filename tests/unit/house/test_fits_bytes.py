"""FITS from its bytes, against what astropy writes of the same."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits

from transients.fits_bytes import history, packed_image, primary, table


def same(ours: bytes, theirs: fits.HDUList) -> None:
    """Keywords with their values, and data; comments may change with astropy's version."""
    out = io.BytesIO()
    theirs.writeto(out)
    with fits.open(io.BytesIO(ours)) as mine, fits.open(io.BytesIO(out.getvalue())) as reference:
        assert [type(hdu) for hdu in mine] == [type(hdu) for hdu in reference]
        for hdu, other in zip(mine, reference, strict=True):
            hdu.verify("exception")
            assert [card[:2] for card in hdu.header.cards] == [card[:2] for card in other.header.cards]
            assert hdu.data is other.data or np.asarray(hdu.data).tobytes() == np.asarray(other.data).tobytes()
    assert len(ours) == len(out.getvalue())


def test_a_header_and_a_table() -> None:
    text = "a line that is longer than one card holds, so that it goes on in a second one, and says nothing"
    header = fits.Header([("OBJECT", "it's", "quoted"), ("X", -0.1), ("N", 2**40), ("GOOD", False)])
    header.add_history(text)
    first = primary([("OBJECT", "it's", "quoted"), ("X", -0.1, ""), ("N", 2**40, ""), ("GOOD", False, ""), *history([text])])
    numbers, values = np.array([1, -(2**60), 0]), np.array([np.nan, -1e300, 0.5])
    columns = [fits.Column("A", "K", array=numbers), fits.Column("B", "D", "sr-1", array=values)]
    second = table({"A": (numbers, ""), "B": (values, "sr-1")}, [("EXTNAME", "T", "")])
    same(first + second, fits.HDUList([fits.PrimaryHDU(header=header), fits.BinTableHDU.from_columns(columns, name="T")]))


@pytest.mark.parametrize("size", [1, 31, 1000, 2500])
@pytest.mark.parametrize("reach", [1, 3000, 2**31 - 2])
def test_an_image_is_packed_as_astropy_packs_it(size: int, reach: int) -> None:
    values = np.random.default_rng(size).integers(-reach, reach, size, endpoint=True).astype(np.int32)
    image = fits.CompImageHDU(values, compression_type="RICE_1", name="COUNTS", tile_shape=(min(size, 1000),))
    same(primary() + packed_image(values, 1000, [("EXTNAME", "COUNTS", "")]), fits.HDUList([fits.PrimaryHDU(), image]))
    with fits.open(io.BytesIO(primary() + packed_image(values, 1000, []))) as hdus:
        np.testing.assert_array_equal(hdus[1].section[size // 2 :], values[size // 2 :])


def test_columns_of_different_lengths_are_no_table() -> None:
    with pytest.raises(ValueError, match="unpack"):
        table({"A": (np.zeros(2), ""), "B": (np.zeros(3), "")}, [])
