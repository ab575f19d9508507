"""Constraints combine as sets do, name what limits, and have margins that change no faster than a direction does."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transients.missions.constraints import AllOf, AnyOf, Constraint, EarthLimb, MoonLimb, Not, SunAngle
from transients.missions.surroundings import Surroundings
from transients.missions.times import from_ijd

_ANGLE = st.floats(0.0, 60.0)
_SIMPLE = st.one_of(
    st.builds(SunAngle, _ANGLE, st.floats(90.0, 180.0)), st.builds(MoonLimb, _ANGLE), st.builds(EarthLimb, _ANGLE)
)
constraints: st.SearchStrategy[Constraint] = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: two[0] & two[1]),
        st.tuples(inner, inner).map(lambda two: two[0] | two[1]),
        inner.map(lambda one: ~one),
    ),
    max_leaves=5,
)


def _unit(rng: np.random.Generator, n: int) -> np.ndarray:
    v = rng.normal(size=(n, 3))
    return np.asarray(v / np.linalg.norm(v, axis=-1, keepdims=True))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[np.ndarray, Surroundings]:
    """Directions (n, 3) and surroundings of three instants, anywhere from 300 km up."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    height = rng.uniform(6700.0, 160_000.0, size=(3, 1))
    time = from_ijd(np.array([8540.0, 8541.0, 8542.0]))
    about = Surroundings(time, _unit(rng, 3), _unit(rng, 3), height * _unit(rng, 3), rng.uniform(2e5, 4e5, size=3))
    return _unit(rng, 40), about


@given(constraints, constraints, scenes())
def test_laws(a: Constraint, b: Constraint, scene: tuple[np.ndarray, Surroundings]) -> None:
    v, about = scene

    def margin(c: Constraint) -> np.ndarray:
        return c.margin_rad(v, about)

    assert margin(a).shape == (3, 40)
    np.testing.assert_array_equal(margin(a & b), np.minimum(margin(a), margin(b)))
    np.testing.assert_array_equal(margin(a | b), np.maximum(margin(a), margin(b)))
    np.testing.assert_array_equal(margin(~a), -margin(a))
    np.testing.assert_array_equal(margin(~(a & b)), margin(~a | ~b))
    np.testing.assert_array_equal(margin(~(a | b)), margin(~a & ~b))
    np.testing.assert_array_equal(margin(a & (a | b)), margin(a))


@given(constraints, scenes())
def test_margins_change_no_faster_than_directions(a: Constraint, scene: tuple[np.ndarray, Surroundings]) -> None:
    v, about = scene
    margin = a.margin_rad(v, about)
    apart = np.arccos(np.clip(v @ v.T, -1, 1))
    change = np.abs(margin[:, :, None] - margin[:, None, :])
    assert np.all(change <= apart + 1e-7)


@given(st.lists(_SIMPLE, min_size=2, max_size=4), scenes())
def test_the_part_that_limits_is_the_one_with_the_least_margin(
    parts: list[Constraint], scene: tuple[np.ndarray, Surroundings]
) -> None:
    v, about = scene
    whole = parts[0]
    for part in parts[1:]:
        whole = whole & part
    assert isinstance(whole, AllOf)
    assert whole.parts() == tuple(parts)
    margin, number = whole.limiting(v, about)
    each = np.stack([part.margin_rad(v, about) for part in parts])
    np.testing.assert_array_equal(margin, each.min(axis=0))
    np.testing.assert_array_equal(np.take_along_axis(each, number[None], axis=0)[0], margin)


@given(constraints, scenes())
def test_what_is_allowed_as_caps_is_what_is_allowed(a: Constraint, scene: tuple[np.ndarray, Surroundings]) -> None:
    v, about = scene
    caps = a.caps(about)
    if caps is None:
        # Unions and complements are no such thing, nor what is made with one.
        assert any(isinstance(part, AnyOf | Not) for part in a.parts())
        return
    axes, radii = caps
    inside = np.where(radii[..., None] < np.pi, radii[..., None] - np.arccos(np.clip(axes @ v.T, -1, 1)), np.inf).min(axis=1)
    margin = a.margin_rad(v, about)
    clear = np.abs(margin) > 1e-6
    np.testing.assert_array_equal(inside[clear] > 0.0, margin[clear] > 0.0)


def test_words() -> None:
    sun, moon, earth = SunAngle(50.0, 130.0), MoonLimb(10.0), EarthLimb(15.0)
    assert (sun & earth & moon).text == "Sun 50 to 130 deg, Earth limb beyond 15 deg, Moon limb beyond 10 deg"
    assert (sun | ~moon).text == "Sun 50 to 130 deg or not (Moon limb beyond 10 deg)"
    assert isinstance(sun | moon, AnyOf)
    assert [part.name for part in (sun & earth & moon).parts()] == ["Sun", "Earth limb", "Moon limb"]
