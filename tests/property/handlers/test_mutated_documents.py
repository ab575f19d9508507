"""Whatever bytes come in, a record comes out: documents of our own, cut, spliced, flipped and rewritten."""

from __future__ import annotations

import random

import pytest
from handler_samples import every_sample
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import parse, parse_line
from schemas import Notice, from_json, to_json

SAMPLES = every_sample()
WORDS = [
    b"", b"\x00", b"<", b">", b"&", b"&amp;", b'"', b"{", b"}", b"[", b"null", b"-1", b"0", b"1e999", b"nan", b"NaN", b"inf",
    b"99999999999999999999999", b"2022-01-00T00:00:00", b"99999-12-31T23:59:60", b"\xff\xfe", b"\xef\xbb\xbf", b"<!DOCTYPE a>",
    b"<![CDATA[x]]>", b"<?x?>", b"<!-- -->", b"\xe2\x98\x83", b"value=", b"name=", b"true", b"Packet_Type", b"TrigID", b"]",
]  # fmt: skip


def mutate(rng: random.Random) -> bytes:
    data = bytearray(SAMPLES[rng.choice(sorted(SAMPLES))])
    for _ in range(rng.randint(1, 4)):
        at, length = rng.randrange(len(data) + 1), rng.choice([0, 1, 2, 8, 40])
        match rng.randrange(5):
            case 0:
                data[at : at + length] = rng.choice(WORDS)
            case 1 if data:
                data[at % len(data)] = rng.randrange(256)
            case 2:
                del data[at : at + length]
            case 3:
                other = SAMPLES[rng.choice(sorted(SAMPLES))]
                cut = rng.randrange(len(other))
                data[at:at] = other[cut : cut + 60]
            case _:
                data[at:at] = data[at : at + length] * rng.choice([1, 2, 50])
    return bytes(data)


def check(data: bytes) -> None:
    parsed = parse(data)
    line = parse_line("x", parsed)
    assert line["reason"] not in ("handler-failed", "too-deep"), line
    if isinstance(parsed, Notice):
        assert from_json(to_json(parsed), Notice) == parsed
        assert line["ra_deg"] is None or 0 <= line["ra_deg"] < 360


def test_two_thousand_mutations() -> None:
    rng = random.Random(20240506)
    for _ in range(2000):
        check(mutate(rng))


@pytest.mark.nightly
def test_a_hundred_thousand_mutations() -> None:
    rng = random.Random(20240507)
    for _ in range(100_000):
        check(mutate(rng))


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
