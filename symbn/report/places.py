"""Where a step stands in its file: what its caret marks, and its repair as an edit of the source."""

from __future__ import annotations

import re
from dataclasses import dataclass

from symbn.answer import REFUTED, Step
from symbn.diagnostic import Span, Value, position

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\s+|.", re.DOTALL)
_RELATION = r"\s*&?\s*:?=\s*&?\s*"
_REWRITTEN = (".html", ".htm", ".xhtml", ".ipynb")  # their text is not the file's

Place = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Edit(Value):
    """Put `text` in place of the characters `span` of the source."""

    span: Span
    text: str


def edit(step: Step) -> Edit | None:
    """Return the repair as an edit of the source, if it can be made there.

    It can where the edited side stands in the source as it was read (no macro was expanded, no entity decoded), and the repair
    leaves the other side as it is; that one may stand elsewhere, on the row above or in an earlier formula. The edit is cut
    down to whole LaTeX tokens.
    """
    found = edit_of_side(step)
    if found is None or step.repair is None:
        return None
    side = right_side(step) if step.repair.side == "right" else _left_side(step)
    return None if side is None else Edit(shifted(found.span, side.start), found.text)


def edit_of_side(step: Step) -> Edit | None:
    """Return the repair as an edit of the text of one side, without the blanks around it; None if it rewrites both."""
    sides = repaired_side(step)
    return None if sides is None or sides[0] == sides[1] else _smallest(*sides)


def repaired_side(step: Step) -> tuple[str, str] | None:
    """Return the side that the repair edits, as it was and as it has to be; None if the repair rewrites the other one, too."""
    if step.repair is None:
        return None
    latex, left, right = step.repair.latex.strip(), step.lhs.strip(), step.rhs.strip()
    if step.repair.side == "right":
        old, known = right, latex.startswith(left)
        found = re.fullmatch(_RELATION + "(.*)", latex.removeprefix(left), re.DOTALL)
    else:
        old, known = left, latex.endswith(right)
        found = re.fullmatch("(.*?)" + _RELATION, latex.removesuffix(right), re.DOTALL)
    return (old, found[1]) if known and found is not None else None


def shifted(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def right_side(step: Step) -> Span | None:
    """Return where the right side stands in the source. It ends a step; in a chain a step is no more than its right side."""
    own, right = step.source[step.span.start : step.span.end].rstrip(), step.rhs.strip()
    end = step.span.start + len(own)
    return Span(end - len(right), end) if right and own.endswith(right) else None


def _left_side(step: Step) -> Span | None:
    left = step.lhs.strip()
    end = step.span.start + len(left)
    return Span(step.span.start, end) if left and step.source[step.span.start : step.span.end].startswith(left) else None


def _smallest(old: str, new: str) -> Edit:
    olds, news = _TOKEN.findall(old), _TOKEN.findall(new)
    room = min(len(olds), len(news))
    front = next((n for n in range(room) if olds[n] != news[n]), room)
    back = next((n for n in range(room - front) if olds[-1 - n] != news[-1 - n]), room - front)
    first = sum(map(len, olds[:front]))
    return Edit(Span(first, first + sum(map(len, olds[front : len(olds) - back]))), "".join(news[front : len(news) - back]))


def in_file(step: Step) -> bool:
    """Tell whether the source is the file's own text, so that an edit of it can be applied to the file."""
    name = (step.file or "").lower()
    return not name.endswith(_REWRITTEN) and position(step.source, step.span.start) == (step.line, step.column)


def primary(step: Step) -> Span:
    """Return what the caret marks: the diagnostic's place, else the part that the repair changes, else the right side."""
    own = [fault for fault in step.diagnostics if step.repair is None or fault.code == step.repair.code]
    if own:
        return own[0].span
    if (found := edit(step)) is not None:
        return found.span
    return (right_side(step) if step.verdict == REFUTED else None) or step.span


def region(step: Step, span: Span | None = None) -> tuple[Place, Place]:
    """Return the first place of a range and the place behind its last character, both (line, column) from 1. Without a span it
    is what the caret marks, and at least one character where the line has one."""
    whole = primary(step) if span is None else span
    end = whole.end
    if span is None and end == whole.start and step.source[end : end + 1] not in ("", "\n", "\r"):
        end += 1
    return step.place(whole.start), step.place(end)
