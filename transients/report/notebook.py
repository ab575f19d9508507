"""The result as a notebook: its first cell holds the parameters, the rest shows the result and computes it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import nbformat

from schemas import Assessment, Event

from .facts import event_name, warning

_SHOW = """\
import json
from pathlib import Path

from schemas import Assessment, from_json

assessment = from_json(Path("assessment.json").read_bytes(), Assessment)
print(assessment.event_id, assessment.verdict, "SIMULATED DATA" if assessment.simulated else "")
"""

_GEOMETRY = """\
g = assessment.geometry
if g is not None and g.orientation is not None:
    print(f"theta {g.orientation.theta_deg:.2f} deg, phi {g.orientation.phi_deg:.2f} deg: {g.orientation.word}")
if g is not None and g.localisation is not None:
    place = g.localisation
    print(f"90 % area {place.area90_deg2:.1f} deg2 about {place.peak_ra_deg:.3f} {place.peak_dec_deg:.3f}")
if g is not None and g.visibility is not None:
    print(f"visible fraction {g.visibility.visible_fraction:.4f} at {g.visibility.sun_angles_deg} deg from the Sun")
"""

_SEARCHES = """\
for s in assessment.searches:
    print(f"{s.instrument}: background {s.background_rate_cts_s:.0f} counts/s, {s.background_word}; detection: {s.detection}")
    for method in (s.allwindow, s.published):
        for e in method.excesses if method is not None else ():
            print(f"  T0{e.t_start_s:+.2f} s, {e.duration_s:.2f} s, S/N {e.snr:.1f}, FAP {e.fap}, {e.classification}")
if assessment.limits is not None:
    print(assessment.limits.published)
    for entry in assessment.limits.limits:
        print(entry)
"""

_FIGURES = """\
from IPython.display import Image, display

for name in figures:
    display(Image(filename=name))
"""

_SEARCH_AGAIN = """\
from schemas import Instant
from transients.search import search
from transients.service.plugins import load_missions
from transients.sources.formats import read_lightcurve

load_missions()  # the facts of missions that plug-ins bring

again = []
for path, parameters in light_curves.items():
    lc = read_lightcurve(Path(path).read_bytes(), path)
    again.append(
        search(
            lc,
            Instant.parse(t0_utc),
            half_width_s=parameters["half_width_s"],
            time_frame=parameters["time_frame"],
            light_travel_s=parameters["light_travel_s"],
            association_window_s=tuple(parameters["association_window_s"]),
        )
    )
    found = again[-1]
    print(found.instrument, "detection:", found.detection, "onset:", found.onset_s, "peak:", found.peak_rate_cts_s)
"""


def notebook(event: Event, assessment: Assessment, files: Sequence[str], light_curves: Mapping[str, str] | None = None) -> bytes:
    """Write the notebook of a result folder; the same bytes for the same content.

    Parameters
    ----------
    files : sequence of str
        Names of the files beside it; the PNG figures among them are shown.
    light_curves : mapping of file name to instrument, optional
        The light curves in the folder: each is searched again with the parameters of its instrument's search.
    """
    figures = [name for name in sorted(files) if name.endswith(".png")]
    cells = [
        _code(_parameters(event, assessment, figures, light_curves or {}), "parameters"),
        _words(_title(event, assessment)),
        _code(_SHOW),
        _words("## Geometry"),
        _code(_GEOMETRY),
        _words("## Searches and limits"),
        _code(_SEARCHES),
    ]
    if figures:
        cells += [_words("## Figures"), _code(_FIGURES)]
    cells += [
        _words(
            "## Once more\n\nThe searches again, from the light curves in this folder, with the `transients` library "
            f"({assessment.version}). To process the alert itself again: `transients process`."
        ),
        _code(_SEARCH_AGAIN),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {
        "cells": [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    nbformat.validate(book)
    return (json.dumps(book, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _code(source: str, *tags: str) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def _words(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def _title(event: Event, assessment: Assessment) -> str:
    said = warning(assessment)
    head = f"# {event_name(event)}: {assessment.mission}, {assessment.verdict}"
    return f"{head}\n\n**{said.strip('* ')}**" if said else head


def _parameters(event: Event, assessment: Assessment, figures: Sequence[str], light_curves: Mapping[str, str]) -> str:
    place = None if assessment.geometry is None else assessment.geometry.localisation
    t0 = event.t0 if assessment.geometry is None else assessment.geometry.t0
    values = {
        "name": event.event_id,
        "event_kind": event.messenger,
        "role": event.role,
        "t0_utc": None if t0 is None else t0.iso,
        "ra_deg": None if place is None else place.peak_ra_deg,
        "dec_deg": None if place is None else place.peak_dec_deg,
        "simulated": assessment.simulated,
        "datasource": sorted({data.tier for data in assessment.data}),
        "figures": list(figures),
        "light_curves": {path: _of(assessment, name) for path, name in sorted(light_curves.items())},
    }
    return "\n".join(f"{name} = {value!r}" for name, value in values.items())


def _of(assessment: Assessment, instrument: str) -> dict[str, object]:
    """How this instrument was searched, as the search's provenance has it; the published defaults where it was not."""
    how = next((s.provenance.parameters for s in assessment.searches if s.instrument == instrument), {})
    frame = next((s.time_frame for s in assessment.searches if s.instrument == instrument), "spacecraft")
    return {
        "half_width_s": how.get("half_width_s", 300.0),
        "time_frame": frame,
        "light_travel_s": how.get("light_travel_s"),
        "association_window_s": list(how.get("association_window_s", (-300.0, 300.0))),
    }
