"""`transients limit`: upper limits from a light curve or from count limits."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import click
import numpy.typing as npt

from schemas import Attitude, Instant
from schemas.errors import RefusedInput
from transients.missions import Mission, Spectrum, orientation
from transients.search import (
    BACKGROUND_HALF_WIDTH_S,
    CountLevel,
    DistanceNodes,
    count_levels,
    count_limits,
    levels_from_count_limits,
    limit_from_counts,
    limit_report,
    limits,
    published_limits,
    t0_seconds,
)
from transients.service.parts import mission_of
from transients.sky import SkyMap, localisation, read_skymap, response_over

from .curves import curve_about
from .files import read_file
from .options import (
    NUMBER,
    POSITIVE,
    SPECTRA,
    UTC,
    FiniteFloat,
    attitude_from_axes,
    direction,
    settings_of,
    spectrum_of,
    x_option,
    z_option,
)
from .output import emit, json_option, reports_errors


@click.command("limit")
@click.argument("lightcurve", required=False, type=click.Path(path_type=Path))
@click.option("--t0", type=UTC, help="Time of the event, UTC; needed with a light curve.")
@click.option(
    "--count-limit", "counts", multiple=True, metavar="INSTRUMENT:SCALE:N", help="A 3-sigma count limit; may be repeated."
)
@click.option("--theta", type=NUMBER, help="Direction in the spacecraft's frame, deg.")
@click.option("--phi", type=NUMBER, help="Direction in the spacecraft's frame, deg.")
@click.option("--ra", type=NUMBER, help="Direction on the sky, deg ICRS; with --x and --z.")
@click.option("--dec", type=NUMBER, help="Direction on the sky, deg ICRS; with --x and --z.")
@click.option("--skymap", type=click.Path(path_type=Path), help="Localisation; with --x and --z.")
@x_option
@z_option
@click.option("--distance-mpc", type=POSITIVE, help="Distance, for the isotropic energy.")
@click.option(
    "--gw-energy-msun", type=POSITIVE, help="Energy in gravitational waves, solar masses, to compare the isotropic energy with."
)
@click.option("--spectrum", default="hard", show_default=True, help=f"Of our limit: {SPECTRA}.")
@click.option("--duration", type=POSITIVE, default=1.0, show_default=True, help="Of our limit, s.")
@click.option("--confidence", type=FiniteFloat(0.0, 1.0, min_open=True, max_open=True), default=0.9973, show_default=True)
@click.option("--window", type=POSITIVE, default=300.0, show_default=True, help="Half width, s.")
@json_option
@click.pass_context
@reports_errors
def limit_command(
    context: click.Context,
    lightcurve: Path | None,
    t0: Instant | None,
    counts: tuple[str, ...],
    theta: float | None,
    phi: float | None,
    ra: float | None,
    dec: float | None,
    skymap: Path | None,
    x: tuple[float, ...] | None,
    z: tuple[float, ...] | None,
    distance_mpc: float | None,
    gw_energy_msun: float | None,
    spectrum: str,
    duration: float,
    confidence: float,
    window: float,
    as_json: bool,
) -> None:
    """Upper limits on a burst from LIGHTCURVE, or from count limits, for a direction or a localisation."""
    form = spectrum_of(spectrum)
    by_scale, levels = _counts(lightcurve, t0, counts, duration, window)
    region = _region(mission_of(settings_of(context)), theta, phi, ra, dec, skymap, attitude_from_axes(x, z, t0))
    spectra = tuple(dict.fromkeys(("hard", "soft", spectrum)))
    responses = {
        (instrument, name): region.response(instrument, form if name == spectrum else name)
        for instrument in sorted({level.instrument for level in levels} | set(by_scale))
        for name in spectra
    }
    distance = distance_mpc if distance_mpc is not None else region.distance_mpc
    published = published_limits(by_scale, responses, region.prob, distance, region.areas)
    entries = limits(
        levels,
        responses,
        region.prob,
        confidences=(confidence,),
        distance_mpc=distance,
        distances=region.distances if distance_mpc is None else None,
    )
    report = limit_report(
        published,
        entries,
        confidence=confidence,
        duration_s=duration,
        spectrum=spectrum,
        radiated_msun=gw_energy_msun,
    )
    emit({**report, "remarks": _remarks(report, by_scale, duration)}, as_json)


def _remarks(report: dict[str, Any], by_scale: dict[str, dict[float, float]], duration: float) -> list[str]:
    """What could not be said, and why."""
    remarks = []
    given = {scale for scales in by_scale.values() for scale in scales}
    remarks += [f"no count limit at {scale:g} s: no published figure of that scale" for scale in (1.0, 8.0) if scale not in given]
    if report["limit"] is None:
        remarks.append(
            f"no limit of ours for {duration:g} s: no count limit at that scale, the place is not seen deeply enough, or the systematic "
            "error of the response forbids that confidence"
        )
    return remarks


def _counts(
    lightcurve: Path | None, t0: Instant | None, counts: tuple[str, ...], duration: float, window: float
) -> tuple[dict[str, dict[float, float]], tuple[CountLevel, ...]]:
    """Published count limits, and the levels ours rest on."""
    if (lightcurve is None) == (not counts):
        raise click.UsageError("give a light curve with --t0, or --count-limit")
    if lightcurve is None:
        given = limit_from_counts(counts)
        return given, levels_from_count_limits(given)
    if t0 is None:
        raise click.UsageError("a light curve needs --t0")
    curve = curve_about(lightcurve, t0, window)
    if duration < curve.info.bin_s * (1.0 - 1e-6):
        raise RefusedInput(f"no limit for {duration:g} s from bins of {curve.info.bin_s:g} s", where=str(lightcurve))
    t0_s = t0_seconds(curve, t0)
    half = (-window, window)
    levels = count_levels(curve, t0_s, (duration,), half_width_s=max(window, BACKGROUND_HALF_WIDTH_S), association_window_s=half)
    return {curve.info.instrument: count_limits(curve, t0_s, half_width_s=window)}, levels


@dataclasses.dataclass(frozen=True)
class _Region:
    """Where the burst was: the tiles of a map seen from an attitude, or one direction in the spacecraft's frame."""

    mission: Mission
    angles_rad: tuple[float, float] | None = None
    skymap: SkyMap | None = None
    attitude: Attitude | None = None

    @property
    def prob(self) -> npt.ArrayLike:
        return 1.0 if self.skymap is None else self.skymap.prob

    @property
    def areas(self) -> npt.ArrayLike | None:
        return None if self.skymap is None else self.skymap.area_sr

    @property
    def distance_mpc(self) -> float | None:
        return None if self.skymap is None else localisation(self.skymap, "skymap").distmean_mpc

    @property
    def distances(self) -> DistanceNodes | None:
        """Along the line of sight of each tile, where the map has them."""
        m = self.skymap
        return None if m is None or m.distmu is None or m.distsigma is None else DistanceNodes.of(m.distmu, m.distsigma)

    def response(self, instrument: str, spectrum: str | Spectrum) -> npt.ArrayLike:
        """Fluence per count, erg/cm2, per tile or for the direction."""
        if self.skymap is not None and self.attitude is not None:
            return response_over(self.skymap, self.attitude, self.mission, instrument, spectrum)
        assert self.angles_rad is not None
        return self.mission.response.fluence_per_count(instrument, spectrum, *self.angles_rad)


def _region(
    mission: Mission,
    theta: float | None,
    phi: float | None,
    ra: float | None,
    dec: float | None,
    skymap: Path | None,
    attitude: Attitude | None,
) -> _Region:
    ways = (theta is not None or phi is not None, ra is not None or dec is not None, skymap is not None)
    if sum(ways) != 1:
        raise click.UsageError("give one of --theta and --phi, --ra and --dec, or --skymap")
    if ways[0]:
        if theta is None or phi is None:
            raise click.UsageError("--theta and --phi go together")
        if not (0.0 <= theta <= 180.0 and abs(phi) <= 360.0):
            raise RefusedInput(f"theta {theta} deg is not in 0 to 180, or phi {phi} deg not in -360 to 360")
        return _Region(mission, angles_rad=(math.radians(theta), math.radians(phi)))
    if attitude is None:
        raise click.UsageError("a place on the sky needs --x and --z")
    if skymap is not None:
        return _Region(mission, skymap=read_skymap(read_file(skymap), str(skymap)), attitude=attitude)
    if ra is None or dec is None:
        raise click.UsageError("--ra and --dec go together")
    found = orientation(direction(ra, dec), attitude)
    return _Region(mission, angles_rad=(math.radians(found.theta_deg), math.radians(found.phi_deg)))
