"""Counts turned into fluence over a localisation, with the three errors apart."""

from __future__ import annotations

import dataclasses

import numpy as np

from schemas import FloatArray


@dataclasses.dataclass(frozen=True)
class Fluence:
    """A fluence, erg cm-2 (75-2000 keV), with its errors.

    Attributes
    ----------
    fluence, statistical, systematic : float
        Of the median direction; errors of one sigma.
    low, high : float
        16th and 84th percentile over the localisation: the localisation's error.
    probability_seen : float
        Share of the localisation that the instrument sees at all; the rest is not in the percentiles.
    lower_limit : bool
        The counter was saturated: the burst was at least this bright.
    """

    fluence: float
    statistical: float
    systematic: float
    low: float
    high: float
    probability_seen: float
    lower_limit: bool


def fluence_of_counts(
    net_counts: float,
    error_counts: float,
    per_count: FloatArray,
    probability: FloatArray,
    *,
    systematic_fraction: float = 0.2,
    saturated: bool = False,
) -> Fluence | None:
    """Fluence of a burst of known counts, from a direction known by probability.

    Parameters
    ----------
    per_count : (n,) float64
        Response in each direction, erg cm-2 per count; NaN or infinite where the instrument sees nothing.
    probability : (n,) float64
        Of each direction; normalised here. One direction: arrays of one.
    systematic_fraction : float
        Of the response: 20 % for INTEGRAL's.
    saturated : bool
        As the burst's.

    Returns
    -------
    Fluence or None
        None where the instrument sees none of the localisation.

    Examples
    --------
    >>> import numpy as np
    >>> found = fluence_of_counts(1000.0, 50.0, np.array([2e-10, 4e-10]), np.array([0.9, 0.1]))
    >>> f"{found.fluence:.1e} {found.statistical:.1e} {found.systematic:.1e} {found.low:.1e} {found.high:.1e}"
    '2.0e-07 1.0e-08 4.0e-08 2.0e-07 2.0e-07'
    """
    response, prob = np.atleast_1d(np.asarray(per_count, float)), np.atleast_1d(np.asarray(probability, float))
    seen = np.isfinite(response) & (response > 0.0) & (prob > 0.0)
    if not seen.any():
        return None
    order = np.argsort(response[seen])
    values, weight = response[seen][order], prob[seen][order]
    reached = np.cumsum(weight) / weight.sum()
    low, median, high = (float(values[min(int(np.searchsorted(reached, q)), len(values) - 1)]) for q in (0.16, 0.5, 0.84))
    return Fluence(
        fluence=net_counts * median,
        statistical=error_counts * median,
        systematic=systematic_fraction * abs(net_counts) * median,
        low=net_counts * low,
        high=net_counts * high,
        probability_seen=float(prob[seen].sum() / prob.sum()),
        lower_limit=saturated,
    )
