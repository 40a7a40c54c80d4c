"""How answers are written to a stream, and the options that several commands share."""

from __future__ import annotations

import os
from typing import TextIO

from symbn.errors import UsageError
from symbn.judging import check_batch
from symbn.report.terminal import Style


def style_for(stream: TextIO, color: str) -> Style:
    """Return how to write to a stream: its width, and colour only on a terminal unless it was asked for."""
    terminal = stream.isatty()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    colour = color == "always" or (color == "auto" and terminal and not plain)
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdigit() and int(columns) > 0 else 80
    if terminal and not columns.isdigit():
        try:
            width = os.get_terminal_size(stream.fileno()).columns or 80
        except OSError:
            width = 80
    return Style(max(30, min(width, 120)), colour)


def batch_size(text: str | None) -> int | None:
    """Return the batch size that an option asks for. Raises: UsageError."""
    if text is None:
        return None
    digits = text.strip()
    if not (digits.isascii() and digits.lstrip("+-").isdigit() and len(digits) <= 12):
        raise UsageError(f"--batch wants a whole number, such as 4; got {text[:40]!r}")
    check_batch(int(digits))
    return int(digits)
