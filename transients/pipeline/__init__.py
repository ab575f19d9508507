"""An event's journey: each step a function of its inputs and sources."""

from .context import Compute, Context, Source
from .data import is_data
from .journey import Outcome, OwnTrigger, Stage, journey
from .products import Products, Signing, draw_products, make_products, write_draft

__all__ = [
    "Compute",
    "Context",
    "Outcome",
    "OwnTrigger",
    "Products",
    "Signing",
    "Source",
    "Stage",
    "draw_products",
    "is_data",
    "journey",
    "make_products",
    "write_draft",
]
