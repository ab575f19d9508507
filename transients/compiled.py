"""Kernels compiled by numba: kept on disk where there is a folder for it, so that only the first run waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function compiled; the plain one stays at `.py_func`, which tests compare with.

    numba takes half a second to import: a module of kernels is imported where it is used, not with its room.
    """
    import numba

    try:
        kernel: Any = numba.njit(cache=True)(function)
    except RuntimeError:  # no folder to keep the compiled form in
        kernel = numba.njit(function)
    return kernel  # type: ignore[no-any-return]
