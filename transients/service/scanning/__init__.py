"""A blind search of an archive: days as units of work, on processes or a cluster, resumable; a catalogue at the end."""

from .catalogue import CATALOGUE, read_catalogue
from .orders import ScanOrders
from .run import RATES, RUN, ScanOutcome, scan_archive

__all__ = ["CATALOGUE", "RATES", "RUN", "ScanOrders", "ScanOutcome", "read_catalogue", "scan_archive"]
