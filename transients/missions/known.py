"""The facts of the missions there are: a record names its own, and is treated by what is known of it."""

from __future__ import annotations

from schemas.errors import ConfigurationError

from . import integral
from .base import Instrument
from .style import CircularStyle, MissionFacts

#: Those that ship; plug-ins join them as they are loaded.
_FACTS: dict[str, MissionFacts] = {integral.FACTS.name: integral.FACTS}


def join(facts: MissionFacts) -> None:
    """Make a mission known to all that reads records.

    Raises
    ------
    ConfigurationError
        When another mission of that name is known.
    """
    if _FACTS.setdefault(facts.name, facts) is not facts:
        raise ConfigurationError(f"there is another mission named {facts.name}")


def leave(name: str) -> None:
    """Forget a mission; of use to tests."""
    _FACTS.pop(name, None)


def known_instrument(mission: str, name: str) -> Instrument | None:
    """The facts of an instrument; None for one that is not known."""
    facts = _FACTS.get(mission)
    return None if facts is None else facts.instruments.get(name)


def known_style(mission: str) -> CircularStyle:
    """How circulars speak of a mission; plainly, of one that is not known."""
    facts = _FACTS.get(mission)
    return CircularStyle(keyword=mission) if facts is None else facts.style
