"""An event's way, the draft of its circular, and its figure, each against the part of the work that nobody can save."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator

from schemas import Assessment, Event, LightCurve, SearchResult
from schemas.errors import TransientsError
from transients.pipeline.data import CURVE
from transients.report import draft
from transients.report.figures import lightcurve_figure
from transients.search import search
from transients.sources import read_lightcurve

from .assessed import NOW, Journey
from .lines import Line, line
from .sizes import Sizes
from .timing import seconds

_PEOPLE = ("A. Person",)


def measure(sizes: Sizes) -> Iterator[Line]:
    """The whole way, then draft and figure."""
    way = Journey()
    outcome = way.take()
    curves = tuple(read_lightcurve(data, name) for name, data in outcome.data.items() if name.startswith(CURVE))
    if not curves or not outcome.assessment.searches:
        raise TransientsError(f"the measurement's own event was not searched: {outcome.assessment.caveats}")
    yield _journey(way, curves, sizes)
    yield _draft(way.event, outcome.assessment, sizes)
    yield _figure(curves[0], outcome.assessment.searches[0], sizes)


def _journey(way: Journey, curves: tuple[LightCurve, ...], sizes: Sizes) -> Line:
    t0 = way.event.t0
    assert t0 is not None
    whole, alone = seconds([way.take, lambda: [search(lc, t0, light_travel_s=0.0) for lc in curves]], sizes.slow_turns)
    return line(
        f"report: an event from notice to assessment, {len(curves)} simulated light curves",
        whole, "s", "the searches of its light curves alone", alone / whole,
    )  # fmt: skip


def _draft(event: Event, assessment: Assessment, sizes: Sizes) -> Line:
    def ours() -> str:
        return draft(event, assessment, people=_PEOPLE, authors=(), status="Preliminary.", created=NOW).body

    plain = " ".join(ours().split())
    spent, wrapped = seconds([ours, lambda: textwrap.fill(plain, 70)], sizes.turns)
    name = f"report: draft of a circular, {assessment.verdict}"
    return line(name, spent, "s", "textwrap.fill of the finished text alone", wrapped / spent)


def _figure(lc: LightCurve, found: SearchResult, sizes: Sizes) -> Line:
    def ours() -> object:
        return lightcurve_figure(lc, found, name="S240101ab")

    spent, plain = seconds([ours, lambda: _plain_figure(lc)], sizes.turns)
    name = f"report: light curve of {len(lc.counts)} bins as PNG"
    return line(name, spent, "s", "matplotlib: its rates twice in empty axes of the same size", plain / spent)


def _plain_figure(lc: LightCurve) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 7.0), dpi=100)
    for axes in FigureCanvasAgg(figure).figure.subplots(2, 1):
        axes.step(lc.start_s, lc.counts / lc.width_s)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()
