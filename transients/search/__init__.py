"""Light curves searched for counterparts, by the published method and by ours, and upper limits. Pure functions."""

from .association import association_fap
from .background import Background, fit_background
from .bins import Bins
from .combined import JOIN, combine, counts_per_fluence, primary_first
from .detection import DETECTION_FAP
from .efficiency import efficiencies, limit_curves
from .fluence import BurstFit, fit_burst
from .focus import most_significant_windows
from .groups import DistanceNodes
from .hypotheses import Hypotheses
from .joint import JointWindow, burst_interval, joint_search, window_spike
from .levels import CountLevel, count_levels, levels_from_count_limits, levels_of, limit_from_counts
from .limits import SYSTEMATIC_FRACTION, count_limit, limits
from .noise import excess_noise, measure_overdispersion
from .off_time import count_off_time, together
from .published import noise_at_scale, published_scales, published_search
from .published_fap import published_fap
from .published_limits import (
    count_limits,
    energy_over_gravitational,
    fluence_per_count,
    isotropic_erg,
    limit_map,
    published_limits,
)
from .rates import Rates, rates_about, window_excess
from .reports import fap_report, limit_report, search_report
from .result import BACKGROUND_HALF_WIDTH_S, search, t0_seconds
from .spikes import classify_spike, spike_shape
from .stream import Stream, Triggers
from .words import background_word, fap_class, snr_word

__all__ = [
    "BACKGROUND_HALF_WIDTH_S",
    "DETECTION_FAP",
    "JOIN",
    "SYSTEMATIC_FRACTION",
    "Background",
    "Bins",
    "BurstFit",
    "CountLevel",
    "DistanceNodes",
    "Hypotheses",
    "JointWindow",
    "Rates",
    "Stream",
    "Triggers",
    "association_fap",
    "background_word",
    "burst_interval",
    "classify_spike",
    "combine",
    "count_levels",
    "count_limit",
    "count_limits",
    "count_off_time",
    "counts_per_fluence",
    "efficiencies",
    "energy_over_gravitational",
    "excess_noise",
    "fap_class",
    "fap_report",
    "fit_background",
    "fit_burst",
    "fluence_per_count",
    "isotropic_erg",
    "joint_search",
    "levels_from_count_limits",
    "levels_of",
    "limit_curves",
    "limit_from_counts",
    "limit_map",
    "limit_report",
    "limits",
    "measure_overdispersion",
    "most_significant_windows",
    "noise_at_scale",
    "primary_first",
    "published_fap",
    "published_limits",
    "published_scales",
    "published_search",
    "rates_about",
    "search",
    "search_report",
    "snr_word",
    "spike_shape",
    "t0_seconds",
    "together",
    "window_excess",
    "window_spike",
]
