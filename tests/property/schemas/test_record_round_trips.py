"""Every record comes back from JSON as it went, and its JSON is what its schema says."""

from __future__ import annotations

import json
import math
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import instants, records

import schemas
from schemas import Circle, Instant, Record, from_json, to_json
from schemas.generate import TRAVELLING, schema

CLASSES = sorted(
    (thing for thing in vars(schemas).values() if isinstance(thing, type) and issubclass(thing, Record) and thing is not Record),
    key=lambda cls: cls.__name__,
)
_SETTINGS = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def test_all_records_are_here() -> None:
    assert len(CLASSES) > 40
    assert schemas.Assessment in CLASSES


@pytest.mark.parametrize("kind", CLASSES, ids=lambda cls: cls.__name__)
@given(data=st.data())
@_SETTINGS
def test_round_trip(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))
    encoded = to_json(record)
    again = from_json(encoded, kind)
    assert again == record
    assert to_json(again) == encoded


@pytest.mark.parametrize("name", sorted(TRAVELLING))
@given(data=st.data())
@_SETTINGS
def test_json_obeys_schema(name: str, data: st.DataObject) -> None:
    record = data.draw(records(TRAVELLING[name]))
    jsonschema.Draft202012Validator(schema(name)).validate(json.loads(to_json(record)))


@pytest.mark.nightly
@pytest.mark.parametrize("kind", CLASSES, ids=lambda cls: cls.__name__)
@given(data=st.data())
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_round_trip_long(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))
    assert from_json(to_json(record), kind) == record


@pytest.mark.parametrize("kind", CLASSES, ids=lambda cls: cls.__name__)
def test_unknown_fields_are_refused(kind: type[Record]) -> None:
    with pytest.raises(msgspec.ValidationError):
        from_json(b'{"no_such_field": 1}', kind)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda cls: cls.__name__)
def test_fields_are_by_name_only(kind: type[Record]) -> None:
    assert kind.__struct_config__.frozen
    with pytest.raises(TypeError, match="positional"):
        kind("x")


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_json_cannot_carry_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Circle(ra_deg=bad, dec_deg=0.0)


@given(a=instants(), b=instants())
@settings(max_examples=100, deadline=None)
def test_instants_sort_by_time_and_survive_their_text(a: Instant, b: Instant) -> None:
    assert Instant.parse(a.iso) == a
    assert (a < b) == ((a.utc, a.ns) < (b.utc, b.ns))


def test_a_record_in_a_union_keeps_its_kind() -> None:
    region: Any = Circle(ra_deg=0.0, dec_deg=-90.0)
    assert from_json(to_json(region), schemas.SkyRegion) == region  # type: ignore[arg-type]
