"""One document of each shape that Swift's and Fermi's handlers take."""

from __future__ import annotations

import base64
import json

from handler_samples import FITS, voevent

#: Packet types by the clock they print.
_CLOCKS = {
    "Burst": (46, 60, 61, 62, 63, 64, 65, 66, 67, 81, 82, 89, 97, 99), "Trans": (84,), "Event": (140, 141),
    "SpecStart": (68, 69, 77, 78, 85, 87), "LCStart": (70,), "Data": (71,), "ExpoStart": (72, 73, 79, 80), "Slew": (83, 103),
}  # fmt: skip
_GCN = "https://gcn.nasa.gov/schema/v7.2.1/gcn/notices"


def swift_samples() -> dict[str, bytes]:
    """Documents by name."""
    flags = {"Solution_Status": {"GRB_Identified": "true", "Def_NOT_a_GRB": "false", "StarTrack_Lost_Lock": "false"}}
    samples = {
        f"swift-{packet}": voevent(packet, {
            "TrigID": "1187001", "Pkt_Ser_Num": "2", f"{clock}_TJD": "20436", f"{clock}_SOD": "25689.10", "Image_Signif": "9.5",
        }, groups=flags)
        for clock, packets in _CLOCKS.items() for packet in packets
    }  # fmt: skip
    outburst = {"SourceName": "Cen X-3", "Outburst_TJD": "20436", "Outburst_SOD": "25689.10", "Signif": "13.2"}
    samples["swift-133"] = voevent(133, outburst)
    samples |= {
        f"lat-{packet}": voevent(
            packet, {"TrigID": "736672094", "Pkt_Ser_Num": "2", "Burst_TJD": "20436", "Burst_SOD": "25689.1"}
        )
        for packet in (113, 118, 120, 121, 122, 123, 124, 126, 127, 128)
    }
    samples["lat-125"] = voevent(125, {"TrigID": "1659883590", "Trans_TJD": "20436", "Trans_SOD": "43200.00"}, role="utility")
    samples["lat-129"] = voevent(129, {"Start_TJD": "20436", "Start_SOD": "25689.10"}, role="utility")
    shared = {"alert_datetime": "2024-05-06T08:00:00Z", "alert_tense": "current", "alert_type": "update", "far": 2e-8}
    documents = {
        "swift-guano": {
            "$schema": f"{_GCN}/swift/bat/Guano.schema.json", "mission": "Swift", "instrument": "BAT-GUANO", "id": ["736672100"],
            "record_number": 2, "trigger_time": "2024-05-06T07:08:09.1Z", "healpix_file": base64.b64encode(FITS).decode(),
            "follow_up_event": "Fermi 736672094", "rate_snr": 7.5, "classification": {"GRB": 1},
        },
        "gbm-targeted": {
            "$schema": f"{_GCN}/fermi/gbm/TargetedSearch.schema.json", "id": ["736672094710", "1"], "ra": 10.5, "dec": -20.0,
            "trigger_time": "2024-05-06T07:08:09.1Z", "dec_uncertainty": [0.3], "follow_up_event": "S240506a",
        },
        "lat-flare": {
            "$schema": f"{_GCN}/fermi/lat/flare.schema.json", "event_name": "OQ 334", "ra": 215.6, "dec": 32.4, "TS": 45,
            "observation_start": "2024-05-06T00:00:00.0", "observation_stop": "2024-05-07T00:00:00.0",
        },
    }  # fmt: skip
    return samples | {name: json.dumps(shared | value).encode() for name, value in documents.items()}
