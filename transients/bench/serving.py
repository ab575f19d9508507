"""A process of the service for the measurements: `python -m transients.bench.serving SETTINGS ROLE...`, until SIGTERM.

As `transients serve`, but its data source is the simulator within the process, of a spacecraft that observes without a break: what is
measured is the service, and it must not depend on the day or on another program. And the in-process broker is asked often: it lets a
reader that has read everything wait for as long as it may, where a real one answers at once.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ingest import KafkaSource
from schemas import DataExpectation, Instant, RevolutionWindow
from transients.config import Settings, load_settings
from transients.missions import to_time
from transients.missions.integral import Integral
from transients.service.app import ROLES, Service, stop_on_signals
from transients.service.logs import set_up_logs
from transients.sources import SimulatedObservatory, SimulatedSource, load_response

from .curves import SEED

#: The longest that an alert waits for that, ms.
_WAIT_MS = 5


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


async def serve(settings: Settings, roles: list[str]) -> None:
    """Run the roles until SIGTERM, or until the process that started this one is gone."""
    mission, data = parts()
    alerts = [
        KafkaSource(
            broker.topics,
            bootstrap_servers=broker.bootstrap_servers,
            group_id=broker.group_id,
            name=broker.name,
            config={"fetch.wait.max.ms": _WAIT_MS},
        )
        for broker in settings.kafka
    ]
    service = Service(settings, [role for role in ROLES if role in roles], data=data, mission=mission, alerts=alerts)
    stop_on_signals(service, at_once=lambda: os._exit(1))
    watching = asyncio.create_task(_stop_with(os.getppid(), service))
    await service.run()
    watching.cancel()


async def _stop_with(parent: int, service: Service) -> None:
    """Nothing is left running where whoever measures was killed."""
    while os.getppid() == parent:  # noqa: ASYNC110 -- another process ends
        await asyncio.sleep(1.0)
    service.stop()


if __name__ == "__main__":
    _settings = load_settings(Path(sys.argv[1]), {})
    set_up_logs(_settings.log_format)
    asyncio.run(serve(_settings, sys.argv[2:]))
