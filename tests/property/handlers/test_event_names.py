"""Names of events: whatever the text, each name found is in its one form, and is found again in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.names import event_names, names_in, names_in_body

PARTS = st.sampled_from([
    "GRB", "GRB 240506A", "GRB 240506", ".256", ".72", "240506256", "Fermi", "Swift", "IBAS", "trigger", "triggers", "No.", "/", "-",
    " and ", ", ", "736000000", "1200001", "1200009", "10400", "S240506ab", "MS240506a", "IceCube-240506A", "IceCube", "AT", "2024abc",
    "EP240506a", "FRB", "20240506B", "SGR 1935+2154", "Swift J1727.8-1613", "bn240506256", " ", "(", ")", ":", "é", "\n", "0" * 30,
])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PARTS, max_size=12).map("".join), st.lists(PARTS, max_size=12).map(" ".join))
#: Counters' names need their mission's word, which a name alone has, and the word "trigger", which it has not.
COUNTED = ("Fermi ", "Swift 1", "Swift 7", "INTEGRAL ")


@given(TEXTS)
def test_a_name_is_found_again_in_its_one_form(text: str) -> None:
    for name in names_in(text):
        assert name.isprintable()
        assert names_in(name) == (name,) or name.startswith(COUNTED)


@given(TEXTS)
def test_each_name_stands_once(text: str) -> None:
    names = names_in(text)
    assert len(set(names)) == len(names)


@given(TEXTS, TEXTS)
def test_what_a_body_adds_is_a_name(subject: str, body: str) -> None:
    for name in names_in_body(names_in(subject), body):
        assert name.startswith(("Fermi ", "Swift ", "IceCube ", "bn"))


@given(st.text(max_size=20), TEXTS, st.lists(TEXTS, max_size=3))
def test_an_event_is_known_by_whatever_a_circular_can_call_it(origin: str, event_id: str, aliases: list[str]) -> None:
    names = event_names(origin, event_id, aliases)
    assert set(names_in(event_id)) <= names
    for alias in aliases:
        assert set(names_in(alias)) <= names
