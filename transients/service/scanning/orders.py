"""What a scan is told: everything that its results depend on."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from schemas import Record, sha256_hex, to_json
from transients import __version__
from transients.search.scan import ScanSettings

#: Half the age at which data enter the background: no shorter stretch would see more.
_LIVE_STRETCH_S = 10.0


@functools.cache
def engine_id() -> str:
    """A name for the code of the search: results of other code are not taken for its own."""
    room = files("transients") / "search"
    return sha256_hex(b"".join(text for _, text in sorted(_sources(room, ""))))[:12]


def _sources(folder: Traversable, before: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _sources(entry, f"{before}{entry.name}/")
        elif entry.name.endswith(".py"):
            yield f"{before}{entry.name}", entry.read_bytes()


class ScanOrders(Record, frozen=True, kw_only=True):
    """How an archive is searched. Two scans with equal orders of equal files give equal results."""

    #: Excesses below it are not kept.
    threshold_snr: float = 5.0
    #: An excess is a burst when the background gives one so rare no more often than this, Hz: 12 a year.
    burst_far_hz: float = 12.0 / (365.25 * 86400.0)
    #: Before each day so much is read to know its background, and after it to see the end of what began in it, s.
    lead_s: float = 3600.0
    trail_s: float = 800.0
    #: The code that searches, and the program's version.
    engine: str = msgspec.field(default_factory=engine_id)
    version: str = __version__

    def settings(self, *, spikes: bool) -> ScanSettings:
        """For the search of one instrument."""
        return ScanSettings(threshold_snr=self.threshold_snr, spikes=spikes)

    def live_settings(self, *, spikes: bool) -> ScanSettings:
        """The same for data as they come: told within ten seconds."""
        return ScanSettings(threshold_snr=self.threshold_snr, spikes=spikes, stretch_s=_LIVE_STRETCH_S)

    @property
    def parameters(self) -> dict[str, float | int | str | bool]:
        """As plain data."""
        plain: dict[str, float | int | str | bool] = msgspec.to_builtins(self)
        return plain

    @property
    def search_id(self) -> str:
        """A name for all that the search of a day depends on; the classes come after."""
        return sha256_hex(to_json(msgspec.structs.replace(self, burst_far_hz=0.0)))[:16]
