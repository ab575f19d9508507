"""The Sun's X-ray flux as a small plot: a logarithmic axis with the flare classes, gaps left open."""

from __future__ import annotations

import datetime as dt
import math

from schemas import Instant, Record
from transients.sources.xrays import CLASSES, XrayFlux, flare_class

#: The plot's size, and the room for the letters on the left, in its own units.
WIDTH, HEIGHT, LEFT = 400.0, 120.0, 16.0
#: The axis, W m^-2: below A to above X10.
_LOW, _HIGH = 1e-9, 1e-2
#: A line is not drawn over a longer stretch without a point, s.
_GAP_S = 300.0


class XrayPlot(Record, frozen=True, kw_only=True):
    """What the template draws: texts and coordinates."""

    satellite: int
    newest: Instant
    #: Age of the newest point, s.
    age_s: float
    newest_class: str
    greatest_class: str
    greatest_at: Instant
    #: Path of the line.
    path: str
    #: Height of the least flux of each class, and its letter.
    classes: tuple[tuple[float, str], ...]
    begin: Instant


def xray_plot(flux: XrayFlux, now: dt.datetime) -> XrayPlot:
    """The plot of all points there are."""
    newest, last = flux.points[-1]
    greatest_at, greatest = max(flux.points, key=lambda point: point[1])
    return XrayPlot(
        satellite=flux.satellite,
        newest=newest,
        age_s=(now - newest.to_datetime()).total_seconds(),
        newest_class=flare_class(last),
        greatest_class=flare_class(greatest),
        greatest_at=greatest_at,
        path=_path(flux),
        classes=tuple((_height(least), letter) for letter, least in CLASSES),
        begin=flux.points[0][0],
    )


def _path(flux: XrayFlux) -> str:
    times = [at.to_datetime() for at, _ in flux.points]
    whole_s = max((times[-1] - times[0]).total_seconds(), 60.0)
    steps: list[str] = []
    for index, (at, (_, value)) in enumerate(zip(times, flux.points, strict=True)):
        joined = index > 0 and (at - times[index - 1]).total_seconds() <= _GAP_S
        x = LEFT + (WIDTH - LEFT) * (at - times[0]).total_seconds() / whole_s
        # A lone point is a dot: a line of no length, which round caps make visible.
        steps.append(f"{'L' if joined else 'M'}{x:.1f} {_height(value):.1f}{'' if joined else 'h0'}")
    return "".join(steps)


def _height(value_w_m2: float) -> float:
    """From the top down, within the axis."""
    share = math.log(min(max(value_w_m2, _LOW), _HIGH) / _LOW) / math.log(_HIGH / _LOW)
    return round(HEIGHT * (1.0 - share), 1)
