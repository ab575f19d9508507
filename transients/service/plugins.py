"""Plug-ins: other distributions' alert handlers, found by their entry points. A broken one is named and left out."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

import structlog

import handlers
from handlers.builtin import registry

#: An entry point of this group names an object that is a `handlers.Handler`.
HANDLERS_GROUP = "transients.handlers"

_log = structlog.get_logger("transients.plugins")


def load_handlers() -> dict[str, str]:
    """Register the handlers of every installed plug-in; those that stand already are left as they are.

    Returns
    -------
    dict
        For each plug-in that is not in use, by "distribution: entry point", the reason.
    """
    broken: dict[str, str] = {}
    for point in entry_points(group=HANDLERS_GROUP):
        try:
            handler = point.load()
            if not any(standing is handler for standing in registry):
                handlers.register(handler)
                _log.info("plug-in in use", action="plugin-loaded", plugin=_name(point))
        except Exception as error:  # whatever a plug-in does, the others and the service go on
            broken[_name(point)] = f"{type(error).__name__}: {error}"
            _log.error("a plug-in is broken and left out", action="plugin-broken", plugin=_name(point), exc_info=True)
    return broken


def _name(point: EntryPoint) -> str:
    return f"{point.dist.name if point.dist is not None else 'unknown'}: {point.name}"
