"""Widths of bins from their centres."""

from __future__ import annotations

import numpy as np
import pytest

from transients.sources.formats.widths import widths_from_centres


def centres(natives: list[int]) -> np.ndarray:
    edges = np.concatenate([[0], np.cumsum(natives)]) * 0.05
    return 0.5 * (edges[1:] + edges[:-1])


@pytest.mark.parametrize(
    "natives",
    [
        [2] * 8,
        [2, 3, 2, 2, 2, 1, 2, 2],
        [2, 3, 2, 2, 2, 1, 3, 2, 2, 1, 2, 3, 2, 2, 1, 2, 3, 2, 2, 2, 1, 2, 2, 2],
        [3, 2, 2, 2, 2],
        [2, 2, 2, 2, 1, 2],
        [2, 2, 2, 2, 3],
        [20, 19, 20, 21, 20, 20],
    ],
)
def test_odd_bins_are_found(natives: list[int]) -> None:
    usual = max(set(natives), key=natives.count)
    np.testing.assert_allclose(widths_from_centres(centres(natives), usual * 0.05), np.array(natives) * 0.05)


def test_a_gap_keeps_the_usual_width() -> None:
    at = np.concatenate([centres([2] * 5), centres([2] * 5) + 7.3])
    np.testing.assert_allclose(widths_from_centres(at, 0.1), 0.1)


def test_bins_that_are_no_multiples_are_left_alone() -> None:
    np.testing.assert_allclose(widths_from_centres(np.array([0.0, 0.07, 0.2]), 0.07), 0.07)
    np.testing.assert_allclose(widths_from_centres(np.array([1.0]), 0.1), 0.1)
