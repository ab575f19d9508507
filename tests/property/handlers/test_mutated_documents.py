"""Whatever bytes come in, a record comes out, soon: documents of every kind, cut, spliced, flipped and rewritten."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import pytest
from every_document import every_document
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import mutations

from handlers import parse, parse_line
from schemas import Circle, Ellipse, Notice, Parsed, PointingUpdate, Refusal, from_json, to_json

#: No input may take longer, of the processor's time.
LONGEST_S = 1.0
#: What the process may grow by while thousands pass: nothing is kept of them.
GROWTH_KIB = 150 * 1024


def check(data: bytes) -> Parsed:
    """One input: a record that can be stored and sent, and a line of output, within a second."""
    start = time.thread_time()
    parsed = parse(data)
    assert time.thread_time() - start < LONGEST_S, data[:200]
    line = parse_line("x", parsed)
    assert line["reason"] not in ("handler-failed", "too-deep"), line
    json.dumps(line, allow_nan=False).encode()
    assert from_json(to_json(parsed), type(parsed)) == parsed
    if isinstance(parsed, Notice):
        assert parsed.event_id.isprintable()
        if isinstance(parsed.region, Circle | Ellipse):
            assert 0 <= parsed.region.ra_deg < 360
            assert -90 <= parsed.region.dec_deg <= 90
    elif isinstance(parsed, PointingUpdate):
        assert 0 <= parsed.ra_deg < 360
    return parsed


def run(documents: Mapping[str, bytes], seed: int, count: int) -> None:
    """Many inputs; some must still be notices, others refused by several words."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    notices, words = 0, set()
    for data in islice(mutations(documents, seed), count):
        parsed = check(data)
        notices += isinstance(parsed, Notice)
        if isinstance(parsed, Refusal):
            words.add(parsed.reason)
    assert notices > count / 10
    assert len(words) > 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH_KIB


def real_documents(shared_data: Path) -> dict[str, bytes]:
    paths = sorted((shared_data / "notices").rglob("*.*"))
    return {str(path): path.read_bytes() for path in paths if path.is_file() and path.stat().st_size < 60_000}


def test_seven_thousand_mutations() -> None:
    run(every_document(), 20240506, 7_000)


def test_three_thousand_mutations_of_real_documents(shared_data: Path) -> None:
    run(real_documents(shared_data), 20240508, 3_000)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10))
def test_half_a_million_mutations(seed: int) -> None:
    run(every_document(), seed, 50_000)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10, 20))
def test_half_a_million_mutations_of_real_documents(seed: int, shared_data: Path) -> None:
    run(real_documents(shared_data), seed, 50_000)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400))
def test_noise(data: bytes) -> None:
    check(data)
    check(b"Obj\x01" + data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["superevent_id", "alert_type", "event", "time_created", "external_coinc", "urls", "id", "ra", "dec", "ra_dec_error", "far",
     "trigger_time", "alert_datetime", "circularId", "subject", "createdOn", "header", "content", "format", "ivorn", "What",
     "WhereWhen", "containment_probability", "record_number", "subtype", "classification", "event_name"]
)  # fmt: skip
SCHEMAS = st.sampled_from(
    [
        None,
        *(
            f"https://gcn.nasa.gov/schema/main/gcn/notices/{path}.schema.json"
            for path in ("icecube/single_neutrino_alerts", "fermi/gbm/trigger")
        ),
    ]
)


@settings(deadline=None, max_examples=400)
@given(st.dictionaries(KEYS, JSON, max_size=8), SCHEMAS, st.booleans())
def test_json_of_any_types(value: dict[str, object], schema: str | None, known: bool) -> None:
    if known:
        value = {"superevent_id": "S1", "alert_type": "UPDATE"} | value
    if schema is not None:
        value = {"subtype": "FLIGHT_POSITION", "id": ["1"]} | value | {"$schema": schema}
    check(to_json(value))
