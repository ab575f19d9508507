"""The planning rules, each alone and together."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import Instant
from schemas.errors import ConfigurationError
from transients.sky import urgency

#: A Thursday in summer: 12:00 UTC is 14:00 in Madrid.
NOON = Instant.parse("2023-05-18T12:00:00")


@pytest.mark.parametrize(
    ("facts", "grade", "reason"),
    [
        ({"properties": {"HasNS": 1.0}}, "very high", "neutron star"),
        ({"distance_mpc": 499.9}, "very high", "nearby"),
        ({"far_hz": 1e-51}, "very high", "very rare"),
        ({"area90_deg2": 299.0}, "high", "small region"),
        ({"theta_deg": 0.0}, "high", "in FoV"),
        ({"theta_deg": 15.0}, "high", "close to FoV"),
        ({"theta_deg": 39.9}, "high", "close to FoV"),
        ({"now": NOON}, "high", "working hours"),
        ({"visible_fraction": 0.41}, "medium", "visible"),
    ],
)
def test_each_rule_alone(facts: dict[str, Any], grade: str, reason: str) -> None:
    found = urgency(**facts)
    assert found.grade == grade
    assert found.reasons == ((grade, reason),)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"properties": {"HasNS": 0.0, "HasRemnant": 1.0}},
        {"distance_mpc": 500.0},
        {"far_hz": 1e-12},
        {"area90_deg2": 300.0},
        {"theta_deg": 40.0},
        {"visible_fraction": 0.4},
        {"now": Instant.parse("2023-05-18T20:00:00")},
    ],
)
def test_nothing_holds(facts: dict[str, Any]) -> None:
    assert urgency(**facts).grade == "low"
    assert urgency(**facts).reasons == ()


def test_all_together_highest_first() -> None:
    found = urgency(
        properties={"HasNS": 0.98},
        distance_mpc=40.0,
        far_hz=1e-60,
        area90_deg2=30.0,
        theta_deg=20.0,
        visible_fraction=0.9,
        now=NOON,
    )
    assert found.grade == "very high"
    assert ("very high", "follow-up advised") in found.reasons
    order = ["very high", "high", "medium", "low"]
    places = [order.index(grade) for grade, _ in found.reasons]
    assert places == sorted(places)
    assert len(found.reasons) == 8


@pytest.mark.parametrize(
    ("utc", "zone", "at_work"),
    [
        ("2023-05-18T05:59:59", "Europe/Madrid", False),
        ("2023-05-18T06:00:00", "Europe/Madrid", True),
        ("2023-05-18T14:59:59", "Europe/Madrid", True),
        ("2023-05-18T15:00:00", "Europe/Madrid", False),
        # Winter: UTC+1, where a fixed UTC+2 would say otherwise.
        ("2023-01-18T06:30:00", "Europe/Madrid", False),
        ("2023-01-18T15:30:00", "Europe/Madrid", True),
        ("2023-05-18T12:00:00", "Asia/Tokyo", False),
        ("2016-12-31T23:59:60", "Asia/Tokyo", True),
    ],
)
def test_working_hours_are_local(utc: str, zone: str, at_work: bool) -> None:
    assert (urgency(now=Instant.parse(utc), time_zone=zone).grade == "high") is at_work


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_an_unknown_zone_is_a_configuration_error(zone: str) -> None:
    with pytest.raises(ConfigurationError, match="time zone"):
        urgency(now=NOON, time_zone=zone)
