"""The response model evaluated, against a table of it looked up by healpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import healpy
import numpy as np

from schemas import FloatArray
from transients.sources import load_response

from .checks import require_close
from .lines import Line, line
from .sizes import Sizes
from .timing import seconds

#: Pixels of 1.8 deg, as fine as the tables of the original system.
_NSIDE = 32
_INSTRUMENT = "SPI-ACS"
#: ln of two values that the table must not exceed: the model is smooth on the scale of the pixels.
_TOLERANCE_LN = 0.2


def measure(sizes: Sizes) -> Iterator[Line]:
    """A spectrum with its own map, one that is folded from two, against nearest pixel and interpolation."""
    model = load_response()
    rng = np.random.default_rng(4)
    theta = np.arccos(rng.uniform(-1.0, 1.0, sizes.directions))
    phi = rng.uniform(-np.pi, np.pi, sizes.directions)
    for spectrum in ("hard", "comp:-0.5,500"):

        def ours(spectrum: str = spectrum) -> FloatArray:
            return model.fluence_per_count(_INSTRUMENT, spectrum, theta, phi)

        table = model.fluence_per_count(_INSTRUMENT, spectrum, *healpy.pix2ang(_NSIDE, np.arange(12 * _NSIDE**2)))
        yield from _against(spectrum, ours, table, theta, phi, sizes)


def _against(
    spectrum: str, ours: Callable[[], FloatArray], table: FloatArray, theta: FloatArray, phi: FloatArray, sizes: Sizes
) -> Iterator[Line]:
    def nearest() -> FloatArray:
        return np.asarray(table[healpy.ang2pix(_NSIDE, theta, phi)])

    def interpolated() -> FloatArray:
        return np.asarray(healpy.get_interp_val(table, theta, phi))

    require_close(f"response to {spectrum}, ln", np.log(ours()), np.log(interpolated()), _TOLERANCE_LN)
    spent, near, between = seconds([ours, nearest, interpolated], sizes.turns)
    name, unit = f"response: {_INSTRUMENT} to {spectrum}", "directions/s"
    yield line(name, len(theta) / spent, unit, f"healpy.ang2pix into a table of nside {_NSIDE}", near / spent)
    yield line(name, len(theta) / spent, unit, f"healpy.get_interp_val of a table of nside {_NSIDE}", between / spent)
