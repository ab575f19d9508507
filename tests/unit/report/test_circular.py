"""Drafts: golden texts, order, honesty about what is missing, simulated or a test."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import outgoing_samples as samples
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from schemas import Assessment, Circular, CircularLink, NoticeEntry, sha256_hex, to_json
from schemas.errors import RefusedInput
from transients.report import UNSIGNED, check_circular, draft, event_name, event_row, variant_of

KNOWN = (CircularLink(kind="gcn.circulars", circular_id="33813", subject="LIGO/Virgo/KAGRA S230518h: Identification"),)
RETRACTED = samples.event(
    state="retracted",
    history=(
        *samples.event().history,
        NoticeEntry(
            content_id="c3",
            kind="igwn.gwalert",
            revision="RETRACTION",
            role="observation",
            retraction=True,
            issued=samples.at("2023-05-18T15:00:00"),
            received=samples.at("2023-05-18T15:00:03"),
        ),
    ),
)


def write(assessment: Assessment, event: object = None, **changes: object) -> Circular:
    arguments = {
        "people": ("A. Person", "B. Someone"),
        "authors": ("on behalf of the INTEGRAL multi-messenger collaboration",),
        "status": "This is a preliminary result of automatic processing, checked and sent by a person.",
        "created": samples.CREATED,
        **changes,
    }
    return draft(event or samples.event(), assessment, **arguments)


CASES = {
    "non-detection": (samples.assessment(), None),
    "detection": (samples.detection(), None),
    "detection of simulated data": (samples.detection(simulated=True), None),
    "inactive": (samples.inactive(), None),
    "retraction": (samples.assessment(verdict="retracted", state="retracted"), RETRACTED),
    "test": (samples.assessment(role="test"), None),
}


@pytest.mark.parametrize("name", CASES)
def test_golden_text(name: str, snapshot: SnapshotAssertion) -> None:
    assessment, event = CASES[name]
    links = {"Result": "https://transients.example.org/events/S230518h"}
    data = {"Data": "https://doi.org/10.5072/zenodo.1234"}
    circular = write(assessment, event, circulars=KNOWN, links=links, data_links=data)
    assert f"Subject: {circular.subject}\n\n{circular.body}" == snapshot


@pytest.mark.parametrize("name", CASES)
def test_drafts_pass_the_style_check(name: str) -> None:
    assessment, event = CASES[name]
    assert check_circular(write(assessment, event), "INTEGRAL") == []


def test_the_draft_names_its_facts() -> None:
    assessment = samples.assessment()
    circular = write(assessment)
    assert circular.facts_id == sha256_hex(to_json(assessment))
    assert circular.created == samples.CREATED
    assert circular.variant == "non-detection"


def test_all_detectors_together_in_a_detection() -> None:
    """One sentence, from the stored fit: for this burst only, never of saturated counts, and whether they agree."""

    def said(**changes: object) -> str:
        search = msgspec.structs.replace(samples.detection().searches[0], saturated=bool(changes.pop("saturated", False)))
        together = samples.joint(**({"burst_start_s": 0.0, "burst_duration_s": 50.0} | changes))
        return " ".join(write(samples.detection(searches=(search,), joint=together)).body.split())

    text = "From SPI-ACS and ISGRI together it is (1.2 +/- 0.1 +/- 0.2 +/- 0.2)e-6 erg/cm^2 for the hard spectrum"
    assert text in said()
    assert "Their counts agree with one burst (p = 0.5)." in said()
    assert "Their counts do not agree with one burst (p = 2.0e-5)." in said(p_value=2e-5)
    assert "together it is" not in said(saturated=True)
    assert "together it is" not in said(burst_start_s=200.0)
    assert "together it is" not in said(detectors=samples.joint().detectors[:1])


def test_order_of_the_statements() -> None:
    body = write(samples.detection(), circulars=KNOWN, data_links={"Data": "https://doi.org/10.5072/zenodo.1"}).body
    marks = [
        *(
            "A. Person",
            "on behalf of",
            "(GCN 33813)",
            "The event time T0",
            "scientific data were",
            "data are in hand",
            "pointing axis",
        ),
        *("The response in", "background was", "was searched from", "We find an excess", "3-sigma upper limit", "the peak flux"),
        *("isotropic energy below", "Likely associated", "red component", "INTEGRAL_SPIACS 10216", "preliminary"),
        *("[1] Savchenko", "Made by transients", "Data: "),
    ]
    flat = " ".join(body.split())
    places = [flat.index(mark) for mark in marks]
    assert places == sorted(places)


def test_own_triggers_come_from_what_was_received() -> None:
    assert "no INTEGRAL trigger" in write(samples.assessment()).body
    heard = " ".join(write(samples.detection()).body.split())
    assert "INTEGRAL_SPIACS 10216 at T0+0.9 s" in heard
    assert "no INTEGRAL trigger" not in heard
    silent = write(samples.assessment(), triggers_heard=False).body
    assert "trigger" not in silent


def test_simulated_and_test_are_said_first_everywhere() -> None:
    for name, (assessment, event) in CASES.items():
        circular = write(msgspec.structs.replace(assessment, simulated=True, role="test"), event)
        assert circular.subject.startswith("SIMULATED DATA, TEST - "), name
        assert circular.body.startswith("*** SIMULATED DATA, not an observation; TEST, not an event ***"), name
    assert "SIMULATED" not in write(samples.assessment()).body
    assert "TEST" not in write(samples.assessment()).body


def test_energy_only_with_a_distance() -> None:
    place = msgspec.structs.replace(samples.geometry().localisation, distmean_mpc=None, diststd_mpc=None)
    near = write(samples.assessment()).body
    far = write(
        samples.assessment(geometry=samples.geometry(localisation=place)),
        samples.event(distance_mpc=None, distance_error_mpc=None),
    ).body
    assert "Mpc" in near
    assert "Mpc" not in far
    assert "isotropic" not in far


def test_caveat_only_for_long_excesses_with_a_probability() -> None:
    short = samples.quiet_search(
        published=msgspec.structs.replace(samples.quiet_search().published, excesses=(samples.excess(),))
    )
    assert "red component" not in write(samples.assessment(searches=(short,))).body
    long = msgspec.structs.replace(short.published, excesses=(samples.excess(duration_s=8.0),))
    body = write(samples.assessment(searches=(msgspec.structs.replace(short, published=long),))).body
    assert "red component" in body


def test_background_excesses_are_not_listed() -> None:
    noise = samples.excess(classification="background", fap=3.0)
    search = samples.quiet_search(published=msgspec.structs.replace(samples.quiet_search().published, excesses=(noise,)))
    assert "S/N" not in write(samples.assessment(searches=(search,))).body


def test_no_more_than_eight_rows_of_a_class() -> None:
    many = tuple(samples.excess(t_start_s=float(i)) for i in range(30))
    search = samples.quiet_search(published=msgspec.structs.replace(samples.quiet_search().published, excesses=many))
    body = write(samples.assessment(searches=(search,))).body
    assert "and 22 more" in body
    assert body.count("(2.3 +/- 0.6 +/- 0.7)e-7") == 8


def test_without_a_conversion_the_table_gives_counts() -> None:
    body = write(samples.assessment(limits=samples.limits(conversions=()))).body
    assert "net cts/s" in body
    assert "flux" not in body.replace("peak flux", "")


@pytest.mark.parametrize("facts", [{"verdict": "pending"}, {"verdict": "no-data", "geometry": None}], ids=["pending", "no time"])
def test_nothing_to_say(facts: dict[str, Any]) -> None:
    assessment = samples.assessment(**facts)
    assert variant_of(assessment) is None
    with pytest.raises(RefusedInput, match="calls for no circular"):
        write(assessment)


def test_without_data_the_draft_claims_nothing_of_a_counterpart() -> None:
    circular = write(samples.assessment(verdict="no-data", searches=(), limits=None))
    assert circular.variant == "no-data"
    assert "no data at hand" in circular.subject
    assert "Nothing is said here of a counterpart, and no limit is set." in circular.body.replace("\n", " ")
    assert "upper limit" not in circular.body
    assert "was inactive" not in circular.body


def test_missing_facts_are_refused_by_name() -> None:
    with pytest.raises(RefusedInput, match="expectation"):
        write(samples.inactive(geometry=samples.geometry(expectation=None)))
    with pytest.raises(RefusedInput, match="no light curve"):
        write(samples.assessment(searches=()))
    with pytest.raises(RefusedInput, match="without an excess"):
        write(samples.detection(searches=(samples.quiet_search(detection=False),)))


def test_inactive_blames_the_perigee_only_when_it_was_one() -> None:
    assert "perigee passage between revolutions 2641 and 2642" in " ".join(write(samples.inactive()).body.split())
    when = samples.at("2023-05-18T20:00:00")
    broken = samples.expectation("OFFLINE", when, last_data=samples.T0, next_data=samples.at("2023-05-19T02:00:00"))
    body = write(samples.inactive(geometry=samples.geometry(t0=when, expectation=broken))).body
    assert "perigee" not in body
    assert "2023-05-18T12:59:08.167 UTC" in body


def test_nobody_on_shift_is_visible_and_refused() -> None:
    circular = write(samples.assessment(), people=())
    assert UNSIGNED in circular.body
    assert check_circular(circular, "INTEGRAL") == ["body: nobody signs it"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"subject": "S230518h: seen"}, "does not name INTEGRAL"),
        ({"subject": "INTEGRAL sees something"}, 'must read "EVENT: result"'),
        ({"body": "x" * 30 + " " + "y" * 45}, "76 columns"),
        ({"body": "limit of None erg"}, "unfilled value"),
        ({"body": "limit of nan erg"}, "unfilled value"),
        ({"body": "limit of {{ limit }}"}, "template brackets"),
        ({"body": "no counterpart in ."}, "breaks off"),
        ({"body": "below 3e-07"}, "leading zero"),
        ({"body": "5 ± 1"}, "printable ASCII"),
        ({"body": ""}, "empty"),
        ({"body": "trailing "}, "trailing blanks"),
    ],
)
def test_the_style_check_finds(change: dict[str, str], complaint: str) -> None:
    wrong = msgspec.structs.replace(write(samples.assessment()), **change)
    assert any(complaint in line for line in check_circular(wrong, "INTEGRAL"))


def test_names_people_use() -> None:
    gbm = samples.event(origin="Fermi-GBM", messenger="gamma-ray", event_id="699896651", aliases=("GRB 230307A",))
    assert event_name(gbm) == "GRB 230307A"
    assert event_name(msgspec.structs.replace(gbm, aliases=())) == "Fermi-GBM 699896651"
    assert event_name(samples.event()) == "LIGO/Virgo/KAGRA S230518h"


optional = {
    "orientation": (None, samples.geometry().orientation),
    "visibility": (None, samples.geometry().visibility),
    "localisation": (None, samples.geometry().localisation),
    "expectation": (None, samples.expectation()),
    "light_travel_s": (None, 0.0, 0.51),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in optional.items()}),
    st.sampled_from([None, samples.limits(), samples.limits(limits=(), conversions=(), response={})]),
    st.sampled_from([samples.quiet_search(), samples.bright_search(), samples.quiet_search(published=None, excess_noise={})]),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.lists(st.text(max_size=20).filter(str.strip), max_size=3),
    st.sampled_from([1e-30, 9.99e-8, 3.3e-7, 0.5, 1.0, 12.0]),
)
def test_whatever_is_missing_the_text_stays_fit(geometry, limits, search, flags, people, fap) -> None:  # type: ignore[no-untyped-def]
    simulated, own, heard = flags
    published = search.published
    if published is not None:
        search = msgspec.structs.replace(
            search, published=msgspec.structs.replace(published, excesses=(samples.excess(fap=fap, classification="possibly"),))
        )
    assessment = samples.assessment(
        geometry=samples.geometry(**geometry),
        limits=limits,
        searches=(search,),
        verdict="detection" if search.detection else "non-detection",
        simulated=simulated,
        own_triggers=(("INTEGRAL_WAKEUP", "9999", -0.0),) if own else (),
    )
    complaints = check_circular(write(assessment, people=["P. Q.", *people], triggers_heard=heard), "INTEGRAL")
    assert [c for c in complaints if "columns" in c or "ASCII" in c or "None" in c or "subject" in c] == []


def test_every_class_has_its_own_table() -> None:
    classes = ("likely", "tentatively", "possibly", "likely background")
    found = tuple(samples.excess(classification=c, fap=f, snr=s) for (c, f), s in zip(
        zip(classes, (1e-4, 5e-3, 0.03, 0.4), strict=True), itertools.count(8, -1), strict=False))  # fmt: skip
    search = samples.quiet_search(published=msgspec.structs.replace(samples.quiet_search().published, excesses=found))
    body = " ".join(write(samples.assessment(searches=(search,))).body.split())
    headings = ["Likely associated", "Tentatively associated", "Possibly associated", "Excesses likely due to background"]
    places = [body.index(h) for h in headings]
    assert places == sorted(places)


def test_a_long_list_of_limits_is_cut_and_says_so() -> None:
    many = samples.limits(limits=samples.limits().limits * 20)
    body = write(samples.assessment(limits=many)).body
    assert "and 28 more in assessment.json" in body
    assert body.count("hard |    SPI-ACS") + body.count("soft |    SPI-ACS") == 12


def test_limits_without_a_named_instrument_read_on() -> None:
    published = msgspec.structs.replace(samples.limits().published, instruments=())
    body = write(samples.assessment(limits=samples.limits(published=published))).body
    assert "We set a 3-sigma" in body
    assert "From  we" not in body


def test_an_alert_without_a_position_gets_no_angle_to_nowhere() -> None:
    nowhere = msgspec.structs.replace(samples.geometry().localisation, kind="all-sky")
    assessment = samples.assessment(geometry=samples.geometry(localisation=nowhere))
    body = write(assessment).body
    assert "The alert gives no position" in body
    assert "pointing axis" not in body
    assert "of the best" not in body
    row = event_row(samples.event(), assessment)
    assert (row["Sky Location"], row["Orientation"]) == ("all sky", "")


def test_a_trigger_of_the_mission_is_not_denied_in_its_own_circular() -> None:
    event = msgspec.structs.replace(samples.event(), origin="INTEGRAL SPI-ACS")
    body = " ".join(write(samples.assessment(), event).body.split())
    assert "is itself a trigger of INTEGRAL. Among the alerts this service received there is no other INTEGRAL trigger" in body
    heard = " ".join(write(samples.detection(), event).body.split())
    assert "is itself a trigger of INTEGRAL. INTEGRAL sent further alerts near T0" in heard
