"""How INTEGRAL is operated: where it may point, how it dithers and turns, when its data comes."""

from __future__ import annotations

from ..base import DataTier, ObservingPattern, SlewModel
from ..constraints import Constraint, EarthLimb, MoonLimb, SunAngle

#: The Sun stays within 90 deg -+ this of the pointing axis (Sun angle 50 to 130 deg).
SUN_HALF_WIDTH_DEG = 40.0
#: Margins from the Earth's limb and the Moon's limb; to be verified, and small beside what the Sun takes away.
EARTH_LIMB_DEG, MOON_LIMB_DEG = 15.0, 10.0
#: The original's dither patterns, and the scale on which each covers the sky.
PATTERNS = (ObservingPattern("staring", 5.0), ObservingPattern("hexagonal", 15.0), ObservingPattern("5x5", 30.0))
#: 185 arcsec/s; 22 min to bias the reaction wheels for turns above 45 deg; 2 h for the ground to react.
SLEW = SlewModel(rate_deg_s=185 / 3600, long_turn_deg=45.0, long_turn_s=22 * 60.0, ground_s=2 * 3600.0)
#: Packets come every 8 s and take about 20 s; near-real-time data within 3 h, consolidated data after some 25 d. The words for
#: their age are the original dashboard's; consolidated data had none there, so twice and four times what is typical are used.
TIERS = (
    DataTier("realtime", 70.0, 120.0, 3600.0),
    DataTier("nrt", 3 * 3600.0, 2 * 3600.0, 10 * 3600.0, first_look_s=3600.0),
    DataTier("cons", 26 * 86400.0, 50 * 86400.0, 100 * 86400.0, first_look_s=14 * 86400.0),
)


def constraint(sun_half_width_deg: float | None = None) -> Constraint:
    """Where INTEGRAL may point."""
    half = SUN_HALF_WIDTH_DEG if sun_half_width_deg is None else sun_half_width_deg
    return SunAngle(90.0 - half, 90.0 + half) & EarthLimb(EARTH_LIMB_DEG) & MoonLimb(MOON_LIMB_DEG)
