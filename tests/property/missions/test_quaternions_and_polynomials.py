"""Our quaternions and polynomials against scipy's."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import KroghInterpolator
from scipy.spatial.transform import Rotation, Slerp

from transients.missions.polynomials import interpolate
from transients.missions.quaternions import angle_rad, from_axes, slerp, to_axes

seeds = st.integers(0, 2**32 - 1)
#: Half turns about each axis are where a quaternion's real part vanishes.
turns = st.one_of(
    seeds.map(lambda seed: Rotation.random(random_state=np.random.RandomState(seed))),
    st.sampled_from([Rotation.from_rotvec(np.pi * np.eye(3)[i]) for i in range(3)] + [Rotation.identity()]),
)


def _quaternion(turn: Rotation) -> np.ndarray:
    m = turn.as_matrix()
    return from_axes(m[:, 0], m[:, 2])


@given(turns)
def test_axes_and_back(turn: Rotation) -> None:
    q, theirs = _quaternion(turn), np.roll(turn.as_quat(), 1)
    assert min(np.abs(q - theirs).max(), np.abs(q + theirs).max()) < 1e-7
    x, z = to_axes(q)
    np.testing.assert_allclose(x, turn.as_matrix()[:, 0], atol=1e-12)
    np.testing.assert_allclose(z, turn.as_matrix()[:, 2], atol=1e-12)


@given(turns, turns, st.floats(0.0, 1.0))
def test_slerp(a: Rotation, b: Rotation, share: float) -> None:
    first, second = _quaternion(a), _quaternion(b)
    angle = (b * a.inv()).magnitude()
    assert abs(angle_rad(first, second) - angle) < 1e-7
    if angle > np.pi - 1e-6:
        # Either way round is as short.
        return
    between = slerp(first, second, share)
    theirs = Slerp([0.0, 1.0], Rotation.concatenate([a, b]))(share)
    np.testing.assert_allclose(to_axes(between)[0], theirs.as_matrix()[:, 0], atol=1e-7)
    np.testing.assert_allclose(to_axes(between)[1], theirs.as_matrix()[:, 2], atol=1e-7)


@given(seeds, st.integers(1, 7), st.booleans(), st.floats(-3.0, 9.0))
def test_interpolation(seed: int, n: int, with_slopes: bool, at: float) -> None:
    rng = np.random.default_rng(seed)
    nodes = np.arange(n) + rng.uniform(0.0, 0.5, n)
    values, slopes = rng.normal(size=(n, 3)), rng.normal(size=(n, 3))
    if with_slopes:
        both = np.stack([values, slopes], axis=1).reshape(-1, 3)
        theirs = KroghInterpolator(np.repeat(nodes, 2), both)(at)
    else:
        theirs = KroghInterpolator(nodes, values)(at)
    ours = interpolate(nodes, values, slopes if with_slopes else None, at)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6 * max(1.0, float(np.abs(theirs).max())))


def test_polynomials_of_the_degree_are_met_exactly() -> None:
    nodes = np.array([-2.0, -1.0, 0.5, 2.0])
    p = np.polynomial.Polynomial([1.0, -2.0, 0.5, 0.25, -0.1, 0.03, 0.01, -0.002])
    values, slopes = p(nodes)[:, None], p.deriv()(nodes)[:, None]
    assert abs(interpolate(nodes, values, slopes, 1.3)[0] - p(1.3)) < 1e-12
    cubic = np.polynomial.Polynomial([1.0, -2.0, 0.5, 0.25])
    assert abs(interpolate(nodes, cubic(nodes)[:, None], None, 1.3)[0] - cubic(1.3)) < 1e-12
