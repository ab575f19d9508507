"""A spacecraft that observes without a break: what is measured with it does not depend on the day."""

from __future__ import annotations

from collections.abc import Sequence

from schemas import DataExpectation, Instant, RevolutionWindow
from transients.missions import to_time
from transients.missions.integral import Integral
from transients.sources import SimulatedObservatory, SimulatedSource, load_response

from .curves import SEED


class Unbroken(Integral):
    """INTEGRAL as if it still observed, and in the radiation belts too."""

    @property
    def last_observation(self) -> Instant | None:
        return None

    def data_window(self, number: int) -> RevolutionWindow:
        """From the beginning of data to the next revolution's."""
        begin, end = super().data_window(number).start, super().data_window(number + 1).start
        return RevolutionWindow(number=number, start=begin, stop=end)

    def expectation(
        self, at: Instant, windows: Sequence[RevolutionWindow] | None = None, windows_source: str = "timeline"
    ) -> DataExpectation:
        """Data, always."""
        number = self.revolution(to_time(at)).number
        about = [self.data_window(each) for each in range(number - 2, number + 2)]
        return super().expectation(at, windows or about, windows_source)


def parts() -> tuple[Unbroken, SimulatedSource]:
    """The mission and its data."""
    mission = Unbroken(load_response())
    return mission, SimulatedSource(SimulatedObservatory(SEED, mission))
