"""Each kind, in documents of our own: what is taken from where."""

from __future__ import annotations

import json

import pytest
from handler_samples import FITS, GWALERT_AVRO, avro_container, every_sample, gwalert, gwalert_record, voevent

import handlers
from handlers import parse
from schemas import Circle, CircularLink, Ellipse, Heartbeat, Notice, PointingUpdate, Refusal, SkyMapRef, sha256_hex


def notice(data: bytes, topic: str | None = None) -> Notice:
    parsed = parse(data, topic=topic)
    assert isinstance(parsed, Notice), parsed
    return parsed


@pytest.mark.parametrize("name", sorted(every_sample()))
def test_every_sample_is_taken(name: str) -> None:
    assert not isinstance(parse(every_sample()[name]), Refusal)


def test_gravitational_wave_alert() -> None:
    got = notice(gwalert())
    assert (got.event_id, got.origin, got.revision, got.role) == ("S240101ab", "LIGO Virgo KAGRA", "PRELIMINARY", "observation")
    assert got.time is not None
    assert got.time.iso == "2024-01-01T00:00:30.123"
    assert got.region == SkyMapRef(blob_id=sha256_hex(FITS), label="preliminary")
    assert got.blobs[0].data == FITS
    assert got.significance is not None
    assert (got.significance.far_hz, got.significance.significant) == (1e-9, True)
    assert got.properties["HasNS"] == 1.0
    assert got.fields["event/pipeline"] == "sample"
    assert handlers.policy_for(got).name == "lvk-cbc"


def test_avro_says_the_same_as_json() -> None:
    plain, avro = notice(gwalert()), notice(avro_container(gwalert_record(), GWALERT_AVRO))
    for name in ("event_id", "revision", "revision_order", "time", "region", "blobs", "significance", "properties", "issued"):
        assert getattr(plain, name) == getattr(avro, name), name


def test_unmodelled_bursts_have_the_wide_window() -> None:
    policy = handlers.policy_for(notice(gwalert(group="Burst")))
    assert policy.association_window_s == (-60.0, 600.0)
    assert policy.search_half_width_s >= 600.0


@pytest.mark.parametrize(("event_id", "role"), [("MS240101ab", "test"), ("TS240101ab", "test"), ("S240101ab", "observation")])
def test_mock_events_are_tests(event_id: str, role: str) -> None:
    assert notice(gwalert(event_id)).role == role
    assert notice(gwalert(event_id, "RETRACTION")).role == role


def test_retraction_has_no_event() -> None:
    got = notice(gwalert(alert_type="RETRACTION"))
    assert got.retraction
    assert got.time is None
    assert got.region is None


@pytest.mark.parametrize(
    ("skymap", "words"),
    [("@@@", "not base64"), ("aGVsbG8=", "not a FITS file"), (FITS[:1000], "not whole FITS blocks"), (None, None)],
)
def test_broken_maps_are_remarked(skymap: object, words: str | None) -> None:
    got = notice(gwalert(skymap=skymap))
    assert any(words in line for line in got.remarks) if words else not got.remarks


def test_coincidence_keeps_the_combined_map_beside_the_own() -> None:
    import base64

    record = json.loads(gwalert())
    other = FITS[:-1] + b"x"
    record["external_coinc"] = {"ivorn": "ivo://x#1", "combined_skymap": base64.b64encode(other).decode()}
    got = notice(json.dumps(record).encode())
    assert isinstance(got.region, SkyMapRef)
    assert got.region.blob_id == sha256_hex(FITS)
    assert [blob.data for blob in got.blobs] == [FITS, other]
    assert ("coincidence", "ivo://x#1") in got.citations


def test_old_gravitational_wave_voevents() -> None:
    groups = {"bayestar": {"skymap_fits": "https://example.org/files/bayestar.multiorder.fits,1"}, "Properties": {"HasNS": "0.7"}}
    params = {"GraceID": "S190101a", "AlertType": "Preliminary", "FAR": "2e-8", "Pkt_Ser_Num": "1", "Group": "CBC"}
    got = notice(voevent(150, params, groups=groups, position=None, date="2019-01-01T00:00:01Z", group_key="type"))
    assert got.region == SkyMapRef(url="https://example.org/files/bayestar.multiorder.fits,1", label="bayestar.multiorder.fits,1")
    assert got.properties == {"HasNS": 0.7}
    assert got.revision_order[0] == 1


def test_first_runs_without_superevents() -> None:
    params = {"GraceID": "G298048", "AlertType": "Initial", "FAR": "3e-12", "ProbHasNS": "1.00",
              "SKYMAP_URL_FITS_BASIC": "https://example.org/files/bayestar.fits.gz"}  # fmt: skip
    flags = {"LHO_participated": "true", "LLO_participated": "false", "Virgo_participated": "true"}
    got = notice(voevent(None, params, groups={"Misc_flags": flags}, ivorn="ivo://gwnet/gcn_sender#G298048-1", position=None))
    assert (got.kind, got.event_id, got.instruments) == ("LVC_INITIAL", "G298048", ("H1", "V1"))
    assert got.properties == {"HasNS": 1.0}


def test_retraction_inside_a_test_packet() -> None:
    got = notice(voevent(153, {"GraceID": "MS1", "AlertType": "Preliminary", "Retraction": "1"}, role="test", position=None))
    assert got.retraction
    assert got.revision_order[0] == 4


def test_declination_zero_is_real_and_rates_are_hertz() -> None:
    got = notice(voevent(173, {"run_id": "140001", "event_id": "1234", "Rev": "0", "FAR": "1.0", "signalness": "0.6"},
                         position=("187.1", "0.0000", "0.5")))  # fmt: skip
    assert got.region == Circle(ra_deg=187.1, dec_deg=0.0, radius_deg=0.5, containment=0.9, systematic_included=False)
    assert got.significance is not None
    assert got.significance.far_hz == pytest.approx(1 / 31557600.0)
    assert got.significance.p_astro == 0.6
    assert got.event_id == "140001_1234"


def test_right_ascension_zero_with_an_error_is_real() -> None:
    got = notice(voevent(173, {"run_id": "1", "event_id": "2"}, position=("0.0", "0.0", "0.4")))
    assert isinstance(got.region, Circle)


def test_ehe_prints_the_half_radius() -> None:
    got = notice(voevent(169, {"run_id": "1", "event_id": "2", "Rev": "0"}))
    assert isinstance(got.region, Circle)
    assert got.region.containment == 0.5


def test_neutrino_identity_from_the_ivorn() -> None:
    got = notice(
        voevent(158, {"TrigID": "2147483647"}, ivorn="ivo://x/AMON#ICECUBE_HESE_Event2016-07-31T01:55:04.00_128290_006888376-789")
    )
    assert got.event_id == "128290_6888376"


def test_icecube_json_meets_its_voevent() -> None:
    plain = notice(every_sample()["icecube-json"])
    classic = notice(every_sample()["icecube-173"])
    assert handlers.event_key(plain) == handlers.event_key(classic) == "IceCube:140001_1234"
    assert plain.region is not None


def test_test_topics_make_tests() -> None:
    topic = "gcn.notices.icecube.test.gold_bronze_track_alerts"
    assert notice(every_sample()["icecube-json"], topic).role == "test"


def test_ellipses_of_json() -> None:
    got = notice(every_sample()["gbm-json"])
    assert got.region == Ellipse(
        ra_deg=10.5, dec_deg=-20.0, semi_major_deg=9.0, semi_minor_deg=5.0, position_angle_deg=30.0, containment=0.68,
        systematic_included=True,
    )  # fmt: skip
    assert (got.event_id, got.aliases, got.revision) == ("700000001", ("bn240506297",), "FLT_POS 2")


def test_gbm_alert_has_no_position() -> None:
    got = notice(voevent(110, {"TrigID": "1"}, position=("0.0000", "0.0000", "0.0000")))
    assert got.region is None
    assert any("sentinel" in line for line in got.remarks)


def test_gbm_classes_and_stages() -> None:
    params = {"TrigID": "1", "Pkt_Ser_Num": "4", "Most_Likely_Index": "4", "Most_Likely_Prob": "97",
              "Sec_Most_Likely_Index": "19", "Sec_Most_Likely_Prob": "3", "Data_Signif": "7.6"}  # fmt: skip
    got = notice(voevent(111, params))
    assert got.classification == {"GRB": 0.97, "TGF": 0.03}
    assert (got.revision, got.revision_order) == ("FLT_POS 4", (1, 4))
    assert isinstance(got.region, Circle)
    assert (got.region.containment, got.region.systematic_included) == (0.68, True)


@pytest.mark.parametrize(
    ("when", "submission", "role"),
    [
        ("2020-01-01T00:00:00", "false", "observation"),
        ("2020-01-01T00:00:00", "true", "test"),
        ("2024-01-01T00:00:00", "false", "test"),
    ],
)
def test_role_of_subthreshold_notices(when: str, submission: str, role: str) -> None:
    data = voevent(131, {"Trans_Num": "7"}, groups={"Trigger_ID": {"Test_Submission": submission}}, role="test", time=when)
    assert notice(data).role == role


def test_lost_carry_of_seconds() -> None:
    params = {"Trans_Num": "7", "Trans_TJD": "18230", "Trans_SOD": "78839.999999"}
    got = notice(voevent(131, params, time="2018-04-22T21:53:59.100"))
    assert got.time is not None
    assert (got.time.iso, got.time_source) == ("2018-04-22T21:53:59.999999", "TJD+SOD")


@pytest.mark.parametrize("time", ["2022-01-00T11:09:20.47", "2022-01--4918T11:09:20.47", "2020-00-52T11:09:20.47", ""])
def test_impossible_dates_fall_back(time: str) -> None:
    got = notice(voevent(112, {"TrigID": "1", "Burst_TJD": "19579", "Burst_SOD": "40160.47"}, time=time))
    assert got.time is not None
    assert (got.time.iso, got.time_source) == ("2021-12-31T11:09:20.470", "TJD+SOD")


@pytest.mark.parametrize("role", ["observation", "test", "utility", "prediction", "nonsense"])
def test_roles_are_three(role: str) -> None:
    expected = {"prediction": "utility", "nonsense": "test"}.get(role, role)
    assert notice(voevent(53, {}, role=role, ivorn="ivo://x/INTEGRAL#Wakeup_Pos_010042-0-941")).role == expected


def test_test_trigger_number_makes_a_test() -> None:
    assert notice(voevent(111, {"TrigID": "099999"})).role == "test"


def test_integral_identity_is_in_the_ivorn() -> None:
    got = notice(voevent(55, {"TrigID": str(7295 + 3 * 65536)}, ivorn="ivo://x/INTEGRAL#Offline_Pos_007295-3-815"))
    other = notice(voevent(55, {"TrigID": str(7295 + 3 * 65536)}, ivorn="ivo://x/INTEGRAL#odd"))
    assert (got.event_id, got.revision_order) == (other.event_id, other.revision_order) == ("7295", (2, 3))


@pytest.mark.parametrize(("radius", "flag"), [("-0.05", "true"), ("-0.05", "false"), ("0.02", "true")])
def test_offline_takes_back(radius: str, flag: str) -> None:
    data = voevent(55, {}, groups={"Test_mpos": {"Def_NOT_a_GRB": flag}}, position=("206.9", "-63.2", radius),
                   ivorn="ivo://x/INTEGRAL#Offline_Pos_008214-1-748")  # fmt: skip
    assert notice(data).retraction


def test_spiacs_and_imager_share_numbers_but_not_events() -> None:
    acs = notice(voevent(52, {}, position=("0.0", "0.0", "0.0"), ivorn="ivo://x/INTEGRAL#SPIACS_008289-0-522"))
    weak = notice(voevent(56, {}, ivorn="ivo://x/INTEGRAL#Weak_Pos_008289-0-493"))
    assert acs.event_id == weak.event_id == "8289"
    assert handlers.event_key(acs) != handlers.event_key(weak)
    assert acs.region is None


def test_an_alert_without_a_number_is_named_by_its_time() -> None:
    data = {role: voevent(56, {}, role=role, ivorn="ivo://x/INTEGRAL#Weak_Pos_000000-0-166") for role in ("observation", "test")}
    assert notice(data["observation"]).event_id == "2024-05-06T07:08:09"
    assert notice(data["test"]).event_id == "0"


def test_gbm_names_its_bursts() -> None:
    url = "https://example.org/gbm/triggers/2023/bn230307656/quicklook/glg_locplot_all_bn230307656.png"
    got = notice(voevent(115, {"TrigID": "699896651", "LocationMap_URL": url}))
    assert got.aliases == ("bn230307656",)
    assert got.links["healpix_url"].endswith("quicklook/glg_healpix_all_bn230307656.fit")


def test_pointing() -> None:
    data = voevent(51, {"Next_RA": "41.0806", "Next_Dec": "-2.5259", "Coords_Type": "2"}, role="utility")
    got = parse(data)
    assert isinstance(got, PointingUpdate)
    assert (got.mission, got.ra_deg, got.dec_deg, got.role) == ("INTEGRAL", 41.0806, -2.5259, "utility")


def test_antares_observatory_is_not_the_source() -> None:
    text = every_sample()["antares"].decode()
    place = "<Position2D><Value2><C1>0.0</C1><C2>0.0</C2></Value2></Position2D>"
    station = f"<ObservatoryLocation><AstroCoords>{place}</AstroCoords></ObservatoryLocation>"
    got = notice(text.replace("<ObservatoryLocation id='GEOLUN'/>", station).encode())
    assert isinstance(got.region, Circle)
    assert (got.region.ra_deg, got.region.dec_deg) == (10.5, -20.25)
    assert got.significance is not None
    assert got.significance.p_value == 0.01


def test_antares_drill() -> None:
    data = voevent(None, {"TrigID": "42", "isRealAlert": "false"}, ivorn="ivo://x/Antares_Alert#42")
    assert notice(data).role == "test"


def test_heartbeat_and_circulars() -> None:
    samples = every_sample()
    beat, circular = parse(samples["heartbeat"]), parse(samples["circular"])
    assert isinstance(beat, Heartbeat)
    assert beat.time.iso == "2024-05-06T07:08:09.123456"
    assert isinstance(circular, CircularLink)
    assert (circular.circular_id, circular.event_id) == ("1", "GRB 240506A")
    wrapped = {
        "format": "circular",
        "content": {"header": {"NUMBER": "7", "SUBJECT": "S1x: y", "DATE": "98/05/10 05:51:38 GMT"}, "body": ""},
    }
    old = parse(json.dumps(wrapped).encode())
    text = parse(b"TITLE:   GCN CIRCULAR\nNUMBER:  7\nSUBJECT: S1x: y\nDATE:    98/05/10 05:51:38 GMT\n\nbody\n")
    assert isinstance(old, CircularLink)
    assert old == text
    assert old.time is not None
    assert old.time.iso == "1998-05-10T05:51:38.000"


@pytest.mark.parametrize("namespace", [None, "https://www.ivoa.net/xml/VOEvent/v2.0", "http://www.ivoa.net/xml/VOEvent/v1.1"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_namespaces_and_marks(namespace: str | None, mark: bytes) -> None:
    data = voevent(111, {"TrigID": "5"}, namespace=namespace, version="1.1")
    assert notice(mark + data).event_id == "5"


def test_utf16_is_read() -> None:
    data = voevent(111, {"TrigID": "5"}).decode().replace("encoding='UTF-8'", "encoding='UTF-16'").encode("utf-16")
    assert notice(data).event_id == "5"


def test_voevent_as_json() -> None:
    tree = {
        "ivorn": "ivo://x/Fermi#1", "role": "observation", "Who": {"Date": "2024-05-06T07:08:20"}, "Description": None,
        "What": {"Param": [{"name": "Packet_Type", "value": "112"}, {"name": "TrigID", "value": "9"}],
                 "Group": {"name": "Trigger_ID", "Param": {"name": "Def_NOT_a_GRB", "value": "true"}}},
        "WhereWhen": {"ObsDataLocation": {"ObservationLocation": {"AstroCoords": {
            "Time": {"TimeInstant": {"ISOTime": "2024-05-06T07:08:09.1"}},
            "Position2D": {"Value2": {"C1": "10.5", "C2": "-20.25"}, "Error2Radius": "2.0"}}}}},
        "Citations": {"EventIVORN": {"cite": "followup", "#text": "ivo://x/Fermi#0"}},
    }  # fmt: skip
    got = notice(json.dumps(tree).encode())
    assert (got.kind, got.event_id, got.citations) == ("FERMI_GBM_GND_POS", "9", (("followup", "ivo://x/Fermi#0"),))
    assert isinstance(got.region, Circle)
    assert got.region.radius_deg == 2.0
    assert got.fields["What/Trigger_ID/Def_NOT_a_GRB"] == "true"


def test_nothing_of_a_document_is_lost() -> None:
    data = voevent(173, {"run_id": "1", "event_id": "2", "odd": "  UX Ari"}, groups={"G": {"x": "1"}, "H": {"x": "2"}})
    fields = notice(data).fields
    assert fields["What/odd"] == "UX Ari"
    assert (fields["What/G/x"], fields["What/H/x"]) == ("1", "2")
    assert "10.5" in fields.values()
    assert fields["Who/Date"] == "2024-05-06T07:08:20"


def test_topics_and_policies_are_named_once() -> None:
    topics = handlers.known_topics()
    assert {"igwn.gwalert", "gcn.heartbeat", "gcn.circulars", "gcn.classic.voevent.FERMI_GBM_FLT_POS"} <= set(topics)
    assert list(topics) == sorted(set(topics))
    assert handlers.policies["icecube"].search_half_width_s == 300.0


class _Plugin:
    name = "plugin"
    kinds = ("PLUGIN_KIND",)
    topics = ("plugin.topic",)
    policies = ()

    def recognise(self, document: handlers.Document) -> str | None:
        return "PLUGIN_KIND" if isinstance(document, handlers.JsonDocument) and "plugin" in document.value else None

    def parse(self, document: handlers.Document, kind: str) -> Notice:
        raise ZeroDivisionError("broken")

    def policy_for(self, notice: Notice) -> object:
        raise NotImplementedError


def test_registry_takes_plugins_and_refuses_clashes() -> None:
    from handlers.builtin import registry as standing
    from schemas.errors import ConfigurationError, NotFound

    registry = handlers.Registry(standing)
    registry.register(_Plugin())  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="plugin"):
        registry.register(_Plugin())  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="no handler"):
        registry.register(object())  # type: ignore[arg-type]
    handler, kind = registry.find(handlers.JsonDocument({"plugin": 1}))
    assert (handler.name, kind) == ("plugin", "PLUGIN_KIND")
    with pytest.raises(NotFound):
        registry.handler_of("NO_SUCH")
    registry.remove("plugin")
    with pytest.raises(NotFound):
        registry.handler_of("PLUGIN_KIND")
    with pytest.raises(NotFound):
        registry.remove("plugin")
    registry.register(_Plugin())  # type: ignore[arg-type]
    assert registry.handler_of("PLUGIN_KIND").name == "plugin"


def test_a_broken_plugin_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from handlers import reading

    registry = handlers.Registry([_Plugin()])  # type: ignore[list-item]
    monkeypatch.setattr(reading, "registry", registry)
    refused = parse(b'{"plugin": 1}', name="a.json")
    expected = "a.json: handler 'plugin' failed: ZeroDivisionError: broken"
    assert refused == Refusal(reason="handler-failed", message=expected, kind="PLUGIN_KIND")
