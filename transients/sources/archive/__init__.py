"""An archive of count rates: a folder of files in our own form, one per day and instrument, with an index (docs/archive.md)."""

from .index import INDEX, list_archive
from .reader import ArchiveReader
from .simulated import SimulatedArchive, simulate_archive
from .truth import TRUTH, read_truth
from .writer import ArchiveWriter, slug

__all__ = [
    "INDEX",
    "TRUTH",
    "ArchiveReader",
    "ArchiveWriter",
    "SimulatedArchive",
    "list_archive",
    "read_truth",
    "simulate_archive",
    "slug",
]
