"""The shipped scenario: its documents, and what the simulated spacecraft sees of it."""

from .scenario import BURSTS, POINTINGS, Message, event_count, messages

__all__ = ["BURSTS", "POINTINGS", "Message", "event_count", "messages"]
