"""The step that turns counts into upper limits over the localisation, and the map of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

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
from transients.sky import LEAST_HIDDEN, SkyMap, TilesSeen, hidden_fractions, is_hidden, peak, response_towards, write_skymap

from .confidence import CURVE_CONFIDENCE, OwnLimits, own_limits
from .context import Given, is_simulated
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
    caveats: tuple[str, ...] = ()


def limits(
    event: Event, geometry: Geometry, skymap: SkyMap, curves: Sequence[LightCurve], policy: Policy, context: Given
) -> Limited:
    """Upper limits from the count rates that there are. Needs an attitude; without one there are none, and that is said."""
    if not curves:
        return Limited()
    if geometry.attitude is None:
        return Limited(caveats=("No upper limits: the attitude is not known.",))
    published_counts: dict[str, dict[float, float]] = {}
    detectors: list[Rates] = []
    caveats: list[str] = []
    for curve in curves:
        t0_s = _t0_seconds(curve, geometry)
        try:
            published_counts[curve.info.instrument] = count_limits(curve, t0_s, _PUBLISHED_SCALES_S, policy.search_half_width_s)
            detectors.append(rates_about(curve, t0_s, policy.search_half_width_s))
        except (NoData, RefusedInput) as error:
            caveats.append(f"No limit from {curve.info.instrument}: {error}")
    spectra = tuple(dict.fromkeys((*policy.spectra, "hard", "soft")))
    used = {rates.instrument for rates in detectors} | set(published_counts)
    view = _in_sight(skymap, geometry)
    if view.in_sight == 0.0:
        return Limited(caveats=(*caveats, "No upper limits: the localisation was behind the Earth."))
    tiles = TilesSeen.of(skymap, geometry.attitude)
    responses = {
        (instrument, spectrum): view.of(tiles.response(context.mission, instrument, spectrum))
        for instrument in context.mission.response.instruments
        if instrument in used
        for spectrum in spectra
    }
    if not responses:
        return Limited(caveats=tuple(caveats))
    distance = geometry.localisation.distmean_mpc if geometry.localisation is not None else None
    distance = event.distance_mpc if distance is None else distance
    seen_map = dataclasses.replace(skymap, prob=view.prob)
    own = own_limits(detectors, responses, seen_map, policy, distance, in_sight=view.in_sight)
    maps = _maps(published_counts, responses, len(skymap)) | _own_maps(own)
    simulated = is_simulated(geometry, (curve.info for curve in curves), context)
    fits = _map_file(event, skymap, maps, context, simulated=simulated) if maps else None
    words = _words(geometry, skymap, tuple(sorted(used)), context)
    response = context.mission.response
    provenance = _provenance(geometry, curves, policy, context, distance)
    result = LimitResult(
        published=published_limits(published_counts, responses, view.prob, distance, view.area_sr),
        limits=own.limits,
        curves=own.curves,
        efficiencies=own.efficiencies,
        count_limits=tuple((name, scale, n) for name, by_scale in published_counts.items() for scale, n in by_scale.items()),
        response=words,
        conversions=fluence_per_count(responses, view.prob, view.area_sr),
        map_blob_id=None if fits is None else sha256_hex(fits),
        response_source=f"{response.source}, version {response.version}",
        caveats=tuple(caveats),
        provenance=provenance,
    )
    missing = tuple(name for name in context.mission.response.instruments if name not in used)
    together = joint(detectors, responses, seen_map, policy, context.mission, missing, provenance)
    return Limited(result, together, fits, tuple(caveats))


@dataclasses.dataclass(frozen=True, eq=False)
class _Sight:
    """What of a map the Earth leaves in sight: per tile the probability, the area, and the part that is hidden; (n,) each.

    Limits are of this part; how much of the localisation it holds is `in_sight`.
    """

    prob: FloatArray
    area_sr: FloatArray
    hidden: FloatArray

    @property
    def in_sight(self) -> float:
        return min(float(self.prob.sum()), 1.0)

    def of(self, per_count: FloatArray) -> FloatArray:
        """A response per tile, infinite for the tiles that are hidden."""
        return np.where(self.hidden < 1.0, per_count, np.inf)


def _in_sight(skymap: SkyMap, geometry: Geometry) -> _Sight:
    """Nothing is taken to be hidden where the spacecraft's place is not known, nor where it is too little to matter."""
    hidden = np.zeros(len(skymap)) if geometry.orbit is None else hidden_fractions(skymap, geometry.orbit)
    if float(skymap.prob @ hidden) < LEAST_HIDDEN:
        hidden = np.zeros(len(skymap))
    left = 1.0 - hidden
    # A hidden tile keeps its area: without probability it is the last of any region.
    return _Sight(skymap.prob * left, skymap.area_sr * np.where(hidden < 1.0, left, 1.0), hidden)


def _words(geometry: Geometry, skymap: SkyMap, instruments: tuple[str, ...], context: Given) -> dict[str, ResponseWord]:
    """How well each instrument sees the region's peak; nothing of it where the Earth hides it."""
    top = peak(skymap)
    assert geometry.attitude is not None
    if geometry.orbit is not None and is_hidden(float(top.ra.rad), float(top.dec.rad), geometry.orbit):
        return {}
    known = tuple(name for name in instruments if name in context.mission.response.instruments)
    found = response_towards(top, geometry.attitude, context.mission, known, _QUOTED_SPECTRUM)
    return {
        name: ResponseWord(percent_of_best=word["percent_of_best_at_peak"], word=word["word"]) for name, word in found.items()
    }


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
    return {
        name: np.where(np.isfinite(values), values, np.nan)
        for name, values in found.items()
        if values is not None and np.isfinite(values).any()
    }


def _own_maps(own: OwnLimits) -> dict[str, FloatArray]:
    """Ours, direction by direction, of the spectra that have a plain name: "HARD_1S_P90", "HARD_0_1S_P90"."""
    return {
        f"{spectrum}_{duration:g}S_P{100 * CURVE_CONFIDENCE:g}".upper().replace(".", "_"): np.where(
            np.isfinite(values), values, np.nan
        )
        for (spectrum, duration), values in sorted(own.maps.items())
        if spectrum.isalpha()
    }


def _map_file(event: Event, skymap: SkyMap, maps: dict[str, FloatArray], context: Given, *, simulated: bool) -> bytes:
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
    geometry: Geometry, curves: Sequence[LightCurve], policy: Policy, context: Given, distance_mpc: float | None
) -> Provenance:
    inputs = tuple(
        InputRef(
            name=curve.info.instrument, sha256=curve.info.content_id, source=curve.info.source, simulated=curve.info.simulated
        )
        for curve in curves
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
        inputs=(*geometry.provenance.inputs, *inputs),
    )
