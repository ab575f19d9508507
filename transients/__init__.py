"""From an astronomical alert to a result a person on shift can sign."""

from importlib.metadata import version as _version

__version__ = _version("transients")
