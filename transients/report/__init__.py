"""An assessment as circular text, figures, tables, a notebook and a folder of results."""

from .circular import UNSIGNED, draft
from .facts import event_name, mark
from .package import is_complete, result_files
from .style import check_circular
from .subjects import variant_of
from .table import COLUMNS, event_row

__all__ = [
    "COLUMNS",
    "UNSIGNED",
    "check_circular",
    "draft",
    "event_name",
    "event_row",
    "is_complete",
    "mark",
    "result_files",
    "variant_of",
]
