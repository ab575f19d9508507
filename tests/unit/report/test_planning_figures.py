"""Figures of the pointing history and the visibility: the same for the same input, and what they must show."""

from __future__ import annotations

import io

import numpy as np
import pytest

from schemas import Instant, OffAxisPointing, PointingHistory, VisibilityForecast, VisibilityWindow
from transients.missions import shift
from transients.report.figures import Picture, history_figure, visibility_figure

T0 = Instant.parse("2023-05-18T12:59:08")
DAY_S = 86400.0


def _history(angle_deg: float = 12.0, ks: float = 2.0) -> PointingHistory:
    row = int(angle_deg // 5)
    return PointingHistory(
        window_start=shift(T0, -10 * DAY_S), window_stop=shift(T0, 10 * DAY_S), ra_deg=40.0, dec_deg=-1.0, source="archive",
        pointings=tuple(OffAxisPointing(id=str(n), start_h=n, stop_h=n + 0.5, off_axis_deg=angle_deg) for n in range(-20, 20)),
        histogram=tuple((5.0 * n, 5.0 * n + 5.0, ks if n == row else 0.0) for n in range(36)),
    )  # fmt: skip


def _forecast(*windows: tuple[float, float, str, str], limited_by: str | None = None) -> VisibilityForecast:
    return VisibilityForecast(
        start=T0, stop=shift(T0, 5 * DAY_S), ra_deg=40.0, dec_deg=-1.0, observable_s=1e5, limited_by=limited_by, error_s=640.0,
        windows=tuple(
            VisibilityWindow(start=shift(T0, a * DAY_S), stop=shift(T0, b * DAY_S), opened_by=o, closed_by=c) for a, b, o, c in windows
        ),
        fractions=((0.0, 0.5), (5 * DAY_S, 0.6)), constraints=("Sun 50 to 130 deg",), orbit_source="orbit model",
    )  # fmt: skip


def _pixels(picture: Picture) -> np.ndarray:
    from matplotlib.image import imread

    return imread(io.BytesIO(picture.png), format="png")[..., :3]


def _share(picture: Picture, colour: str) -> float:
    """Part of the pixels nearest to a colour."""
    rgb = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    return float((np.abs(_pixels(picture) - rgb).max(axis=-1) < 0.12).mean())


def test_equal_input_gives_equal_bytes_and_a_mark_shows() -> None:
    for draw in (
        lambda mark: history_figure(_history(), name="GRB 230518A", mission="INTEGRAL", mark=mark, svg=True),
        lambda mark: visibility_figure(_forecast((0, 2, "range", "Sun")), name="E", mission="INTEGRAL", mark=mark, svg=True),
    ):
        assert draw("") == draw("")
        assert draw("SIMULATED DATA").png != draw("").png
        assert draw("").svg is not None


def test_what_bars_is_drawn_in_the_bodys_colour() -> None:
    earth = visibility_figure(_forecast((0, 2, "range", "Earth limb"), (4, 5, "Earth limb", "range")), name="E", mission="I")
    sun = visibility_figure(_forecast(limited_by="Sun"), name="E", mission="I")
    blue, yellow = "#4b86bd", "#e9b33a"
    assert _share(earth, blue) > 0.01 > _share(sun, blue)
    assert _share(sun, yellow) > 0.05 > _share(earth, yellow)


def test_the_angle_moves_the_line_and_the_bar() -> None:
    near, far = (_pixels(history_figure(_history(angle), name="E", mission="I")) for angle in (12.0, 150.0))
    rows = np.flatnonzero(np.abs(near - far).max(axis=(1, 2)) > 0.3)
    assert rows.max() - rows.min() > 0.4 * len(near)


@pytest.mark.parametrize("history", [_history(0.0), _history(180.0 - 1e-9)])
def test_angles_at_the_ends(history: PointingHistory) -> None:
    assert history_figure(history, name="E", mission="I").png.startswith(b"\x89PNG")


def test_nothing_to_draw_is_drawn_all_the_same() -> None:
    empty = PointingHistory(
        window_start=T0, window_stop=shift(T0, 10.0), ra_deg=0, dec_deg=0, source="s", histogram=_history().histogram
    )
    assert history_figure(empty, name="E", mission="I").png
    assert visibility_figure(_forecast((0, 5, "range", "range")), name="E", mission="I").png
