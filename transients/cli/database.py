"""The service's database, for commands that ask it or change it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from schemas.errors import ConfigurationError, NotFound, RefusedInput
from transients.config import Settings

if TYPE_CHECKING:
    from transients.store import Store


@contextlib.asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[Store]:
    """The database of the settings. Raises ConfigurationError when they name none."""
    from transients.store import Store

    if settings.database.url is None:
        raise ConfigurationError(
            "no database: set database.url in the settings, or TRANSIENTS_DATABASE__URL, to that of the service", where="database"
        )
    store = await Store.open(settings.database.url.reveal(), pool_size=2)
    try:
        yield store
    finally:
        await store.aclose()


async def event_key_of(store: Store, name: str) -> str:
    """The one event that is called so: by key, identity or alias. Raises NotFound, or RefusedInput when there are several."""
    keys = await store.event_keys(name)
    if name in keys:
        return name
    if len(keys) > 1:
        raise RefusedInput(f"several events are called so: {', '.join(keys)}", where=name)
    if not keys:
        raise NotFound("no such event", where=name)
    return keys[0]
