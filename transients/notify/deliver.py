"""One message through its channel: tried again where that can help, its state saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec
import stamina

from schemas import Instant, Message
from schemas.errors import ConfigurationError, TransientsError

from .base import Channel

Save = Callable[[Message], Awaitable[None]]


async def deliver(
    message: Message,
    channels: Mapping[str, Channel],
    *,
    now: Callable[[], Instant],
    save: Save,
    attempts: int = 4,
    wait_initial_s: float = 1.0,
) -> Message:
    """Send a message whose state is "intended" or "failed" and save what became of it: "sent", "recorded" or "failed".

    A message already sent or recorded is given back untouched. The caller stores the message under its unique key first;
    if the process dies between sending and saving, the mail's Message-ID or the webhook's key tells that it is the same.

    Parameters
    ----------
    now : callable
        The clock, for the time in `sent`.
    attempts : int
        Tries, with growing waits, while the error is one that passes.

    Raises
    ------
    TransientsError
        After "failed" was saved.
    """
    if message.state in ("sent", "recorded"):
        return message
    channel = channels.get(message.contact.channel)
    try:
        if channel is None:
            raise ConfigurationError(f"no channel {message.contact.channel!r}", where=message.to)
        tries = stamina.retry_context(on=_passing, attempts=attempts, timeout=None, wait_initial=wait_initial_s, wait_max=30.0)
        async for attempt in tries:
            with attempt:
                await channel.send(message)
    except TransientsError:
        await save(msgspec.structs.replace(message, state="failed"))
        raise
    done = msgspec.structs.replace(message, state=channel.taken, sent=now())
    await save(done)
    return done


def _passing(error: Exception) -> bool:
    return isinstance(error, TransientsError) and error.retriable
