"""The sentences of an observation circular. Each is made from stored facts, and is None where the fact is missing."""

from .finding import background, finding, methods
from .limits import own_limits, published_limits
from .notes import caveats, listing, own_triggers
from .observation import data_used, occultation, operations, orientation, region, response

__all__ = [
    "background",
    "caveats",
    "data_used",
    "finding",
    "listing",
    "methods",
    "occultation",
    "operations",
    "orientation",
    "own_limits",
    "own_triggers",
    "published_limits",
    "region",
    "response",
]
