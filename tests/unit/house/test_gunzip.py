"""Out of gzip: all members, padding and bounds."""

from __future__ import annotations

import gzip

import pytest

from schemas.errors import RefusedInput
from transients.gunzip import unpacked


def test_what_is_not_gzip_is_given_back() -> None:
    assert unpacked(b"plain", "x", 5) == b"plain"
    with pytest.raises(RefusedInput, match="x: 5 bytes are more than the 4"):
        unpacked(b"plain", "x", 4)


def test_every_member_is_read_and_padding_left() -> None:
    assert unpacked(gzip.compress(b"one ") + gzip.compress(b"two") + bytes(16), "x", 7) == b"one two"


def test_the_bound_holds_over_all_members() -> None:
    with pytest.raises(RefusedInput, match="unpacks to more than the 6 bytes"):
        unpacked(gzip.compress(b"one ") + gzip.compress(b"two"), "x", 6)


def test_damage_is_told_from_an_early_end() -> None:
    whole = gzip.compress(b"something of some length")
    with pytest.raises(RefusedInput, match="ends early"):
        unpacked(whole[:-4], "x", 100)
    for rubbish in (whole + b"rubbish", b"\x1f\x8b" + bytes(20), whole[:-5] + b"\0\0\0\0\0"):
        with pytest.raises(RefusedInput, match="broken gzip"):
            unpacked(rubbish, "x", 100)
