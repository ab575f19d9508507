"""Measurements of speed: every number beside a named reference, measured in the same run on the same machine."""

from .lines import Line
from .sizes import FULL, LONG, SMALL, Sizes
from .suite import GROUPS, run

__all__ = ["FULL", "GROUPS", "LONG", "SMALL", "Line", "Sizes", "run"]
