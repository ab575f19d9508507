"""Ports for parts that listen on loopback."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port that nobody has now; somebody may have it a moment later."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number: int = listener.getsockname()[1]
        return number
