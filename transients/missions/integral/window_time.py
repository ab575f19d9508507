"""When a science window was, from its id alone: its revolution, and the mean time that a pointing takes."""

from __future__ import annotations

import re

import astropy.units as u

from schemas.errors import NoData

from ..base import WindowTime
from ..times import to_time
from .revolutions import perigee, perigee_error_h, revolution
from .scw import parse_science_window
from .windows import data_window

#: Hours per pointing number since the first data, from six recorded science windows: 0.45 to 1.03.
_POINTING_H, _POINTING_SPREAD_H = 0.75, 0.30
_FORM = re.compile(r"\d{12}(\.\d{3})?", re.ASCII)


def science_window_time(text: str) -> WindowTime | None:
    """The time of a science window, with hours of error, and said so; None for a text of another form.

    Raises
    ------
    RefusedInput
        For twelve digits that are no science window.
    NoData
        For a revolution that INTEGRAL has not.
    """
    if _FORM.fullmatch(text) is None:
        return None
    window = parse_science_window(text)
    if window.revolution == 0:
        raise NoData("INTEGRAL has no revolution 0", where=text)
    expected = data_window(window.revolution)
    time = min(to_time(expected.start) + _POINTING_H * window.pointing * u.h, to_time(expected.stop))
    error_h = perigee_error_h(window.revolution) + _POINTING_SPREAD_H * window.pointing + 1.0
    period_h = (perigee(window.revolution + 1) - perigee(window.revolution)).to_value(u.h)
    return WindowTime(
        id=window.id,
        time=time,
        error_s=3600 * error_h,
        phase_error=float(error_h / period_h),
        source=f"approximate, from the number of the pointing and the {revolution(time).source}",
    )
