"""Where a step stands in its file, as ranges of lines and columns."""

from __future__ import annotations

from symbn.answer import Step
from symbn.diagnostic import Span
from symbn.report.outcome import primary

Place = tuple[int, int]


def region(step: Step, span: Span | None = None) -> tuple[Place, Place]:
    """Return the first place of a range and the place behind its last character, both (line, column) from 1. Without a span it
    is what the caret marks, and at least one character where the line has one."""
    whole = primary(step) if span is None else span
    end = whole.end
    if span is None and end == whole.start and step.source[end : end + 1] not in ("", "\n", "\r"):
        end += 1
    return step.place(whole.start), step.place(end)
