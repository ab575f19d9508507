"""The figures of a result. Each comes as PNG and SVG bytes, always the same for the same input."""

from .allsky import allsky_figure
from .canvas import Picture
from .history import history_figure
from .lightcurve import lightcurve_figure
from .limitmap import limit_figure
from .sensitivity import has_curves, sensitivity_figure
from .visibility import visibility_figure

__all__ = [
    "Picture",
    "allsky_figure",
    "has_curves",
    "history_figure",
    "lightcurve_figure",
    "limit_figure",
    "sensitivity_figure",
    "visibility_figure",
]
