"""Konus-Wind and the interplanetary network (IPN): times of bursts hours to days later, and once positions and annuli.

IPN_RAW prints -1 for its trigger and for every coordinate; it comes in a pair with KONUS_LC, whose trigger is day and second of
day run together ("2069684962" for TJD 20696, second 84962). So both are one event of the origin "IPN", named by that time, and
say which spacecraft saw it.
"""

from __future__ import annotations

from typing import Any

from schemas import Annulus, Policy

from .classic import moment_of, place_of
from .kinds import ClassicHandler, ClassicKind, by_kind
from .numbers import celestial, integer, positive
from .times import TJD_ZERO
from .voevent import VOEvent

#: Flags of the spacecraft that saw the burst, and their names.
_CONTRIBUTORS = {
    "KONUS_Wind_contributed": "Konus-Wind", "INTEGRAL_SPIACS_contributed": "INTEGRAL SPI-ACS", "Fermi_GBM_contributed": "Fermi-GBM",
    "Fermi_LAT_contributed": "Fermi-LAT", "Swift_BAT_contributed": "Swift-BAT", "Suzaku_WAM_contributed": "Suzaku-WAM",
    "RHESSI_contributed": "RHESSI", "Messenger_GRNS_contributed": "MESSENGER-GRNS",
    "Mars_Odyssey_HEND_contributed": "Mars Odyssey-HEND", "Mars_Odyssey_GRS_contributed": "Mars Odyssey-GRS",
    "Ulysses_contributed": "Ulysses", "SuperAGILE_contributed": "Super-AGILE", "AGILE_GRID_contributed": "AGILE-GRID",
    "AGILE_MCAL_contributed": "AGILE-MCAL",
}  # fmt: skip


def _kind(name: str, revision: str, stage: int, **more: Any) -> ClassicKind:
    return ClassicKind(kind=name, messenger="gamma-ray", origin="IPN", revision=revision, stage=stage, **more)


class Konus(ClassicHandler):
    """Handler of Konus-Wind's and the IPN's notices."""

    name = "konus"
    table = by_kind(
        _kind("KONUS_LC", "KONUS_LC", 0, localises=False, instruments=("Konus-Wind",)),
        _kind("IPN_RAW", "RAW", 0, localises=False),
        _kind("IPN_SEG", "SEG", 1, localises=False),
        _kind("IPN_POS", "POS", 2),
    )
    #: Konus-Wind is up to 7 s of light away from Earth: well within a burst's window.
    policies = (Policy(name="ipn", association_window_s=(-30.0, 100.0)),)

    def amend(self, document: VOEvent, kind: str) -> dict[str, Any]:
        """Name by time, spacecraft, annulus, and what the flags say."""
        changes: dict[str, Any] = {"event_id": _name(document), "remarks": []}
        if kind == "KONUS_LC":
            return changes
        changes["instruments"] = tuple(name for flag, name in _CONTRIBUTORS.items() if document.flag(flag))
        if document.flag("Definite_NOT_GRB"):
            changes["remarks"].append("marked as definitely not a burst")
        annulus = _annulus(document)
        if annulus is not None:
            changes["remarks"].append("what the annulus's width holds is not said: taken as 1 sigma on either side")
            if kind != "IPN_POS" or place_of(document).circle is None:
                changes["region"] = annulus
        return changes


def _name(document: VOEvent) -> str:
    """Truncated Julian day and whole second of day, run together, as Konus numbers its triggers."""
    number = integer(document.get("TrigID"))
    if number is not None and number > 0:
        return str(number)
    time = moment_of(document).time.to_datetime()
    midnight = time.replace(hour=0, minute=0, second=0, microsecond=0)
    return f"{(midnight - TJD_ZERO).days}{int((time - midnight).total_seconds()):05d}"


def _annulus(document: VOEvent) -> Annulus | None:
    """The ring of a two-spacecraft timing; -1 stands for none."""
    centre = celestial(document.get("IPN_RA_Center"), document.get("IPN_Dec_Center"))
    radius, width = positive(document.get("IPN_Radius")), positive(document.get("IPN_Width"))
    if centre is None or radius is None or width is None or radius > 180 or width > 180:
        return None
    return Annulus(ra_deg=centre[0], dec_deg=centre[1], radius_deg=radius, sigma_deg=width)
