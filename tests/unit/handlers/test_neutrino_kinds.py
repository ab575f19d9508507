"""Each trap of the neutrino streams: AMON and HAWC, IceCube's JSON, the search about GW, KM3NeT, SNEWS, Super-Kamiokande."""

from __future__ import annotations

from typing import Any

import pytest
from handler_samples import voevent
from messenger_samples import NU_EM, SK, hop_alert, icecube, json_notice, km3net_voevent, search, snews, superk

import handlers
from handlers import parse
from schemas import Circle, Notice, Refusal
from transients.pipeline.rules import holds

YEAR_S = 31557600.0


def notice(data: bytes, topic: str | None = None) -> Notice:
    found = parse(data, topic=topic)
    assert isinstance(found, Notice), found
    return found


def refusal(data: bytes) -> Refusal:
    found = parse(data)
    assert isinstance(found, Refusal), found
    return found


def policy_of(found: Notice) -> Any:
    return handlers.registry.handler_of(found.kind).policy_for(found)


# AMON and HAWC


def test_coincidences_print_the_half_radius() -> None:
    got = notice(voevent(172, NU_EM, position=("10.5", "-20.25", "0.25")))
    assert got.region == Circle(ra_deg=10.5, dec_deg=-20.25, radius_deg=0.25, containment=0.5, systematic_included=False)
    assert (got.event_id, got.aliases, got.revision, got.revision_order) == ("100200", ("NuEm-240506A",), "2", (2,))
    assert got.significance is not None
    assert got.significance.far_hz == pytest.approx(2.5 / YEAR_S)
    assert got.duration_s is None


def test_the_end_of_a_transit_is_no_moment_to_search_about() -> None:
    got = notice(voevent(172, NU_EM))
    assert got.time_error_s == 20000.0
    assert any("end of a transit" in line for line in got.remarks)
    assert policy_of(got).roles == ()
    assert got.instruments == ("IceCube", "HAWC")
    other = notice(voevent(172, NU_EM | {"Pair_Name_ID": "2"}))
    assert (other.time_error_s, other.instruments) == (None, ())
    assert policy_of(notice(voevent(157, {"TrigID": "71"}))).association_window_s == (-300.0, 300.0)


@pytest.mark.parametrize("flag", ["1", "true"])
def test_a_coincidence_is_taken_back(flag: str) -> None:
    assert notice(voevent(172, NU_EM | {"retraction": flag})).retraction
    assert not notice(voevent(172, NU_EM)).retraction


def test_hawc_prints_the_ninety_percent_radius() -> None:
    params = {"run_id": "10010001", "event_id": "77", "rev": "0", "FAR": "4.0", "Pvalue": "0.005", "deltaT": "100.00",
              "src_err_90": "24.00", "SkyMap": "http://not.yet.available"}  # fmt: skip
    got = notice(voevent(171, params, position=("92.5", "5.5", "0.4000")))
    assert got.region == Circle(ra_deg=92.5, dec_deg=5.5, radius_deg=0.4, containment=0.9, systematic_included=False)
    assert (got.messenger, got.origin, got.event_id, got.duration_s, got.links) == ("gamma-ray", "HAWC", "10010001_77", 100.0, {})
    assert got.significance is not None
    assert (got.significance.far_hz, got.significance.p_value) == (pytest.approx(4 / YEAR_S), 0.005)
    assert policy_of(got).name == "hawc"


def test_a_multiplet_without_a_place_keeps_its_rate_without_a_unit_out() -> None:
    params = {"TrigID": "71", "Rev": "1", "False_pos": "2.4e-04", "pvalue": "1.0", "deltaT": "19.66",
              "SKYMAP_URL": "https://some.amon.addr/events/"}  # fmt: skip
    got = notice(voevent(157, params, position=("0.0000", "0.0000", "0.0000")))
    assert (got.event_id, got.revision, got.region, got.duration_s, got.links) == ("71", "1", None, 19.66, {})
    assert got.significance is not None
    assert got.significance.far_hz is None


@pytest.mark.parametrize(
    ("role", "flag"), [("observation", "false"), ("test", "false"), ("utility", "false"), ("observation", "true")]
)
def test_amon_tests_are_tests_whatever_they_say(role: str, flag: str) -> None:
    data = voevent(159, {"ID": "099999"}, groups={"Trigger_ID": {"Test": flag}}, role=role, position=("0.0", "35.0", "1.0"))
    got = notice(data)
    assert (got.role, got.event_id) == ("test", "099999")
    assert isinstance(got.region, Circle)


def test_a_packet_that_gcn_could_not_name_has_a_time() -> None:
    got = notice(voevent(159, {"TrigID": "99999", "TJD": "20436", "SOD": "25689.10"}, time="2024-05-00T07:08:09.10"))
    assert got.time is not None
    assert (got.time.iso, got.time_source) == ("2024-05-06T07:08:09.100", "TJD+SOD")


def test_coincidences_with_gravitational_waves_are_taken() -> None:
    got = notice(voevent(168, {"TrigID": "5", "Rev": "0"}))
    assert (got.kind, got.messenger, got.event_id) == ("GWHEN_COINC", "neutrino", "5")


def test_amons_own_documents_are_read_when_well_formed() -> None:
    params = {"stream": "1", "id": "7", "rev": "2", "nevents": "2", "deltaT": "10.0"}
    got = notice(voevent(None, params, ivorn="ivo://amontest/test#1_7_2", position=("-1.0", "0.0", "0.0"), role="test"))
    assert (got.kind, got.event_id, got.revision, got.region, got.role) == ("AMON_NATIVE", "1_7", "2", None, "test")
    bare = b'<VOEvent role=test version="2.0" ivorn="ivo://amontest/test#1_7_2"><What/></VOEvent>'
    assert refusal(bare).reason == "malformed-xml"


# IceCube


def test_a_preliminary_track_has_no_map_yet() -> None:
    got = notice(icecube())
    assert got.links == {}
    assert got.region == Circle(ra_deg=10.5, dec_deg=0.0, radius_deg=0.5, containment=0.9, systematic_included=False)
    assert (got.aliases, got.revision, got.properties) == (("IceCube-240506A",), "0", {"energy_tev": 180.5})
    revised = notice(icecube(record_number=1, systematic_included=True, healpix_url="https://example.org/map.fits.gz"))
    assert revised.links == {"healpix_url": "https://example.org/map.fits.gz"}
    assert revised.revision_order > got.revision_order
    assert isinstance(revised.region, Circle)
    assert revised.region.systematic_included is True


@pytest.mark.parametrize(
    ("tense", "role"),
    [("injections", "test"), ("injection", "test"), ("test", "test"), ("archival", "observation"), ("planned", "utility")],
)
def test_tenses_of_icecube(tense: str, role: str) -> None:
    assert notice(icecube(alert_tense=tense)).role == role


def test_a_track_taken_back_needs_no_time() -> None:
    got = notice(icecube(alert_type="retraction", trigger_time=None))
    assert (got.retraction, got.time, got.event_id) == (True, None, "140001_1234")
    assert refusal(icecube(trigger_time=None)).reason == "bad-time"


def test_the_oldest_json_form_is_a_test_of_the_same_event() -> None:
    got = notice(
        json_notice("icecube/test/gold_bronze_track_alerts", id=["140001", "001234"], trigger_time="2024-05-06T07:08:09Z",
                    ra=10.5, dec=0.0, ra_dec_error=0.5, signalness=0.34)
    )  # fmt: skip
    assert (got.event_id, got.aliases, got.role) == ("140001_1234", (), "test")
    assert got.significance is not None
    assert got.significance.p_astro == 0.34


def test_cascades_keep_their_circle_and_name_their_map() -> None:
    params = {"run_id": "140001", "event_id": "1234", "Rev": "0", "event_name": "IceCubeCascade-240506a",
              "skymap_fits": "https://example.org/a.fits", "skymap_png": "https://example.org/a.png"}  # fmt: skip
    got = notice(voevent(176, params, position=("10.5", "-20.25", "9.5")))
    assert got.region == Circle(ra_deg=10.5, dec_deg=-20.25, radius_deg=9.5, containment=0.9, systematic_included=True)
    assert got.links["healpix_url"] == "https://example.org/a.fits"
    assert "IceCubeCascade-240506a" in got.aliases


# IceCube's search about gravitational waves


def test_a_search_is_an_event_of_its_own_that_cites_the_wave() -> None:
    got = notice(search())
    assert (got.event_id, got.revision, got.revision_order) == ("S240506ab", "2-Preliminary", (2,))
    assert handlers.event_key(got) != "LIGO Virgo KAGRA:S240506ab"
    assert got.citations == (("followup", "S240506ab"),)
    assert got.aliases == ("140002_77", "140002_88")
    assert got.properties == {"pval_generic": 0.019, "pval_bayesian": 0.054, "n_events_coincident": 2.0}
    assert got.significance is not None
    assert got.significance.p_value == 0.019


def test_the_least_probable_track_is_the_region() -> None:
    got = notice(search())
    assert got.region == Circle(ra_deg=13.0, dec_deg=18.0, radius_deg=0.7, containment=0.9, systematic_included=False)


def test_flat_tracks_are_read_too() -> None:
    flat = [{"event_dt": 1.0, "ra": 5.0, "dec": -6.0, "ra_uncertainty": [0.51], "event_pval_generic": 0.4}]
    got = notice(search(coincident_events=flat))
    assert got.region == Circle(ra_deg=5.0, dec_deg=-6.0, radius_deg=0.51, containment=0.9, systematic_included=False)


def test_without_tracks_a_direction_has_no_radius() -> None:
    got = notice(search(coincident_events=[], n_events_coincident=0))
    assert got.region == Circle(ra_deg=17.5, dec_deg=16.5, radius_deg=None, systematic_included=False)
    assert notice(search(coincident_events=[], most_probable_direction=None)).region is None


@pytest.mark.parametrize(
    ("value", "name", "revision"),
    [
        ({"reference": {"gcn.notices.LVK.alert": 4642}}, "S240506ab", "0"),
        ({"reference": None, "ref_ID": None, "ref_id": "S240506ab-3-Initial"}, "S240506ab", "3-Initial"),
        ({"reference": {"gcn.notices.LVK.alert": 4642}, "ref_ID": "MS240506r"}, "MS240506r", "0"),
    ],
)
def test_references_of_every_shape(value: dict[str, Any], name: str, revision: str) -> None:
    got = notice(search(**value))
    assert (got.event_id, got.revision) == (name, revision)
    assert got.role == ("test" if name.startswith("MS") else "observation")


def test_a_search_that_names_no_wave_is_refused() -> None:
    assert refusal(search(reference=None, ref_ID=None)).reason == "no-identity"


@pytest.mark.parametrize(
    ("generic", "bayesian", "roles"),
    [(0.04, None, ("observation",)), (0.5, 0.05, ("observation",)), (0.5, None, ()), (0.06, 0.2, ()), (None, None, ())],
)
def test_only_improbable_results_are_searched(generic: float | None, bayesian: float | None, roles: tuple[str, ...]) -> None:
    assert policy_of(notice(search(pval_generic=generic, pval_bayesian=bayesian))).roles == roles


# KM3NeT


@pytest.mark.parametrize(
    ("rate", "unit", "far_hz"),
    [("8.0e-08", "yr^-1", 8e-8), ("2.5", "yr^-1", 2.5 / YEAR_S), ("8.0e-08", "Hz", 8e-8), ("-1", "yr^-1", None)],
)
def test_the_rate_of_km3net_is_in_hertz_whatever_its_label(rate: str, unit: str, far_hz: float | None) -> None:
    got = notice(km3net_voevent(rate, unit))
    if far_hz is None:
        assert got.significance is None
        return
    assert got.significance is not None
    assert got.significance.far_hz == pytest.approx(far_hz)
    assert any("is in Hz" in line for line in got.remarks) == (rate == "8.0e-08" and unit == "yr^-1")


def test_both_forms_of_km3net_are_one_event() -> None:
    classic = notice(km3net_voevent())
    plain = notice(
        json_notice("km3net/alert", id="2", event_name="KM3-240506A", record_number=2, trigger_time="2024-05-06T07:08:09.1Z",
                    ra=13.81, dec=18.85, ra_dec_error=0.41, far=8e-8, instrument="ARCA021", alert_topology="Multiplet",
                    healpix_url="https://example.org/map.fits", counterpart_info="No search")
    )  # fmt: skip
    assert handlers.event_key(classic) == handlers.event_key(plain) == "KM3NeT:2"
    assert classic.aliases == plain.aliases == ("KM3-240506A",)
    assert classic.revision_order < plain.revision_order
    assert all(any("per square degree" in line for line in got.remarks) for got in (classic, plain))
    assert isinstance(classic.region, Circle)
    assert classic.region.containment == 0.9


@pytest.mark.parametrize(
    ("role", "tense", "expected"),
    [("test", "current", "test"), ("observation", "test", "test"), ("observation", "injection", "test"),
     ("observation", "current", "observation"), ("observation", "nonsense", "test")],
)  # fmt: skip
def test_roles_of_km3net(role: str, tense: str, expected: str) -> None:
    assert notice(km3net_voevent(role=role, Alert_Tense=tense)).role == expected


def test_km3net_takes_back() -> None:
    assert notice(km3net_voevent(Alert_Type="retraction")).retraction
    assert notice(json_notice("km3net/alert", id=2, alert_type="retraction")).retraction


# SNEWS


def test_the_whole_sky_is_no_position() -> None:
    got = notice(snews())
    assert (got.region, got.event_id, got.role) == (None, "1000500", "test")
    assert got.instruments == ("detector A", "detector E")
    real = notice(snews(position=("83.8", "-5.4", "8.0"), Test="false", role="observation"))
    assert isinstance(real.region, Circle)
    assert real.role == "observation"


def test_the_flags_of_snews() -> None:
    assert notice(snews(role="observation")).role == "test"
    assert notice(snews(Retraction="true")).retraction
    assert not notice(snews()).retraction


@pytest.mark.parametrize(
    "kind", ["SNEWS", "snews.alert", "gcn.notices.snews2.coincidence", "SK_SN", "gcn.notices.superk.sn_alert"]
)
def test_a_supernova_wakes_somebody_and_minutes_are_searched(kind: str) -> None:
    handler = handlers.registry.handler_of(kind)
    (policy,) = handler.policies
    assert policy.wake_if
    assert policy.search_half_width_s == 600.0
    assert policy.roles == ("observation",)


def test_a_supernova_without_a_single_number_wakes_somebody() -> None:
    got = notice(snews(Test="false", role="observation"))
    assert got.time is not None
    event = handlers.fold(None, got, content_id="a" * 64, received=got.time)
    assert (event.significance, event.region) == (None, None)
    assert holds(handlers.policies[event.policy].wake_if, event)


def test_an_update_of_snews_meets_its_alert() -> None:
    first = notice(hop_alert())
    late = hop_alert(_id=None, id="SNEWS_Coincidence_ALERT-UPDATE 2024-05-06T07:09:00.1", detector_names=["A", "B", "C"],
                     neutrino_times=["2024-05-06T07:08:09.1", "2024-05-06T07:08:10.5", "2024-05-06T07:08:11"])  # fmt: skip
    second = notice(late)
    assert handlers.event_key(first) == handlers.event_key(second) == "SNEWS:2024-05-06T07:08:09"
    assert (first.revision, second.revision) == ("ALERT", "UPDATE")
    assert second.revision_order > first.revision_order
    assert first.time is not None
    assert first.time.iso == "2024-05-06T07:08:09.100"
    assert first.significance is not None
    assert first.significance.far_hz == pytest.approx(1 / (125 * YEAR_S))


@pytest.mark.parametrize(
    ("value", "topic", "role"),
    [
        ({}, None, "observation"), ({}, "snews.alert", "observation"), ({"alert_type": "TEST COINC_MSG"}, None, "test"),
        ({}, "snews.alert-test", "test"), ({}, "snews.alert-firedrill", "test"),
    ],
)  # fmt: skip
def test_tests_and_fire_drills_of_snews(value: dict[str, Any], topic: str | None, role: str) -> None:
    assert notice(hop_alert(**value), topic).role == role


@pytest.mark.parametrize("printed", ["13.96%", "N/A", None, "Would happen every 0 year"])
def test_a_percentage_is_no_rate(printed: Any) -> None:
    assert notice(hop_alert(**{"False Alarm Prob": printed})).significance is None


def test_snews_without_a_time_is_refused() -> None:
    assert refusal(hop_alert(neutrino_times=["soon"])).reason == "bad-time"


def test_a_probability_that_stands_as_a_rate_is_none() -> None:
    value = {"id": "SNEWS_Coincidence_ALERT 1", "trigger_time": "2026-05-06T07:08:09Z", "far": 1e-4, "record_number": 1,
             "detector_status": {"Super-K": "triggered", "Borexino": "normal"}}  # fmt: skip
    doubtful = notice(json_notice("snews2/coincidence", **value, tier_data={"false_alarm_prob": 1e-4}))
    assert doubtful.significance is not None
    assert (doubtful.significance.far_hz, doubtful.significance.p_value) == (None, 1e-4)
    assert doubtful.instruments == ("Super-K",)
    plain = notice(json_notice("snews2/coincidence", **value))
    assert plain.significance is not None
    assert plain.significance.far_hz == 1e-4


# Super-Kamiokande


def test_super_k_prints_its_radii_elsewhere() -> None:
    got = notice(voevent(175, SK, position=("270.82", "31.46", "0.0000")))
    assert got.region == Circle(ra_deg=270.82, dec_deg=31.46, radius_deg=0.9, containment=0.9)
    assert (got.duration_s, got.properties) == (10.0, {"n_events": 64176.0})
    assert got.distance_mpc == pytest.approx(0.0025)
    assert got.distance_error_mpc == pytest.approx(0.0005)
    fewer = {k: v for k, v in SK.items() if k != "Src_Error90"}
    assert notice(voevent(175, fewer, position=("270.82", "31.46", "0.0"))).region == Circle(
        ra_deg=270.82, dec_deg=31.46, radius_deg=0.6, containment=0.68
    )


def test_day_zero_of_super_k() -> None:
    got = notice(voevent(175, SK, time="2022-01-00T23:16:14.46"))
    assert got.time is not None
    assert (got.time.iso, got.time_source) == ("2021-12-31T23:16:14.460", "TJD+SOD")


def test_both_forms_of_super_k_are_one_event() -> None:
    assert handlers.event_key(notice(superk())) == handlers.event_key(notice(voevent(175, SK))) == "Super-Kamiokande:10070"
    assert notice(superk()).aliases == ("SN.095001.000001",)
    assert notice(superk(trigger_number=None)).event_id == "SN.095001.000001"


@pytest.mark.parametrize(("printed", "distance"), [(0.0025, 0.0025), (0.78, 0.78), (2.5, 0.0025), (10, 0.01)])
def test_kiloparsecs_that_claim_to_be_megaparsecs(printed: float, distance: float) -> None:
    got = notice(superk(luminosity_distance=printed))
    assert got.distance_mpc == pytest.approx(distance)
    assert any("kpc" in line for line in got.remarks) == (printed > 1)


def test_the_full_sample_supersedes_the_partial_one() -> None:
    partial, full = notice(superk(processed_sample="partial")), notice(superk())
    assert (
        partial.revision_order < full.revision_order < notice(superk(record_number=2, processed_sample="partial")).revision_order
    )
    assert notice(superk(alert_tense="test")).role == "test"
    assert isinstance(full.region, Circle)
    assert full.region.containment == 0.68


@pytest.mark.parametrize(
    "data",
    [
        voevent(172, NU_EM | {"retraction": "1"}, time="soon"),
        snews(Retraction="true").replace(b"2024-05-06T07:08:09.10", b"soon"),
        km3net_voevent(Alert_Type="retraction").replace(b"2024-05-06T07:08:09.10", b"soon"),
        json_notice("snews2/coincidence", id="a", alert_type="retraction"),
        superk(alert_type="retraction", trigger_time=None),
    ],
)
def test_a_retraction_without_a_time_is_not_lost(data: bytes) -> None:
    got = notice(data)
    assert (got.retraction, got.time) == (True, None)


def test_a_notice_without_a_time_is_refused() -> None:
    assert refusal(voevent(172, NU_EM, time="soon")).reason == "bad-time"
    assert refusal(json_notice("snews2/coincidence", id="a")).reason == "bad-time"
