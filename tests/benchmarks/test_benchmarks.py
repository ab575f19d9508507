"""Every measurement runs, at small sizes. No test of a time: those belong to the machine."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from bench_samples import assert_sound

from schemas.errors import ConfigurationError, ServiceUnreachable, TransientsError
from transients.bench import FULL, GROUPS, NIGHTLY, SMALL, run

URL = "TRANSIENTS_DATABASE__URL"


@pytest.mark.parametrize("group", [group for group in GROUPS if group not in ("store", "intake", "service")])
def test_every_measurement_gives_sound_lines(group: str) -> None:
    lines = list(run([group], sizes=SMALL))
    assert lines
    for line in lines:
        assert_sound(line, group)
    pairs = [(line["name"], line["reference"]) for line in lines]
    assert len(set(pairs)) == len(pairs)
    # Only what may be missing on some machine may be missing here.
    assert [line["name"] for line in lines if line["value"] is None] == []


def test_the_store_is_not_measured_without_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(URL, raising=False)
    lines = list(run(["store"], sizes=SMALL))
    assert lines
    for line in lines:
        assert_sound(line, "store")
        assert line["value"] is None
        assert URL in line["reason"]


def test_the_store_is_measured_in_a_database_of_its_own(
    monkeypatch: pytest.MonkeyPatch, postgres_server: Callable[[str], str]
) -> None:
    monkeypatch.setenv(URL, postgres_server("postgres"))
    for _ in range(2):  # the first leaves no database behind
        lines = list(run(["store"], sizes=SMALL))
        for line in lines:
            assert_sound(line, "store")
            assert line["value"] is not None
        assert len({line["name"] for line in lines}) == 3


def test_the_intake_is_measured_to_the_last_event(monkeypatch: pytest.MonkeyPatch, postgres_server: Callable[[str], str]) -> None:
    monkeypatch.setenv(URL, postgres_server("postgres"))
    both = list(run(["intake", "parse"], sizes=SMALL))
    # Who asks for the intake gets parsing too, and once.
    parsing = [line for line in both if line["name"].startswith("parse:")]
    assert both[: len(parsing)] == parsing
    assert len({(line["name"], line["reference"]) for line in parsing}) == len(parsing) > 0
    lines = both[len(parsing) :]
    for line in lines:
        assert_sound(line, "intake")
    assert [line["unit"] for line in lines] == ["alerts/s", "alerts/s", "ms", "ms"]
    assert all(line["value"] is not None for line in lines)


def test_events_that_did_not_come_are_not_counted_as_fast(
    monkeypatch: pytest.MonkeyPatch, postgres_server: Callable[[str], str]
) -> None:
    from transients.bench import intake

    monkeypatch.setenv(URL, postgres_server("postgres"))
    monkeypatch.setattr(intake, "_document", lambda number: b"not an alert %d" % number)
    with pytest.raises(TransientsError, match="0 events"):
        list(run(["intake"], sizes=SMALL))


def test_documents_that_become_no_events_are_not_counted_as_fast(
    monkeypatch: pytest.MonkeyPatch, postgres_server: Callable[[str], str]
) -> None:
    from transients.bench import store

    monkeypatch.setenv(URL, postgres_server("postgres"))
    monkeypatch.setattr(store, "voevent", lambda: b"not an alert 700000001")
    with pytest.raises(TransientsError, match="did not become events"):
        list(run(["store"], sizes=SMALL))


@pytest.mark.parametrize("group", ["store", "intake", "service"])
def test_a_server_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch, group: str) -> None:
    monkeypatch.setenv(URL, "postgresql://bench:secret@127.0.0.1:1/none")
    with pytest.raises(ServiceUnreachable, match=URL) as caught:
        list(run([group], sizes=SMALL))
    assert "secret" not in str(caught.value)


def test_voeventparse_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "voeventparse", None)
    (line,) = [line for line in run(["parse"], sizes=SMALL) if line["reference"] is None]
    assert_sound(line, "parse")
    assert line["value"] is not None
    assert "voeventparse" in line["reason"]


def test_groups_come_in_the_order_asked_for() -> None:
    names = [line["name"].split(":")[0] for line in run(["response", "parse"], sizes=SMALL)]
    assert list(dict.fromkeys(names)) == ["response", "parse"]


def test_an_unknown_name_is_refused_at_once_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="'speed'") as caught:
        run(["parse", "speed"])
    assert all(group in caught.value.message for group in GROUPS)


def test_full_sizes_are_no_smaller_than_the_small_ones() -> None:
    for name in FULL.__dataclass_fields__:
        assert getattr(NIGHTLY, name) >= getattr(FULL, name) >= getattr(SMALL, name)


def test_results_that_differ_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    from transients.bench import orient

    monkeypatch.setattr(orient, "to_spacecraft", lambda ra, dec, attitude: (ra * 0.0, dec * 0.0))
    with pytest.raises(TransientsError, match="differ"):
        list(orient.measure(SMALL))
