"""What the catalogue says of kinds that stand in no handler's table of rows: who speaks, of what, and what the radius means."""

from __future__ import annotations

from dataclasses import dataclass

from schemas import Messenger


@dataclass(frozen=True, slots=True)
class Fact:
    """One kind. `radius` is what the error of its position means, in words."""

    origin: str
    messenger: Messenger
    radius: str


MAP = "map"
NONE = "no position"


def share(containment: float | None, systematic: bool | None) -> str:
    """What a radius holds, in words: "90 %, statistical"."""
    amount = f"{containment * 100:g} %" if containment is not None else "share not said"
    errors = {True: ", with systematics", False: ", statistical", None: ""}[systematic]
    return f"{amount}{errors}"


_LVK = Fact("LIGO Virgo KAGRA", "gravitational-wave", MAP)
_ICECUBE = Fact("IceCube", "neutrino", share(0.9, False))
_GBM_FLIGHT = Fact("Fermi-GBM", "gamma-ray", share(0.68, True))
_GBM_GROUND = Fact("Fermi-GBM", "gamma-ray", share(0.68, False))
_GBM_NONE = Fact("Fermi-GBM", "gamma-ray", NONE)
_IBIS = Fact("INTEGRAL IBIS", "gamma-ray", share(0.9, False))
_GCN = Fact("GCN", "none", "–")
#: JSON after GCN's schema says what its radius holds, or means these by saying nothing.
_SAID = "as the notice says, else 90 %, statistical"

FACTS: dict[str, Fact] = {
    "igwn.gwalert": _LVK,
    **dict.fromkeys(
        ("LVC_EARLY_WARNING", "LVC_PRELIMINARY", "LVC_INITIAL", "LVC_UPDATE", "LVC_RETRACTION", "LVC_TEST"), _LVK
    ),
    "ICECUBE_ASTROTRACK_GOLD": _ICECUBE, "ICECUBE_ASTROTRACK_BRONZE": _ICECUBE, "AMON_ICECUBE_HESE": _ICECUBE,
    "AMON_ICECUBE_EHE": Fact("IceCube", "neutrino", share(0.5, False)),
    "ICECUBE_CASCADE": Fact("IceCube", "neutrino", share(0.9, True)),
    "gcn.notices.icecube.gold_bronze_track_alerts": Fact("IceCube", "neutrino", _SAID),
    "gcn.notices.icecube.lvk_nu_track_search": Fact("IceCube search about LIGO Virgo KAGRA", "neutrino", share(0.9, False)),
    "FERMI_GBM_ALERT": _GBM_NONE, "FERMI_GBM_ALERT_INTERNAL": _GBM_NONE, "FERMI_GBM_LC": _GBM_NONE,
    "FERMI_GBM_FLT_POS": _GBM_FLIGHT, "FERMI_GBM_FLT_INTERNAL": _GBM_FLIGHT,
    "FERMI_GBM_GND_POS": _GBM_GROUND, "FERMI_GBM_GND_INTERNAL": _GBM_GROUND,
    "FERMI_GBM_FIN_POS": _GBM_GROUND, "FERMI_GBM_FIN_INTERNAL": _GBM_GROUND,
    "FERMI_GBM_POS_TEST": Fact("Fermi-GBM", "gamma-ray", share(None, True)),
    "FERMI_GBM_SUBTHRESH": Fact("Fermi-GBM sub-threshold", "gamma-ray", share(None, True)),
    "FERMI_GBM_TRANS": Fact("Fermi-GBM", "gamma-ray", share(None, None)),
    "gcn.notices.fermi.gbm.trigger": Fact("Fermi-GBM", "gamma-ray", _SAID),
    "gcn.notices.fermi.gbm.targeted": Fact("Fermi-GBM targeted", "gamma-ray", _SAID),
    "gcn.notices.fermi.lat.flare": Fact("Fermi-LAT flares", "gamma-ray", _SAID),
    "gcn.notices.swift.bat.guano": Fact("Swift-BAT GUANO", "gamma-ray", f"map, or {_SAID}"),
    "INTEGRAL_WAKEUP": _IBIS, "INTEGRAL_REFINED": _IBIS, "INTEGRAL_OFFLINE": _IBIS, "INTEGRAL_WEAK": _IBIS,
    "INTEGRAL_SPIACS": Fact("INTEGRAL SPI-ACS", "gamma-ray", NONE),
    "gcn.notices.einstein_probe.wxt.alert": Fact("Einstein Probe", "x-ray", _SAID),
    "gcn.notices.maxi.gsc.unknown": Fact("MAXI", "x-ray", f"corners of a rectangle, or {_SAID}"),
    "gcn.notices.maxi.gsc.known": Fact("MAXI", "x-ray", _SAID),
    "gcn.notices.svom.trigger": Fact("SVOM", "gamma-ray", _SAID),
    "gcn.notices.glowbug.alert": Fact("Glowbug", "gamma-ray", _SAID),
    "gcn.notices.burstcube.alert": Fact("BurstCube", "gamma-ray", _SAID),
    "gcn.notices.burstcube.test": Fact("BurstCube", "gamma-ray", _SAID),
    "gcn.notices.km3net.alert": Fact("KM3NeT", "neutrino", _SAID),
    "gcn.notices.km3net.voevent": Fact("KM3NeT", "neutrino", share(0.9, False)),
    "gcn.notices.snews2.coincidence": Fact("SNEWS", "neutrino", NONE),
    "snews.alert": Fact("SNEWS", "neutrino", NONE),
    "gcn.notices.superk.sn_alert": Fact("Super-Kamiokande", "neutrino", _SAID),
    "gcn.notices.chime.frb": Fact("CHIME/FRB", "radio", _SAID),
    "gcn.notices.dsa110.frb": Fact("DSA-110", "radio", _SAID),
    "CHIME_FRB": Fact("CHIME/FRB", "radio", share(0.95, None)),
    "FRB": Fact("by the telescope", "radio", share(None, None)),
    "gcn.notices.boom.alert": Fact("BOOM", "optical", share(None, False)),
    "ANTARES_ALERT": Fact("ANTARES", "neutrino", share(None, None)),
    "gcn.heartbeat": _GCN, "heartbeat": _GCN, "gcn.circulars": _GCN,
}  # fmt: skip
