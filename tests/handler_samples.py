"""Alert documents of our own writing, built to order: VOEvents and gravitational-wave alerts."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import fastavro

#: A stand-in for a sky map: right in its first bytes and its length.
FITS = b"SIMPLE  =                    T" + b" " * (2880 - 30)


def voevent(
    packet: int | None,
    params: Mapping[str, str] | None = None,
    *,
    groups: Mapping[str, Mapping[str, str]] | None = None,
    ivorn: str = "ivo://example.org/alerts#Sample_000123-0-001",
    role: str = "observation",
    time: str | None = "2024-05-06T07:08:09.10",
    date: str = "2024-05-06T07:08:20",
    position: tuple[str, str, str | None] | None = ("10.5", "-20.25", "1.5"),
    cites: Sequence[tuple[str, str]] = (),
    version: str = "2.0",
    namespace: str | None = "http://www.ivoa.net/xml/VOEvent/v2.0",
    group_key: str = "name",
) -> bytes:
    """A VOEvent in GCN's shape; `packet` None leaves the packet type out."""
    rows = ({} if packet is None else {"Packet_Type": str(packet)}) | dict(params or {})
    what = "".join(f"<Param name={quoteattr(k)} value={quoteattr(v)}/>" for k, v in rows.items())
    for name, members in (groups or {}).items():
        inner = "".join(f"<Param name={quoteattr(k)} value={quoteattr(v)}/>" for k, v in members.items())
        what += f"<Group {group_key}={quoteattr(name)}>{inner}</Group>"
    where = "" if time is None else f"<Time unit='s'><TimeInstant><ISOTime>{escape(time)}</ISOTime></TimeInstant></Time>"
    if position is not None:
        ra, dec, error = position
        radius = "" if error is None else f"<Error2Radius>{error}</Error2Radius>"
        where += f"<Position2D unit='deg'><Value2><C1>{ra}</C1><C2>{dec}</C2></Value2>{radius}</Position2D>"
    citations = "".join(f"<EventIVORN cite={quoteattr(c)}>{escape(i)}</EventIVORN>" for c, i in cites)
    prefix, declared = ("voe:", f"xmlns:voe={quoteattr(namespace)}") if namespace is not None else ("", "")
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><{prefix}VOEvent {declared} ivorn={quoteattr(ivorn)} role={quoteattr(role)} "
        f"version={quoteattr(version)}><Who><AuthorIVORN>ivo://example.org/author</AuthorIVORN><Date>{date}</Date></Who>"
        f"<What>{what}</What><WhereWhen><ObsDataLocation><ObservatoryLocation id='GEOLUN'/><ObservationLocation>"
        f"<AstroCoordSystem id='UTC-FK5-GEO'/><AstroCoords coord_system_id='UTC-FK5-GEO'>{where}</AstroCoords>"
        f"</ObservationLocation></ObsDataLocation></WhereWhen><Citations>{citations}</Citations></{prefix}VOEvent>"
    ).encode()


def gwalert_record(
    superevent_id: str = "S240101ab", alert_type: str = "PRELIMINARY", created: str = "2024-01-01T00:01:00Z", **event: Any
) -> dict[str, Any]:
    """A gravitational-wave alert as plain data, its sky map as bytes."""
    record: dict[str, Any] = {
        "superevent_id": superevent_id,
        "alert_type": alert_type,
        "time_created": created,
        "urls": {"gracedb": f"https://example.org/{superevent_id}"},
        "external_coinc": None,
        "event": None,
    }
    if alert_type != "RETRACTION":
        record["event"] = {
            "time": "2024-01-01T00:00:30.123Z", "far": 1e-9, "significant": True, "instruments": ["H1", "L1"],
            "group": "CBC", "pipeline": "sample", "search": "AllSky",
            "classification": {"BNS": 0.9, "NSBH": 0.05, "BBH": 0.0, "Terrestrial": 0.05},
            "properties": {"HasNS": 1.0, "HasRemnant": 0.8, "HasMassGap": 0.0},
            "duration": None, "central_frequency": None, "skymap": FITS,
        } | event  # fmt: skip
    return record


def gwalert(superevent_id: str = "S240101ab", alert_type: str = "PRELIMINARY", **event: Any) -> bytes:
    """The alert as GCN's Kafka carries it: JSON, the map in base64."""

    def text(value: Any) -> str:
        assert isinstance(value, bytes)
        return base64.b64encode(value).decode()

    return json.dumps(gwalert_record(superevent_id, alert_type, **event), default=text).encode()


def avro_container(record: Any, schema: Any, codec: str = "null") -> bytes:
    """An Avro object container of one record."""
    stream = io.BytesIO()
    fastavro.writer(stream, schema, [record], codec=codec)
    return stream.getvalue()


GWALERT_AVRO: dict[str, Any] = {
    "type": "record", "name": "igwn.alerts.v1_0.Alert", "fields": [
        {"name": name, "type": "string"} for name in ("superevent_id", "alert_type", "time_created")
    ] + [
        {"name": "urls", "type": {"type": "map", "values": "string"}},
        {"name": "external_coinc", "type": ["null", "string"]},
        {"name": "event", "type": ["null", {"type": "record", "name": "Event", "fields": [
            {"name": "time", "type": "string"}, {"name": "far", "type": "double"}, {"name": "significant", "type": "boolean"},
            {"name": "instruments", "type": {"type": "array", "items": "string"}},
            {"name": "group", "type": "string"}, {"name": "pipeline", "type": "string"}, {"name": "search", "type": "string"},
            {"name": "classification", "type": {"type": "map", "values": "double"}},
            {"name": "properties", "type": {"type": "map", "values": "double"}},
            {"name": "duration", "type": ["null", "double"]}, {"name": "central_frequency", "type": ["null", "double"]},
            {"name": "skymap", "type": ["null", "bytes"]},
        ]}]},
    ],
}  # fmt: skip


def every_sample() -> dict[str, bytes]:
    """One document of each kind that is taken, by name."""
    burst = {"Burst_TJD": "20436", "Burst_SOD": "25689.10", "Pkt_Ser_Num": "3"}
    track = {"run_id": "140001", "event_id": "1234", "Rev": "1", "FAR": "1.2", "signalness": "0.5", "AMON_ID": "14000100001234"}
    gw = {"GraceID": "S240101ab", "AlertType": "Initial", "FAR": "1e-9", "Pkt_Ser_Num": "2", "Instruments": "H1,L1"}
    samples = {
        f"integral-{packet}": voevent(packet, {"TrigID": "123", **burst, "Inten_Sigma": "9.5", "Time_Error": "0.5"})
        for packet in (51, 52, 53, 54, 55, 56)
    }
    samples |= {f"gbm-{packet}": voevent(packet, {"TrigID": "700000001", **burst}) for packet in (110, 111, 112, 115, 119)}
    samples["gbm-131"] = voevent(131, {"Trans_Num": "700000002", "Trans_TJD": "20436", "Trans_SOD": "25689.1"})
    samples |= {f"icecube-{packet}": voevent(packet, track) for packet in (158, 169, 173, 174, 176)}
    samples |= {
        f"lvc-{packet}": voevent(packet, gw, groups={"Classification": {"BNS": "0.9"}}, position=None)
        for packet in (150, 151, 152, 153, 163, 164)
    }
    samples["antares"] = voevent(None, {"TrigID": "42", "pvalue": "0.01"}, ivorn="ivo://example.org/Antares_Alert#42")
    samples["gwalert"] = gwalert()
    samples["gwalert-retraction"] = gwalert(alert_type="RETRACTION")
    samples["gwalert-avro"] = avro_container(gwalert_record(), GWALERT_AVRO)
    samples["icecube-json"] = json.dumps(
        {
            "$schema": "https://gcn.nasa.gov/schema/v6.1.1/gcn/notices/icecube/single_neutrino_alerts.schema.json",
            "id": ["140001_1234"], "record_number": 1, "trigger_time": "2024-05-06T07:08:09.1Z", "ra": 10.5, "dec": 0.0,
            "ra_dec_error": 0.5, "far": 3e-8, "p_astro": 0.5, "alert_tense": "current",
        }
    ).encode()  # fmt: skip
    samples["gbm-json"] = json.dumps(
        {
            "$schema": "https://gcn.nasa.gov/schema/main/gcn/notices/fermi/gbm/trigger.schema.json",
            "id": ["700000001", "bn240506297"], "subtype": "FLIGHT_POSITION", "record_number": 2, "rate_snr": 9.7,
            "trigger_time": "2024-05-06T07:08:09.10", "ra": 10.5, "dec": -20.0, "ra_dec_error": [9.0, 5.0, 30.0],
            "containment_probability": 0.68, "systematic_included": True, "classification": {"GRB": 1},
        }
    ).encode()  # fmt: skip
    samples["heartbeat"] = b'{"$schema": "https://example.org/x", "alert_datetime": "2024-05-06T07:08:09.123456Z"}'
    samples["circular"] = b'{"circularId": 1, "subject": "GRB 240506A: a burst", "createdOn": 1714979289000, "body": "text"}'
    from em_samples import em_samples  # built with this module's own builders
    from messenger_samples import messenger_samples
    from swift_samples import swift_samples

    return samples | em_samples() | messenger_samples() | swift_samples()
