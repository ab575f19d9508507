"""The command line: `transients COMMAND`. Nothing imports this room."""

from .main import main

__all__ = ["main"]
