"""The event table: its columns, order, choices and marks, without any script."""

from __future__ import annotations

import re

import dashboard_samples as samples
import pytest
from litestar.testing import TestClient
from lxml import html

from transients.web.memory import MemoryStore

COLUMNS = [
    *("Event", "Origin", "Role", "UTC", "Sky Location", "Orientation"),
    *("FoV exposure", "ScW", "Data", "Visibility", "Planning urgency", "Raw notice"),
]


def page(client: TestClient, address: str = "/") -> html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def names(tree: html.HtmlElement) -> list[str]:
    return [str(name) for name in tree.xpath("//a[@class='open']/text()")]


def row(tree: html.HtmlElement, name: str) -> html.HtmlElement:
    return tree.xpath(f"//tr[.//a[@class='open' and text()='{name}']]")[0]


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_columns_in_the_order_people_know(client: TestClient) -> None:
    tree = page(client)
    assert tree.xpath("//table[@class='events']/thead//th/text()") == COLUMNS


def test_one_row_per_event_newest_first_unknown_time_last(client: TestClient) -> None:
    assert names(page(client)) == [
        "230518A", "S230518h", "S230520ae", "S230518zz", "138415_24421", "10216", "699898651", "700000001",
    ]  # fmt: skip


def test_row_says_everything(client: TestClient) -> None:
    line = text(row(page(client), "S230518h"))
    for words in (
        "NO COUNTERPART",
        "LIGO Virgo KAGRA",
        "observation",
        "2023-05-18 12:59:08.1",
        "41 min ago",
        "40.67 -0.01",
        "bottom (136.2, -20.2)",
        "0.0 ks",
        "264100200010",
        "1.3%",
        "very high",
        "notice",
        "JSON",
    ):
        assert words in line, words


def test_row_without_assessment_is_pending_with_dashes(client: TestClient) -> None:
    line = text(row(page(client), "230518A"))
    assert "PENDING" in line
    assert line.count("–") == 7


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("gw", ["S230518h", "S230520ae", "S230518zz"]),
        ("neutrinos", ["230518A", "138415_24421"]),
        ("integral", ["10216"]),
        ("fermi", ["699898651", "700000001"]),
    ],
)
def test_tabs(client: TestClient, tab: str, expected: list[str]) -> None:
    tree = page(client, f"/?tab={tab}")
    assert names(tree) == expected
    assert len(tree.xpath("//nav[@class='tabs']//a[@aria-current='page']")) == 1


def test_search_and_role(client: TestClient) -> None:
    assert names(page(client, "/?q=s230518H")) == ["S230518h"]
    assert names(page(client, "/?role=test")) == ["10216"]
    assert names(page(client, "/?tab=gw&role=test")) == []
    assert "No event matches" in client.get("/?q=nothing").text


def test_marks_simulated_test_retracted(client: TestClient) -> None:
    tree = page(client)
    assert "SIMULATED" in text(row(tree, "699898651"))
    assert "TEST" in text(row(tree, "10216"))
    assert "RETRACTED" in text(row(tree, "S230518zz"))
    assert "SIMULATED" not in text(row(tree, "S230518h"))


def test_paging(client: TestClient, dashboard_store: MemoryStore) -> None:
    for i in range(60):
        dashboard_store.put_event(
            samples.event(f"Fermi-GBM:{i:09d}", "Fermi-GBM", "gamma-ray", f"2022-01-01T00:{i:02d}:00", revision=1)
        )
    first = page(client, "/?tab=fermi")
    assert len(names(first)) == 25
    assert first.xpath("//a[@rel='prev']") == []
    seen = names(first)
    address = first.xpath("//a[@rel='next']/@href")[0]
    while address:
        tree = page(client, address)
        seen += names(tree)
        address = (tree.xpath("//a[@rel='next']/@href") or [""])[0]
    assert len(seen) == len(set(seen)) == 62


def test_status_card_and_counters(client: TestClient) -> None:
    card = text(page(client).get_element_by_id("status"))
    for words in (
        "Real-time ONLINE",
        "66 s",
        "210000250010",
        "72 min",
        "2641",
        "151.9 Mm",
        "next break in data in 35 hr",
        "timeline",
        "gcn 1 s, hop never",
        "CONS not known",
    ):
        assert words in card, words
    counters = text(page(client).xpath("//dl[@class='counters']")[0])
    assert re.search(r"events ?8 ?notices ?9 ?detections ?1 ?jobs open ?0 ?refused ?1", counters)


@pytest.mark.parametrize("address", ["/?page=0", "/?page=x", "/?q=" + "x" * 300])
def test_wrong_queries_are_refused_in_words(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "<h1>" in answer.text


def test_unknown_tab_is_not_found(client: TestClient) -> None:
    assert client.get("/?tab=nope").status_code == 404
