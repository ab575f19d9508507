"""IceCube's alerts of tracks in the scenario."""

from __future__ import annotations

import dataclasses

from .documents import voevent


@dataclasses.dataclass(frozen=True)
class Track:
    """An alert of an IceCube track."""

    kind: str
    packet: int
    stream: int
    run: int
    event: int
    date: str
    time: str
    tjd: int
    sod_s: float
    signalness: float
    far_per_yr: float
    energy_tev: float
    ra_deg: float
    dec_deg: float
    error90_deg: float
    error50_deg: float


GOLD = Track(
    kind="GOLD", packet=173, stream=24, run=138181, event=66037171,
    date="2023-07-24T01:49:48", time="2023-07-24T01:49:13.38", tjd=20149, sod_s=6553.38,
    signalness=0.5265, far_per_yr=1.1738, energy_tev=191.4256,
    ra_deg=32.8295, dec_deg=-2.3369, error90_deg=0.6714, error50_deg=0.2615,
)  # fmt: skip
BRONZE = Track(
    kind="BRONZE", packet=174, stream=25, run=138193, event=21103478,
    date="2023-07-25T21:31:30", time="2023-07-25T21:30:51.06", tjd=20150, sod_s=77451.06,
    signalness=0.3938, far_per_yr=1.6765, energy_tev=145.0441,
    ra_deg=325.3444, dec_deg=11.8857, error90_deg=0.8107, error50_deg=0.3158,
)  # fmt: skip


def track_document(track: Track) -> bytes:
    """Its VOEvent."""
    identity = f"ICECUBE_{track.kind}_Event{track.time}_{track.stream}_{track.run}_{track.event:09d}_0-001"
    return voevent(
        ivorn=f"ivo://transients.demo/AMON#{identity}",
        author="IceCube",
        date=track.date,
        time=track.time,
        params={
            "Packet_Type": track.packet, "Pkt_Ser_Num": 1, "AMON_ID": int(f"{track.run}{track.event}"),
            "run_id": track.run, "event_id": track.event,
            "Event_TJD": (track.tjd, "days"), "Event_SOD": (track.sod_s, "sec"), "Stream": track.stream, "Rev": 0,
            "signalness": track.signalness, "FAR": (track.far_per_yr, "yr^-1"), "energy": (track.energy_tev, "TeV"),
            "src_error_90": (track.error90_deg, "deg"), "src_error_50": (track.error50_deg, "deg"), "Coords_Type": 1,
        },
        groups={"Trigger_ID": {"Test": False, "Retraction": False}},
        position=(track.ra_deg, track.dec_deg, track.error90_deg),
    )  # fmt: skip
