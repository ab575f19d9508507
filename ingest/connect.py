"""A TCP connection to a host of several addresses, some of which may lead nowhere."""

from __future__ import annotations

import asyncio
import socket

#: For each address: one that leads nowhere (IPv6 on half a network) must not keep the others waiting for long.
_ADDRESS_S = 10.0


async def connect(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first address that answers, in the system's order.

    Raises
    ------
    OSError
        No address, or none that answers; each is named.
    UnicodeError
        The host cannot be a name.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    failed: list[str] = []
    for address in dict.fromkeys(str(info[4][0]) for info in found):
        try:
            async with asyncio.timeout(_ADDRESS_S):
                return await asyncio.open_connection(address, port)
        except TimeoutError:
            failed.append(f"{address}: no answer within {_ADDRESS_S:g} s")
        except OSError as error:
            failed.append(f"{address}: {error.strerror or error}")
    raise OSError("; ".join(failed))
