"""The event page: verdict first, every table, the draft, the files, all without a script."""

from __future__ import annotations

import dashboard_samples as samples
import msgspec
import outgoing_samples
import pytest
from litestar.testing import TestClient
from lxml import html

from schemas import Assessment, Spike, from_json
from transients.web.keys import key_to_segment
from transients.web.memory import MemoryStore

ADDRESS = f"/events/{key_to_segment(samples.S230518H)}"


def page(client: TestClient, address: str = ADDRESS) -> html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize(
    ("key", "word", "reason"),
    [
        (samples.S230518H, "NO COUNTERPART", "3.8 × 10⁻⁷ erg cm⁻²"),
        ("Fermi-GBM:699898651", "DETECTION", "S/N 2600"),
        ("LIGO Virgo KAGRA:S230520ae", "INACTIVE", "next break in data"),
        ("LIGO Virgo KAGRA:S230518zz", "RETRACTED", "withdrew"),
        ("ANTARES:230518A", "PENDING", "nothing is computed yet"),
    ],
)
def test_the_verdict_comes_first(client: TestClient, key: str, word: str, reason: str) -> None:
    tree = page(client, f"/events/{key_to_segment(key)}")
    main = tree.xpath("//main//article/*[1]")[0]
    assert text(main).startswith(word)
    assert reason in text(main)


def test_a_no_data_verdict_says_why(client: TestClient, dashboard_store: MemoryStore) -> None:
    found = outgoing_samples.assessment(
        event_key="ANTARES:230518A", revision=1, verdict="no-data", searches=(), limits=None, caveats=("the archive is away",)
    )
    dashboard_store.put_assessment(found)
    assert "No light curve could be had: the archive is away." in text(page(client, "/events/ANTARES:230518A"))


def test_all_detectors_together(client: TestClient, dashboard_store: MemoryStore) -> None:
    assert "All detectors together" not in text(page(client))
    found = outgoing_samples.assessment(revision=9, joint=outgoing_samples.joint())
    dashboard_store.put_assessment(found)
    tree = page(client)
    card = text(tree.xpath("//section[@aria-labelledby='joint-title']")[0])
    assert "most significant 6.4 s from T0+12.30 s, S/N 9.00" in card
    assert "better explained by one burst in all detectors (ln of the ratio +3.2)" in card
    assert "p = 0.50" in card
    assert "particle hit." not in card
    assert "8100 ± 900" in card
    assert "0.018 ± 0.010 SPI-ACS" in card or "0.019 ± 0.010 SPI-ACS" in card
    assert "1.23 × 10⁻⁶" in card
    assert "62 %" in card
    assert "PICsIT is not used" in text(tree)
    hit = outgoing_samples.joint(spike=Spike(likely=True, log_ratio=3.0, bins=2), log_ratio_alone=-4.0, missing=("ISGRI",))
    dashboard_store.put_assessment(outgoing_samples.assessment(revision=10, joint=hit))
    card = text(page(client).xpath("//section[@aria-labelledby='joint-title']")[0])
    assert "It has the shape of a particle hit." in card
    assert "an excess in SPI-ACS alone" in card
    assert "Without ISGRI: no data." in card


def test_the_published_figure_stands_beside_detectors_together(client: TestClient, dashboard_store: MemoryStore) -> None:
    limits = outgoing_samples.limits()
    entry = msgspec.structs.replace(limits.limits[0], instrument="SPI-ACS+IBIS/Veto")
    published = msgspec.structs.replace(limits.published, instruments=("IBIS/Veto", "SPI-ACS"))
    found = msgspec.structs.replace(limits, limits=(*limits.limits, entry), published=published)
    dashboard_store.put_assessment(outgoing_samples.assessment(revision=9, limits=found))
    rows = [text(row) for row in page(client).xpath("//section[@aria-labelledby='limits-title']//tbody/tr")]
    assert rows[0].startswith("SPI-ACS+IBIS/Veto, hard, 1.0 s3.8 × 10⁻⁷")
    assert rows[1].startswith("SPI-ACS, hard, 1.0 s3.8 × 10⁻⁷")


def test_simulated_and_test_banners(client: TestClient) -> None:
    simulated = page(client, "/events/Fermi-GBM:699898651")
    assert "SIMULATED" in text(simulated.xpath("//p[contains(@class,'banner')]")[0])
    trial = page(client, "/events/INTEGRAL:10216")
    assert "TEST" in text(trial.xpath("//p[contains(@class,'banner')]")[0])
    assert page(client).xpath("//p[contains(@class,'banner')]") == []


def test_facts_carry_unit_uncertainty_and_origin(client: TestClient) -> None:
    rows = {text(r[0]): [text(c) for c in r[1:]] for r in page(client).xpath("//table[@class='facts']/tbody/tr")}
    assert rows["Distance"] == ["204 Mpc", "± 57.0 Mpc", "LIGO Virgo KAGRA, as alerted"]
    assert rows["Orbital phase"] == ["0.320", "± 0.010", "search 0.1.0 from light curve (spiacs.fits)"]
    assert rows["Distance to Earth"] == ["143.5 Mm", "–", "orbit: historic"]
    assert rows["SPI-ACS"][0] == "strongly suppressed (35 % of best)"


def test_limits_stand_beside_the_published_ones(client: TestClient) -> None:
    section = page(client).xpath("//section[@aria-labelledby='limits-title']//tbody/tr")
    cells = [[text(c) for c in line] for line in section]
    assert cells[0] == ["SPI-ACS, hard, 1.0 s", "3.8 × 10⁻⁷", "4.1 × 10⁻⁷", "95.0 %", "1.08", "90 %", "–"]
    # The published 8 s figure is a flux; as a fluence it is 8 times that.
    assert cells[1][:3] == ["SPI-ACS, soft, 8.0 s", "4.6 × 10⁻⁷", "1.0 × 10⁻⁶"]
    assert cells[2][:3] == ["soft, 1.0 s", "3.7 × 10⁻⁷", "–"]


def test_excesses_of_both_methods_strongest_first(client: TestClient, dashboard_store: MemoryStore) -> None:
    both = outgoing_samples.bright_search(published=outgoing_samples.quiet_search().published)
    found = outgoing_samples.detection(event_key="ANTARES:230518A", revision=1, searches=(both,))
    dashboard_store.put_assessment(found)
    lines = page(client, "/events/ANTARES:230518A").xpath("//section[@aria-labelledby='excesses-title']//tbody/tr")
    cells = [[text(c) for c in line] for line in lines]
    assert [c[1] for c in cells] == ["all windows", "published", "published"]
    assert [c[4] for c in cells] == ["2600", "4.60", "3.90"]
    assert [c[10] for c in cells] == ["–", "likely", "–"]


def test_the_draft_is_there_word_for_word(client: TestClient) -> None:
    draft = page(client).get_element_by_id("circular-body")
    assert draft.text == samples.circular(outgoing_samples.assessment()).body


def test_history_links_to_the_bytes(client: TestClient) -> None:
    tree = page(client)
    links = tree.xpath("//section[@aria-labelledby='history-title']//a/@href")
    assert len(links) == 2
    answer = client.get(links[0])
    assert answer.content == samples.NOTICE_BODY
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_figures_have_words(client: TestClient) -> None:
    pictures = page(client).xpath("//figure//img")
    assert [p.get("alt") for p in pictures] == [
        "Count rate against time, SPI-ACS, of S230518h",
        "Map of the whole sky with the region, the pointing and the Earth of S230518h",
    ]
    answer = client.get(pictures[0].get("src"))
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == samples.png()


def test_an_older_assessment_says_so(client: TestClient) -> None:
    old = page(client, f"{ADDRESS}?revision=2")
    assert "not the newest" in text(old)
    assert text(old.xpath("//main//article/*[1]")[0]).startswith("PENDING")
    assert client.get(f"{ADDRESS}?revision=9").status_code == 404


def test_every_file_can_be_had(client: TestClient) -> None:
    links = page(client).xpath("//ul[@class='files']//a/@href")
    assert len(links) == 6
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
    record = from_json(client.get(links[0]).content, Assessment)
    assert record == outgoing_samples.assessment(caveats=record.caveats)
    notebook = next(link for link in links if "notebook" in link)
    assert client.get(notebook).headers["content-disposition"].startswith("attachment")


def test_curve_keeps_its_gap(client: TestClient) -> None:
    found = client.get(f"{ADDRESS}/curves/lightcurve-SPI-ACS.fits").json()
    gap = found["rate_cts_s"].index(None)
    assert found["t_s"][gap - 1 : gap + 2] == pytest.approx([-20.5, -20.0, -10.0], abs=1e-6)
    assert found["background_cts_s"] == 83670.0
    assert client.get(f"{ADDRESS}/curves/allsky.png").status_code == 404
    assert client.get(f"{ADDRESS}/curves/lightcurve-X.fits").status_code == 404


def test_unknown_event_is_a_page(client: TestClient) -> None:
    answer = client.get("/events/none")
    assert answer.status_code == 404
    assert "Not found" in answer.text


def test_refused_documents(client: TestClient) -> None:
    tree = page(client, "/quarantine")
    line = text(tree.xpath("//tbody/tr")[0])
    assert "malformed-xml" in line
    assert "<script> is no VOEvent" in line
    assert client.get(tree.xpath("//tbody//a/@href")[0]).status_code == 200
