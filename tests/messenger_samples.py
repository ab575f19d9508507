"""Documents of our own writing, built to order: neutrinos, supernovae, fast radio bursts, BOOM and what stands about other alerts."""

from __future__ import annotations

import json
from typing import Any

from handler_samples import voevent

GCN_SCHEMA = "https://gcn.nasa.gov/schema/v7.2.1/gcn/notices"


def json_notice(schema: str, **value: Any) -> bytes:
    return json.dumps({"$schema": f"{GCN_SCHEMA}/{schema}.schema.json"} | value).encode()


NU_EM = {"Event_ID": "100200", "Event_Date": "240506A", "Run_ID": "0", "Rev": "2", "Pair_Name_ID": "1", "Pkt_Ser_Num": "1", "FAR": "2.5",
         "src_err_90": "30.00", "src_err_50": "15.00", "deltaT": "20000.0", "retraction": "0"}  # fmt: skip


def icecube(**value: Any) -> bytes:
    base = {
        "id": ["140001_1234"], "event_name": ["IceCube-240506A"], "record_number": 0, "alert_type": "initial",
        "alert_tense": "current", "trigger_time": "2024-05-06T07:08:09.1Z", "alert_datetime": "2024-05-06T07:09:00Z",
        "pipeline": "Gold Track Alert", "ra": 10.5, "dec": 0.0, "ra_dec_error": 0.5, "far": 3e-8, "p_astro": 0.5,
        "nu_energy": 180.5, "healpix_url": None, "systematic_included": False,
    }  # fmt: skip
    return json_notice("icecube/single_neutrino_alerts", **(base | value))


TRACKS = [
    {"event_dt": -12.0, "localization": {"ra": 17.0, "dec": 16.0, "ra_dec_error": 0.5, "containment_probability": 0.9},
     "id": ["140002_77"], "event_pval_generic": 0.09, "event_pval_bayesian": None},
    {"event_dt": 222.0, "localization": {"ra": 13.0, "dec": 18.0, "ra_dec_error": 0.7}, "id": ["140002_88"],
     "event_pval_generic": 0.5, "event_pval_bayesian": 0.01},
]  # fmt: skip


def search(**value: Any) -> bytes:
    base = {
        "type": "IceCube LVK Alert Nu Track Search", "reference": {"gcn.notices.LVK.alert": "S240506ab-2-Preliminary"},
        "ref_ID": "S240506ab", "alert_datetime": "2024-05-06T07:30:00Z", "trigger_time": "2024-05-06T07:08:09Z",
        "pval_generic": 0.019, "pval_bayesian": 0.054, "n_events_coincident": 2, "coincident_events": TRACKS,
        "most_probable_direction": {"ra": 17.5, "dec": 16.5},
    }  # fmt: skip
    return json_notice("icecube/lvk_nu_track_search", **(base | value))


def km3net_voevent(rate: str = "8.0e-08", unit: str = "yr^-1", role: str = "observation", **params: str) -> bytes:
    values = {"TrigID": "2", "record_number": "1", "Event_Name": "KM3-240506A", "Instrument": "ARCA021", "FAR": rate,
              "Alert_Type": "initial", "Alert_Tense": "current", "healpix_url": "https://example.org/map.fits"} | params  # fmt: skip
    data = voevent(None, values, ivorn="ivo://KM3NeT_Neutrino#KM3-240506A_2_2024-05-06T12:01:00.00Z", role=role)
    return data.replace(b'name="FAR"', f'name="FAR" unit="{unit}"'.encode())


def snews(role: str = "test", position: tuple[str, str, str | None] = ("0.0000", "0.0000", "360.0000"), **flags: str) -> bytes:
    trigger = {"SubType": "coinc", "Test": "true", "RADec_valid": "false", "Retraction": "false"} | flags
    detectors = {"Detector_A_Participate": "true", "Detector_B_Participate": "false", "Detector_E_Participate": "true"}
    return voevent(149, {"TrigID": "1000500", "Pkt_Ser_Num": "1"}, groups={"Trigger_ID": trigger, "Misc_Flags": detectors},
                   role=role, position=position)  # fmt: skip


def hop_alert(**value: Any) -> bytes:
    base = {
        "_id": "SNEWS_Coincidence_ALERT 2024-05-06T07:08:20.5", "alert_type": "COINC_MSG", "server_tag": "sample",
        "False Alarm Prob": "Would happen every 1.25e+02 year", "detector_names": ["A", "B"], "sent_time": "2024-05-06T07:08:20.5",
        "p_values": [0.1, 0.2], "neutrino_times": ["2024-05-06T07:08:10.500000000", "2024-05-06T07:08:09.100000000"],
        "p_values average": 0.15, "sub list number": 0,
    }  # fmt: skip
    return json.dumps(base | value).encode()


SK = {"Trigger_Number": "10070", "Pkt_Ser_Num": "2", "Pkt_TJD": "19579", "Pkt_SOD": "83774.46", "Duration": "10.0",
      "Src_Error68": "0.6", "Src_Error90": "0.9", "Src_Error95": "1.0", "N_Events": "64176", "Min_Distance": "2.0",
      "Max_Distance": "3.0"}  # fmt: skip


def superk(**value: Any) -> bytes:
    base = {
        "id": "SN.095001.000001", "record_number": 1, "trigger_number": 10070, "alert_tense": "current", "alert_type": "initial",
        "trigger_time": "2023-08-01T00:00:01Z", "processed_sample": "full", "ra": 270.82, "dec": 31.46, "ra_dec_error": 0.91,
        "containment_probability": 0.68, "luminosity_distance": 0.0025, "luminosity_distance_error": 0.0004,
        "detection_interval": 10, "n_events": 100,
    }  # fmt: skip
    return json_notice("superk/sn_alert", **(base | value))


def frb(schema: str = "chime/frb", **value: Any) -> bytes:
    base = {"id": ["427000001"], "alert_type": "initial", "trigger_time": "2024-05-06T07:08:09.1Z"}
    return json.dumps({"$schema": f"{GCN_SCHEMA}/{schema}.schema.json"} | base | value).encode()


def chime(kind: str = "DETECTION", **params: str) -> bytes:
    values = {"event_no": "427000001", "dm": "300.5", "snr": "20.5", "timestamp_utc_error": "0.0078",
              "timestamp_utc_inf_freq": "2024-05-06 07:08:01.3+00:00", "pos_error_semiminor_deg_95": "0.5",
              "pos_error_semimajor_deg_95": "0.4"} | params  # fmt: skip
    return voevent(
        None, {}, groups={"event parameters": values}, ivorn=CHIME_IVORN.format(kind), position=("207.1", "39.6", "0.5")
    )


CHIME_IVORN = "ivo://ca.chimenet.frb/FRB-{}-#2024-05-06-07:08:09.100000UTC+0000_0a1b2c3d4e5f"


def boom(*targets: dict[str, Any], **value: Any) -> bytes:
    photometry = [{"event_name": "ZTF24aaaaaaa", "instrument": name} for name in ("ZTF", "IOO", "ZTF")]
    data = {"targets": list(targets), "photometry": photometry}
    base = {"alert_datetime": "2025-11-30T10:28:57Z", "mission": "Boom", "data": data}
    return json.dumps({"$schema": f"{GCN_SCHEMA}/boom/alert.schema.json"} | base | value).encode()


TARGET = {"event_name": "ZTF24aaaaaaa", "ra": 150.1, "dec": 15.2, "classification_scores": {"Type II": 0.9},
          "gcn_crossmatch": [{"ref_type": "GW", "ref_instrument": "LVK", "ref_ID": "S251117bs"}]}  # fmt: skip


def messenger_samples() -> dict[str, bytes]:
    """One document of each of these kinds, by name."""
    burst = {"event parameters": {"dm": "563.5", "width": "4.0", "snr": "16.3"}}
    counterpart = {"EVENT_TRIG_NUM": "S240422ed", "SOURCE_SERNUM": "2", "RANK": "3", "TELESCOPE": "Swift-UVOT"}
    return {
        "amon-157": voevent(157, {"TrigID": "71", "Rev": "1", "pvalue": "0.5", "deltaT": "19.66"}),
        "amon-159": voevent(159, {"ID": "099999"}, role="test", position=("0.0", "35.0", "1.0")),
        "amon-168": voevent(168, {"TrigID": "5", "Rev": "0"}),
        "amon-171": voevent(171, {"run_id": "10010001", "event_id": "77", "FAR": "4.0", "Pvalue": "0.005", "deltaT": "100.0"}),
        "amon-172": voevent(172, NU_EM),
        "amon-native": voevent(None, {"id": "7", "rev": "2"}, ivorn="ivo://amontest/test#1_7_2", role="test"),
        "nu-track": search(),
        "km3net-voevent": km3net_voevent(),
        "km3net-json": json_notice("km3net/alert", id="2", trigger_time="2024-05-06T07:08:09Z", ra=13.8, dec=18.9, far=8e-8),
        "snews-149": snews(),
        "snews-schema": json_notice("snews2/coincidence", id="a", trigger_time="2024-05-06T07:08:09Z", far=1e-9),
        "snews-hop": hop_alert(),
        "superk-175": voevent(175, SK),
        "superk-json": superk(),
        "chime-json": frb(ra=346.5, dec=12.5, ra_dec_error=[0.5, 0.6, 0], dm=279.4, snr=12.7),
        "dsa110-json": frb("dsa110/frb", event_duration=2, ra=346.5, dec=12.5, ra_dec_error=[0.016, 0.02]),
        "chime-voevent": chime(),
        "frb-voevent": voevent(None, {}, groups=burst, ivorn="ivo://au.csiro.atnf/parkes#FRB2405060708/60436.29"),
        "boom": boom(TARGET),
        "lvc-154": voevent(154, counterpart),
        "boom-heartbeat": b'{"timestamp": "2026-05-06T07:08:09.123Z", "status": "alive"}',
    }
