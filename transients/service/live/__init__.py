"""The blind search of the real-time stream: the same engine as a scan of an archive, fed as the data come."""

from .search import LiveSearch
from .watch import watch

__all__ = ["LiveSearch", "watch"]
