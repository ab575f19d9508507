"""Figures: light curve, whole sky, limit map, limits over duration. Each comes as PNG and SVG bytes, always the same for the same input."""

from .allsky import allsky_figure
from .canvas import Picture
from .lightcurve import lightcurve_figure
from .limitmap import limit_figure
from .sensitivity import has_curves, sensitivity_figure

__all__ = ["Picture", "allsky_figure", "has_curves", "lightcurve_figure", "limit_figure", "sensitivity_figure"]
