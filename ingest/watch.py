"""How a broker's line is: its state, its pulse, and what may be missing on it."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog

from schemas import Gap, Instant, RawAlert

from .base import LineState, utc_now
from .gaps import GapTeller, OnGap
from .resume import Part

#: A pulse a second: after a minute without, the line is not what it should be.
SILENCE_S = 60.0
#: While it stays silent, the connection is made anew this often.
RENEW_S = 180.0


class LineWatch:
    """Watches one line, and tells of its gaps.

    Parameters
    ----------
    source : str
        Name of the source.
    pulse_topic : str or None
        The topic in which something comes all the time; None: there is no such, and silence means nothing.
    silence_s : float
        So long without a pulse is a gap. Only time spent listening counts: who stores may keep us waiting.
    on_gap : callable, optional
        Told of each gap when it opens and when it closes.
    """

    def __init__(
        self, source: str, *, pulse_topic: str | None, silence_s: float = SILENCE_S, on_gap: OnGap | None = None
    ) -> None:
        self.line = LineState()
        self.pulse_topic = pulse_topic
        self._source, self._silence_s = source, silence_s
        self._teller = GapTeller(source, on_gap)
        self._changed: list[Gap] = []
        self._open: dict[Part, Gap] = {}
        self._silence: Gap | None = None
        self._quiet_s = self._renewed_s = 0.0
        self._since = utc_now()
        self._log = structlog.get_logger("ingest.watch").bind(source=source)

    def missing(self, gap: Gap) -> None:
        """Something is missing in a partition; the next message from there ends it."""
        self._log.error("messages are missing", action="line-gap", **_named(gap))
        self._changed.append(gap)
        if gap.partition is not None:
            self._open[gap.topic, gap.partition] = gap

    def connected(self) -> None:
        """The broker answered."""
        if self._silence is None:
            self.line.turn("connected")

    def waiting(self, reason: str) -> None:
        """The broker is away, or in trouble."""
        if self._silence is None:
            self.line.turn("waiting", reason)

    def refused(self, reason: str) -> None:
        """A person must act."""
        self.line.turn("refused", reason)

    def heard(self, raw: RawAlert) -> None:
        """A message came."""
        self.line.last_message = raw.received
        if raw.topic == self.pulse_topic:
            self._beat(raw.received)
        if self._open and raw.partition is not None:
            ended = self._open.pop((raw.topic, raw.partition), None)
            if ended is not None:
                self._changed.append(msgspec.structs.replace(ended, until=raw.broker_time or raw.received))
        self.connected()

    def listened(self, seconds: float) -> None:
        """Nothing came for so long (s)."""
        if self.pulse_topic is None:
            return
        self._quiet_s += seconds
        self._renewed_s += seconds
        if self._silence is None and self._quiet_s >= self._silence_s:
            self._fall_silent(self.pulse_topic)

    def renew_due(self) -> bool:
        """Whether the line has been silent so long, since it was last asked for, that the connection is to be made anew."""
        due = self._silence is not None and self._renewed_s >= RENEW_S
        if due:
            self._renewed_s = 0.0
        return due

    async def tell(self) -> None:
        """Tell of what changed."""
        changed, self._changed = self._changed, []
        await self._teller.tell(*changed)

    def _beat(self, at: Instant) -> None:
        self.line.last_pulse = self._since = at
        self._quiet_s = self._renewed_s = 0.0
        if self._silence is not None:
            self._log.warning("the line is heard again", action="line-back", since=str(self._silence.since))
            remark = f"{self._silence.remark}; heard again: what the broker kept meanwhile is read from where we were"
            self._changed.append(msgspec.structs.replace(self._silence, until=at, remark=remark))
            self._silence = None

    def _fall_silent(self, topic: str) -> None:
        why = f"no pulse for {self._silence_s:g} s"
        self._silence = Gap(source=self._source, topic=topic, reason="silence", since=self._since, remark=why)
        self._renewed_s = 0.0
        self._changed.append(self._silence)
        self._log.error(
            "the line is silent", action="line-silent", topic=topic, since=str(self._since), silence_s=self._silence_s
        )
        self.line.turn("silent", f"{why} on {topic}")


def _named(gap: Gap) -> dict[str, Any]:
    named = {"topic": gap.topic, "partition": gap.partition, "reason": gap.reason, "remark": gap.remark}
    return named | {"first_offset": gap.first_offset, "last_offset": gap.last_offset}
