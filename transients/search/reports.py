"""Results as the plain data the command line prints; keys carry their units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from schemas import Excess, LimitEntry, PublishedLimits, SearchResult

from .published_fap import published_fap
from .words import fap_class


def fap_report(snr: float, scale_s: float, t_s: float) -> dict[str, Any]:
    """What `transients fap` prints: the published method's probability and its class."""
    fap = published_fap(snr, scale_s, t_s)
    return {"fap": fap, "class": fap_class(fap)}


def search_report(result: SearchResult) -> dict[str, Any]:
    """What `transients search` prints."""
    report: dict[str, Any] = {
        "instrument": result.instrument,
        "t0_utc": result.t0.iso,
        "time_frame": result.time_frame,
        "light_travel_s": result.light_travel_s,
        "bin_s": result.bin_s,
        "bins": result.bins,
        "completeness": result.completeness,
        "simulated": result.simulated,
        "background_rate": result.background_rate_cts_s,
        "onset_s": result.onset_s,
        "peak_rate_cts_s": result.peak_rate_cts_s,
        "peak_time_s": result.peak_time_s,
        "net_counts": result.net_counts,
        "net_counts_error": result.net_counts_error,
        "t90_s": result.t90_s,
        "t90_error_s": result.t90_error_s,
        "t50_s": result.t50_s,
        "t50_error_s": result.t50_error_s,
        "peaks": [msgspec.to_builtins(peak) for peak in result.peaks],
        "detection": result.detection,
        "background_unusable": result.background_unusable,
        "counter_step": result.counter_step,
        "counter_step_at_peak": result.counter_step_at_peak,
        "saturated": result.saturated,
        "excess_noise": result.excess_noise,
        "background_word": result.background_word,
        "published": None,
        "published_refused": result.published_refused,
        "allwindow": None,
        "caveats": list(result.caveats),
    }
    if result.published is not None:
        report["published"] = {
            "background_rate": result.published.background_rate_cts_s,
            "scales": result.published.scales,
            "excesses": [_excess(excess) for excess in result.published.excesses],
        }
    if result.allwindow is not None:
        report["allwindow"] = {
            "background_rate": result.allwindow.background_rate_cts_s,
            "background_error": result.allwindow.background_error_cts_s,
            "background_model": result.allwindow.background_model,
            "sidebands_s": [list(band) for band in result.allwindow.sidebands_s],
            "background_evidence": result.allwindow.background_evidence,
            "overdispersion": result.allwindow.overdispersion,
            "overdispersion_white": result.allwindow.overdispersion_white,
            "overdispersion_red_per_s": result.allwindow.overdispersion_red_per_s,
            "p_value": result.allwindow.p_value,
            "expected_excesses": result.allwindow.expected_excesses,
            "off_time_s": result.allwindow.off_time_s,
            "excesses": [_excess(excess) for excess in result.allwindow.excesses],
            "trials_from": result.allwindow.trials_from,
        }
    return report


def limit_report(
    published: PublishedLimits,
    entries: Sequence[LimitEntry],
    *,
    confidence: float = 0.9973,
    duration_s: float = 1.0,
    spectrum: str = "hard",
) -> dict[str, Any]:
    """What `transients limit` prints: the published figures, and of our limits the deepest of the instruments at one choice.

    `limit` is None when no entry has that confidence, duration and spectrum; `limits` holds all of them.
    """
    wanted = [
        entry
        for entry in entries
        if entry.confidence == confidence and abs(entry.duration_s - duration_s) <= 1e-9 and entry.spectrum == spectrum
    ]
    best = min(wanted, key=lambda entry: entry.fluence_erg_cm2, default=None)
    return {
        "published": {
            "hard_1s_erg_cm2": published.hard_1s_erg_cm2,
            "soft_1s_erg_cm2_s": published.soft_1s_erg_cm2_s,
            "soft_8s_erg_cm2_s": published.soft_8s_erg_cm2_s,
            "eiso_hard_1s_erg": published.eiso_hard_1s_erg,
        },
        "limit": None if best is None else _entry(best),
        "limits": [_entry(entry) for entry in entries],
    }


def _excess(excess: Excess) -> dict[str, Any]:
    return {
        "t_start_s": excess.t_start_s,
        "duration_s": excess.duration_s,
        "counts": excess.counts,
        "rate_cts_s": excess.rate_cts_s,
        "snr": excess.snr,
        "far_hz": excess.far_hz,
        "far_error_hz": excess.far_error_hz,
        "fap": excess.fap,
        "class": excess.classification,
        "spike": None if excess.spike is None else excess.spike.likely,
        "spike_probability": None if excess.spike is None else excess.spike.probability,
    }


def _entry(entry: LimitEntry) -> dict[str, Any]:
    return {
        "confidence": entry.confidence,
        "duration_s": entry.duration_s,
        "spectrum": entry.spectrum,
        "instrument": entry.instrument,
        "fluence_erg_cm2": entry.fluence_erg_cm2,
        "eiso_erg": entry.eiso_erg,
        "probability_covered": entry.probability_covered,
    }
