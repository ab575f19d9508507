"""Everything that can be shown of an outcome: the draft, the figures, the limit map, and the folder that holds them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from schemas import Assessment, Circular, CircularLink, Event, Instant
from transients.config import CircularSettings
from transients.report import draft, event_name, mark, result_files, variant_of
from transients.report.figures import allsky_figure, lightcurve_figure

from .journey import Outcome


@dataclasses.dataclass(frozen=True)
class Signing:
    """What a draft needs beside the facts: who is on shift, the settings, and where things can be read."""

    people: Sequence[str] = ()
    settings: CircularSettings = dataclasses.field(default_factory=CircularSettings)
    links: Mapping[str, str] = dataclasses.field(default_factory=dict)
    data_links: Mapping[str, str] = dataclasses.field(default_factory=dict)
    circulars: Sequence[CircularLink] = ()
    triggers_heard: bool = True


@dataclasses.dataclass(frozen=True)
class Products:
    """A draft, if the verdict calls for one, and files by name."""

    circular: Circular | None
    files: Mapping[str, bytes]


def make_products(event: Event, assessment: Assessment, outcome: Outcome, signing: Signing, created: Instant) -> Products:
    """Draw and write everything; takes about a second of processor time, so it belongs off the event loop."""
    circular = None
    if variant_of(assessment) is not None:
        circular = draft(
            event,
            assessment,
            people=signing.people,
            authors=signing.settings.authors,
            status=signing.settings.status,
            created=created,
            links=signing.links,
            data_links=signing.data_links,
            circulars=signing.circulars,
            triggers_heard=signing.triggers_heard,
        )
    return Products(circular, result_files(event, assessment, circular, _artefacts(event, assessment, outcome)))


def _artefacts(event: Event, assessment: Assessment, outcome: Outcome) -> dict[str, bytes]:
    name, word = event_name(event), mark(assessment)
    files: dict[str, bytes] = {}
    if assessment.geometry is not None:
        files["allsky.png"] = allsky_figure(assessment.geometry, outcome.skymap, name=name, mark=word).png
    curves = {curve.info.instrument: curve for curve in outcome.light_curves}
    for result in assessment.searches:
        figure = lightcurve_figure(curves[result.instrument], result, name=name, mark=word)
        files[f"lightcurve-{result.instrument.replace('/', '-')}.png"] = figure.png
    if outcome.limit_map is not None:
        files["limits.multiorder.fits"] = outcome.limit_map
    return files
