"""What a messenger's alerts ask for, as data: each handler registers one."""

from __future__ import annotations

from .base import Record


class Threshold(Record, kw_only=True):
    """A rule over a notice's numbers. Every bound that is set must hold; a missing number fails its bound."""

    max_far_hz: float | None = None
    require_significant: bool = False
    #: Lower bounds on `Notice.properties` and `Notice.classification` by name.
    min_properties: dict[str, float] = {}
    min_classification: dict[str, float] = {}
    min_p_astro: float | None = None


class Policy(Record, kw_only=True):
    """How an event of this messenger is treated, unless configuration says otherwise."""

    name: str
    #: Half width of the searched light curve about T0.
    search_half_width_s: float = 300.0
    #: Counterparts are expected in T0 + [low, high].
    association_window_s: tuple[float, float] = (-300.0, 300.0)
    #: Named spectra of the limits; see the mission's spectra.
    spectra: tuple[str, ...] = ("hard", "soft")
    #: Time scales of the limits.
    durations_s: tuple[float, ...] = (0.1, 1.0, 8.0)
    #: Roles processed at all; whatever is processed is searched, which costs little.
    roles: tuple[str, ...] = ("observation",)
    #: Any of these must hold for a circular to be proposed for sending (a draft is always written); empty: always.
    circular_if: tuple[Threshold, ...] = ()
    #: Any of these must hold for a person to be woken; empty: never by the notice alone.
    wake_if: tuple[Threshold, ...] = ()
