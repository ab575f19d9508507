"""A bar that shows how far long work is: on a terminal only, on standard error."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress_bar(what: str) -> Iterator[Callable[[float, str], None]]:
    """Gives a function to call with the share that is done, from 0 to 1, and a word on it; in a pipe it says nothing."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=1.0, note="")

        def told(share: float, note: str = "") -> None:
            bar.update(task, completed=share, note=note)

        yield told


def _silent(share: float, note: str = "") -> None:
    """Said to nobody."""
