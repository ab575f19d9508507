"""Alert documents for the measurements, of our own writing, in the brokers' formats and of their usual sizes."""

from __future__ import annotations

import base64
import functools
import json
import math
from collections.abc import Mapping

from schemas import Instant

#: Parameters of a usual notice of Fermi/GBM (some fifty; those that the handler reads are among them).
_GBM = {
    "Packet_Type": "112", "Pkt_Ser_Num": "2", "TrigID": "700000001", "Sequence_Num": "3", "Burst_TJD": "20436",
    "Burst_SOD": "25689.10", "Burst_Inten": "412", "Trig_Timescale": "0.512", "Data_Timescale": "2.048",
    "Data_Signif": "17.30", "Phi": "158.00", "Theta": "43.00", "Burst_Signif": "9.5", "Most_Likely_Index": "4",
    "Most_Likely_Prob": "97", "Algorithm": "415", "Lo_Chan_Energy": "44032", "Hi_Chan_Energy": "279965",
}  # fmt: skip


def voevent(extra_parameters: int = 30) -> bytes:
    """A VOEvent of a burst, some 5 kB."""
    rows = _GBM | {f"Detector_rate_{n}": f"{100 + 7 * n}.5" for n in range(extra_parameters)}
    what = "".join(f'<Param name="{name}" value="{value}" ucd="meta.number" unit="count"/>' for name, value in rows.items())
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        '<voe:VOEvent xmlns:voe="http://www.ivoa.net/xml/VOEvent/v2.0" '
        'ivorn="ivo://transients.bench/documents#GBM_700000001-112" role="observation" version="2.0">'
        "<Who><AuthorIVORN>ivo://transients.bench/documents</AuthorIVORN><Date>2024-05-06T07:08:20</Date></Who>"
        f"<What>{what}<Group name='Trigger'><Param name='Class' value='GRB'/></Group></What>"
        "<WhereWhen><ObsDataLocation><ObservatoryLocation id='GEOLUN'/><ObservationLocation>"
        "<AstroCoordSystem id='UTC-FK5-GEO'/><AstroCoords coord_system_id='UTC-FK5-GEO'>"
        "<Time unit='s'><TimeInstant><ISOTime>2024-05-06T07:08:09.10</ISOTime></TimeInstant></Time>"
        "<Position2D unit='deg'><Value2><C1>10.5</C1><C2>-20.25</C2></Value2><Error2Radius>1.5</Error2Radius></Position2D>"
        "</AstroCoords></ObservationLocation></ObsDataLocation></WhereWhen></voe:VOEvent>"
    ).encode()


#: Steps from one burst to the next that fill the sky evenly: the golden angle, and the golden section of the sphere's height.
_STEP_DEG, _STEP_Z = 137.50776405003785, 0.6180339887498949


def burst(number: int, t0: Instant) -> bytes:
    """The same of a burst of its own for each number, somewhere on the sky."""
    dec_deg = math.degrees(math.asin(2.0 * (number * _STEP_Z % 1.0) - 1.0))
    own = {
        b"700000001": b"%09d" % number,
        b"2024-05-06T07:08:09.10": t0.utc.encode(),
        b"<C1>10.5</C1><C2>-20.25</C2>": b"<C1>%.4f</C1><C2>%.4f</C2>" % (number * _STEP_DEG % 360.0, dec_deg),
    }
    return functools.reduce(lambda document, pair: document.replace(*pair), own.items(), voevent())


def gwalert(skymap: bytes, t0: Instant) -> bytes:
    """An igwn.gwalert as GCN's Kafka carries it: JSON, the sky map within, in base64."""
    event: Mapping[str, object] = {
        "time": f"{t0.utc}Z", "far": 1e-9, "significant": True, "instruments": ["H1", "L1"], "group": "CBC",
        "pipeline": "sample", "search": "AllSky", "duration": None, "central_frequency": None,
        "classification": {"BNS": 0.9, "NSBH": 0.05, "BBH": 0.0, "Terrestrial": 0.05},
        "properties": {"HasNS": 1.0, "HasRemnant": 0.8, "HasMassGap": 0.0}, "skymap": base64.b64encode(skymap).decode(),
    }  # fmt: skip
    record = {
        "superevent_id": "S240101ab", "alert_type": "PRELIMINARY", "time_created": f"{t0.utc}Z",
        "urls": {"gracedb": "https://gracedb.ligo.org/superevents/S240101ab/view/"}, "external_coinc": None, "event": event,
    }  # fmt: skip
    return json.dumps(record).encode()
