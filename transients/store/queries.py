"""The named queries of schemas/sql/queries, read once."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@functools.cache
def load_queries() -> Mapping[str, str]:
    """Every query by its name. A name that occurs twice is a mistake of ours.

    Raises
    ------
    ValueError
        Naming the query.
    """
    found: dict[str, str] = {}
    for file in sorted((files("schemas") / "sql" / "queries").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".sql"):
            continue
        parts = _NAME.split(file.read_text(encoding="utf-8"))
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            if name in found:
                raise ValueError(f"two queries are called {name}")
            found[name] = text.strip()
    return MappingProxyType(found)
