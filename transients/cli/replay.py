"""`transients replay`: what came once, through the service again."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from schemas import Instant, RawAlert
from schemas.errors import NoData, NotFound, RefusedInput
from transients.config import Settings

from .database import database_of, event_key_of
from .options import POSITIVE, UTC, settings_of, source_option
from .output import emit, json_option, reports_errors
from .signals import stopped_by_signals

if TYPE_CHECKING:
    from transients.service.replaying import Counted, Replayed


class PlaceType(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on only
    """An offset, or a time."""

    name = "offset|utc"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | Instant:
        if isinstance(value, int | Instant):
            return value
        if str(value).isascii() and str(value).isdigit():
            return int(value)
        place: Instant = UTC.convert(value, param, ctx)
        return place


PLACE = PlaceType()


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What is to be given again."""

    what: tuple[str, ...]
    topic: str | None
    start: int | Instant | None
    stop: int | Instant | None
    broker: str | None
    as_of: Instant | None
    speed: float | None


@click.command("replay")
@click.argument("what", nargs=-1, metavar="[EVENT | PATH…]")
@click.option("--topic", help="What came on this topic, as the inbox has it.")
@click.option("--from", "start", type=PLACE, help="First offset or time of the topic.")
@click.option("--to", "stop", type=PLACE, help="The offset or time to stop before.")
@click.option("--broker", metavar="NAME", help="Read the topic from this broker of the settings, not from the inbox.")
@click.option("--speed", type=POSITIVE, help="1: at the pace at which it came; N: N times faster. Default: as fast as it goes.")
@click.option("--as-of", "as_of", type=UTC, help="Only what was known then; the clock stands there.")
@click.option("--port", type=click.IntRange(1, 65535), help="Show the replay on a dashboard at this port, until Ctrl-C.")
@source_option
@json_option
@click.pass_context
@reports_errors
def replay_command(
    context: click.Context,
    what: tuple[str, ...],
    topic: str | None,
    start: int | Instant | None,
    stop: int | Instant | None,
    broker: str | None,
    speed: float | None,
    as_of: Instant | None,
    port: int | None,
    source: str | None,
    as_json: bool,
) -> None:
    """Give alerts to a service of their own once more, and print what comes of them.

    EVENT is the key, name or alias of an event in the service's database; PATH is a file, folder or archive of documents. The
    replay runs in a database of its own that is gone afterwards: no result of the service is touched, and nothing leaves the house.
    Where nobody noted when a document came (files), the time at which it says it was issued stands for that.
    """
    if bool(what) == (topic is not None):
        raise click.UsageError("give an event or paths, or --topic")
    if topic is None and any(given is not None for given in (start, stop, broker)):
        raise click.UsageError("--from, --to and --broker go with --topic")
    wanted = Wanted(what, topic, start, stop, broker, as_of, speed)
    asyncio.run(_replay(wanted, source, settings_of(context), port, as_json))


async def _replay(wanted: Wanted, source: str | None, settings: Settings, port: int | None, as_json: bool) -> None:
    from ingest import ReplaySource
    from transients.service.clock import Clock
    from transients.service.parts import mission_of, source_of
    from transients.service.plugins import load_handlers
    from transients.service.replaying import Counted, rehearsal, until

    load_handlers()
    mission, left_out = mission_of(settings), Counted()
    async with contextlib.AsyncExitStack() as stack:
        alerts = until(await _alerts(wanted, settings, left_out, stack), wanted.as_of, left_out)
        data = await stack.enter_async_context(source_of(source, settings, mission))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="transients-replay-")))
        replayed = ReplaySource(alerts, speed=wanted.speed)
        service, result = await stack.enter_async_context(
            rehearsal(settings, folder, replayed, data, mission, Clock(wanted.as_of), port)
        )
        if result.documents == 0:
            raise NoData(f"nothing to replay{_why(left_out)}", where=wanted.topic or ", ".join(wanted.what))
        emit(_answer(wanted, result, left_out, simulated=data.simulated), as_json)
        if port is not None:
            click.echo(f"\nThe replay is shown at {service.url}. Ctrl-C ends it.", err=True)
            with stopped_by_signals() as stop:
                await stop.wait()


async def _alerts(
    wanted: Wanted, settings: Settings, left_out: Counted, stack: contextlib.AsyncExitStack
) -> AsyncIterator[RawAlert]:
    """What is wanted, from files, the inbox, or a broker."""
    from transients.service.replaying import from_broker, from_files, from_topic
    from transients.store import InboxQuery

    paths = [Path(each) for each in wanted.what]
    if paths and all(path.exists() for path in paths):
        return from_files(paths, left_out, dated=wanted.as_of is not None or wanted.speed is not None)
    if wanted.topic is not None and wanted.broker is not None:
        return from_broker(settings, wanted.broker, wanted.topic, wanted.start, wanted.stop)
    if len(wanted.what) > 1:
        missing = next(path for path in paths if not path.exists())
        raise RefusedInput("no such file, and several events are not replayed together", where=str(missing))
    if wanted.what and os.sep in wanted.what[0]:
        raise RefusedInput("no such file", where=wanted.what[0])
    store = await stack.enter_async_context(database_of(settings))
    if wanted.topic is not None:
        return from_topic(store, wanted.topic, wanted.start, wanted.stop)
    try:
        event = await store.event(await event_key_of(store, wanted.what[0]))
    except NotFound as error:
        raise NotFound("no such file, and no such event", where=wanted.what[0]) from error
    return store.select(InboxQuery(content_ids=tuple(entry.content_id for entry in event.history)))


def _why(left_out: Counted) -> str:
    """What was there and is not given, in words."""
    counted = {"later": left_out.later, "without a time": left_out.undated, "unreadable": left_out.unreadable}
    told = ", ".join(f"{count} {word}" for word, count in counted.items() if count)
    return f": {told}" if told else ""


def _answer(wanted: Wanted, result: Replayed, left_out: Counted, *, simulated: bool) -> dict[str, Any]:
    return {
        **dataclasses.asdict(result),
        "events": [dataclasses.asdict(event) for event in result.events],
        "left_out": dataclasses.asdict(left_out),
        "as_of": None if wanted.as_of is None else wanted.as_of.iso,
        "speed": wanted.speed,
        "simulated": simulated,
    }
