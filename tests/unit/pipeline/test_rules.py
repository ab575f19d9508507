"""A policy's thresholds: what holds, what a missing number does, what is proposed."""

from __future__ import annotations

import pytest

from schemas import Event, Policy, Significance, Threshold
from transients.pipeline.rules import holds, proposes_circular

NEUTRON_STAR = Threshold(max_far_hz=1e-5, require_significant=True, min_properties={"HasNS": 0.3})


def event(**facts: object) -> Event:
    """An event with these facts."""
    plain = {"event_key": "X:1", "event_id": "1", "origin": "X", "messenger": "gravitational-wave", "role": "observation"}
    return Event(**(plain | {"revision": 1, "policy": "p"} | facts))  # type: ignore[arg-type]


def merger(far_hz: float | None = 1e-9, significant: bool | None = True, has_ns: float | None = 0.9) -> Event:
    """A merger, as announced."""
    properties = {} if has_ns is None else {"HasNS": has_ns}
    return event(significance=Significance(far_hz=far_hz, significant=significant), properties=properties)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        ({"far_hz": 1e-5}, False),
        ({"far_hz": 0.0}, True),
        ({"far_hz": None}, False),
        ({"significant": False}, False),
        ({"significant": None}, False),
        ({"has_ns": 0.3}, False),
        ({"has_ns": None}, False),
    ],
)
def test_every_bound_must_hold_and_what_is_missing_fails(facts: dict[str, float | None], expected: bool) -> None:
    assert holds((NEUTRON_STAR,), merger(**facts)) is expected  # type: ignore[arg-type]


def test_any_threshold_is_enough_and_none_is_not() -> None:
    rare = Threshold(max_far_hz=1e-20)
    assert holds((rare, NEUTRON_STAR), merger())
    assert not holds((), merger())
    assert not holds((NEUTRON_STAR,), event())


def test_a_detection_is_always_proposed_and_a_test_never() -> None:
    policy = Policy(name="p", circular_if=(NEUTRON_STAR,))
    assert proposes_circular(merger(has_ns=0.0), policy, "detection")
    assert not proposes_circular(merger(has_ns=0.0), policy, "non-detection")
    assert proposes_circular(merger(), policy, "non-detection")
    assert not proposes_circular(merger(), policy, "pending")
    assert proposes_circular(event(), Policy(name="all"), "inactive")
    assert not proposes_circular(event(role="test"), Policy(name="all"), "detection")
