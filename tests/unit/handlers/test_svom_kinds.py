"""SVOM: what each kind gives, and whose position and time the event has."""

from __future__ import annotations

import itertools

import pytest
from em_samples import gcn_json, svom
from handler_samples import voevent

from handlers import fold, parse, policy_for
from schemas import Circle, Event, Instant, Notice, Refusal

NOW = Instant(utc="2026-05-04T10:00:00")


def notice(data: bytes) -> Notice:
    parsed = parse(data)
    assert isinstance(parsed, Notice), parsed
    return parsed


def event(*documents: bytes) -> Event:
    """The documents folded, in any order the same."""
    found: Event | None = None
    for order in itertools.permutations(enumerate(documents)):
        folded: Event | None = None
        for number, data in order:
            folded = fold(folded, notice(data), content_id=f"{number}", received=NOW)
        assert folded is not None
        assert found is None or (folded.region, folded.t0, folded.state) == (found.region, found.t0, found.state)
        found = folded
    assert found is not None
    return found


GRM = svom(201, position=("72.6054", "52.8488", "-1.0000"), seconds=1)
WAKEUP = svom(202, position=("351.0", "-80.0", "0.05"), seconds=2)
SLEWING = svom(204, position=("351.2", "-80.3", "0.04"), seconds=3)


def test_grms_guess_is_no_position() -> None:
    got = notice(GRM)
    assert got.region is None
    assert not got.retraction
    assert any("guess" in line for line in got.remarks)
    assert got.fields["WhereWhen/ObsDataLocation/ObservationLocation/AstroCoords/Position2D/Value2/C1"] == "72.6054"


def test_grm_without_a_position_or_with_a_radius() -> None:
    assert notice(svom(201, position=None)).region is None
    assert notice(svom(201, position=("72.6", "52.8", "12.5"))).region == Circle(ra_deg=72.6, dec_deg=52.8, radius_deg=12.5)


def test_grm_never_takes_the_place_of_eclairs() -> None:
    late = svom(201, position=("72.6", "52.8", "3.0"), seconds=50)
    assert event(WAKEUP, late).region == notice(WAKEUP).region


def test_the_latest_of_eclairs_wins_whatever_its_kind() -> None:
    assert event(GRM, WAKEUP, SLEWING).region == notice(SLEWING).region
    assert event(svom(205, seconds=1), svom(202, position=("1", "2", "0.1"), seconds=9)).region == notice(
        svom(202, position=("1", "2", "0.1"))
    ).region  # fmt: skip


def test_mxt_is_ordered_by_its_quality_and_is_the_ninety_percent_radius() -> None:
    first = svom(209, kind="mxt-initial_qf1", position=("351.21", "-80.35", "0.05"), seconds=40)
    best = svom(210, kind="mxt-update_qf3", position=("351.22", "-80.36", "0.01"), seconds=30)
    assert event(WAKEUP, first, best).region == Circle(ra_deg=351.22, dec_deg=-80.36, radius_deg=0.01, containment=0.9)
    assert notice(best).revision == "MXT_UPDATE qf3"
    assert notice(first).messenger == "x-ray"


def test_mxts_time_is_not_the_bursts() -> None:
    alone = notice(svom(209))
    assert alone.time is None
    assert alone.stated_time is not None
    told = svom(209, params={"Alert_Seq_T0": "2024-05-06T07:06:01.587Z"})
    assert notice(told).time == Instant(utc="2024-05-06T07:06:01", ns=587_000_000)
    assert notice(told).time_source == "Alert_Seq_T0"
    assert event(WAKEUP, svom(209)).t0 == notice(WAKEUP).time


def test_a_retraction_wins_and_keeps_what_it_cites() -> None:
    cites = (
        ("retraction", "ivo://org.svom/fsc#sb26050402_grm-trigger"),
        ("retraction", "ivo://x#sb26050402_eclairs-preliminary"),
    )
    retraction = svom(219, cites=cites, seconds=0)
    assert notice(retraction).citations == cites
    assert event(GRM, WAKEUP, retraction).state == "retracted"
    assert event(GRM, WAKEUP).state == "active"


def test_a_source_of_the_catalogue_is_recorded_only() -> None:
    assert policy_for(notice(svom(203))).roles == ()
    assert policy_for(notice(WAKEUP)).roles == ("observation",)
    assert policy_for(notice(WAKEUP)).association_window_s == (-30.0, 100.0)


def test_the_documentations_example_is_a_test() -> None:
    assert notice(svom(202, "sbYYMMDDnn")).role == "test"
    assert notice(WAKEUP).role == "observation"


@pytest.mark.parametrize("packet", [201, 202, 203, 204, 205, 209, 210, 219])
def test_the_burst_names_the_event(packet: int) -> None:
    assert notice(svom(packet)).event_id == "sb26050402"
    nameless = parse(voevent(packet, {"Pkt_Ser_Num": "1"}))
    assert isinstance(nameless, Refusal)
    assert nameless.reason == "no-identity"


def test_json_before_version_4_has_its_radius_in_a_list() -> None:
    common = {"id": ["sb24022203"], "trigger_time": "2024-02-22T08:51:31.320000", "alert_tense": "test", "instrument": "ECLAIRs"}
    got = notice(gcn_json("svom/eclairs/wakeup", **common, ra=143.2478, dec=-68.0289, ra_uncertainty=[0.1], image_snr=25.67))
    assert got.region == Circle(ra_deg=143.2478, dec_deg=-68.0289, radius_deg=0.1, containment=0.9, systematic_included=False)
    assert (got.role, got.kind, got.event_id) == ("test", "gcn.notices.svom.trigger", "sb24022203")
    assert got.significance is not None
    assert got.significance.snr == 25.67
