"""The templates and what they may use: everything is escaped, a misspelt name is an error."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

import transients
from schemas import Instant

from . import wording
from .assets import VENDOR
from .keys import key_to_segment

HERE = Path(__file__).resolve().parent
#: Libraries a page asks for only when they were built in (see assets.py).
STYLES = ("pico.min.css", "uplot.min.css")
SCRIPTS = ("htmx.min.js", "hx-sse.min.js", "uplot.min.js")


def environment(vendor: Path = VENDOR) -> jinja2.Environment:
    """The template environment."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        number=wording.number,
        percent=wording.percent,
        duration=wording.duration,
        size=wording.size,
        segment=key_to_segment,
        moment=moment,
        growing=growing,
    )
    env.globals.update(
        UNKNOWN=wording.UNKNOWN,
        version=transients.__version__,
        vendor_styles=[name for name in STYLES if (vendor / name).is_file()],
        vendor_scripts=[name for name in SCRIPTS if (vendor / name).is_file()],
    )
    return env


def growing(age_s: float | None) -> Markup:
    """An age as of now, which the page's script counts on."""
    if age_s is None:
        return Markup(escape(wording.UNKNOWN))
    return Markup('<span data-age="{}">{}</span>').format(f"{age_s:.1f}", wording.duration(age_s))


def moment(instant: Instant | None, now: dt.datetime, decimals: int = 0) -> Markup:
    """A time in UTC with its age, as a <time> element whose age the page's script keeps fresh."""
    if instant is None:
        return Markup(escape(wording.UNKNOWN))
    machine = instant.to_datetime().isoformat().replace("+00:00", "Z")
    text = instant.utc.replace("T", " ")
    if decimals:
        text = f"{text}.{f'{instant.ns:09d}'[:decimals]}"
    return Markup('<time datetime="{}">{}\u00a0UTC <span class="age">{}</span></time>').format(
        machine, text, wording.age(instant, now)
    )
