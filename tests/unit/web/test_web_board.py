"""The event table: its columns, order, choices and marks, without any script."""

from __future__ import annotations

import re

import dashboard_samples as samples
import outgoing_samples as records
import pytest
from litestar.testing import TestClient
from lxml import html
from msgspec.structs import replace

from schemas import (
    Assessment,
    DataStatus,
    Event,
    Exposure,
    Geometry,
    Instant,
    Localisation,
    NoticeEntry,
    Orientation,
    Visibility,
)
from schemas.errors import NoData
from transients.config import Settings
from transients.sources.clock import shift
from transients.web import StatusCard, create_app, tier_status
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
        ("spiacs", []),
        ("observations", ["230518A", "S230518h", "S230520ae", "S230518zz", "138415_24421", "699898651", "700000001"]),
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
        "151.93 Mm",
        "next break in data in 35 hr",
        "timeline",
        "gcn 1 s, hop never",
        "CONS not known",
    ):
        assert words in card, words
    counters = text(page(client).xpath("//dl[@class='counters']")[0])
    assert re.search(r"events ?8 ?notices ?9 ?detections ?1 ?jobs open ?0 ?refused ?1", counters)


def test_days_of_t0_both_included(client: TestClient) -> None:
    assert names(page(client, "/?since=2023-05-15&until=2023-05-17")) == ["138415_24421", "10216"]
    assert names(page(client, "/?until=2023-05-14")) == ["699898651"]
    tree = page(client, "/?since=2023-05-18&until=&tab=gw")
    assert names(tree) == ["S230518h", "S230520ae", "S230518zz"]
    # What was chosen stays in the form and in the tabs' addresses.
    assert tree.xpath("//input[@name='since']/@value") == ["2023-05-18"]
    assert all("since=2023-05-18" in address for address in tree.xpath("//nav[@class='tabs']//a/@href"))


def test_a_tab_of_observations_holds_no_tests(client: TestClient) -> None:
    tree = page(client, "/?tab=observations&role=test")
    assert "10216" not in names(tree)
    assert tree.xpath("//option[@selected]/text()") == ["observation"]


@pytest.mark.parametrize(
    "address", ["/?page=0", "/?page=x", "/?q=" + "x" * 300, "/?since=today", "/?until=2023-02-30", "/?until=9999-12-31"]
)
def test_wrong_queries_are_refused_in_words(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "<h1>" in answer.text


def test_unknown_tab_is_not_found(client: TestClient) -> None:
    assert client.get("/?tab=nope").status_code == 404


def test_tabs_are_those_that_people_know(client: TestClient) -> None:
    titles = page(client).xpath("//nav[@class='tabs']//a/text()")
    assert titles == ["Observations", "LIGO/Virgo/KAGRA", "AMON/IceCube, neutrinos", "INTEGRAL", "SPI-ACS", "Fermi", "All"]


def notes_of(line: html.HtmlElement) -> dict[str, str]:
    """What is told of each cell when a pointer rests on it."""
    return dict(zip(COLUMNS, [" ".join(cell.xpath("./a/@title")) for cell in line.xpath("./th|./td")], strict=True))


def s190602aq() -> tuple[Event, Assessment]:
    """The row of the seed: three notices, one row."""
    t0 = Instant.parse("2019-06-02T17:59:27.0")
    notice = NoticeEntry(content_id="ab" * 32, kind="LVC_INITIAL", revision="1", role="observation", received=t0)
    made = samples.event(
        "LIGO Virgo:S190602aq", "LIGO Virgo", "gravitational-wave", t0.iso, revision=3, history=(notice, notice, notice)
    )
    orientation = Orientation(
        ra_deg=73.39,
        dec_deg=-7.03,
        theta_deg=127.8,
        phi_deg=-20.2,
        word="bottom",
        attitude_source="historic",
        attitude_error_deg=0.01,
    )
    window = (shift(t0, -864000.0), shift(t0, 864000.0))
    geometry = Geometry(
        t0=t0,
        mission="INTEGRAL",
        revolution=2097,
        phase=0.77,
        scw_id="209700520010",
        orientation=orientation,
        localisation=Localisation(
            kind="sky-map",
            peak_ra_deg=73.39,
            peak_dec_deg=-7.03,
            area50_deg2=300.0,
            area90_deg2=1172.0,
            total_probability=1.0,
            tiles=9000,
        ),
        visibility=Visibility(at=t0, visible_fraction=0.0131, sun_half_width_deg=40.0, earth_fraction=0.002),
        exposure=Exposure(
            window_start=window[0],
            window_stop=window[1],
            fov_radius_deg=15.0,
            plain_ks=0.04,
            live_ks=0.03,
            pointings=412,
            source="index",
        ),
        provenance=records.PROVENANCE,
    )
    found = records.assessment(
        event_key=made.event_key,
        event_id=made.event_id,
        event_revision=3,
        revision=1,
        geometry=geometry,
        data=(DataStatus(instrument="SPI-ACS", tier="nrt", completeness=0.55, source="services"),),
    )
    return made, found


def test_the_row_of_the_seed(client: TestClient, dashboard_store: MemoryStore) -> None:
    made, found = s190602aq()
    dashboard_store.put_event(made)
    dashboard_store.put_assessment(found)
    tree = page(client, "/?q=S190602aq")
    assert names(tree) == ["S190602aq"]
    (line,) = tree.xpath("//table[@class='events']/tbody/tr")
    cells = [text(cell) for cell in line.xpath("./th|./td")]
    assert cells[0].startswith("S190602aq")
    assert "3 notices" in cells[0]
    assert cells[3].startswith("2019-06-02 17:59:27.0 UTC")
    # Without urgency the cell is a dash, as it was empty in the seed.
    assert cells[1:3] + cells[4:] == [
        *("LIGO Virgo", "observation", "73.39 -7.03", "bottom (127.8, -20.2)", "0.0 ks", "209700520010", "NRT", "1.3%", "–"),
        "notice JSON",
    ]


def test_what_stands_behind_a_cell(client: TestClient, dashboard_store: MemoryStore) -> None:
    made, found = s190602aq()
    dashboard_store.put_event(made)
    dashboard_store.put_assessment(found)
    (line,) = page(client, "/?q=S190602aq").xpath("//table[@class='events']/tbody/tr")
    notes = notes_of(line)
    assert "within 15 deg of the pointing axis" in notes["FoV exposure"]
    assert "live 0.0 ks" in notes["FoV exposure"]
    assert "412 pointings" in notes["FoV exposure"]
    assert "Sun 50 to 130 deg" in notes["Visibility"]
    assert "behind the Earth 0.2 %" in notes["Visibility"]
    assert notes["Data"] == "SPI-ACS: nrt, 55.0 % of the window, from services"
    assert "revolution 2097" in notes["ScW"]
    assert "historic ± 0.010 deg" in notes["Orientation"]
    assert "why" in notes["Planning urgency"]


def test_an_empty_cell_says_why(client: TestClient, dashboard_store: MemoryStore) -> None:
    waiting = row(page(client), "230518A").xpath("./td[@data-label='Visibility']")[0]
    assert (text(waiting), waiting.xpath("./a/@title")[0]) == ("–", "nothing is computed of this event yet")
    made, found = s190602aq()
    told = ("No attitude: no answer in time", "No list of pointings: refused", "No science window: outside pointings")
    bare = replace(found.geometry, orientation=None, exposure=None, scw_id=None, caveats=told)
    dashboard_store.put_event(made)
    dashboard_store.put_assessment(replace(found, geometry=bare))
    (line,) = page(client, "/?q=S190602aq").xpath("//table[@class='events']/tbody/tr")
    notes = notes_of(line)
    assert (notes["Orientation"], notes["FoV exposure"], notes["ScW"]) == told


def test_the_card_tells_when_it_was_asked_and_why_a_row_is_not_fresh() -> None:
    gone = tier_status(samples.tier("nrt"), NoData("no list of windows"), samples.ASKED, why="a break")
    old = samples.tier_row("realtime", 5000.0, None, 1.0, 2.0)

    async def status() -> StatusCard:
        card = await samples.status()
        return replace(card, realtime=replace(old, reason="break since 3 hr"), nrt=gone)

    app = create_app(samples.filled_store(), Settings(), status=status, clock=lambda: samples.NOW)
    with TestClient(app) as testing:
        card = page(testing).get_element_by_id("status")
    assert "Sources asked" in text(card)
    assert "OFFLINE 83 min 1.0 2.0 break since 3 hr" in text(card)
    assert "UNAVAILABLE – – – no list of windows" in text(card)
    # The script counts on from these, in seconds.
    assert card.xpath(".//*[@data-age='5000.0']")
