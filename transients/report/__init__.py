"""An assessment as circular text, figures, tables, a notebook and a folder of results."""

from .circular import UNSIGNED, draft, variant_of
from .facts import event_name, mark
from .style import check_circular

__all__ = ["UNSIGNED", "check_circular", "draft", "event_name", "mark", "variant_of"]
