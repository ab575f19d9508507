"""Plug-ins: other distributions' alert handlers and missions, found by their entry points. A broken one is named and left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import structlog

import handlers
from handlers.builtin import registry
from schemas.errors import ConfigurationError
from transients.missions import known
from transients.sources.integral import plugin as integral
from transients.sources.mission import MissionPlugin

#: An entry point of this group names an object that is a `handlers.Handler`.
HANDLERS_GROUP = "transients.handlers"
#: An entry point of this group names a `MissionPlugin`.
MISSIONS_GROUP = "transients.missions"

#: The missions that ship are there without asking what is installed.
_BUILT_IN: Mapping[str, MissionPlugin] = {integral.name: integral}

_log = structlog.get_logger("transients.plugins")


def load_handlers() -> dict[str, str]:
    """Register the handlers of every installed plug-in; those that stand already are left as they are.

    Returns
    -------
    dict
        For each plug-in that is not in use, by "distribution: entry point", the reason.
    """

    def take(handler: Any) -> bool:
        if any(standing is handler for standing in registry):
            return False
        handlers.register(handler)
        return True

    return _load(HANDLERS_GROUP, take)


def load_missions() -> tuple[dict[str, MissionPlugin], dict[str, str]]:
    """Every mission there is, by name, its facts known to all that reads records.

    Returns
    -------
    missions, broken
        `broken`: for each plug-in that is not in use, by "distribution: entry point", the reason.
    """
    found = dict(_BUILT_IN)

    def take(plugin: Any) -> bool:
        if not isinstance(plugin, MissionPlugin):
            raise TypeError(f"{type(plugin).__name__} is no MissionPlugin")
        standing = found.get(plugin.name)
        if standing is plugin:
            return False
        if standing is not None:
            raise ConfigurationError(f"there is another mission named {plugin.name}")
        known.join(plugin.facts)
        found[plugin.name] = plugin
        return True

    broken = _load(MISSIONS_GROUP, take)
    return found, broken


def mission_plugin(name: str) -> MissionPlugin:
    """The plug-in of a mission.

    Raises
    ------
    ConfigurationError
        When there is none of that name; it says which there are, and which are broken.
    """
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    missions, broken = load_missions()
    if name in missions:
        return missions[name]
    there = f"there is no mission {name!r}, but {', '.join(sorted(missions))}"
    left_out = "".join(f"; {point} is not in use: {why}" for point, why in broken.items())
    raise ConfigurationError(there + left_out, where="mission.name")


def _load(group: str, take: Callable[[Any], bool]) -> dict[str, str]:
    """Have each plug-in of a group taken, which says whether it is new; give what went wrong with each that is broken."""
    broken: dict[str, str] = {}
    for point in entry_points(group=group):
        try:
            if take(point.load()):
                _log.info("plug-in in use", action="plugin-loaded", plugin=_name(point))
        except Exception as error:  # whatever a plug-in does, the others and the service go on
            broken[_name(point)] = f"{type(error).__name__}: {error}"
            _log.error("a plug-in is broken and left out", action="plugin-broken", plugin=_name(point), exc_info=True)
    return broken


def _name(point: EntryPoint) -> str:
    return f"{point.dist.name if point.dist is not None else 'unknown'}: {point.name}"
