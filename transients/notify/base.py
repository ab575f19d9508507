"""What a channel is."""

from __future__ import annotations

from typing import Literal, Protocol

from schemas import Message


class Channel(Protocol):
    """A way to tell somebody something."""

    @property
    def taken(self) -> Literal["sent", "recorded"]:
        """The state of a message that this channel has taken: "recorded" where nobody was told."""
        ...

    async def send(self, message: Message) -> None:
        """Tell it, or raise one of our errors; its class says whether trying again can help."""
        ...
