"""Where bytes come from: sources that give alerts one by one and are told when each is safe. Knows nothing of astronomy."""

from .archive import ArchiveSource
from .base import LineState, Source
from .directory import DirectorySource
from .documents import Document, iter_documents
from .gcn import GcnSource
from .hop import hop_source
from .kafka import KafkaSource
from .loop import SourceStats, one_by_one, run
from .replay import ReplaySource
from .stretch import topic_stretch
from .vtp import VtpSource

__all__ = [
    "ArchiveSource",
    "DirectorySource",
    "Document",
    "GcnSource",
    "KafkaSource",
    "LineState",
    "ReplaySource",
    "Source",
    "SourceStats",
    "VtpSource",
    "hop_source",
    "iter_documents",
    "one_by_one",
    "run",
    "topic_stretch",
]
