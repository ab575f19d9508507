"""Results of units on disk: each whole or not there, so that a scan that was interrupted goes on."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from schemas import to_json

from .work import UnitResult, decode

_FOLDER = "units"


class KeptResults:
    """The results in a scan's folder.

    Parameters
    ----------
    out
        The scan's folder.
    """

    def __init__(self, out: Path) -> None:
        self._folder = out / _FOLDER

    def find(self, unit: str, fingerprint: str) -> UnitResult | None:
        """A unit's result, if it is there and was made from the same files with the same orders."""
        try:
            result = decode(self._path(unit).read_bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        return result if result.fingerprint == fingerprint else None

    def holds_others(self, unit: str, fingerprint: str) -> bool:
        """Whether there is a result of the unit that was made otherwise."""
        return self._path(unit).exists() and self.find(unit, fingerprint) is None

    def put(self, result: UnitResult) -> None:
        """Keep a result; it replaces that of the unit before."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(result.unit)
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as stream:
            stream.write(to_json(result))
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)

    def _path(self, unit: str) -> Path:
        return self._folder / f"{unit}.json"
