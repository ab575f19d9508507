"""Everything that can be shown of an outcome: the draft, the figures, the limit map, and the folder that holds them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from schemas import Assessment, Attitude, Circular, CircularLink, Event, FloatArray, Geometry, Instant
from transients.config import CircularSettings
from transients.report import draft, event_name, mark, result_files, variant_of
from transients.report.figures import (
    allsky_figure,
    has_curves,
    history_figure,
    lightcurve_figure,
    limit_figure,
    sensitivity_figure,
    visibility_figure,
)
from transients.sources import write_lightcurve

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
    """Draw and write everything; takes most of a second of processor time, so it belongs off the event loop."""
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
    files, curves = _artefacts(event, assessment, outcome)
    return Products(circular, result_files(event, assessment, circular, files, light_curves=curves))


def _artefacts(event: Event, assessment: Assessment, outcome: Outcome) -> tuple[dict[str, bytes], dict[str, str]]:
    """Figures, the limit map and the light curves by file name; and which file is which instrument's light curve."""
    name, word = event_name(event), mark(assessment)
    geometry = assessment.geometry
    files: dict[str, bytes] = {}
    if geometry is not None:
        files["allsky.png"] = allsky_figure(geometry, outcome.skymap, name=name, mark=word).png
        if geometry.history is not None and geometry.history.pointings:
            files["history.png"] = history_figure(geometry.history, name=name, mission=geometry.mission, mark=word).png
        if geometry.forecast is not None and event.state == "active":
            files["visibility.png"] = visibility_figure(geometry.forecast, name=name, mission=geometry.mission, mark=word).png
    curves = {}
    for curve in outcome.light_curves:
        label = curve.info.instrument.replace("/", "-")
        files[f"lightcurve-{label}.fits"] = write_lightcurve(curve)
        curves[f"lightcurve-{label}.fits"] = curve.info.instrument
        for result in assessment.searches:
            if result.instrument == curve.info.instrument:
                travel = None if geometry is None else geometry.light_travel_s
                files[f"lightcurve-{label}.png"] = lightcurve_figure(
                    curve, result, name=name, mark=word, light_travel_s=travel
                ).png
    if outcome.limit_map is not None and outcome.skymap is not None:
        files["limits.multiorder.fits"] = outcome.limit_map
        if (drawn := _drawn_limit(outcome)) is not None:
            files["limits.png"] = limit_figure(
                outcome.skymap, drawn, name=name, what="3σ, 1 s, hard spectrum", mark=word, view=_view(geometry)
            ).png
    if assessment.limits is not None and has_curves(assessment.limits):
        files["sensitivity.png"] = sensitivity_figure(assessment.limits, name=name, mark=word).png
    return files, curves


def _view(geometry: Geometry | None) -> tuple[Attitude, float] | None:
    """Where the spacecraft looked, and the radius of its field of view; None where either is not known."""
    seen = None if geometry is None else geometry.visibility
    if geometry is None or geometry.attitude is None or seen is None or seen.fov_radius_deg is None:
        return None
    return geometry.attitude, seen.fov_radius_deg


def _drawn_limit(outcome: Outcome) -> FloatArray | None:
    """The limit that is drawn, per tile; None when the map has none of that kind."""
    return outcome.limits.get("HARD_1S")
