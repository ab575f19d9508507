"""The overview of an event: facts with unit, uncertainty, and who computed them from what."""

from __future__ import annotations

from schemas import Assessment, DataStatus, Event, Geometry, LimitResult, Orientation, Provenance, Record
from transients.report.facts import allowed_sun_angles_deg, sun_rule

from ..wording import UNKNOWN, number, percent


class Fact(Record, frozen=True, kw_only=True):
    """One line: what, value with its unit, uncertainty, origin."""

    label: str
    value: str
    uncertainty: str = UNKNOWN
    source: str = UNKNOWN


class FactGroup(Record, frozen=True, kw_only=True):
    """Facts that belong together."""

    title: str
    facts: tuple[Fact, ...]


def event_facts(event: Event, assessment: Assessment | None) -> tuple[FactGroup, ...]:
    """Everything known in figures, group by group; groups with nothing in them are left out."""
    groups = [FactGroup(title="The event", facts=tuple(_alert(event)))]
    if assessment is not None:
        if assessment.geometry is not None:
            groups.append(FactGroup(title="Where the region is", facts=tuple(_sky(assessment.geometry))))
            groups.append(FactGroup(title="The spacecraft", facts=tuple(_spacecraft(assessment.geometry))))
        groups.append(FactGroup(title="Data", facts=tuple(_data(d) for d in assessment.data)))
        if assessment.limits is not None:
            groups.append(FactGroup(title="Response", facts=tuple(_response(assessment.limits))))
    return tuple(group for group in groups if group.facts)


def provenances(assessment: Assessment) -> tuple[Provenance, ...]:
    """How each part was made, in the order made."""
    parts = [assessment.geometry, *assessment.searches, assessment.joint, assessment.limits]
    return tuple(part.provenance for part in parts if part is not None)


def made_by(provenance: Provenance) -> str:
    """ "geometry 0.1.0 from sky map (LVK), attitude (service; SIMULATED)"."""
    inputs = ", ".join(f"{i.name} ({i.source}{'; SIMULATED' if i.simulated else ''})" for i in provenance.inputs)
    return f"{provenance.step} {provenance.version}" + (f" from {inputs}" if inputs else "")


def _alert(event: Event) -> list[Fact]:
    says = f"{event.origin}, as alerted"
    t0 = UNKNOWN if event.t0 is None else f"{event.t0.iso} UTC"
    facts = [
        Fact(
            label="T0",
            value=t0,
            uncertainty=UNKNOWN if event.t0_error_s is None else f"± {number(event.t0_error_s, 2, 's')}",
            source=says,
        )
    ]
    facts += [Fact(label="Names", value=", ".join((event.event_id, *event.aliases)), source=says)] if event.aliases else []
    significance = event.significance
    if significance is not None:
        named = (
            ("False-alarm rate", significance.far_hz, "Hz"),
            ("S/N", significance.snr, ""),
            ("p-value", significance.p_value, ""),
            ("Probability astrophysical", significance.p_astro, ""),
        )
        facts += [Fact(label=label, value=number(v, 3, unit), source=says) for label, v, unit in named if v is not None]
        if significance.significant is not None:
            facts.append(Fact(label="Significant", value="yes" if significance.significant else "no", source=says))
    for title, values in (("Class", event.classification), ("Property", event.properties)):
        facts += [Fact(label=f"{title} {name}", value=percent(value), source=says) for name, value in values.items()]
    if event.distance_mpc is not None:
        error = event.distance_error_mpc
        spread = UNKNOWN if error is None else f"± {number(error, 3, 'Mpc')}"
        facts.append(Fact(label="Distance", value=number(event.distance_mpc, 3, "Mpc"), uncertainty=spread, source=says))
    if event.duration_s is not None:
        facts.append(Fact(label="Duration", value=number(event.duration_s, 3, "s"), source=says))
    if event.instruments:
        facts.append(Fact(label="Instruments", value=", ".join(event.instruments), source=says))
    return facts


def _sky(geometry: Geometry) -> list[Fact]:
    by = made_by(geometry.provenance)
    facts: list[Fact] = []
    place = geometry.localisation
    if place is not None:
        facts += [
            Fact(
                label="Peak", value=f"RA {place.peak_ra_deg:.2f}°, Dec {place.peak_dec_deg:+.2f}°", source=f"{place.kind}; {by}"
            ),
            Fact(label="50 % area", value=number(place.area50_deg2, 3, "deg²"), source=by),
            Fact(label="90 % area", value=number(place.area90_deg2, 3, "deg²"), source=by),
        ]
        if place.distmean_mpc is not None:
            spread = UNKNOWN if place.diststd_mpc is None else f"± {number(place.diststd_mpc, 3, 'Mpc')}"
            facts.append(
                Fact(label="Distance from the map", value=number(place.distmean_mpc, 3, "Mpc"), uncertainty=spread, source=by)
            )
    seen = geometry.visibility
    if seen is not None:
        rule = f"Sun angle {sun_rule(allowed_sun_angles_deg(seen), '90° ± {:g}°', '{:g}° to {:g}°')}"
        facts.append(Fact(label="Visible, by the Sun alone", value=percent(seen.visible_fraction), source=f"{rule}; {by}"))
        if seen.allowed_fraction is not None:
            each = ", ".join(f"{name} bars {percent(value)}" for name, value in seen.barred)
            facts.append(Fact(label="Visible, by every constraint", value=percent(seen.allowed_fraction), source=f"{each}; {by}"))
        named = (
            ("In the field of view", seen.fov_fraction),
            ("In the fully coded field of view", seen.fov_full_fraction),
            ("Hidden by the Earth", seen.earth_fraction),
            ("Near the Moon", seen.moon_fraction),
            ("Behind the Moon", seen.moon_disc_fraction),
        )
        facts += [Fact(label=label, value=percent(value), source=by) for label, value in named]
        if seen.off_axis:
            within = ", ".join(f"{angle:g}°: {percent(value)}" for angle, value in seen.off_axis)
            facts.append(Fact(label="Within angles of the axis", value=within, source=by))
    exposure = geometry.exposure
    if exposure is not None:
        window = f"{exposure.pointings} pointings within {exposure.fov_radius_deg:g}°, {exposure.source}; {by}"
        facts.append(Fact(label="Exposure, elapsed", value=number(exposure.plain_ks, 3, "ks"), source=window))
        if exposure.live_ks is not None:
            facts.append(Fact(label="Exposure, live", value=number(exposure.live_ks, 3, "ks"), source=window))
        if exposure.coding_weighted_ks is not None:
            facts.append(Fact(label="Exposure, coded", value=number(exposure.coding_weighted_ks, 3, "ks"), source=window))
    return facts


def _angle_errors(turned: Orientation) -> str:
    """Of theta and of phi; a record of earlier times has only the attitude's."""
    theta = turned.attitude_error_deg if turned.theta_error_deg is None else turned.theta_error_deg
    if theta is None and turned.phi_error_deg is None:
        return UNKNOWN
    errors = [("θ", theta), ("φ", turned.phi_error_deg)]
    return ", ".join(f"{name} ± {number(value, 2)}°" for name, value in errors if value is not None)


def _spacecraft(geometry: Geometry) -> list[Fact]:
    by = made_by(geometry.provenance)
    phase_error = UNKNOWN if geometry.phase_error is None else f"± {number(geometry.phase_error, 2)}"
    facts = []
    if geometry.revolution is not None:
        facts.append(Fact(label="Revolution", value=f"{geometry.revolution}", source=by))
    if geometry.phase is not None:
        facts.append(Fact(label="Orbital phase", value=f"{geometry.phase:.3f}", uncertainty=phase_error, source=by))
    facts.append(Fact(label="Science window", value=geometry.scw_id or UNKNOWN, source=by))
    aim = geometry.attitude
    if aim is not None:
        error = UNKNOWN if aim.error_deg is None else f"± {number(aim.error_deg, 2)}°"
        where = f"RA {aim.x_ra_deg:.2f}°, Dec {aim.x_dec_deg:+.2f}°"
        facts.append(Fact(label="Pointing", value=where, uncertainty=error, source=f"attitude: {aim.source}"))
    turned = geometry.orientation
    if turned is not None:
        error = _angle_errors(turned)
        angles = f"{turned.word} (θ {turned.theta_deg:.1f}°, φ {turned.phi_deg:.1f}°)"
        source = f"peak of the region; attitude: {turned.attitude_source}"
        facts.append(Fact(label="Orientation", value=angles, uncertainty=error, source=source))
    orbit = geometry.orbit
    if orbit is not None:
        error = UNKNOWN if orbit.error_km is None else f"± {number(orbit.error_km, 2, 'km')}"
        value = number(orbit.distance_km / 1000.0, 4, "Mm")
        facts.append(Fact(label="Distance to Earth", value=value, uncertainty=error, source=f"orbit: {orbit.source}"))
    if geometry.light_travel_s is not None:
        value = f"{geometry.light_travel_s:+.3f} s"
        facts.append(Fact(label="Light travel, geocentre − spacecraft", value=value, source=by))
    if geometry.sun_angle_deg is not None:
        facts.append(Fact(label="Sun angle", value=f"{geometry.sun_angle_deg:.1f}°", source=by))
    expected = geometry.expectation
    if expected is not None:
        error = UNKNOWN if expected.error_s is None else f"± {number(expected.error_s, 2, 's')}"
        text = f"{expected.status}; {expected.sentence}"
        facts.append(Fact(label="Data expected", value=text, uncertainty=error, source=expected.source))
    return facts


def _data(status: DataStatus) -> Fact:
    tier = status.tier.upper() if status.tier in ("nrt", "cons") else status.tier
    value = "none" if status.tier == "none" else f"{tier}, {percent(status.completeness)} complete"
    return Fact(label=status.instrument, value=value, source=status.source + (" (SIMULATED)" if status.simulated else ""))


def _response(limits: LimitResult) -> list[Fact]:
    return [
        Fact(label=name, value=f"{word.word} ({word.percent_of_best:.0f} % of best)", source=limits.response_source)
        for name, word in sorted(limits.response.items())
    ]
