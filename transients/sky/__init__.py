"""Sky maps, and what a spacecraft sees of them. Pure: maps come in as bytes, "now" is an argument."""

from .advice import pointing_advice
from .coarse import CoarseMap, coarsened, point
from .coincidence import WINDOWS, CoincidenceWindow, JointRate, joint_rate
from .credible import credible_area_deg2, credible_mask, localisation, peak, peak_deg
from .exposure import fov_exposure
from .forecast import forecast
from .history import band_ks, pointing_history
from .integrals import (
    probability_at_pixels,
    probability_in_cone,
    probability_in_cones,
    probability_in_regions,
    probability_where,
    probability_within,
)
from .maps import SkyMap
from .occultation import LEAST_HIDDEN, hidden_fractions, is_hidden
from .overlap import overlap, response_overlap
from .pointings import PointingTable, pointing_table
from .reading import read_skymap
from .regions import skymap_from_region
from .response import TilesSeen, response_over, weighted_quantile
from .summary import response_towards, skymap_report
from .travel import light_travels
from .urgency import urgency
from .visibility import fov_fractions, sun_angles_deg, visibility
from .words import is_region, region_from_words
from .writing import read_columns, write_skymap

__all__ = [
    "LEAST_HIDDEN",
    "WINDOWS",
    "CoarseMap",
    "CoincidenceWindow",
    "JointRate",
    "PointingTable",
    "SkyMap",
    "TilesSeen",
    "band_ks",
    "coarsened",
    "credible_area_deg2",
    "credible_mask",
    "forecast",
    "fov_exposure",
    "fov_fractions",
    "hidden_fractions",
    "is_hidden",
    "is_region",
    "joint_rate",
    "light_travels",
    "localisation",
    "overlap",
    "peak",
    "peak_deg",
    "point",
    "pointing_advice",
    "pointing_history",
    "pointing_table",
    "probability_at_pixels",
    "probability_in_cone",
    "probability_in_cones",
    "probability_in_regions",
    "probability_where",
    "probability_within",
    "read_columns",
    "read_skymap",
    "region_from_words",
    "response_over",
    "response_overlap",
    "response_towards",
    "skymap_from_region",
    "skymap_report",
    "sun_angles_deg",
    "urgency",
    "visibility",
    "weighted_quantile",
    "write_skymap",
]
