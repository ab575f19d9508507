"""How circulars speak of each mission: names, Sun rules, and a mission of which nothing is known."""

from __future__ import annotations

import msgspec
import outgoing_samples as samples
import pytest
from second_mission.mission import FACTS

from schemas import Assessment, Visibility
from transients.missions import CircularStyle
from transients.missions.integral import FACTS as INTEGRAL
from transients.missions.known import known_style
from transients.report import check_circular, draft
from transients.report.facts import allowed_sun_angles_deg, instrument_phrase, sun_rule

WORDS = {"people": ["A. Person"], "authors": None, "status": "Preliminary.", "created": samples.CREATED}


@pytest.mark.parametrize(
    ("names", "phrase"),
    [
        (["SPI-ACS"], "SPI-ACS"),
        (["ISGRI", "SPI-ACS", "IBIS/Veto"], "SPI-ACS and IBIS"),
        (["PICsIT", "JEM-X"], "IBIS and JEM-X"),
        ([], ""),
    ],
)
def test_families_of_instruments(names: list[str], phrase: str) -> None:
    assert instrument_phrase(names, INTEGRAL.style) == phrase


def test_without_families_each_has_its_own_name() -> None:
    assert instrument_phrase(["LIM", "LAM"], FACTS.style) == "LAM and LIM"
    assert instrument_phrase(["ISGRI", "IBIS/Veto"], CircularStyle(keyword="X")) == "IBIS/Veto and ISGRI"


def of(mission: str, assessment: Assessment) -> Assessment:
    assert assessment.geometry is not None
    geometry = msgspec.structs.replace(assessment.geometry, mission=mission)
    return msgspec.structs.replace(assessment, mission=mission, geometry=geometry)


def test_a_mission_of_which_nothing_is_known_is_named_plainly() -> None:
    assert known_style("Nobody's") == CircularStyle(keyword="Nobody's")
    made = draft(samples.event(), of("Nobody's", samples.assessment()), **WORDS)  # type: ignore[arg-type]
    assert "Nobody's" in made.subject
    assert "following [1]" not in made.body
    assert "[1]" not in made.body
    assert "Savchenko et al. (2017, A&A 603, A46)" in " ".join(made.body.split())
    assert check_circular(made, "Nobody's") == []
    (complaint,) = check_circular(made, "INTEGRAL")
    assert "does not name INTEGRAL" in complaint


def test_author_lines_are_the_settings_else_the_missions() -> None:
    ours = draft(samples.event(), samples.assessment(), **WORDS)  # type: ignore[arg-type]
    assert "on behalf of the INTEGRAL multi-messenger collaboration" in ours.body
    none = draft(samples.event(), samples.assessment(), **(WORDS | {"authors": ()}))  # type: ignore[arg-type]
    assert "on behalf of" not in none.body


@pytest.mark.parametrize(
    ("seen", "rule"),
    [
        ({"sun_half_width_deg": 40.0}, "90 +- 40"),
        ({"sun_half_width_deg": 40.0, "sun_angles_deg": (50.0, 130.0)}, "90 +- 40"),
        ({"sun_angles_deg": (45.0, 180.0)}, "45 to 180"),
        ({}, "90 +- 90"),
    ],
)
def test_the_allowed_sun_angles_in_words(seen: dict[str, object], rule: str) -> None:
    record = Visibility(at=samples.T0, visible_fraction=0.5, **seen)  # type: ignore[arg-type]
    assert sun_rule(allowed_sun_angles_deg(record), "90 +- {:g}", "{:g} to {:g}") == rule


def test_what_the_earth_hides_is_said_from_half_a_percent_on() -> None:
    def text(hidden: float) -> str:
        base = samples.assessment()
        assert base.geometry is not None
        assert base.geometry.visibility is not None
        seen = msgspec.structs.replace(base.geometry.visibility, earth_fraction=hidden)
        assessment = msgspec.structs.replace(base, geometry=msgspec.structs.replace(base.geometry, visibility=seen))
        return " ".join(draft(samples.event(), assessment, **WORDS).body.split())  # type: ignore[arg-type]

    assert "behind the Earth" not in text(0.0004)
    assert "0.6% of the localisation probability was behind the Earth at T0; what follows holds for the rest." in text(0.006)
    assert "says nothing of it" in text(1.0)
