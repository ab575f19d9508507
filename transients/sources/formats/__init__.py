"""Light curves as bytes: every form the services and archives give them in, read into one record, and our own form written."""

from .archive import write_lightcurve
from .read import read_lightcurve
from .window import select

__all__ = ["read_lightcurve", "select", "write_lightcurve"]
