"""What the detectors say together of a burst once its time is known: fluence with its errors, hardness, and whether they agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy.special import gammaincc

from schemas import CountRatio, DetectorCounts, FloatArray, JointFluence

from .hypotheses import Hypotheses
from .joint import log_average
from .rates import Rates, window_excess

#: The noise of the burst's own counts is that of the fit: a few rounds settle it.
_ROUNDS = 6


@dataclasses.dataclass(frozen=True, eq=False)
class BurstFit:
    """The fit of one burst to all detectors.

    Attributes
    ----------
    detectors : tuple of DetectorCounts
    fluences : tuple of JointFluence
        One per spectrum.
    ratios : tuple of CountRatio
        Of each other detector to the one that sees most.
    chi2, degrees_of_freedom, p_value
        Of the most probable hypothesis; no degrees of freedom, and no p, with one detector.
    alone, log_ratio_alone
        The detector of the largest excess, and ln of the likelihood ratio of a burst to an excess of that one alone.
    """

    detectors: tuple[DetectorCounts, ...]
    fluences: tuple[JointFluence, ...]
    ratios: tuple[CountRatio, ...]
    chi2: float
    degrees_of_freedom: int
    p_value: float | None
    alone: str | None
    log_ratio_alone: float | None


def fit_burst(
    detectors: Sequence[Rates], hypotheses: Hypotheses, start_s: float, duration_s: float, systematic_fraction: float
) -> BurstFit | None:
    """Fit one burst in T0 + [start, start + duration] to the counts of all detectors.

    The counts of each have the noise of the window, their own over-dispersed noise, and the systematic error of the response, here
    taken as independent from detector to detector; in the errors of the fluence the systematic stands by itself.

    Returns
    -------
    BurstFit or None
        None where no detector has the whole window.
    """
    known = [rates for rates in detectors if rates.instrument in hypotheses.instruments]
    measured = [(rates, window_excess(rates, [start_s], duration_s)) for rates in known]
    measured = [(rates, excess) for rates, excess in measured if np.isfinite(excess.sigma[0])]
    if not measured:
        return None
    counts = np.array([float(excess.counts[0]) for _, excess in measured])
    noise = np.array([float(excess.sigma[0]) for _, excess in measured])
    dispersion = np.array([float(rates.overdispersion.at(duration_s)) for rates, _ in measured])
    per_fluence = hypotheses.per_fluence[:, [hypotheses.instruments.index(rates.instrument) for rates, _ in measured]]
    fluence, statistical = _profile(counts, noise, dispersion, per_fluence)
    model = fluence[:, None] * per_fluence
    variance = noise**2 + dispersion * model + (systematic_fraction * model) ** 2
    log_like = -0.5 * np.sum((counts - model) ** 2 / variance + np.log(variance), axis=1)
    weight = hypotheses.prior * np.exp(log_like - log_like.max())
    weight = weight / weight.sum()
    best = int(np.argmax(weight))
    chi2 = float(np.sum((counts - model[best]) ** 2 / variance[best]))
    freedom = len(measured) - 1
    top, log_alone = _alone(counts, noise, dispersion, systematic_fraction, log_like, hypotheses.prior)
    return BurstFit(
        detectors=tuple(
            DetectorCounts(
                instrument=rates.instrument,
                bin_s=rates.bin_s,
                counts=float(counts[k]),
                error=float(noise[k]),
                snr=float(counts[k] / noise[k]),
                expected_counts=float(model[best, k]),
            )
            for k, (rates, _) in enumerate(measured)
        ),
        fluences=_fluences(hypotheses, fluence, statistical, weight, systematic_fraction),
        ratios=_ratios([rates.instrument for rates, _ in measured], counts, noise, dispersion, per_fluence, hypotheses),
        chi2=chi2,
        degrees_of_freedom=freedom,
        p_value=float(gammaincc(0.5 * freedom, 0.5 * chi2)) if freedom > 0 else None,
        alone=None if top is None else measured[top][0].instrument,
        log_ratio_alone=log_alone,
    )


def _profile(
    counts: FloatArray, noise: FloatArray, dispersion: FloatArray, per_fluence: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Best fluence of each hypothesis, not negative, and its statistical error, (h,)."""
    fluence = np.zeros(len(per_fluence))
    for _ in range(_ROUNDS):
        precision = 1.0 / (noise**2 + dispersion * fluence[:, None] * per_fluence)
        curve = np.sum(per_fluence**2 * precision, axis=1)
        slope = np.sum(per_fluence * counts * precision, axis=1)
        fluence = np.where(curve > 0.0, np.maximum(slope, 0.0) / np.where(curve > 0.0, curve, 1.0), 0.0)
    return fluence, np.where(curve > 0.0, 1.0 / np.sqrt(np.where(curve > 0.0, curve, 1.0)), 0.0)


def _fluences(
    hypotheses: Hypotheses, fluence: FloatArray, statistical: FloatArray, weight: FloatArray, systematic_fraction: float
) -> tuple[JointFluence, ...]:
    found = []
    for index, spectrum in enumerate(hypotheses.spectra):
        mine = (hypotheses.spectrum == index) & (hypotheses.per_fluence.sum(axis=1) > 0.0)
        total = float(weight[mine].sum())
        share = weight[mine] / total if total > 0.0 else hypotheses.prior[mine] / max(hypotheses.prior[mine].sum(), 1e-300)
        if not mine.any():
            continue
        mean = float(share @ fluence[mine])
        found.append(
            JointFluence(
                spectrum=spectrum,
                fluence_erg_cm2=mean,
                statistical_erg_cm2=float(np.sqrt(share @ statistical[mine] ** 2)),
                localisation_erg_cm2=float(np.sqrt(max(0.0, share @ (fluence[mine] - mean) ** 2))),
                systematic_erg_cm2=systematic_fraction * mean,
                probability=total,
            )
        )
    return tuple(found)


def _ratios(
    names: Sequence[str],
    counts: FloatArray,
    noise: FloatArray,
    dispersion: FloatArray,
    per_fluence: FloatArray,
    hypotheses: Hypotheses,
) -> tuple[CountRatio, ...]:
    """Ratios to the detector of most significant counts, where that has any."""
    if len(names) < 2:
        return ()
    base = int(np.argmax(counts / noise))
    if counts[base] <= 0.0:
        return ()
    error = np.sqrt(noise**2 + dispersion * np.maximum(counts, 0.0))
    found = []
    for k, name in enumerate(names):
        if k == base:
            continue
        ratio = float(counts[k] / counts[base])
        spread = float(np.hypot(error[k], ratio * error[base]) / counts[base])
        expected = {}
        for index, spectrum in enumerate(hypotheses.spectra):
            mine = (hypotheses.spectrum == index) & (per_fluence[:, base] > 0.0)
            if mine.any():
                part = hypotheses.prior[mine] / hypotheses.prior[mine].sum()
                expected[spectrum] = float(part @ (per_fluence[mine, k] / per_fluence[mine, base]))
        found.append(CountRatio(numerator=name, denominator=names[base], ratio=ratio, error=spread, expected=expected))
    return tuple(found)


def _alone(
    counts: FloatArray,
    noise: FloatArray,
    dispersion: FloatArray,
    systematic_fraction: float,
    log_like: FloatArray,
    prior: FloatArray,
) -> tuple[int | None, float | None]:
    """The detector of the largest excess, and ln of the likelihood of one burst in all over that of an excess in it alone."""
    top = int(np.argmax(counts / noise))
    if len(counts) < 2 or counts[top] <= 0.0:
        return None, None
    # Its own counts explain themselves, with the same errors as a burst's; the others then have none.
    variance = noise**2
    variance[top] += dispersion[top] * counts[top] + (systematic_fraction * counts[top]) ** 2
    left = np.where(np.arange(len(counts)) == top, 0.0, counts)
    single = -0.5 * float(np.sum(left**2 / variance + np.log(variance)))
    return top, float(log_average(log_like[:, None], prior)[0] - single)
