"""What every record promises: finite numbers, wherever they stand; and that it travels between processes whole."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from schemas import Attitude, Circle, InputRef, Instant, Polygon, Provenance

_INFINITE = float("inf")


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda: Circle(ra_deg=1.0, dec_deg=2.0, radius_deg=_INFINITE), "Circle.radius_deg"),
        (lambda: Polygon(vertices_deg=((0.0, 1.0), (2.0, float("nan")), (3.0, 4.0))), r"Polygon.vertices_deg\[1\]\[1\]"),
        (lambda: Provenance(step="x", version="1", parameters={"a": [1, "b", {"c": -_INFINITE}]}), r"parameters\[a\]\[2\]\[c\]"),
        (lambda: Provenance(step="x", version="1", parameters={"a": (10**400, _INFINITE)}), r"parameters\[a\]\[1\]"),
    ],
)
def test_a_number_that_is_not_finite_is_refused_wherever_it_stands(make: Any, where: str) -> None:
    with pytest.raises(ValueError, match=f"{where} must be finite or None"):
        make()


def test_whole_numbers_of_any_size_and_texts_pass() -> None:
    parameters = {"a": [10**400, "nan", None, True], "b": {"c": (1.0, 2)}}
    assert Provenance(step="x", version="1", parameters=parameters).parameters == parameters


def test_records_travel_between_processes_whole() -> None:
    at = Instant(utc="2016-12-31T23:59:60", ns=5)
    attitude = Attitude(at=at, x_ra_deg=1.5, x_dec_deg=-2.25, z_ra_deg=0.1 + 0.2, z_dec_deg=1e-300, source="simulated")
    inputs = (InputRef(name="é", sha256="0" * 64, source="s"),)
    records = {"a": attitude, "b": (Provenance(step="x", version="1", parameters={"n": [1, 1.0, None]}, inputs=inputs), at)}
    assert pickle.loads(pickle.dumps(records)) == records  # noqa: S301 -- its own bytes
