"""Commands of count rates: search, limit, fap."""

from __future__ import annotations
