"""Options that several commands share, parsed at the edge."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import click
from astropy import units as u
from astropy.coordinates import SkyCoord

from schemas import Attitude, Instant
from schemas.errors import RefusedInput
from transients.config import Settings, load_settings
from transients.missions import Spectrum, parse_spectrum, read_spectrum

from .files import read_file

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class InstantType(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on only
    """A UTC time in ISO 8601."""

    name = "UTC"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Instant:
        if isinstance(value, Instant):
            return value
        text = str(value)
        try:
            # A day alone is its beginning.
            return Instant.parse(f"{text}T00:00:00" if _DAY.fullmatch(text) else text)
        except ValueError as error:
            self.fail(f"{error}: YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS with or without a fraction", param, ctx)


class FiniteFloat(click.FloatRange):
    """A number in a range; NaN and infinities are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number", param, ctx)
        return number

    def _describe_range(self) -> str:
        """What the help says of the range; click writes "x<=None" where there is none."""
        return "" if self.min is None and self.max is None else super()._describe_range()


class NumbersType(click.ParamType):  # type: ignore[type-arg]
    """Finite numbers separated by commas."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.name = ",".join(names)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        if isinstance(value, tuple):
            return value
        try:
            numbers = tuple(float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not {self.name}", param, ctx)
        if len(numbers) != len(self.names) or not all(map(math.isfinite, numbers)):
            self.fail(f"{value!r} is not {self.name}", param, ctx)
        return numbers


UTC = InstantType()
NUMBER = FiniteFloat()
POSITIVE = FiniteFloat(min=0, min_open=True)
NOT_NEGATIVE = FiniteFloat(min=0)
RA_DEC = NumbersType("RA", "DEC")
ORBIT = NumbersType("RA", "DEC", "KM")

x_option = click.option("--x", "x", type=RA_DEC, help="Direction of the spacecraft's X (pointing) axis, deg.")
sun_option = click.option(
    "--sun", "half_width", type=FiniteFloat(0.0, 90.0, min_open=True), help="Half width of the Sun's band about 90 deg."
)
z_option = click.option("--z", "z", type=RA_DEC, help="Direction of the spacecraft's Z axis, deg.")


def direction(ra_deg: float, dec_deg: float) -> SkyCoord:
    """A direction, ICRS; refuses a declination beyond the poles."""
    if not -90.0 <= dec_deg <= 90.0:
        raise RefusedInput(f"a declination of {dec_deg} deg is beyond the pole")
    return SkyCoord(ra_deg * u.deg, dec_deg * u.deg)


def attitude_from_axes(x: tuple[float, ...] | None, z: tuple[float, ...] | None, at: Instant | None) -> Attitude | None:
    """An attitude from axes given on the command line; both or neither."""
    if x is None and z is None:
        return None
    if x is None or z is None:
        raise click.UsageError("--x and --z go together")
    separation = direction(x[0], x[1]).separation(direction(z[0], z[1])).deg
    if abs(separation - 90.0) > 1.0:
        raise RefusedInput(f"X and Z are {separation:.3f} deg apart, not 90")
    when = at or Instant(utc="2000-01-01T00:00:00")
    return Attitude(at=when, x_ra_deg=x[0], x_dec_deg=x[1], z_ra_deg=z[0], z_dec_deg=z[1], source="axes")


def settings_of(context: click.Context) -> Settings:
    """The settings, read once from --config and the environment."""
    root = context.find_root()
    if not isinstance(root.obj, Settings):
        root.obj = load_settings(root.params.get("config"))
    settings: Settings = root.obj
    return settings


source_option = click.option(
    "--source",
    metavar="SOURCE",
    help="Where data comes from: a folder or file of recorded data, the address of a data service, or sim[:SEED], the simulator. "
    "Default: what the settings say.",
)


#: What --spectrum takes.
SPECTRA = "hard, soft, crabby, comp:a,Ep, band:a,b,Ep, pl:g, or tab:FILE: lines of keV and photons cm-2 s-1 keV-1"


def spectrum_of(text: str) -> Spectrum:
    """The spectrum that --spectrum names; a table is read from its file."""
    form, _, rest = text.partition(":")
    if form != "tab":
        return parse_spectrum(text)
    try:
        table = read_file(Path(rest)).decode()
    except UnicodeDecodeError as error:
        raise RefusedInput("a spectrum's table is text", where=rest) from error
    return read_spectrum(table, text)
