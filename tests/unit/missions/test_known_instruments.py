from __future__ import annotations

import pytest
from mission_samples import shipped_integral

from transients.missions.known import known_instrument

MISSION = shipped_integral()


def test_the_named_instruments_are_the_missions_own() -> None:
    named = (MISSION.searched, *MISSION.limiting, MISSION.imager)
    assert set(named) <= set(MISSION.instruments)
    assert MISSION.searched not in MISSION.limiting
    assert set(named[:3]) <= set(MISSION.response.instruments)  # without a response there would be no limit
    assert MISSION.instruments[MISSION.imager].full_coding_deg is not None


def test_a_light_curves_names_find_the_instrument() -> None:
    for name, instrument in MISSION.instruments.items():
        assert known_instrument(MISSION.name, name) == instrument


@pytest.mark.parametrize(("mission", "name"), [("INTEGRAL", "ISGRI/MCE3"), ("INTEGRAL", ""), ("Elsewhere", "SPI-ACS")])
def test_an_unknown_instrument_has_no_facts(mission: str, name: str) -> None:
    assert known_instrument(mission, name) is None


def test_only_the_searched_rate_is_hit_by_particles() -> None:
    assert [i.name for i in MISSION.instruments.values() if i.particle_hits] == ["SPI-ACS"]
    assert [i.name for i in MISSION.instruments.values() if i.periodic_within_s is not None] == ["IBIS/Veto"]
