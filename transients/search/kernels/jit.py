"""Compilation of kernels: imported only by who searches, for numba takes half a second to import."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def jit(function: Function) -> Function:
    """The compiled form of a function of numbers and arrays; the plain one stays as its `py_func`."""
    try:
        return cast(Function, numba.njit(cache=True)(function))
    except RuntimeError:  # no folder to keep the compiled form in
        return cast(Function, numba.njit(function))
