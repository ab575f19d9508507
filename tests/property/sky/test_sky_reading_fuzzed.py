"""Damaged files give a refusal that names them, or a map that is one: never anything else."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import RefusedInput
from transients.sky import SkyMap, localisation, read_skymap, write_skymap

_RNG = np.random.default_rng(11)
_PROB = _RNG.gamma(0.3, size=48)
_GOOD = write_skymap(
    SkyMap(np.full(48, 1), np.arange(48), _PROB / _PROB.sum(), np.full(48, 100.0), np.full(48, 10.0), np.full(48, 1e-4)),
    header={"NSIDE": 2, "DISTMEAN": 100.0},
)
#: Words of headers that decide how the table is understood.
_WORDS = [
    b"NUNIQ",
    b"NESTED",
    b"RING  ",
    b"RANGE",
    b"'1D  ",
    b"K",
    b"D",
    b"E",
    b"1024E",
    b"PROBDENSITY",
    b"PROB",
    b"-1",
    b"99999999",
]

damage = st.lists(
    st.tuples(st.integers(0, len(_GOOD) - 1), st.one_of(st.binary(min_size=1, max_size=4), st.sampled_from(_WORDS))),
    min_size=1,
    max_size=6,
)


def _damaged(hits: list[tuple[int, bytes]], length: int) -> bytes:
    data = bytearray(_GOOD)
    for place, new in hits:
        data[place : place + len(new)] = new
    return bytes(data[:length])


def _read(data: bytes) -> None:
    refusal = m = None
    try:
        m = read_skymap(data, "damaged.fits")
    except RefusedInput as error:
        refusal = error
    if m is None:
        assert refusal is not None
        assert str(refusal).startswith("damaged.fits: ")
        return
    assert m.prob.sum() == pytest.approx(1.0)
    assert (m.prob >= 0).all()
    localisation(m, "x")


@given(hits=damage, length=st.integers(0, len(_GOOD)) | st.just(len(_GOOD)), packed=st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_files(hits: list[tuple[int, bytes]], length: int, packed: bool) -> None:
    data = _damaged(hits, length)
    _read(gzip.compress(data, 1) if packed else data)


@pytest.mark.nightly
@given(hits=damage, length=st.integers(0, len(_GOOD)) | st.just(len(_GOOD)))
@settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_files_long(hits: list[tuple[int, bytes]], length: int) -> None:
    _read(_damaged(hits, length))


@given(junk=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_junk(junk: bytes) -> None:
    for data in (junk, b"SIMPLE  =" + junk, b"\x1f\x8b" + junk):
        with pytest.raises(RefusedInput):
            read_skymap(data, "junk")
