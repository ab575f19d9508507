"""Commands on the service's database: circular, publish, hold."""

from __future__ import annotations

import asyncio
import getpass

import click
import msgspec

from schemas import Assessment, Circular, Instant, Publication
from schemas.errors import ConfigurationError, NotFound, RefusedInput
from transients.config import Settings

from .database import database_of, event_key_of
from .options import UTC, settings_of
from .output import emit, emit_json, json_option, reports_errors

revision_option = click.option("--revision", type=click.IntRange(1), help="Of the assessment; default: the newest.")


@click.command("circular")
@click.argument("event")
@revision_option
@click.option("--as-of", "as_of", type=UTC, help="The newest that was known then.")
@json_option
@click.pass_context
@reports_errors
def circular_command(context: click.Context, event: str, revision: int | None, as_of: Instant | None, as_json: bool) -> None:
    """Print the draft circular of EVENT: its key, its name, or an alias. A draft is sent by a person, never by this program."""
    draft = asyncio.run(_circular(settings_of(context), event, revision, as_of))
    if as_json:
        emit_json({**msgspec.to_builtins(draft), "created": draft.created.iso})
    else:
        if draft.withdrawn is not None:
            click.echo(f"WITHDRAWN, not to be sent: {draft.withdrawn}", err=True)
        click.echo(f"Subject: {draft.subject}\n\n{draft.body}")


@click.command("publish")
@click.argument("event")
@click.option("--to", "channel", type=click.Choice(["zenodo"]), required=True, help="Where to.")
@click.option("--release", is_flag=True, help="Publish the deposit too: this cannot be taken back.")
@revision_option
@json_option
@click.pass_context
@reports_errors
def publish_command(context: click.Context, event: str, channel: str, release: bool, revision: int | None, as_json: bool) -> None:
    """Deposit the files of EVENT's result, as a draft unless --release is given. Going on from where an earlier try stopped."""
    made = asyncio.run(_publish(settings_of(context), event, revision, release=release))
    emit(msgspec.to_builtins(made), as_json)


@click.command("hold")
@click.argument("switch", type=click.Choice(["on", "off"]), required=False)
@json_option
@click.pass_context
@reports_errors
def hold_command(context: click.Context, switch: str | None, as_json: bool) -> None:
    """Hold everything that leaves the house, or let it go on; without on or off, say which it is.

    What is held waits and goes out when it is released. Settings with `hold = true` hold again at each start of the service.
    """
    held = asyncio.run(_hold(settings_of(context), switch))
    emit({"hold": held}, as_json)


async def _hold(settings: Settings, switch: str | None) -> bool:
    async with database_of(settings) as store:
        if switch is not None:
            await store.set_hold(switch == "on", f"{getpass.getuser()}, by command")
        return await store.hold()


async def _circular(settings: Settings, event: str, revision: int | None, as_of: Instant | None) -> Circular:
    async with database_of(settings) as store:
        key = await event_key_of(store, event)
        draft = await store.circular(key, revision, as_of)
    if draft is None:
        raise NotFound("no draft circular" + ("" if revision is None else f" of assessment {revision}"), where=key)
    return draft


async def _publish(settings: Settings, event: str, revision: int | None, *, release: bool) -> Publication:
    from transients.service.outgoing import deposit

    async with database_of(settings) as store:
        key = await event_key_of(store, event)
        assessment = await store.assessment(key, revision)
        if assessment is None:
            raise NotFound("nothing is computed for this event yet", where=key)
        _require_leave(assessment, settings, held=settings.hold or await store.hold())
        return await deposit(store, await store.event(key), assessment, settings, release=release)


def _require_leave(assessment: Assessment, settings: Settings, *, held: bool) -> None:
    """Whether this may leave the house, by hand or not."""
    from transients.publish import may_leave
    from transients.service.outgoing import DEPOSITED

    if settings.zenodo.mode == "off":
        raise ConfigurationError('zenodo.mode is "off": nothing is deposited', where="zenodo")
    if held:
        raise RefusedInput("held: nothing leaves the house until the switch is off", where=assessment.event_key)
    if not may_leave(assessment):
        raise RefusedInput(f"an event of role {assessment.role} does not leave the house", where=assessment.event_key)
    if assessment.verdict not in DEPOSITED:
        raise RefusedInput(f"there is no result to publish: {assessment.verdict}", where=assessment.event_key)
