"""Kernels compiled by numba: kept on disk where there is a folder for it, so that only the first run waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """The compiled form of a function of numbers and arrays; the plain one stays at `.py_func`, which tests compare with.

    numba takes half a second to import: a module of kernels is imported where it is used, not with its room.
    """
    import numba

    try:
        return cast(Function, numba.njit(cache=True)(function))
    except RuntimeError:  # no folder to keep the compiled form in
        return cast(Function, numba.njit(function))
