"""A process of the service for the measurements: `python -m transients.bench.serving SETTINGS ROLE...`, until SIGTERM.

As `transients serve`, but its data source is the simulator within the process, of a spacecraft that observes without a break: what is
measured is the service, and it must not depend on the day or on another program. And the in-process broker is asked often: it lets a
reader that has read everything wait for as long as it may, where a real one answers at once.

Its imports are absolute: processes that compute for it load this file by itself.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import uvloop

from ingest import KafkaSource
from transients.bench.unbroken import parts
from transients.config import Settings, load_settings
from transients.service.app import ROLES, Service, run_as_process
from transients.service.logs import set_up_logs

#: The longest that an alert waits for that, ms.
_WAIT_MS = 5


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
    watching = asyncio.create_task(_stop_with(os.getppid(), service))
    await run_as_process(service)
    watching.cancel()


async def _stop_with(parent: int, service: Service) -> None:
    """Nothing is left running where whoever measures was killed."""
    while os.getppid() == parent:  # noqa: ASYNC110 -- another process ends
        await asyncio.sleep(1.0)
    service.stop()


if __name__ == "__main__":
    _settings = load_settings(Path(sys.argv[1]), {})
    set_up_logs(_settings.log_format)
    uvloop.run(serve(_settings, sys.argv[2:]))
