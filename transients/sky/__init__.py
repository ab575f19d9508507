"""Sky maps, and what a spacecraft sees of them. Pure: maps come in as bytes, "now" is an argument."""

from .credible import credible_area_deg2, credible_mask, localisation, peak
from .exposure import fov_exposure
from .integrals import (
    probability_at_pixels,
    probability_in_cone,
    probability_in_cones,
    probability_in_regions,
    probability_where,
    probability_within,
)
from .maps import SkyMap
from .reading import read_skymap
from .regions import skymap_from_region
from .response import response_over, weighted_quantile
from .summary import response_at_peak, skymap_report
from .urgency import urgency
from .visibility import fov_fractions, visibility
from .writing import write_skymap

__all__ = [
    "SkyMap",
    "credible_area_deg2",
    "credible_mask",
    "fov_exposure",
    "fov_fractions",
    "localisation",
    "peak",
    "probability_at_pixels",
    "probability_in_cone",
    "probability_in_cones",
    "probability_in_regions",
    "probability_where",
    "probability_within",
    "read_skymap",
    "response_at_peak",
    "response_over",
    "skymap_from_region",
    "skymap_report",
    "urgency",
    "visibility",
    "weighted_quantile",
    "write_skymap",
]
