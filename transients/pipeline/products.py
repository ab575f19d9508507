"""Everything that can be shown of an outcome: the draft, the figures, the limit map, and the folder that holds them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from schemas import Assessment, Attitude, Circular, CircularLink, Event, Geometry, Instant, LightCurve
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
from transients.sky import SkyMap, read_columns, read_skymap
from transients.sources import read_lightcurve

from .data import CURVE, LIMITS
from .journey import Outcome

#: Which of the limits over the map is drawn, and what it is.
_DRAWN, _DRAWN_IS = "HARD_1S", "3σ, 1 s, hard spectrum"


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
    """Write and draw everything at once; takes most of a second of processor time, so it belongs off the event loop."""
    circular = write_draft(event, assessment, signing, created)
    return Products(circular, draw_products(event, assessment, circular, outcome.data, outcome.skymap))


def write_draft(event: Event, assessment: Assessment, signing: Signing, created: Instant) -> Circular | None:
    """The draft, where the verdict calls for one."""
    if variant_of(assessment) is None:
        return None
    return draft(
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


def draw_products(
    event: Event, assessment: Assessment, circular: Circular | None, data: Mapping[str, bytes], skymap: SkyMap | None
) -> dict[str, bytes]:
    """The folder of a result, by file name: its data, the figures drawn from them, the draft, the lists.

    Parameters
    ----------
    data
        As `data_files` gave them.
    skymap
        The map that the result rests on; None where it is not there any more: the sky is drawn without it.
    """
    curves = {name: read_lightcurve(each, name) for name, each in data.items() if name.startswith(CURVE)}
    figures = _figures(event, assessment, curves, data.get(LIMITS), skymap)
    instruments = {name: curve.info.instrument for name, curve in curves.items()}
    return result_files(event, assessment, circular, {**data, **figures}, light_curves=instruments)


def _figures(
    event: Event, assessment: Assessment, curves: Mapping[str, LightCurve], limit_map: bytes | None, skymap: SkyMap | None
) -> dict[str, bytes]:
    """By file name."""
    name, word = event_name(event), mark(assessment)
    geometry = assessment.geometry
    files: dict[str, bytes] = {}
    if geometry is not None:
        files["allsky.png"] = allsky_figure(geometry, skymap, name=name, mark=word).png
        if geometry.history is not None and geometry.history.pointings:
            files["history.png"] = history_figure(geometry.history, name=name, mission=geometry.mission, mark=word).png
        if geometry.forecast is not None and event.state == "active":
            files["visibility.png"] = visibility_figure(geometry.forecast, name=name, mission=geometry.mission, mark=word).png
    travel_s = None if geometry is None else geometry.light_travel_s
    searched = {result.instrument: result for result in assessment.searches}
    for file, curve in curves.items():
        result = searched.get(curve.info.instrument)
        if result is not None:
            drawn = lightcurve_figure(curve, result, name=name, mark=word, light_travel_s=travel_s)
            files[file.removesuffix(".fits") + ".png"] = drawn.png
    if limit_map is not None:
        tiles = read_skymap(limit_map, LIMITS)
        limit = read_columns(limit_map, tiles).get(_DRAWN)
        if limit is not None:
            drawn = limit_figure(tiles, limit, name=name, what=_DRAWN_IS, mark=word, view=_view(geometry))
            files["limits.png"] = drawn.png
    if assessment.limits is not None and has_curves(assessment.limits):
        files["sensitivity.png"] = sensitivity_figure(assessment.limits, name=name, mark=word).png
    return files


def _view(geometry: Geometry | None) -> tuple[Attitude, float] | None:
    """Where the spacecraft looked, and the radius of its field of view; None where either is not known."""
    seen = None if geometry is None else geometry.visibility
    if geometry is None or geometry.attitude is None or seen is None or seen.fov_radius_deg is None:
        return None
    return geometry.attitude, seen.fov_radius_deg
