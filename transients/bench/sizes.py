"""How much work a measurement is given."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Sizes:
    """Amounts of work. `FULL` is for figures, `SMALL` shows in a second or two that every measurement runs."""

    #: Turns of a median; of what takes about a second, fewer.
    turns: int
    slow_turns: int
    #: Documents parsed a turn.
    documents: int
    #: Directions on the sky a turn, of arrays and of calls one by one.
    directions: int
    calls: int
    #: Order of the finest tiles of the sky map, and nside of the map it is rasterised to.
    map_order: int
    raster_nside: int
    #: Fields of view integrated a turn, and how many of them healpy does.
    fields: int
    plain_fields: int
    #: Bins of the kernel compiled and plain, and the longest window looked at, in bins.
    bins: int
    plain_bins: int
    longest_bins: int
    #: Half width of the searched light curve, s.
    half_width_s: float
    #: Documents put into the database.
    rows: int
    #: Alerts from the broker to the event, together, and one at a time.
    alerts: int
    single_alerts: int
    #: Days of an archive that is scanned.
    scan_days: float
    #: Of the service: alerts that come alone, and the time between two, s.
    lone_alerts: int
    lone_every_s: float
    #: The load: how long it is kept up, s, alerts/s, and each so manieth is searched at once.
    load_s: float
    load_rate: float
    load_searched: int
    #: Alerts of the archive that come within a second; copies of one alert.
    burst: int
    copies: int
    #: Worker processes compared, and alerts each number of them is given.
    fleets: tuple[int, ...]
    fleet_alerts: int
    #: Alerts that are not counted, for each worker, before anything is measured.
    warm_alerts: int


FULL = Sizes(
    turns=7, slow_turns=3, documents=200, directions=100_000, calls=50, map_order=9, raster_nside=512, fields=10_000,
    plain_fields=100, bins=72_000, plain_bins=10_000, longest_bins=2_000, half_width_s=300.0, rows=300, alerts=1_000,
    single_alerts=200, scan_days=4.0, lone_alerts=30, lone_every_s=1.0, load_s=60.0, load_rate=20.0, load_searched=5, burst=2_000,
    copies=140, fleets=(1, 2, 4), fleet_alerts=12, warm_alerts=3,
)  # fmt: skip
SMALL = Sizes(
    turns=1, slow_turns=1, documents=3, directions=100, calls=2, map_order=5, raster_nside=64, fields=20,
    plain_fields=5, bins=500, plain_bins=200, longest_bins=50, half_width_s=60.0, rows=3, alerts=3, single_alerts=3,
    scan_days=0.02, lone_alerts=2, lone_every_s=0.1, load_s=1.0, load_rate=5.0, load_searched=5, burst=40, copies=140,
    fleets=(1, 2), fleet_alerts=2, warm_alerts=1,
)  # fmt: skip
#: As `FULL`, with a month of an archive and the load for ten minutes.
NIGHTLY = dataclasses.replace(FULL, scan_days=31.0, load_s=600.0)
