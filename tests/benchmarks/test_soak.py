"""An hour of alerts, each searched and drafted: the memory of the service stays what it was once its caches are filled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas.errors import TransientsError
from transients.bench.fleet import fleet
from transients.bench.load import warm
from transients.bench.soak import slope_mb_per_h, soak
from transients.embedded import EmbeddedKafka
from transients.service.app import ROLES

#: Growth that is not taken for a leak, MB/h: the jitter of an allocator over an hour; a leak of one light curve an alert gives 500.
FLAT_MB_PER_H = 40.0


async def soaked(server: str, lasting_s: float, every_s: float, look_s: float) -> list[tuple[float, float]]:
    """The memory over so long."""
    with EmbeddedKafka() as broker:
        async with fleet(broker, server, [ROLES]) as whole:
            await warm(whole, 2)
            return await soak(whole, lasting_s, every_s, look_s)


async def test_the_memory_is_looked_at_while_alerts_come(postgres_server: Callable[[str], str]) -> None:
    samples = await soaked(postgres_server("postgres"), 2.0, 0.5, 0.5)
    assert len(samples) >= 3
    assert all(megabytes > 100.0 for _, megabytes in samples)


@pytest.mark.nightly
async def test_an_hour_leaves_the_memory_flat(postgres_server: Callable[[str], str]) -> None:
    samples = await soaked(postgres_server("postgres"), 3600.0, 2.0, 30.0)
    assert slope_mb_per_h(samples, 900.0) < FLAT_MB_PER_H, samples


def test_a_leak_is_seen_and_the_filling_of_caches_is_none() -> None:
    filling = [(60.0 * n, 300.0 + 30.0 * n) for n in range(10)]
    flat = [(60.0 * n, 600.0 + (-1.0) ** n) for n in range(10, 60)]
    leak = [(60.0 * n, 600.0 + 0.8 * (n - 10)) for n in range(10, 60)]
    assert abs(slope_mb_per_h([*filling, *flat], 600.0)) < 1.0
    assert slope_mb_per_h([*filling, *leak], 600.0) == pytest.approx(48.0)
    with pytest.raises(TransientsError, match="too few"):
        slope_mb_per_h(filling, 600.0)
