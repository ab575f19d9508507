"""What a reader must know about a searched light curve."""

from __future__ import annotations

from schemas import LightCurveInfo
from transients.missions import Instrument
from transients.missions.known import known_instrument

from .background import Background
from .bins import Bins, completeness, gap_at
from .burst import Burst

#: Observed fractions below this are mentioned.
_COMPLETE = 0.95
#: A gap at T0 longer than the time scale that circulars quote leaves T0 unseen, s.
LONGEST_GAP_S = 1.0


def caveats(
    bins: Bins,
    background: Background,
    half_width_s: float,
    burst: Burst | None,
    info: LightCurveInfo,
    unusable: str | None = None,
) -> tuple[str, ...]:
    """Of the data (how complete, how real), of the background, and of a burst's numbers; then the light curve's own remarks."""
    return (
        *_of_data(bins, half_width_s),
        *(() if unusable is None else (f"no counterpart can be told from this background: {unusable}",)),
        *_of_background(background),
        *(() if burst is None else _of_burst(burst, info)),
        *(("simulated data",) if info.simulated else ()),
        *info.remarks,
    )


def _of_data(bins: Bins, half_width_s: float) -> list[str]:
    found = []
    observed = completeness(bins, half_width_s)
    if observed < _COMPLETE:
        found.append(f"{observed:.0%} of T0 +- {half_width_s:g} s observed")
    gap = gap_at(bins, 0.0, LONGEST_GAP_S)
    if gap is not None:
        found.append(f"no data from T0{gap[0]:+.1f} to T0{gap[1]:+.1f} s: nothing is known about T0 itself")
    return found


def _of_background(background: Background) -> list[str]:
    if background.source[0] or background.source[-1]:
        return ["an excess reaches the end of the light curve: its background is extrapolated there, and it is no detection"]
    return []


def _of_burst(burst: Burst, info: LightCurveInfo) -> list[str]:
    found = []
    if burst.saturated:
        found.append("the highest bins are flat: rates and counts may be lower limits")
    return [*found, *_of_counter(burst.peak_rate_cts_s, known_instrument(info.mission, info.instrument))]


def _of_counter(peak_rate_cts_s: float, instrument: Instrument | None) -> list[str]:
    if instrument is None or instrument.bin_s is None or instrument.coarse_above_counts is None:
        return []
    if peak_rate_cts_s * instrument.bin_s <= instrument.coarse_above_counts:
        return []
    counts = f"{instrument.coarse_above_counts:,.0f}".replace(",", " ")
    return [f"above {counts} counts in {1000.0 * instrument.bin_s:g} ms the counter's steps are coarse"]
