"""What a report shows of a step, before it has a format: HTML, LaTeX and notebooks are made of the same parts.

A formula is printed from the tree of its text, never from the text itself. What cannot be read is an excerpt of the source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from symbn.answer import ASSUMED, CAVEAT, PROVED, REFUTED, UNDECIDED, UNREADABLE, DocumentReport, Step
from symbn.diagnostic import Span
from symbn.report.outcome import code, is_problem, message
from symbn.report.places import edit_of_side, primary, repaired_side, right_side, shifted
from symbn.report.summary import counts
from symbn.report.terminal import WITH_CAVEAT, sizes, surprise, vectors
from symbn.typesetting import boxes
from symbn.typesetting.boxes import Box
from symbn.typesetting.of_tree import box_of_source

SIGNS = {PROVED: "✓", CAVEAT: "(✓)", REFUTED: "✗", UNDECIDED: "?", UNREADABLE: "□", ASSUMED: "·"}
_LOOSE = re.compile(r"(:=|\\(?:approx|propto|simeq|sim|leftarrow|gets|equiv)|[≈∝])\s*&?\s*\Z")
QUOTED = re.compile("`([^`\n]+)`")  # code in a sentence of symbn's
_LONGEST = 600  # characters of an excerpt

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """kind: the verdict, or `caveat`; words: the verdict as it is said, with its sizes. code: what is wrong, if anything is.
    formula: the equation, its wrong part marked; excerpt: else the source before, in and behind the fault. point, derived: the
    counterexample by names; sides: its two values. repair: the corrected equation, its news marked. facts: the rest."""

    kind: str
    words: str
    code: str | None
    problem: bool
    said: str | None
    formula: Box | None
    excerpt: tuple[str, str, str] | None
    point: Pairs
    derived: Pairs
    sides: tuple[str, str] | None
    repair: Box | None
    facts: Pairs

    @property
    def sign(self) -> str:
        return SIGNS[self.kind]


def shown(step: Step) -> Shown:
    """Return what there is to show of a step."""
    found = step.counterexample
    formula = equation(step)
    return Shown(
        CAVEAT if step.verdict == PROVED and step.caveat is not None else step.verdict,
        _words(step),
        code(step) if code(step) not in (step.verdict, CAVEAT) else None,
        is_problem(step),
        _said(step),
        formula,
        excerpt(step) if formula is None else None,
        ()
        if found is None
        else _pairs([f"m = {found.m}", *vectors(found.entries), *(f"{n} = {at}" for n, at in found.indices)]),
        () if found is None else _pairs(vectors(found.derived)),
        None if found is None else (str(found.left), str(found.right)),
        repaired(step),
        _facts(step),
    )


def _words(step: Step) -> str:
    caveat = " with a caveat" if step.verdict == PROVED and step.caveat is not None else ""
    expected = ", as expected" if step.expected is not None and not step.surprising else ""
    return f"{step.verdict}{sizes(step)}{caveat}{expected}"


def _said(step: Step) -> str | None:
    """Return the sentence under the verdict, unless the verdict says it already."""
    text = message(step)
    return None if step.verdict in (PROVED, ASSUMED) and text in ("proved", "taken as given") else text


def _pairs(said: Sequence[str]) -> Pairs:
    return tuple((name, value) for name, _, value in (text.partition(" = ") for text in said))


def _facts(step: Step) -> Pairs:
    found = [
        ("but", surprise(step) if step.surprising and message(step) != surprise(step) else None),
        ("read as", step.statement),
        ("only if", step.caveat if message(step) != f"proved, but only if {step.caveat}" else None),
        *(("reading", reading) for reading in step.readings if step.caveat is None or reading not in step.caveat),
        ("because", step.reason if step.reason != message(step) else None),
        *(("note", note) for note in step.notes),
        *((fault.code, fault.message) for fault in step.diagnostics if fault.message not in (message(step), step.reason)),
        *(("help", fault.help) for fault in step.diagnostics),
    ]
    return tuple((label, text) for label, text in found if text)


def equation(step: Step) -> Box | None:
    """Return the step's equation in its author's names and layout; None if it cannot be read.

    Of a refuted one, what the repair changes is marked; where that is nothing, or nothing is known, the relation sign is.
    """
    if not step.step or step.verdict == UNREADABLE:
        return None
    left, right = step.lhs.strip(), step.rhs.strip()
    relation = _relation(step)
    text = f"{left} {relation} {right}"
    start = len(text) - len(right)
    mark = Span(len(left) + 1, len(left) + 1 + len(relation))
    wrong = _wrong(step)
    if wrong is not None and step.repair is not None:
        mark = shifted(wrong, start if step.repair.side == "right" else 0)
    return _box(text, ((mark, boxes.WRONG),) if step.verdict == REFUTED else (), step)


def _wrong(step: Step) -> Span | None:
    """Return what the repair puts something else in place of, in the text of its side; None if it only adds to it.

    The repair says which part of it is new, such as a whole exponent; its source may differ by less, such as a sign.
    """
    sides = repaired_side(step)
    if sides is None or step.repair is None:
        return None
    old, new = sides
    changed = step.repair.changed
    offset = len(step.repair.latex.rstrip()) - len(new) if step.repair.side == "right" else 0
    if len(changed) == 1:
        start, behind = changed[0].start - offset, len(new) - (changed[0].end - offset)
        if (
            0 <= start < len(old) - behind
            and old[:start] == new[:start]
            and old[len(old) - behind :] == new[len(new) - behind :]
        ):
            return Span(start, len(old) - behind)
    change = edit_of_side(step)
    return change.span if change is not None and change.span.start < change.span.end else None


def repaired(step: Step) -> Box | None:
    """Return the repair, with what is new in it marked; a deletion leaves nothing to mark."""
    if step.repair is None:
        return None
    latex = step.repair.latex
    return _box(latex, tuple((span, boxes.REPAIRED) for span in step.repair.changed), step) or boxes.Code(latex)


def _box(text: str, marks: Sequence[tuple[Span, str]], step: Step) -> Box | None:
    """Return the box of a formula that is written as its document is: in LaTeX, or without any."""
    box = box_of_source(text, marks, "latex" if "\\" in step.source else "plain")
    return None if isinstance(box, boxes.Code) else box


def _relation(step: Step) -> str:
    """Return the relation sign as its author wrote it: it stands before the right side."""
    side = right_side(step)
    found = None if side is None else _LOOSE.search(step.source, max(0, side.start - 40), side.start)
    return "=" if found is None else found[1]


def excerpt(step: Step) -> tuple[str, str, str]:
    """Return the source of a step before its fault, there, and behind it; of a document's own fault, its line."""
    mark = primary(step)
    whole = step.span.to(mark)
    if not step.step:
        begin = step.source.rfind("\n", 0, mark.start) + 1
        end = step.source.find("\n", mark.end)
        whole = Span(begin, end if end >= 0 else len(step.source))
    start, end = max(whole.start, mark.start - _LONGEST // 2), min(whole.end, mark.end + _LONGEST // 2)
    stop = min(max(mark.end, mark.start + 1), end, mark.start + _LONGEST)
    before = "..." * (start > whole.start) + step.source[start : mark.start]
    return before, step.source[mark.start : stop], step.source[stop:end] + "..." * (end < whole.end)


def chosen_counts(report: DocumentReport) -> tuple[tuple[str, int], ...]:
    """Return the numbers of a document that are not 0, in words: 12 steps, 9 proved, .."""
    found = counts(report)
    words = {CAVEAT: WITH_CAVEAT, "steps": "step" if found["steps"] == 1 else "steps"}
    return tuple((words.get(name, name), number) for name, number in found.items() if number or name == "steps")
