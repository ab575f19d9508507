"""`python -m transients.cli` is `transients`."""

from __future__ import annotations

from .main import main

# Processes that compute read this module once more, under another name.
if __name__ == "__main__":
    main()
