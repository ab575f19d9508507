"""Upper limits by the recipe of INTEGRAL's circulars, kept for comparison with what was published."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from schemas import FloatArray, FluencePerCount, LightCurve, PublishedLimits
from schemas.errors import NoData
from transients.sky import weighted_quantile

from .bins import about
from .published import noise_at_scale, nominal_counts

#: Fluence per count by (instrument, spectrum), erg cm-2 per count, one value per tile or one for a direction.
Responses = Mapping[tuple[str, str], npt.ArrayLike]

#: Counts by instrument and time scale (s).
CountLimits = Mapping[str, Mapping[float, float]]

_SIGMAS = 3.0
_REGION = 0.5
_CM_PER_MPC = 3.0856775814913673e24
#: Energy of the Sun's mass, erg: GM_sun/G (CODATA 2018) times c^2.
_SUN_ERG = 1.78709e54
#: The published 8 s flux is this part of the 8 s fluence.
_PER_8_S = 0.125


def count_limits(
    lc: LightCurve, t0_s: float, scales: Sequence[float] = (1.0, 8.0), half_width_s: float = 300.0
) -> dict[float, float]:
    """Published count limits: three times the standard deviation of the counts at a time scale about T0, signal and all.

    Parameters
    ----------
    lc : LightCurve
    t0_s : float
        T0, seconds from `lc.info.reference`.
    scales : sequence of float
        Time scales, s. Those shorter than a bin or not a whole number of bins are left out.

    Returns
    -------
    dict
        Counts by scale.

    Raises
    ------
    RefusedInput
        No data at T0.
    NoData
        Too few bins for any scale.
    """
    bins = about(lc, t0_s, half_width_s)
    counts = nominal_counts(bins)
    found: dict[float, float] = {}
    for scale in scales:
        size = round(scale / bins.bin_s)
        if size < 1 or abs(size * bins.bin_s - scale) > 0.01 * scale:
            continue
        noise = noise_at_scale(counts, bins.bin_s, size)
        if noise is not None:
            found[scale] = _SIGMAS * noise.std_cts_s * scale
    if not found:
        raise NoData(f"too few bins for a count limit at {', '.join(f'{scale:g} s' for scale in scales)}")
    return found


def published_limits(
    limits: CountLimits,
    responses: Responses,
    probabilities: npt.ArrayLike = 1.0,
    distance_mpc: float | None = None,
    areas: npt.ArrayLike | None = None,
) -> PublishedLimits:
    """The three quoted figures, and the isotropic energy at a distance.

    The limit map is response times count limit, the least over instruments. Hard 1 s fluence and soft 1 s flux are its medians
    (by area) over the 50 % region; the soft 8 s flux is 1/8 of the *minimum* there: an asymmetry of the published recipe.
    E = 4 pi D^2 F with the mean distance, neither redshift nor bolometric correction.

    Parameters
    ----------
    limits : {instrument: {scale: counts}}
    responses : {(instrument, spectrum): array}
        erg cm-2 (75-2000 keV) per count, (n,) or a number; NaN or infinite where the instrument sees nothing. "hard", "soft".
    probabilities : (n,)
        Probability per tile.
    distance_mpc : float, optional
    areas : (n,), optional
        Areas of the tiles in any unit; equal when None.

    Returns
    -------
    PublishedLimits
        A figure is None when there is no count limit at its scale or no response at half of the region.
    """
    prob = np.atleast_1d(np.asarray(probabilities, float))
    area = np.ones_like(prob) if areas is None else np.atleast_1d(np.asarray(areas, float))
    region = _credible(prob, area)
    hard = _quoted(limits, responses, "hard", 1.0, region, area, prob)
    soft = _quoted(limits, responses, "soft", 1.0, region, area, prob)
    deepest = limit_map(limits, responses, "soft", 8.0, len(prob))
    soft_8s = None if deepest is None else _finite(_PER_8_S * float(np.min(deepest[region])))
    return PublishedLimits(
        hard_1s_erg_cm2=hard,
        soft_1s_erg_cm2_s=soft,
        soft_8s_erg_cm2_s=soft_8s,
        eiso_hard_1s_erg=isotropic_erg(hard, distance_mpc),
        liso_soft_1s_erg_s=isotropic_erg(soft, distance_mpc),
        instruments=tuple(sorted({name for name, _ in responses} & set(limits))),
    )


def limit_map(limits: CountLimits, responses: Responses, spectrum: str, scale_s: float, tiles: int) -> FloatArray | None:
    """Fluence limit per tile, the least over instruments, erg cm-2, (tiles,); infinite where nothing is seen.

    None when no instrument has both a count limit at the scale and a response to the spectrum.
    """
    maps = [
        np.broadcast_to(np.asarray(response, float), (tiles,)) * limits[instrument][scale_s]
        for (instrument, name), response in responses.items()
        if name == spectrum and scale_s in limits.get(instrument, {})
    ]
    if not maps:
        return None
    least = np.fmin.reduce(maps)
    return np.where(np.isnan(least), np.inf, least)


def isotropic_erg(fluence_erg_cm2: float | None, distance_mpc: float | None) -> float | None:
    """4 pi D^2 F, erg; None when either is unknown.

    Examples
    --------
    >>> f"{isotropic_erg(3.3e-7, 108.0):.1e}", f"{isotropic_erg(1.8e-7, 385.0):.1e}"
    ('4.6e+47', '3.2e+48')
    """
    if fluence_erg_cm2 is None or distance_mpc is None:
        return None
    return 4.0 * math.pi * (distance_mpc * _CM_PER_MPC) ** 2 * fluence_erg_cm2


def energy_over_gravitational(eiso_erg: float | None, radiated_msun: float | None) -> float | None:
    """Isotropic energy over that radiated in gravitational waves, given in solar masses; None when either is unknown.

    GW170104, 2.0 solar masses radiated (Abbott et al. 2017), limited to 2.6e-5 of it (Savchenko et al. 2017, ApJL 846 L23):

    >>> f"{energy_over_gravitational(isotropic_erg(1.0e-6, 880.0), 2.0):.1e}"
    '2.6e-05'
    """
    if eiso_erg is None or radiated_msun is None:
        return None
    return eiso_erg / (radiated_msun * _SUN_ERG)


def fluence_per_count(
    responses: Responses, probabilities: npt.ArrayLike = 1.0, areas: npt.ArrayLike | None = None
) -> tuple[FluencePerCount, ...]:
    """What a count means over the 50 % region: median by area, lowest and highest, for each instrument and spectrum.

    Left out where the instrument sees less than half of the region. Arguments as of `published_limits`.
    """
    prob = np.atleast_1d(np.asarray(probabilities, float))
    area = np.ones_like(prob) if areas is None else np.atleast_1d(np.asarray(areas, float))
    region = _credible(prob, area)
    found = []
    for (instrument, spectrum), response in responses.items():
        value = np.broadcast_to(np.asarray(response, float), prob.shape)
        seen = region & np.isfinite(value)
        median = _region_median(value, region, area)
        if median is not None:
            low, high = float(value[seen].min()), float(value[seen].max())
            found.append(
                FluencePerCount(
                    instrument=instrument, spectrum=spectrum, median_erg_cm2=median, low_erg_cm2=low, high_erg_cm2=high
                )
            )
    return tuple(found)


def _credible(prob: FloatArray, area: FloatArray) -> npt.NDArray[np.bool_]:
    """The tiles of the smallest region holding half of the probability."""
    order = np.argsort(-prob / area, kind="stable")
    total = np.cumsum(prob[order])
    region = np.zeros(len(prob), bool)
    region[order[: int(np.searchsorted(total, _REGION * total[-1])) + 1]] = True
    return region


def _quoted(
    limits: CountLimits,
    responses: Responses,
    spectrum: str,
    scale_s: float,
    region: npt.NDArray[np.bool_],
    area: FloatArray,
    prob: FloatArray,
) -> float | None:
    depth = limit_map(limits, responses, spectrum, scale_s, len(prob))
    return None if depth is None else _region_median(depth, region, area)


def _region_median(depth: FloatArray, region: npt.NDArray[np.bool_], area: FloatArray) -> float | None:
    """Median by area; None where half of the region or more is not seen."""
    seen = np.isfinite(depth) & region
    if area[seen].sum() <= 0.5 * area[region].sum():
        return None
    # What is not seen counts as deeper than anything that is: a large number in its place keeps the quantile's order.
    value = np.where(np.isfinite(depth), depth, 1e3 * np.max(depth[seen]))
    return float(weighted_quantile(value[region], area[region], 0.5))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
