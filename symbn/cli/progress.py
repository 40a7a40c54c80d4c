"""Lines on the terminal that say what is being done, for those who wait."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it goes. start: seconds by the clock that `now` is of."""

    start: float

    def said(self, documents: int, steps: int, now: float, whole: bool = False) -> str:
        """Return the rates in words; whole: with the time, for the end."""
        seconds = max(now - self.start, 1e-3)
        rates = f"{documents / seconds:.1f} documents/s, {steps / seconds:.1f} steps/s"
        return f"{seconds:.1f} s, {rates}" if whole else rates


Tell = Callable[[str, int, int], None]


def display() -> Progress:
    """Return what draws bars on standard error: file names are no markup, and standard output stays what it is."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
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


@contextmanager
def paced(total: int | None) -> Iterator[Callable[[str, int], None]]:
    """Yield a function that is told the rates in words, and how many documents are done. total: of how many, if that is known;
    then the time that is left is estimated."""
    if not sys.stderr.isatty():
        yield lambda words, done: None
        return
    with display() as shown:
        task = shown.add_task("", total=total)
        yield lambda words, done: shown.update(task, description=words, completed=done)
