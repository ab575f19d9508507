"""Documents of our own writing of the smaller electromagnetic missions, one of each kind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from handler_samples import voevent

BURST = {"TrigID": "123", "Burst_TJD": "20436", "Burst_SOD": "25689.10", "Pkt_Ser_Num": "2"}
SCHEMAS = "https://gcn.nasa.gov/schema/v7.2.1/gcn/notices"
_SVOM = {
    201: "grm-trigger", 202: "eclairs-wakeup", 203: "eclairs-catalog", 204: "slewing", 205: "not-slewing", 209: "mxt-initial_qf2",
    210: "mxt-update_qf3", 219: "retraction",
}  # fmt: skip


def svom(
    packet: int, burst: str = "sb26050402", *, kind: str | None = None, seconds: int = 20, params: Mapping[str, str] | None = None,
    position: tuple[str, str, str | None] | None = ("10.5", "-20.25", "0.1"), cites: Sequence[tuple[str, str]] = (),
) -> bytes:  # fmt: skip
    """A notice of SVOM; `seconds` of its issue."""
    return voevent(
        packet, {"Pkt_Ser_Num": "1", "Instrument": "ECLAIRs"},
        groups={"Svom_Identifiers": {"Burst_Id": burst}, "Detection_Info": {"SNR": "9.5"}, "More": dict(params or {})},
        ivorn=f"ivo://org.svom/fsc#{burst}_{kind or _SVOM[packet]}", date=f"2024-05-06T07:08:{seconds:02d}+00:00",
        position=position, cites=cites,
    )  # fmt: skip


def gcn_json(schema: str, **values: Any) -> bytes:
    """A JSON notice after a schema of GCN's: "maxi/gsc.known"."""
    return json.dumps({"$schema": f"{SCHEMAS}/{schema}.schema.json", **values}).encode()


def einstein_probe(**values: Any) -> bytes:
    """An alert of Einstein Probe's; a value of None leaves its key out."""
    notice = {
        "instrument": "WXT", "trigger_time": "2026-04-19T07:22:35.699Z", "id": ["01709260303"], "ra": 278.192, "dec": 18.404,
        "ra_dec_error": 0.0512, "image_energy_range": [0.5, 4.0], "net_count_rate": 0.04, "image_snr": 7.7,
    } | values  # fmt: skip
    return gcn_json("einstein_probe/wxt/alert", **{key: value for key, value in notice.items() if value is not None})


def maxi(kind: str = "unknown", **values: Any) -> bytes:
    """A JSON notice of MAXI's."""
    return gcn_json(
        f"maxi/gsc.{kind}", mission="MAXI", alert_datetime="2026-02-20T09:53:39Z", trigger_time="2026-02-20T08:56:01Z",
        id="9995289617", **values,
    )  # fmt: skip


def gecam(packet: int = 188, number: str = "260", **params: str) -> bytes:
    """A notice of GECAM's."""
    row = {"Trigger_Number": number, "MISSION": "B", "EVENT_DATE": "20436", "EVENT_TIME": "25689.100", "SRC_CLASS": "GRB"}
    return voevent(packet, {"Pkt_Ser_Num": "3", "TRIGGER_SIGNIF": " 5.50", "BURST_DUR": "10.000"} | row | params)


def em_samples() -> dict[str, bytes]:
    """One document of each kind, by name."""
    samples = {f"svom-{packet}": svom(packet) for packet in _SVOM}
    samples |= {f"gecam-{packet}": gecam(packet) for packet in (188, 189)}
    samples |= {f"maxi-{packet}": voevent(packet, BURST | {"Source_Name": "  UX Ari"}) for packet in (134, 135, 136)}
    classic = (
        1, 2, 31, 32, 39, 40, 41, 42, 43, 44, 45, 57, 58, 59, 100, 101, 102, 105, 107, 108, 109, 130, 137, 138, 139, 145, 148, 160,
        161,
    )  # fmt: skip
    samples |= {f"classic-{packet}": voevent(packet, BURST) for packet in classic}
    samples["einstein-probe"] = einstein_probe()
    samples["maxi-unknown"], samples["maxi-known"] = maxi(ra=1.5, dec=0, ra_dec_error=0.3), maxi("known", event_name="X-1")
    trigger = {"id": ["240601000"], "trigger_time": "2024-06-01T00:00:00.0Z", "alert_type": "initial", "rate_snr": 7.2}
    samples["burstcube"] = gcn_json("burstcube/alert", **trigger, ra=232, dec=-53.1, ra_dec_error=10, t90=2.5)
    samples["burstcube-test"] = gcn_json("burstcube/test", **trigger)
    samples["glowbug"] = gcn_json("glowbug/Alert", **trigger, far=1e-6)
    samples["svom-json"] = gcn_json("svom/trigger", **(trigger | {"id": ["sb24022203"]}), instrument="ECLAIRs", ra=1, dec=2)
    samples["hess"] = voevent(None, {"significance": "5.1"}, ivorn="ivo://HESS/GRB#GRB_1")
    samples["gaia"] = voevent(None, {"alert identifier": "Gaia99aaa"}, ivorn="ivo://gaia.cam.uk/alerts#Gaia99aaa")
    samples["asassn"] = voevent(
        None, {"id_assasn": "ASASSN-99aa"}, ivorn="ivo://voevent.4pisky.org/ASASSN#1999-01-01_ASASSN-99aa"
    )
    samples["crts"] = voevent(None, {"ID": "990101"}, ivorn="ivo://nvo.caltech/voeventnet/catot#990101")
    samples["lvk-external"] = voevent(None, {"TrigID": "7", "FAR": "1e-5"}, ivorn="ivo://lvk.internal/swift#sub-2024-05-06")
    return samples
