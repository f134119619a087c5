"""How the inner loops are compiled: kept, without counting references, and put into those that call them.

Numba counts references of every array that a function is given, cuts a row out of or takes out of a tuple.
Both processors write to the same counters then, and a function that lives through one trip in one scenario
costs more by that than by what it does; so does handing it the hundred numbers that ten arrays are. What
makes no array needs none of it, and what Python never calls needs no door to it: it also compiles faster.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])


def inner(function: _Function) -> _Function:
    """A loop that makes no array, for other compiled functions alone."""
    compiled: _Function = njit(
        cache=True, _nrt=False, forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
    )(function)  # type: ignore[call-overload]
    return compiled


def shared(function: _Function) -> _Function:
    """What makes no array, for compiled functions and for Python, whose lock it lets go."""
    compiled: _Function = njit(cache=True, nogil=True, _nrt=False)(function)  # type: ignore[call-overload]
    return compiled
