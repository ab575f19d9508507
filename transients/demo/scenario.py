"""The shipped scenario: eight alerts, facts of real events in documents of our own, each as the broker would carry it.

Times, identifiers and positions are those of the real events (public notices and circulars); the shapes of the gravitational-wave
maps are ours. What INTEGRAL "saw" comes from the simulator, and says so everywhere.
"""

from __future__ import annotations

import dataclasses

from schemas import Instant
from transients.sources import SimulatedBurst

from .documents import Value, gwalert, voevent
from .maps import arc_map

GW = "igwn.gwalert"
_CLASSIC = "gcn.classic.voevent."
#: How often the storm repeats one document: as GCN's of June 2026 did.
STORM_COPIES = 140


@dataclasses.dataclass(frozen=True)
class Message:
    """A document and the topic it is published to."""

    topic: str
    body: bytes


#: GRB 230307A at the fluence INTEGRAL's team published (75-2000 keV, a lower limit), on the time scale of its bright phase.
BURSTS = (
    SimulatedBurst(
        t0=Instant.parse("2023-03-07T15:44:06.67"),
        ra_deg=60.82,
        dec_deg=-75.38,
        fluence_erg_cm2=1.5e-3,
        spectrum="hard",
        t90_s=28.5,
    ),
)
#: The simulated spacecraft looks away from the IceCube track, which so comes from below (theta 136 deg).
POINTINGS = ((Instant.parse("2023-07-24T01:20:00"), Instant.parse("2023-07-24T02:20:00"), 225.0, -40.0),)


def messages() -> tuple[Message, ...]:
    """All messages, in the order of publication."""
    parts = (_gw_updates(), _gw_retraction(), _grb_230307a(), _icecube(), _antares(), _gw_inactive(), _integral_weak())
    ordered = [message for part in parts for message in part]
    storm = _storm()
    return (*ordered, *storm)


def event_count() -> int:
    """Events that the scenario describes: one for each alert."""
    return 8


def _gw_updates() -> list[Message]:
    facts = {
        "significant": True,
        "time": "2023-05-18T12:59:08.167Z",
        "far": 3.218261352069347e-10,
        "instruments": ["H1", "L1"],
        "group": "CBC",
        "pipeline": "pycbc",
        "search": "AllSky",
        "classification": {"BNS": 0.0, "NSBH": 0.864, "BBH": 0.037, "Terrestrial": 0.099},
    }
    wide = arc_map(ring=(35.0, 10.0, 72.0, 3.0), centre=(95.0, -35.0, 25.0), distance_mpc=(260.0, 80.0),
                   name="S230518h", date_obs="2023-05-18T12:59:08.164")  # fmt: skip
    better = arc_map(ring=(35.0, 10.0, 72.0, 1.6), centre=(99.0, -32.0, 9.0), distance_mpc=(204.0, 57.0),
                     name="S230518h", date_obs="2023-05-18T12:59:08.154")  # fmt: skip
    stages = (
        ("PRELIMINARY", "2023-05-18T12:59:40Z", wide, 0.9957),
        ("INITIAL", "2023-05-18T13:24:50Z", wide, 0.9957),
        ("UPDATE", "2023-05-18T16:52:31Z", better, 0.9957),
        ("UPDATE", "2023-05-26T22:16:26Z", better, 1.0),
    )
    return [
        Message(
            GW,
            gwalert(
                superevent="S230518h",
                alert_type=stage,
                created=created,
                event={**facts, "properties": {"HasNS": has_ns, "HasRemnant": 0.0, "HasMassGap": 0.0}},
                skymap=skymap,
            ),
        )
        for stage, created, skymap, has_ns in stages
    ]


def _gw_retraction() -> list[Message]:
    event = {
        "significant": True,
        "time": "2023-05-24T20:22:41.000Z",
        "far": 7.224443905955801e-08,
        "instruments": ["H1", "L1"],
        "group": "CBC",
        "pipeline": "pycbc",
        "search": "EarlyWarning",
        "classification": {"BNS": 0.754, "NSBH": 0.0, "BBH": 0.0, "Terrestrial": 0.246},
        "properties": {"HasNS": 1.0, "HasRemnant": 1.0, "HasMassGap": 0.0},
    }
    skymap = arc_map(ring=(210.0, -20.0, 65.0, 8.0), centre=(250.0, 30.0, 40.0), distance_mpc=(120.0, 40.0),
                     name="S230524x", date_obs="2023-05-24T20:22:41.000")  # fmt: skip
    return [
        Message(GW, gwalert(superevent="S230524x", alert_type="EARLYWARNING", created="2023-05-24T20:22:33Z",
                            event=event, skymap=skymap)),
        Message(GW, gwalert(superevent="S230524x", alert_type="RETRACTION", created="2023-05-24T20:59:12Z")),
    ]  # fmt: skip


def _grb_230307a() -> list[Message]:
    time, trigger = "2023-03-07T15:44:06.67", 699896651
    common: dict[str, Value | tuple[Value, str]] = {
        "TrigID": trigger,
        "Burst_TJD": (20010, "days"),
        "Burst_SOD": (56646.67, "sec"),
    }
    alert = "ivo://transients.demo/Fermi#GBM_Alert_2023-03-07T15:44:06.67_699896651_1-001"

    def flags(ground: bool) -> dict[str, dict[str, bool]]:
        return {
            "Trigger_ID": {"Def_NOT_a_GRB": False, "Test_Submission": False},
            "Misc_Flags": {"Values_Out_of_Range": False, "Flt_Generated": not ground, "Gnd_Generated": ground},
        }

    def stage(
        kind: str, number: int, serial: int, date: str, position: tuple[float, float, float] | None, **more: int
    ) -> Message:
        label = kind.removeprefix("FERMI_GBM_")
        return Message(
            _CLASSIC + kind,
            voevent(
                ivorn=alert if number == 110 else alert.replace("GBM_Alert", f"GBM_{label}").replace("-001", f"-{serial:03d}"),
                author="Fermi",
                date=date,
                time=time,
                params={"Packet_Type": number, "Pkt_Ser_Num": serial, **common, **more,
                        "Coords_Type": 0 if position is None else 1},
                groups=flags(number in (112, 115)),
                position=position,
                cites=() if number == 110 else (("followup", alert),),
            ),
        )  # fmt: skip

    return [
        stage("FERMI_GBM_ALERT", 110, 1, "2023-03-07T15:44:11", None),
        stage("FERMI_GBM_FLT_POS", 111, 2, "2023-03-07T15:44:17", (50.5, -71.0, 7.0),
              Most_Likely_Index=4, Most_Likely_Prob=97),
        stage("FERMI_GBM_GND_POS", 112, 3, "2023-03-07T15:44:41", (59.4, -75.2, 1.0)),
        stage("FERMI_GBM_FIN_POS", 115, 4, "2023-03-07T15:54:12", (61.0, -74.6, 1.0)),
    ]  # fmt: skip


def _icecube() -> list[Message]:
    body = voevent(
        ivorn="ivo://transients.demo/AMON#ICECUBE_GOLD_Event2023-07-24T01:49:13.38_24_138181_066037171_0-001",
        author="IceCube",
        date="2023-07-24T01:49:48",
        time="2023-07-24T01:49:13.38",
        params={
            "Packet_Type": 173, "Pkt_Ser_Num": 1, "AMON_ID": 13818166037171, "run_id": 138181, "event_id": 66037171,
            "Event_TJD": (20149, "days"), "Event_SOD": (6553.38, "sec"), "Stream": 24, "Rev": 0,
            "signalness": 0.5265, "FAR": (1.1738, "yr^-1"), "energy": (191.4256, "TeV"),
            "src_error_90": (0.6714, "deg"), "src_error_50": (0.2615, "deg"), "Coords_Type": 1,
        },
        groups={"Trigger_ID": {"Test": False, "Retraction": False}},
        position=(32.8295, -2.3369, 0.6714),
    )  # fmt: skip
    return [Message(_CLASSIC + "ICECUBE_ASTROTRACK_GOLD", body)]


def _antares() -> list[Message]:
    body = voevent(
        ivorn="ivo://transients.demo/Antares_Alert#1439919723",
        author="Antares",
        date="2019-12-31T14:59:39",
        time="2019-12-31T14:59:22.000",
        params={"TrigID": 1439919723, "N_Hits": (90, "cts"), "Diff_AA_BB": (1.9861, "deg"), "isRealAlert": True,
                "pvalue": 0.0204866, "ranking": 1},
        position=(27.815, -54.201, 0.375),
    )  # fmt: skip
    return [Message(_CLASSIC + "UNKNOWN", body)]


def _gw_inactive() -> list[Message]:
    event = {
        "significant": True,
        "time": "2023-11-27T16:53:00.000Z",
        "far": 5.814757056175128e-09,
        "instruments": ["H1", "L1"],
        "group": "CBC",
        "pipeline": "gstlal",
        "search": "AllSky",
        "classification": {"BNS": 0.0, "NSBH": 0.0, "BBH": 0.9956, "Terrestrial": 0.0044},
        "properties": {"HasNS": 0.0, "HasRemnant": 0.0, "HasMassGap": 0.0},
    }
    skymap = arc_map(ring=(300.0, 40.0, 80.0, 4.0), centre=(20.0, 10.0, 30.0), distance_mpc=(4150.0, 1300.0),
                     name="S231127cg", date_obs="2023-11-27T16:53:00.000")  # fmt: skip
    return [Message(GW, gwalert(superevent="S231127cg", alert_type="INITIAL", created="2023-11-27T17:20:00Z",
                                event=event, skymap=skymap))]  # fmt: skip


def _integral_weak() -> list[Message]:
    body = voevent(
        ivorn="ivo://transients.demo/INTEGRAL#Weak_Pos_010274-0-001",
        author="INTEGRAL",
        date="2023-05-28T22:06:12",
        time="2023-05-28T22:06:02.83",
        params={
            "Packet_Type": 56, "Pkt_Ser_Num": 4459, "TrigID": 0, "Burst_TJD": (20092, "days"), "Burst_SOD": (79562.83, "sec"),
            "Inten_Sigma": (6.50, "sigma"), "Time_Error": (2.0, "sec"), "Time_Scale": (10.0, "sec"), "Coords_Type": 1,
        },
        groups={"Test_mpos": {"Def_NOT_a_GRB": False, "Test_Notice": False}},
        position=(317.3809, -24.8007, 0.0608),
    )  # fmt: skip
    return [Message(_CLASSIC + "INTEGRAL_WEAK", body)]


def _storm() -> list[Message]:
    """One sub-threshold alert, sent once and repeated as if the broker had gone mad."""
    body = voevent(
        ivorn="ivo://transients.demo/AMON#ICECUBE_BRONZE_Event2023-07-25T21:30:51.06_25_138193_021103478_0-001",
        author="IceCube",
        date="2023-07-25T21:31:30",
        time="2023-07-25T21:30:51.06",
        params={
            "Packet_Type": 174, "Pkt_Ser_Num": 1, "AMON_ID": 13819321103478, "run_id": 138193, "event_id": 21103478,
            "Event_TJD": (20150, "days"), "Event_SOD": (77451.06, "sec"), "Stream": 25, "Rev": 0,
            "signalness": 0.3938, "FAR": (1.6765, "yr^-1"), "energy": (145.0441, "TeV"),
            "src_error_90": (0.8107, "deg"), "src_error_50": (0.3158, "deg"), "Coords_Type": 1,
        },
        groups={"Trigger_ID": {"Test": False, "Retraction": False}},
        position=(325.3444, 11.8857, 0.8107),
    )  # fmt: skip
    return [Message(_CLASSIC + "ICECUBE_ASTROTRACK_BRONZE", body)] * STORM_COPIES
