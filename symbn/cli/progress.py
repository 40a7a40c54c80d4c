"""Lines on the terminal that say what is being done, for those who wait."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

Tell = Callable[[str, int, int], None]


def display() -> Progress:
    """Return what draws bars on standard error: file names are no markup, and standard output stays what it is."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    # Else what is printed meanwhile goes to the console, even if standard output is a file.
    return Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty())


@contextmanager
def progress() -> Iterator[Tell]:
    """Yield a function that is told what is being done, and how much of it is done, of how much. Only somebody who watches
    standard error sees it."""
    if not sys.stderr.isatty():
        yield lambda words, done, total: None
        return
    with display() as shown:
        task = shown.add_task("", total=None)
        yield lambda words, done, total: shown.update(task, description=words, completed=done, total=total)
