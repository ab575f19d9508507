"""Light curves searched for counterparts, by the published method and by ours, and upper limits. Pure functions."""

from .association import association_fap
from .background import Background, fit_background
from .bins import Bins
from .detection import DETECTION_FAP
from .fluence import Fluence, fluence_of_counts
from .focus import most_significant_windows
from .levels import CountLevel, count_levels, levels_from_count_limits, limit_from_counts
from .limits import count_limit, limits
from .noise import excess_noise, measure_overdispersion
from .off_time import count_off_time, together
from .published import noise_at_scale, published_scales, published_search
from .published_fap import published_fap
from .published_limits import count_limits, fluence_per_count, isotropic_erg, limit_map, published_limits
from .reports import fap_report, limit_report, search_report
from .result import BACKGROUND_HALF_WIDTH_S, search, t0_seconds
from .spikes import classify_spike, spike_shape
from .stream import Stream, Triggers
from .words import background_word, fap_class, snr_word

__all__ = [
    "BACKGROUND_HALF_WIDTH_S",
    "DETECTION_FAP",
    "Background",
    "Bins",
    "CountLevel",
    "Fluence",
    "Stream",
    "Triggers",
    "association_fap",
    "background_word",
    "classify_spike",
    "count_levels",
    "count_limit",
    "count_limits",
    "count_off_time",
    "excess_noise",
    "fap_class",
    "fap_report",
    "fit_background",
    "fluence_of_counts",
    "fluence_per_count",
    "isotropic_erg",
    "levels_from_count_limits",
    "limit_from_counts",
    "limit_map",
    "limit_report",
    "limits",
    "measure_overdispersion",
    "most_significant_windows",
    "noise_at_scale",
    "published_fap",
    "published_limits",
    "published_scales",
    "published_search",
    "search",
    "search_report",
    "snr_word",
    "spike_shape",
    "t0_seconds",
    "together",
]
