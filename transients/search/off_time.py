"""Excesses counted where no counterpart is: what the background really does, by length and S/N."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from schemas import FloatArray, OffTimeRates
from schemas.errors import RefusedInput

from .octaves import octave_of, octave_scale

#: Lower edges of the S/N counted; the last is open.
SNR_EDGES = (3.25, 3.5, 3.75, 4.0, 4.25, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0, 10.0, 12.0, 16.0, 24.0, 48.0)


def count_off_time(
    snr: FloatArray,
    duration_s: FloatArray,
    spike_like: npt.NDArray[np.bool_],
    *,
    live_s: float,
    bin_s: float,
    instrument: str,
    source: str,
    least_snr: float = SNR_EDGES[0],
) -> OffTimeRates:
    """Count excesses found in time without a counterpart.

    Parameters
    ----------
    snr, duration_s : (n,) float64
        Of the excesses that remain when the most significant of those that overlap is kept, found as `search` finds them.
    spike_like : (n,) bool
        Whether the shape test takes each for a particle hit; all false where it says nothing.
    live_s : float
        Time searched, s; gaps and known bursts left out.
    bin_s : float
        Nominal bin.
    least_snr : float
        The search's threshold: nothing is known below it.

    Examples
    --------
    >>> import numpy as np
    >>> rates = count_off_time(np.array([3.3, 4.1]), np.array([0.05, 1.0]), np.array([True, False]), live_s=600.0, bin_s=0.05,
    ...     instrument="SPI-ACS", source="example")
    >>> sum(map(sum, rates.spike_like)), sum(map(sum, rates.burst_like)), rates.live_s
    (1, 1, 600.0)
    """
    octaves = len(octave_scale(bin_s))
    edges = np.append(SNR_EDGES, np.inf)
    octave = octave_of(np.asarray(duration_s, float), bin_s)
    counts = np.zeros((2, octaves, len(SNR_EDGES)), np.int64)
    snr_bin = np.searchsorted(edges, np.asarray(snr, float), side="right") - 1
    keep = (snr_bin >= 0) & (snr_bin < len(SNR_EDGES)) & (np.asarray(snr) >= least_snr)
    np.add.at(counts, (np.asarray(spike_like, int)[keep], octave[keep], snr_bin[keep]), 1)
    burst_like, spikes = (tuple(tuple(row) for row in table) for table in counts.tolist())
    return OffTimeRates(
        instrument=instrument,
        bin_s=bin_s,
        live_s=live_s,
        least_snr=least_snr,
        snr_edges=SNR_EDGES,
        burst_like=burst_like,
        spike_like=spikes,
        source=source,
    )


def together(parts: Sequence[OffTimeRates], source: str) -> OffTimeRates:
    """Counts of several stretches of one instrument in one.

    Raises
    ------
    RefusedInput
        Where they are not of one instrument, bin and binning.
    """
    first = parts[0]
    for part in parts[1:]:
        if (part.instrument, part.bin_s, part.snr_edges) != (first.instrument, first.bin_s, first.snr_edges):
            raise RefusedInput(
                f"off-time counts of {part.instrument} in bins of {part.bin_s:g} s and of {first.instrument} in bins of "
                f"{first.bin_s:g} s are not of one kind",
                where=part.source,
            )
    tables = (np.sum([getattr(part, name) for part in parts], axis=0).tolist() for name in ("burst_like", "spike_like"))
    burst_like, spike_like = (tuple(tuple(row) for row in table) for table in tables)
    return OffTimeRates(
        instrument=first.instrument,
        bin_s=first.bin_s,
        live_s=sum(part.live_s for part in parts),
        least_snr=max(part.least_snr for part in parts),
        snr_edges=first.snr_edges,
        burst_like=burst_like,
        spike_like=spike_like,
        source=source,
    )
