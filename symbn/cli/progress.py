"""A line on the terminal that says what is being done, for those who wait."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[str, int, int], None]


@contextmanager
def progress() -> Iterator[Tell]:
    """Yield a function that is told what is being done, and how much of it is done, of how much. Only somebody who watches
    standard error sees it."""
    if not sys.stderr.isatty():
        yield lambda words, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    # Else what is printed meanwhile goes to the console, even if standard output is a file.
    console, both = Console(stderr=True), sys.stdout.isatty()
    with Progress(*columns, console=console, transient=True, redirect_stdout=both) as shown:
        task = shown.add_task("", total=None)
        yield lambda words, done, total: shown.update(task, description=words, completed=done, total=total)
