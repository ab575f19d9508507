"""Data in: services, archive, recorded files, real-time stream, simulator; honest about "not yet", "never" and "refused"."""

from .formats import read_lightcurve, select, write_lightcurve

__all__ = ["read_lightcurve", "select", "write_lightcurve"]
