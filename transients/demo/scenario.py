"""The shipped scenario: eight alerts, facts of real events in documents of our own, each as the broker would carry it.

Times, identifiers and positions are those of the real events (public notices and circulars); the shapes of the gravitational-wave
maps are ours. What INTEGRAL "saw" comes from the simulator, and says so everywhere.
"""

from __future__ import annotations

import dataclasses

from schemas import Instant
from transients.sources import SimulatedBurst

from . import mergers
from .documents import Value, voevent
from .tracks import BRONZE, GOLD, Track, track_document

GW = "igwn.gwalert"
_CLASSIC = "gcn.classic.voevent."
#: How often the storm repeats one sub-threshold alert, sent once, as if the broker had gone mad: as GCN's of June 2026 did.
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
    merged = [Message(GW, body) for body in (*mergers.updated(), *mergers.retracted())]
    perigee = Message(GW, mergers.in_perigee())
    storm = [_track(BRONZE)] * STORM_COPIES
    return (*merged, *_grb_230307a(), _track(GOLD), _antares(), perigee, _integral_weak(), *storm)


def _track(track: Track) -> Message:
    return Message(f"{_CLASSIC}ICECUBE_ASTROTRACK_{track.kind}", track_document(track))


def event_count() -> int:
    """Events that the scenario describes: one for each alert."""
    return 8


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


def _antares() -> Message:
    body = voevent(
        ivorn="ivo://transients.demo/Antares_Alert#1439919723",
        author="Antares",
        date="2019-12-31T14:59:39",
        time="2019-12-31T14:59:22.000",
        params={"TrigID": 1439919723, "N_Hits": (90, "cts"), "Diff_AA_BB": (1.9861, "deg"), "isRealAlert": True,
                "pvalue": 0.0204866, "ranking": 1},
        position=(27.815, -54.201, 0.375),
    )  # fmt: skip
    return Message(_CLASSIC + "UNKNOWN", body)


def _integral_weak() -> Message:
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
    return Message(_CLASSIC + "INTEGRAL_WEAK", body)
