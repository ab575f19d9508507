"""What a reader must know about a searched light curve."""

from __future__ import annotations

from schemas import LightCurveInfo

from .background import Background
from .bins import Bins, completeness, gap_at
from .burst import Burst

#: Observed fractions below this are mentioned.
_COMPLETE = 0.95
#: A gap at T0 longer than the time scale that circulars quote leaves T0 unseen, s.
LONGEST_GAP_S = 1.0
#: Counts per 50 ms above which SPI-ACS's counter is known to be coarse.
_COARSE_COUNTS = 10_000.0
_COARSE_BIN_S = 0.05


def caveats(
    bins: Bins, background: Background, half_width_s: float, burst: Burst | None, info: LightCurveInfo
) -> tuple[str, ...]:
    """Of the data (how complete, how real), of the background, and of a burst's numbers; then the light curve's own remarks."""
    return (
        *_of_data(bins, half_width_s),
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
    if info.instrument == "SPI-ACS" and burst.peak_rate_cts_s * _COARSE_BIN_S > _COARSE_COUNTS:
        found.append("above 10 000 counts in 50 ms the counter's steps are coarse")
    return found
