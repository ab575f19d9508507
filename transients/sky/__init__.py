"""Sky maps, and what a spacecraft sees of them. Pure: maps come in as bytes, "now" is an argument."""

from .advice import pointing_advice
from .coarse import CoarseMap, coarsened, point
from .credible import credible_area_deg2, credible_mask, localisation, peak
from .exposure import fov_exposure
from .forecast import forecast
from .history import band_ks, pointing_history
from .integrals import probability_at_pixels, probability_in_cone, probability_where, probability_within
from .maps import SkyMap
from .pointings import PointingTable, pointing_table
from .reading import read_skymap
from .regions import skymap_from_region
from .response import response_over, weighted_quantile
from .summary import response_at_peak, skymap_report
from .travel import light_travels
from .urgency import urgency
from .visibility import fov_fractions, visibility
from .writing import write_skymap

__all__ = [
    "CoarseMap",
    "PointingTable",
    "SkyMap",
    "band_ks",
    "coarsened",
    "credible_area_deg2",
    "credible_mask",
    "forecast",
    "fov_exposure",
    "fov_fractions",
    "light_travels",
    "localisation",
    "peak",
    "point",
    "pointing_advice",
    "pointing_history",
    "pointing_table",
    "probability_at_pixels",
    "probability_in_cone",
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
