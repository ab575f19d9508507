"""An event's journey: each step a function of its inputs and sources."""

from .context import Context, Source
from .journey import Outcome, OwnTrigger, Stage, journey
from .products import Products, Signing, make_products

__all__ = ["Context", "Outcome", "OwnTrigger", "Products", "Signing", "Source", "Stage", "journey", "make_products"]
