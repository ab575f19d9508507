"""An event's journey: each step a function of its inputs and sources."""

from .context import Compute, Context, Source
from .journey import Outcome, OwnTrigger, Stage, journey
from .products import Products, Signing, data_files, draw_products, is_data, make_products, write_draft

__all__ = [
    "Compute",
    "Context",
    "Outcome",
    "OwnTrigger",
    "Products",
    "Signing",
    "Source",
    "Stage",
    "data_files",
    "draw_products",
    "is_data",
    "journey",
    "make_products",
    "write_draft",
]
