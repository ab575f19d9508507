"""All detectors together on one event: the most likely window, and what a burst in it would have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemas import FloatArray, JointSearch, Policy, Provenance
from transients.missions import Mission
from transients.search import (
    SYSTEMATIC_FRACTION,
    Hypotheses,
    Rates,
    burst_interval,
    fit_burst,
    joint_search,
    primary_first,
    window_spike,
)
from transients.sky import SkyMap

#: What an instrument gives that has a total rate about T0.
_RATES = ("rate", "spectral timing")


def joint(
    detectors: Sequence[Rates],
    responses: Mapping[tuple[str, str], FloatArray],
    skymap: SkyMap,
    policy: Policy,
    mission: Mission,
    missing: tuple[str, ...],
    inputs: Provenance,
) -> JointSearch | None:
    """Search all detectors as one, over the localisation and the spectra of the policy.

    Parameters
    ----------
    responses : {(instrument, spectrum): (n,)}
        erg cm-2 per count by tile of `skymap`.
    missing : tuple of str
        Instruments with a response but no data here.
    inputs : Provenance
        Of the limits, whose inputs these are too.

    Returns
    -------
    JointSearch or None
        None without any detector that has a response.
    """
    names = [
        rates.instrument for rates in detectors if all((rates.instrument, spectrum) in responses for spectrum in policy.spectra)
    ]
    if not names:
        return None
    hypotheses = Hypotheses.of(names, policy.spectra, responses, skymap.prob)
    window = joint_search(detectors, hypotheses, association_window_s=policy.association_window_s)
    if window is None:
        return None
    start_s, duration_s = burst_interval(detectors, window)
    fit = fit_burst(detectors, hypotheses, start_s, duration_s, SYSTEMATIC_FRACTION)
    if fit is None:
        start_s, duration_s = window.start_s, window.duration_s
        fit = fit_burst(detectors, hypotheses, start_s, duration_s, SYSTEMATIC_FRACTION)
    if fit is None:
        return None
    first = primary_first(detectors)[0].instrument
    return JointSearch(
        instruments=tuple(names),
        missing=missing,
        t_start_s=window.start_s,
        duration_s=window.duration_s,
        log_ratio=window.log_ratio,
        snr=window.snr,
        noise_probability=window.noise_probability,
        spike=window_spike(detectors, window) if mission.instruments[first].particle_hits else None,
        log_ratio_alone=fit.log_ratio_alone,
        alone=fit.alone,
        chi2=fit.chi2,
        degrees_of_freedom=fit.degrees_of_freedom,
        p_value=fit.p_value,
        burst_start_s=start_s,
        burst_duration_s=duration_s,
        detectors=fit.detectors,
        fluences=fit.fluences,
        ratios=fit.ratios,
        systematic_fraction=SYSTEMATIC_FRACTION,
        caveats=_caveats(names, mission),
        provenance=Provenance(
            step="joint",
            version=inputs.version,
            parameters={
                "instruments": list(names),
                "spectra": list(policy.spectra),
                "association_window_s": list(policy.association_window_s),
                "response": inputs.parameters.get("response"),
            },
            inputs=inputs.inputs,
        ),
    )


def _caveats(names: Sequence[str], mission: Mission) -> tuple[str, ...]:
    """What the reader of the numbers has to know: a detector alone, and rates that no response turns into fluence."""
    said = [f"Only {names[0]} had data: nothing to compare it with."] if len(names) == 1 else []
    for name, instrument in mission.instruments.items():
        if instrument.gives in _RATES and name not in mission.response.instruments:
            said.append(f"{name} is not used: there is no response to its total rate.")
    return tuple(said)
