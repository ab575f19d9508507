"""The step that turns counts into upper limits over the localisation, and the map of them."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping

import numpy as np

from schemas import (
    Event,
    FloatArray,
    Geometry,
    InputRef,
    JointSearch,
    LightCurve,
    LimitResult,
    Policy,
    Provenance,
    ResponseWord,
    sha256_hex,
)
from schemas.errors import NoData, RefusedInput
from transients.missions.times import between_frames_s, seconds_between
from transients.search import Rates, count_limits, fluence_per_count, limit_map, published_limits, rates_about
from transients.sky import SkyMap, response_at_peak, response_over, write_skymap

from .confidence import CURVE_CONFIDENCE, OwnLimits, own_limits
from .context import Context, is_simulated
from .counterpart import Counterpart
from .joint import joint

#: The spectrum whose response is put into words, as in the circulars.
_QUOTED_SPECTRUM = "hard"
#: Scales of the published count limits, s.
_PUBLISHED_SCALES_S = (1.0, 8.0)
_MAPPED = (("hard", 1.0, "HARD_1S"), ("soft", 1.0, "SOFT_1S"), ("soft", 8.0, "SOFT_8S"))


@dataclasses.dataclass(frozen=True)
class Limited:
    """The limits, their map as multi-order FITS, what all detectors say together, and what to be told."""

    result: LimitResult | None = None
    joint: JointSearch | None = None
    limit_map: bytes | None = None
    #: The columns of the map, one value per tile of the event's sky map.
    maps: Mapping[str, FloatArray] = dataclasses.field(default_factory=dict)
    caveats: tuple[str, ...] = ()


async def limits(
    event: Event, geometry: Geometry, skymap: SkyMap, seen: Counterpart, policy: Policy, context: Context
) -> Limited:
    """Upper limits from the count rates that there are. Needs an attitude; without one there are none, and that is said."""
    if not seen.light_curves:
        return Limited()
    if geometry.attitude is None:
        return Limited(caveats=("No upper limits: the attitude is not known.",))
    return await asyncio.to_thread(_compute, event, geometry, skymap, seen, policy, context)


def _compute(event: Event, geometry: Geometry, skymap: SkyMap, seen: Counterpart, policy: Policy, context: Context) -> Limited:
    assert geometry.attitude is not None
    published_counts: dict[str, dict[float, float]] = {}
    detectors: list[Rates] = []
    caveats: list[str] = []
    for curve in seen.light_curves:
        t0_s = _t0_seconds(curve, geometry)
        try:
            published_counts[curve.info.instrument] = count_limits(curve, t0_s, _PUBLISHED_SCALES_S, policy.search_half_width_s)
            detectors.append(rates_about(curve, t0_s, policy.search_half_width_s))
        except (NoData, RefusedInput) as error:
            caveats.append(f"No limit from {curve.info.instrument}: {error}")
    spectra = tuple(dict.fromkeys((*policy.spectra, "hard", "soft")))
    used = {rates.instrument for rates in detectors} | set(published_counts)
    responses = {
        (instrument, spectrum): response_over(skymap, geometry.attitude, context.mission, instrument, spectrum)
        for instrument in context.mission.response.instruments
        if instrument in used
        for spectrum in spectra
    }
    if not responses:
        return Limited(caveats=tuple(caveats))
    distance = geometry.localisation.distmean_mpc if geometry.localisation is not None else None
    distance = event.distance_mpc if distance is None else distance
    areas = skymap.area_sr
    own = own_limits(detectors, responses, skymap, policy, distance)
    maps = _maps(published_counts, responses, len(skymap)) | _own_maps(own)
    simulated = is_simulated(geometry, seen.light_curves, context)
    fits = _map_file(event, skymap, maps, context, simulated=simulated) if maps else None
    words = response_at_peak(skymap, geometry.attitude, context.mission, tuple(sorted(used)), _QUOTED_SPECTRUM)
    response = context.mission.response
    provenance = _provenance(geometry, seen, policy, context, distance)
    result = LimitResult(
        published=published_limits(published_counts, responses, skymap.prob, distance, areas),
        limits=own.limits,
        curves=own.curves,
        efficiencies=own.efficiencies,
        count_limits=tuple((name, scale, n) for name, by_scale in published_counts.items() for scale, n in by_scale.items()),
        response={
            name: ResponseWord(percent_of_best=found["percent_of_best_at_peak"], word=found["word"])
            for name, found in words.items()
        },
        conversions=fluence_per_count(responses, skymap.prob, areas),
        map_blob_id=None if fits is None else sha256_hex(fits),
        response_source=f"{response.source}, version {response.version}",
        caveats=tuple(caveats),
        provenance=provenance,
    )
    missing = tuple(name for name in context.mission.response.instruments if name not in used)
    together = joint(detectors, responses, skymap, policy, context.mission, missing, provenance)
    return Limited(result, together, fits, maps, tuple(caveats))


def _t0_seconds(curve: LightCurve, geometry: Geometry) -> float:
    """When T0 reached the spacecraft, seconds from the curve's reference; without a direction, the time as printed."""
    t0_s = seconds_between(geometry.t0, curve.info.reference)
    if geometry.light_travel_s is None:
        return t0_s
    return t0_s + between_frames_s("geocentre", curve.info.time_frame, geometry.light_travel_s)


def _maps(
    counts: dict[str, dict[float, float]], responses: dict[tuple[str, str], FloatArray], tiles: int
) -> dict[str, FloatArray]:
    found = {name: limit_map(counts, responses, spectrum, scale, tiles) for spectrum, scale, name in _MAPPED}
    return {name: np.where(np.isfinite(values), values, np.nan) for name, values in found.items() if values is not None}


def _own_maps(own: OwnLimits) -> dict[str, FloatArray]:
    """Ours, direction by direction, of the spectra that have a plain name: "HARD_1S_P90", "HARD_0_1S_P90"."""
    return {
        f"{spectrum}_{duration:g}S_P{100 * CURVE_CONFIDENCE:g}".upper().replace(".", "_"): np.where(
            np.isfinite(values), values, np.nan
        )
        for (spectrum, duration), values in sorted(own.maps.items())
        if spectrum.isalpha()
    }


def _map_file(event: Event, skymap: SkyMap, maps: dict[str, FloatArray], context: Context, *, simulated: bool) -> bytes:
    columns = {name: (values, "erg cm-2") for name, values in maps.items()}
    header: dict[str, str | int | float | bool] = {
        "OBJECT": event.event_id,
        "CREATOR": f"transients {context.version}",
        "TELESCOP": context.mission.name,
        "CONTENT": "fluence limits 75-2000 keV; 3 sigma, P90: 90 % confidence",
        "SIMULATD": simulated,
    }
    if event.t0 is not None:
        header["DATE-OBS"] = event.t0.iso
    return write_skymap(skymap, columns, header)


def _provenance(
    geometry: Geometry, seen: Counterpart, policy: Policy, context: Context, distance_mpc: float | None
) -> Provenance:
    curves = tuple(
        InputRef(
            name=curve.info.instrument, sha256=curve.info.content_id, source=curve.info.source, simulated=curve.info.simulated
        )
        for curve in seen.light_curves
    )
    return Provenance(
        step="limits",
        version=context.version,
        parameters={
            "t0": geometry.t0.iso,
            "half_width_s": policy.search_half_width_s,
            "association_window_s": list(policy.association_window_s),
            "durations_s": list(policy.durations_s),
            "spectra": list(policy.spectra),
            "distance_mpc": distance_mpc,
            "response": context.mission.response.version,
        },
        inputs=(*geometry.provenance.inputs, *curves),
    )
