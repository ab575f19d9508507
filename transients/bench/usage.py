"""What a process uses, seen from outside: its memory with that of the processes it started, and how late its event loop comes round."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import numpy as np

_LAG = re.compile(r'^transients_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)
_RSS = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
_TIMEOUT_S = 30.0


@dataclasses.dataclass(frozen=True)
class Usage:
    """A process by its number, and the port of its metrics."""

    pid: int
    port: int

    def rss_mb(self) -> float | None:
        """Resident memory of the process and all that it started, MB; None where the system does not tell."""
        if not Path("/proc/self/status").exists():
            return None
        return sum(_rss_mb(pid) for pid in _family(self.pid))

    async def lags(self) -> Mapping[float, float]:
        """How often the loop came round no later than so many s, since the process began; the whole under infinity."""
        text = await asyncio.to_thread(self._metrics)
        return {float(bound): float(count) for bound, count in _LAG.findall(text)}

    def _metrics(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=_TIMEOUT_S) as answer:
            return str(answer.read().decode())


def lag_quantile_s(before: Mapping[float, float], after: Mapping[float, float], quantile: float) -> float:
    """Lateness that so much of the looks between two readings stayed within, s; between the bounds of the histogram, in proportion."""
    bounds = sorted(after)
    counts = np.array([after[bound] - before.get(bound, 0.0) for bound in bounds])
    finite = np.array([0.0, *bounds[:-1]])
    return float(np.interp(quantile * counts[-1], [0.0, *counts[:-1]], finite))


def _family(pid: int) -> list[int]:
    """A process and those it started, and so on."""
    found = [pid]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue
    return found


def _rss_mb(pid: int) -> float:
    try:
        match = _RSS.search(Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return 0.0 if match is None else int(match[1]) / 1024.0
