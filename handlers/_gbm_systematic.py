"""The systematic error of Fermi-GBM's positions, which ground and final notices leave out of their radius.

Measured on bursts with known places by Connaughton et al. 2015 (ApJS 216, 32), Table 3: a core and a tail, each a Fisher
distribution whose 68 % radius is the statistical and the systematic one added in squares (their Eq. 1 and 2). Automatic
positions have its first row, a person's its second. Goldstein et al. 2020 (ApJ 895, 40) find less for the automatic positions
after their changes, 1.8 deg for 52 % of bursts and 4.1 deg for the others; a notice does not say which it is, so the wider
error is taken.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from schemas import Circle, CoreTail

_PAPER = "Connaughton et al. 2015, ApJS 216, 32"
#: Stage of a position: its systematic error. Flight radii hold theirs already.
SYSTEMATIC = {
    "GND_POS": CoreTail(core_weight=0.804, core_deg=3.72, tail_deg=13.7, source=_PAPER),
    "FIN_POS": CoreTail(core_weight=0.900, core_deg=3.71, tail_deg=14.3, source=_PAPER),
}

Region = TypeVar("Region")


def with_systematic(region: Region, stage: str) -> Region:
    """The region with the systematic error of its stage, where it is a circle that says it has none in it."""
    if not isinstance(region, Circle) or region.radius_deg is None or region.systematic_included is not False:
        return region
    return msgspec.structs.replace(region, systematic=SYSTEMATIC.get(stage))
