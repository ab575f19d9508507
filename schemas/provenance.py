"""What a part of a result was made from."""

from __future__ import annotations

from typing import Any

from .base import Record


class InputRef(Record, kw_only=True):
    """An input of a computation, named so that it can be found again and shown to be the same."""

    name: str
    sha256: str
    source: str
    simulated: bool = False


class Provenance(Record, kw_only=True):
    """How a part was made: code version, parameters, inputs. Two runs with equal provenance give equal results."""

    step: str
    version: str
    #: The parameters, plain JSON data.
    parameters: dict[str, Any] = {}
    inputs: tuple[InputRef, ...] = ()
