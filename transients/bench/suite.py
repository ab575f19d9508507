"""The measurements by group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from schemas.errors import ConfigurationError

from . import intake, parse, report, response, scan, search, service, sky, store
from .lines import Line
from .sizes import FULL, Sizes

#: A group's name and what measures it.
GROUPS: Mapping[str, Callable[[Sizes], Iterator[Line]]] = {
    "parse": parse.measure,
    "sky": sky.measure,
    "search": search.measure,
    "scan": scan.measure,
    "response": response.measure,
    "report": report.measure,
    "store": store.measure,
    "intake": intake.measure,
    "service": service.measure,
}
#: The intake begins with parsing: who asks for the one gets both.
_TOGETHER: Mapping[str, Sequence[str]] = {"intake": ("parse",)}


def run(names: Sequence[str] = (), *, sizes: Sizes = FULL) -> Iterator[Line]:
    """Measure; a line at a time, as each is done.

    Parameters
    ----------
    names : sequence of str
        Groups, in the order wanted; none: all.
    sizes : Sizes
        Amount of work.

    Yields
    ------
    dict
        "name", "value", "unit", "reference", "ratio" (`lines.line`), and "reason" where a value or ratio is None.

    Raises
    ------
    ConfigurationError
        At once, naming the groups there are, for a name that is none of them.
    """
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        raise ConfigurationError(f"no measurement is called {', '.join(map(repr, unknown))}; there are: {', '.join(GROUPS)}")
    return _lines(names or tuple(GROUPS), sizes)


def _lines(names: Sequence[str], sizes: Sizes) -> Iterator[Line]:
    wanted = dict.fromkeys(each for name in names for each in (*_TOGETHER.get(name, ()), name))
    for name in wanted:
        yield from GROUPS[name](sizes)
