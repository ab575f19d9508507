"""The cards of others on the front page: only where asked for, with their ages, and with the reason when nothing newer came."""

from __future__ import annotations

import re

import dashboard_samples as samples
import pytest
from litestar.testing import TestClient
from lxml import html

from schemas import Instant
from transients.config import Settings
from transients.sources.clock import shift
from transients.sources.gw_network import Detector, GwNetwork
from transients.sources.xrays import XrayFlux
from transients.web import Outside, Seen, create_app
from transients.web.views.xrays import HEIGHT, LEFT, WIDTH, xray_plot

NOW = Instant.from_datetime(samples.NOW)
FLUX = XrayFlux(16, tuple((shift(NOW, 60.0 * (i - 60)), 1e-8 * 10 ** (i / 12)) for i in range(60) if not 20 <= i < 30))
NETWORK = GwNetwork(shift(NOW, -300.0), (Detector("Virgo", "<b>Down</b>"), Detector("GEO 600", "Observing", "2:40")))


def page(outside: Outside) -> html.HtmlElement:
    app = create_app(
        samples.filled_store(), Settings(), status=samples.status, outside=lambda: outside, clock=lambda: samples.NOW
    )
    with TestClient(app) as client:
        answer = client.get("/")
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_no_card_unless_asked_for() -> None:
    tree = page(Outside())
    assert tree.xpath("//*[@id='outside']") == []
    assert "outside" not in tree.get_element_by_id("events").get("hx-select-oob")


def test_both_cards_with_their_ages() -> None:
    tree = page(Outside(xrays=Seen(FLUX, shift(NOW, -30.0)), network=Seen(NETWORK, shift(NOW, -20.0))))
    text = words(tree.get_element_by_id("outside"))
    # The newest of the points is a minute old: 1e-8 * 10^(59/12) = 8.25e-4.
    for needed in ("GOES-16", "X8.2", "60 s old", "30 s ago", "Virgo<b>Down</b>–", "GEO 600Observing2:40", "20 s ago"):
        assert needed in text, needed
    assert tree.xpath("//*[@id='outside']//b") == []


def test_what_failed_says_why_and_keeps_what_was_read_with_its_age() -> None:
    seen = Seen(FLUX, shift(NOW, -7200.0), "https://a/x.json: no answer in time")
    text = words(page(Outside(xrays=seen)).get_element_by_id("outside"))
    assert "Nothing newer: https://a/x.json: no answer in time" in text
    assert "2.0 h ago" in text
    text = words(page(Outside(network=Seen(reason="not looked at yet"))).get_element_by_id("outside"))
    assert "Nothing: not looked at yet" in text


def test_the_line_of_the_plot() -> None:
    plot = xray_plot(FLUX, samples.NOW)
    moves = re.findall(r"([ML])([\d.]+) ([\d.]+)", plot.path)
    # One stroke to the gap of ten minutes, one after it.
    assert [i for i, (kind, _, _) in enumerate(moves) if kind == "M"] == [0, 20]
    x = [float(at) for _, at, _ in moves]
    assert (x[0], x[-1]) == (pytest.approx(LEFT), pytest.approx(WIDTH))
    # A decade is a seventh of the height of 1e-9 to 1e-2.
    heights = {letter: height for height, letter in plot.classes}
    assert heights["A"] - heights["B"] == pytest.approx(HEIGHT / 7, abs=0.11)
    assert float(moves[0][2]) == pytest.approx(heights["A"], abs=0.1)
    assert (plot.age_s, plot.newest_class, plot.greatest_class) == (60.0, "X8.2", "X8.2")


def test_a_lone_point_and_values_off_the_axis_stay_within() -> None:
    for value in (1e-12, 1e-8, 0.5):
        plot = xray_plot(XrayFlux(16, ((NOW, value),)), samples.NOW)
        (_, _, y) = re.findall(r"([ML])([\d.]+) ([\d.]+)", plot.path)[0]
        assert 0.0 <= float(y) <= HEIGHT
