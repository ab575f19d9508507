"""Data out: the files of a result as a deposit with a DOI. The store is told through a callback after every step."""

from .base import Deposit, Publisher, Save, file_list
from .channels import NoPublisher, RecordingPublisher
from .deposit import deposit_for, intended, may_leave, releases
from .factory import publisher
from .zenodo import ZenodoPublisher

__all__ = [
    "Deposit",
    "NoPublisher",
    "Publisher",
    "RecordingPublisher",
    "Save",
    "ZenodoPublisher",
    "deposit_for",
    "file_list",
    "intended",
    "may_leave",
    "publisher",
    "releases",
]
