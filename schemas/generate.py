"""JSON Schemas of the records that travel: `python -m schemas.generate` writes schemas/json/<Record>.schema.json."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import msgspec

from .alerts import CircularLink, Heartbeat, Notice, PointingUpdate, RawAlert, Refusal
from .archive import ArchiveFile
from .assessment import Assessment
from .base import RECORDS_VERSION
from .events import Event
from .lightcurves import LightCurveInfo
from .outgoing import Circular, Message, Publication, Shift
from .policy import Policy
from .regions import SkyRegion
from .scan import Candidate, ScanRun
from .spacecraft import Attitude, DataExpectation, OrbitState, Pointing

FOLDER = Path(__file__).parent / "json"

TRAVELLING: dict[str, Any] = {
    "ArchiveFile": ArchiveFile,
    "Assessment": Assessment,
    "Attitude": Attitude,
    "Candidate": Candidate,
    "Circular": Circular,
    "CircularLink": CircularLink,
    "DataExpectation": DataExpectation,
    "Event": Event,
    "Heartbeat": Heartbeat,
    "LightCurveInfo": LightCurveInfo,
    "Message": Message,
    "Notice": Notice,
    "OrbitState": OrbitState,
    "Pointing": Pointing,
    "PointingUpdate": PointingUpdate,
    "Policy": Policy,
    "Publication": Publication,
    "RawAlert": RawAlert,
    "Refusal": Refusal,
    "ScanRun": ScanRun,
    "Shift": Shift,
    "SkyRegion": SkyRegion,
}


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one of the travelling records.

    Raises
    ------
    KeyError
        If no record of that name travels.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "$comment": f"records version {RECORDS_VERSION}; generated from schemas/, do not edit",
        **_plain(msgspec.json.schema(TRAVELLING[name])),
    }


def _plain(value: Any) -> Any:
    """The same on every Python: since 3.13 docstrings come without their indentation, and may keep a last line break."""
    if isinstance(value, dict):
        return {
            key: inspect.cleandoc(item) if key == "description" and isinstance(item, str) else _plain(item)
            for key, item in value.items()
        }
    return [_plain(item) for item in value] if isinstance(value, list) else value


def rendered() -> dict[str, str]:
    """File names and texts of all the schemas."""
    return {f"{name}.schema.json": json.dumps(schema(name), indent=2, sort_keys=True) + "\n" for name in TRAVELLING}


def main() -> None:
    """Write them, and remove the schemas of records that no longer travel."""
    FOLDER.mkdir(exist_ok=True)
    texts = rendered()
    for path in FOLDER.glob("*.schema.json"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
