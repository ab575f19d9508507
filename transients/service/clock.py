"""The clock of the service: this machine's, or one that stands at a moment of the past while it is replayed."""

from __future__ import annotations

from dataclasses import dataclass

from schemas import Instant
from transients.missions import seconds_between, shift

from .parts import utc_now


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is for the service.

    Parameters
    ----------
    stands_at : Instant, optional
        It stands there. Work that is due later than that is then as far from now as it was from that moment.
    """

    stands_at: Instant | None = None

    def now(self) -> Instant:
        """The time of the service."""
        return self.stands_at if self.stands_at is not None else utc_now()

    def on_machine(self, at: Instant) -> Instant:
        """When this machine's clock shows what this clock shows at `at`."""
        if self.stands_at is None:
            return at
        return shift(utc_now(), max(0.0, seconds_between(at, self.stands_at)))


#: The clock of a service that is not replaying.
MACHINE_CLOCK = Clock()
