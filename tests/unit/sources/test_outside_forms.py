"""What others tell of the Sun and the detectors: read strictly, refused by name, never of the future."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas import Instant
from schemas.errors import RefusedInput
from transients.sources.gw_network import Detector, read_gw_network
from transients.sources.xrays import flare_class, read_xray_flux

NOW = Instant.parse("2019-06-09T18:16:25")


def minute(at: str, flux: object, energy: str = "0.1-0.8nm", satellite: object = 15) -> dict[str, Any]:
    """An entry as SWPC writes it, misspelling and all."""
    return {
        "time_tag": f"2019-06-09T{at}:00Z",
        "satellite": satellite,
        "flux": flux,
        "observed_flux": flux,
        "electron_correction": 0.0,
        "electron_contaminaton": False,
        "energy": energy,
    }


def flux_of(rows: object) -> Any:
    return read_xray_flux(json.dumps(rows).encode(), "goes", NOW)


def test_the_band_of_the_classes_in_time_order_without_missing_minutes() -> None:
    rows = [
        minute("18:13", 2.0e-8),
        minute("18:12", 1.0e-8),
        minute("18:12", 9.0e-9, "0.05-0.4nm"),
        minute("18:14", None),
        minute("18:15", 0.0),
        minute("18:11", -1e5),
    ]
    flux = flux_of(rows)
    assert flux.satellite == 15
    assert [(at.utc[11:16], value) for at, value in flux.points] == [("18:12", 1e-8), ("18:13", 2e-8)]


def test_of_two_satellites_the_one_that_measures_now() -> None:
    assert (
        flux_of([minute("18:10", 1e-7, satellite=14), minute("18:12", 2e-7), minute("18:11", 3e-7, satellite=14)]).satellite == 15
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"a": 1}, "not a list"),
        ([], "no measurement of 0.1-0.8nm in 0"),
        ([minute("18:12", 1e-8, "0.05-0.4nm")], "no measurement of 0.1-0.8nm in 1"),
        ([minute("18:12", 1e-8), ["x"]], "entry 1 "),
        ([{"time_tag": "2019-06-09T18:12:00Z", "flux": 1e-8}], "entry 0 .*energy"),
        ([minute("18:12", "1e-8")], "entry 0 .*flux"),
        ([minute("18:12", True)], "entry 0 .*flux"),
        ([minute("18:12", 5.0)], "entry 0 .*flux 5.0"),
        ([minute("18:12", 10**400)], "entry 0 "),
        ([minute("18:12", 1e-8, satellite="GOES")], "entry 0 "),
        ([minute("28:12", 1e-8)], "entry 0 "),
        ([minute("18:12", 1e-8), minute("18:30", 1e-8)], "entry 1 is of the future"),
    ],
)
def test_malformed_flux_is_refused_by_name(rows: object, words: str) -> None:
    with pytest.raises(RefusedInput, match=words):
        flux_of(rows)


@pytest.mark.parametrize("content", [b"", b"<html>", b"[" * 100_000, b"[1e999]", b'{"detectors": NaN', b"\xff"])
def test_what_is_no_document_is_refused(content: bytes) -> None:
    for read in (read_xray_flux, read_gw_network):
        with pytest.raises(RefusedInput):
            read(content, "somebody", NOW)


@pytest.mark.parametrize(
    ("flux", "word"),
    [
        (5e-9, "A0.5"),
        (1e-8, "A1.0"),
        (2.3e-6, "C2.3"),
        (2.39e-6, "C2.3"),
        (9.99e-6, "C9.9"),
        (1e-5, "M1.0"),
        (1.2e-3, "X12.0"),
        # The greatest that was measured: 4 November 2003, some X28.
        (2.8e-3, "X28.0"),
    ],
)
def test_flare_classes(flux: float, word: str) -> None:
    assert flare_class(flux) == word


#: The card of the seed.
NETWORK = {
    "UTC": "Jun 09, 18:16 UTC",
    "detectors": [
        {"site": "GEO 600", "status": "Observing", "duration": "2:40", "color": "#00ff00"},
        {"site": "Virgo", "status": "Troubleshooting", "color": "#ff0000"},
    ],
}


def network_of(document: object, now: Instant = NOW) -> Any:
    return read_gw_network(json.dumps(document).encode(), "gwistat", now)


def test_the_network_of_the_seed() -> None:
    network = network_of(NETWORK)
    assert network.at == Instant.parse("2019-06-09T18:16:00")
    assert network.detectors == (Detector("GEO 600", "Observing", "2:40"), Detector("Virgo", "Troubleshooting", None))


@pytest.mark.parametrize(
    ("told", "now", "year"),
    [
        ("Dec 31, 23:59 UTC", "2020-01-01T00:01:00", 2019),
        # The page's clock is a little ahead over the turn of the year.
        ("Jan 01, 00:01 UTC", "2019-12-31T23:59:00", 2020),
        ("Jun 10, 18:16 UTC", "2019-06-09T18:16:25", 2018),
        ("Feb 29, 12:00 UTC", "2020-03-01T00:00:00", 2020),
    ],
)
def test_the_year_that_the_page_does_not_tell(told: str, now: str, year: int) -> None:
    assert network_of({**NETWORK, "UTC": told}, Instant.parse(now)).at.utc.startswith(str(year))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"UTC": None}, "UTC: not a time"),
        ({"UTC": "now"}, "UTC: not a time"),
        ({"UTC": "Feb 29, 12:00 UTC"}, "UTC: not a time"),
        ({"detectors": {}}, "not a list"),
        ({"detectors": []}, "not a list"),
        ({"detectors": NETWORK["detectors"] * 20}, "not a list"),
        ({"detectors": ["H1"]}, "no detector"),
        ({"detectors": [{"site": "GEO 600"}]}, "status"),
        ({"detectors": [{"site": 3, "status": "Observing"}]}, "site"),
        ({"detectors": [{"site": "GEO 600", "status": "x" * 100}]}, "status"),
        ({"detectors": [{"site": "GEO 600", "status": "Observing", "duration": 7}]}, "duration"),
    ],
)
def test_a_malformed_network_is_refused_by_name(changes: dict[str, object], words: str) -> None:
    with pytest.raises(RefusedInput, match=words):
        network_of({**NETWORK, **changes})
