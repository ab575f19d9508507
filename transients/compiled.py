"""Kernels compiled by numba: kept on disk where there is a folder for it, so that only the first run waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., object])


#: The order of a sum is free, and every number is one: then a processor adds several at a time.
_FREE = {"reassoc", "nnan", "nsz"}


def compiled(function: Function) -> Function:
    """The compiled form of a function of numbers and arrays; the plain one stays at `.py_func`, which tests compare with.

    numba takes a quarter of a second to import: a module of kernels is imported where it is used, not with its room.
    """
    return _compiled(function, False)


def compiled_sums(function: Function) -> Function:
    """The same for sums of finite numbers whose last digits do not matter: another make of processor may round them otherwise."""
    return _compiled(function, _FREE)


def _compiled(function: Function, fastmath: bool | set[str]) -> Function:
    import numba

    try:
        return cast(Function, numba.njit(cache=True, fastmath=fastmath)(function))
    except RuntimeError:  # no folder to keep the compiled form in
        return cast(Function, numba.njit(fastmath=fastmath)(function))
