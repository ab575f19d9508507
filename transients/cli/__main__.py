"""`python -m transients.cli` is `transients`."""

from __future__ import annotations

# Processes that compute read this file once more, under another name and outside the package: no relative import, nothing to load.
if __name__ == "__main__":
    from transients.cli.main import main

    main()
