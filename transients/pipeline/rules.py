"""A policy's thresholds held against an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemas import Event, Policy, Threshold

from .verdict import Verdict


def holds(thresholds: Sequence[Threshold], event: Event) -> bool:
    """Whether any of the thresholds holds; False for none at all.

    A number that the event does not have fails its bound: what is not known is not assumed.
    """
    return any(_holds(threshold, event) for threshold in thresholds)


def proposes_circular(event: Event, policy: Policy, verdict: Verdict) -> bool:
    """Whether a circular should be sent: for a detection always, else for a result on an event that the policy names beforehand."""
    if event.role != "observation" or verdict in ("pending", "no-data"):
        return False
    return verdict == "detection" or not policy.circular_if or holds(policy.circular_if, event)


def _holds(threshold: Threshold, event: Event) -> bool:
    said = event.significance
    far_hz = None if said is None else said.far_hz
    p_astro = None if said is None else said.p_astro
    bounds = (
        threshold.max_far_hz is None or (far_hz is not None and far_hz < threshold.max_far_hz),
        not threshold.require_significant or (said is not None and said.significant is True),
        threshold.min_p_astro is None or (p_astro is not None and p_astro > threshold.min_p_astro),
        _above(threshold.min_properties, event.properties),
        _above(threshold.min_classification, event.classification),
    )
    return all(bounds)


def _above(least: Mapping[str, float], values: Mapping[str, float]) -> bool:
    return all(name in values and values[name] > bound for name, bound in least.items())
