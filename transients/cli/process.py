"""`transients process`: the whole journey of one event, without a service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

import handlers
from ingest.documents import iter_documents
from schemas import Assessment, Blob, Event, Instant, Notice, Refusal, sha256_hex
from schemas.errors import NotFound, RefusedInput, UnknownKind
from transients.config import Settings
from transients.pipeline import Outcome, Products, Signing, journey, make_products
from transients.service.parts import mission_of, source_of, utc_now
from transients.service.plugins import load_handlers
from transients.service.wiring import context_of, map_fetcher

from .options import settings_of, source_option
from .output import emit, emit_json, json_option, reports_errors


@click.command("process")
@click.argument("documents", nargs=-1, required=True, type=click.Path(path_type=Path))
@source_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Result folder; default: results/EVENT.")
@json_option
@click.pass_context
@reports_errors
def process_command(
    context: click.Context, documents: tuple[Path, ...], source: str | None, out: Path | None, as_json: bool
) -> None:
    """Assess the event that DOCUMENTS (alerts of one event, in any order) describe, and write its result folder."""
    load_handlers()
    now = utc_now()
    event, blobs = event_of(documents, now)
    outcome, products = asyncio.run(_process(event, blobs, source, settings_of(context), now))
    folder = out or Path("results") / event.event_id.replace("/", "-")
    _write(folder, event, products.files)
    assessment = outcome.assessment
    if as_json:
        emit_json(msgspec.to_builtins(assessment) | {"out": str(folder), "files": sorted(products.files)})
    else:
        emit(_summary(event, assessment, folder), as_json=False)
        geometry = assessment.geometry
        about = () if geometry is None else (*geometry.caveats, *geometry.planning_caveats)
        for caveat in (*about, *assessment.caveats):
            click.echo(f"- {caveat}")
        if products.circular is not None:
            click.echo(f"\nSubject: {products.circular.subject}\n\n{products.circular.body}")


def event_of(paths: tuple[Path, ...], now: Instant) -> tuple[Event, dict[str, Blob]]:
    """Fold documents into their event, and gather the maps they carry.

    Raises
    ------
    RefusedInput
        A document that is not an alert, or two events among them; naming the document.
    """
    event: Event | None = None
    blobs: dict[str, Blob] = {}
    for document in iter_documents(paths):
        parsed = document.data if isinstance(document.data, Refusal) else handlers.parse(document.data, name=document.name)
        if isinstance(parsed, Refusal):
            raise _refused(parsed, document.name)
        if not isinstance(parsed, Notice):
            raise RefusedInput(f"a {parsed.kind} describes no event", where=document.name)
        if event is not None and handlers.event_key(parsed) != event.event_key:
            raise RefusedInput(f"is of {handlers.event_key(parsed)}, the others of {event.event_key}", where=document.name)
        assert isinstance(document.data, bytes)
        event = handlers.fold(event, parsed, content_id=sha256_hex(document.data), received=now)
        blobs |= {blob.blob_id: blob for blob in parsed.blobs}
    if event is None:
        raise RefusedInput("no document there", where=", ".join(map(str, paths)))
    return event, blobs


def _refused(refusal: Refusal, name: str) -> RefusedInput:
    """A refusal as an error; the document is named once."""
    kind = UnknownKind if refusal.reason == "unknown-kind" else RefusedInput
    return kind(f"{refusal.reason}: {refusal.message.removeprefix(f'{name}: ')}", where=name)


def _write(folder: Path, event: Event, files: Mapping[str, bytes]) -> None:
    """Write a result into its folder; what an earlier result of the same event left is replaced, never mixed with this one.

    Raises
    ------
    RefusedInput
        The folder holds another event's result, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = folder / "event.json"
        if held.exists():
            key = json.loads(held.read_bytes()).get("event_key")
            if key != event.event_key:
                raise RefusedInput(f"holds the result of {key}; give --out", where=str(folder))
            for name in _listed(folder):
                (folder / name).unlink(missing_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except (OSError, ValueError) as error:
        raise RefusedInput(f"no result folder: {error}", where=str(folder)) from error


def _listed(folder: Path) -> set[str]:
    """Files of the result that is there, as its provenance lists them; a name with a folder in it is none of ours."""
    entities = json.loads((folder / "provenance.json").read_bytes())["entity"].values()
    names = {str(entity.get("label")) for entity in entities if "bytes" in entity}
    return {name for name in names if Path(name).name == name}


async def _process(
    event: Event, blobs: dict[str, Blob], source: str | None, settings: Settings, now: Instant
) -> tuple[Outcome, Products]:
    async def blob(blob_id: str) -> bytes:
        if blob_id not in blobs:
            raise NotFound(f"no map {blob_id} among the documents")
        return blobs[blob_id].data

    mission = mission_of(settings)
    async with source_of(source, settings, mission) as data:
        context = context_of(settings, mission, data, map_fetcher(blob, settings))
        outcome = await journey(event, handlers.policies[event.policy], context, now=now)
    signing = Signing(settings=settings.circular, links=event.links, triggers_heard=False)
    return outcome, make_products(event, outcome.assessment, outcome, signing, now)


def _summary(event: Event, assessment: Assessment, folder: Path) -> dict[str, object]:
    geometry = assessment.geometry
    place = None if geometry is None else geometry.localisation
    seen = None if geometry is None else geometry.visibility
    where = None if geometry is None else geometry.orientation
    return {
        "event": event.event_key,
        "verdict": assessment.verdict + (" (SIMULATED DATA)" if assessment.simulated else ""),
        "T0 (UTC)": None if event.t0 is None else event.t0.iso,
        "50 % / 90 % area, deg2": None if place is None else (place.area50_deg2, place.area90_deg2),
        "orientation": None if where is None else f"{where.word} (theta {where.theta_deg:.1f}, phi {where.phi_deg:.1f} deg)",
        "visible fraction": None if seen is None else seen.visible_fraction,
        "revolution": None if geometry is None else geometry.revolution,
        "written to": str(folder),
    }
