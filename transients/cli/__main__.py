"""`python -m transients.cli` is `transients`."""

from .main import main

main()
