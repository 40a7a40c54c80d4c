"""One answer as text for a terminal: the verdict first, then what was understood, then why.

Colour is ANSI and only on request; widths count terminal cells. Kept free of heavy imports, since `symbn verify` should
start at once. What `symbn check` prints (listing.py) is made of the same parts: `heading`, `excerpt`, `remark`, `marked`.
No line is wider than the terminal, but for a place (`--> file:line:column`): broken, it could not be clicked or copied.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from symbn.answer import ASSUMED, CAVEAT, PROVED, REFUTED, UNDECIDED, UNREADABLE, Counterexample, Step
from symbn.diagnostic import Diagnostic, Span, Value

WITH_CAVEAT = "proved with a caveat"
_COMMAND = re.compile(r"#(?=#\w*\[)")
_COLOURS = {
    PROVED: "32", REFUTED: "31", UNDECIDED: "33", UNREADABLE: "35", ASSUMED: "36", "dim": "2", "bold": "1", "red": "31",
    "changed": "1;32",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Style(Value):
    """width: terminal columns; colour: whether ANSI sequences are written."""

    width: int = 80
    colour: bool = False

    def paint(self, text: str, what: str) -> str:
        return f"\x1b[{_COLOURS[what]}m{text}\x1b[0m" if self.colour else text


def render(step: Step, style: Style | None = None) -> str:
    """Return the whole answer, several lines without a final newline."""
    style = style or Style()
    if step.verdict == UNREADABLE and step.diagnostics:
        shown = [render_diagnostic(step, d, style, "error") for d in step.diagnostics]
        shown += _repair(step, style)
        return "\n".join([*shown, *(_wrapped("but:     ", surprise(step), style) if step.surprising else ())])
    lines = [_headline(step, style)]
    before = [("but:     ", surprise(step) if step.surprising else None), ("read as: ", step.statement)]
    before += [("only if: ", step.caveat)] if step.caveat is not None else [("reading: ", said) for said in step.readings]
    lines += [line for label, said in before if said is not None for line in _wrapped(label, said, style)]
    if step.counterexample is not None:
        lines += _counterexample(step.counterexample, style)
    lines += _repair(step, style)
    after = [("because: ", step.reason), *(("note:    ", note) for note in step.notes)]
    lines += [line for label, said in after if said is not None for line in _wrapped(label, said, style)]
    text = "\n".join(lines)
    for diagnostic in step.diagnostics:
        text += "\n" + render_diagnostic(step, diagnostic, style, "warning")
    return text


def _repair(step: Step, style: Style) -> list[str]:
    if step.repair is None:
        return []
    said = _wrapped("repair:  ", f"{step.repair.message} [{step.repair.code}]", style)
    return [*said, *marked("  correct: ", step.repair.latex, step.repair.changed, style)]


def surprise(step: Step) -> str:
    """Return in words that the document states another verdict."""
    got = WITH_CAVEAT if step.caveat is not None else step.verdict
    wanted = WITH_CAVEAT if step.expected == CAVEAT else step.expected
    return f"expected {wanted}, got {' '.join([got, *step.codes[:1]])}"


def _headline(step: Step, style: Style) -> str:
    verdict = style.paint(step.verdict, step.verdict) + sizes(step)
    if step.verdict == PROVED and step.caveat is not None:
        verdict += style.paint(" with a caveat", UNDECIDED)
    if step.expected is not None and not step.surprising:
        verdict += ", as expected"
    return verdict + style.paint(f"  ({duration(step.milliseconds)})", "dim")


def sizes(step: Step) -> str:
    """Return for which batch sizes the verdict holds, as it goes on behind the verdict."""
    if step.verdict == PROVED:
        return " for every batch size" if step.scope == "all m" else f" at m = {step.scope}"
    if step.counterexample is None:
        return ""
    true = "" if step.true_up_to is None else f"; true for m <= {step.true_up_to}"
    return f" at m = {step.counterexample.m}{true}"


def duration(milliseconds: float) -> str:
    """Return a time with its unit."""
    return f"{milliseconds:.1f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.2f} s"


def _wrapped(label: str, text: str, style: Style) -> list[str]:
    lines = wrap(text, max(20, style.width - 2), "  " + label)
    return [line.replace(label, style.paint(label, "dim"), 1) if n == 0 else line for n, line in enumerate(lines)]


def _counterexample(found: Counterexample, style: Style) -> list[str]:
    lines = _wrapped("at:      ", point(found), style)
    if found.derived:
        lines += _wrapped("so that: ", ", ".join(vectors(found.derived)), style)
    lines.append("  " + style.paint("left  = ", "dim") + str(found.left))
    lines.append("  " + style.paint("right = ", "dim") + str(found.right))
    return lines


def point(found: Counterexample) -> str:
    """Return the values in one line: m = 2, x = (0, 2), i = 1."""
    return ", ".join([f"m = {found.m}", *vectors(found.entries), *(f"{name} = {place}" for name, place in found.indices)])


def vectors(entries: tuple[tuple[str, Fraction], ...]) -> list[str]:
    """Return x = (0, 2) for x_1 = 0, x_2 = 2; what has two indices stays apart."""
    shown: dict[str, list[Fraction]] = {}
    for name, value in entries:
        stem, _, index = name.partition("_")
        shown.setdefault(name if "," in index else stem + ("_" if index else ""), []).append(value)
    return [
        f"{stem[:-1]} = ({', '.join(map(str, values))})" if stem.endswith("_") else f"{stem} = {values[0]}"
        for stem, values in shown.items()
    ]


def render_diagnostic(step: Step, diagnostic: Diagnostic, style: Style, level: str) -> str:
    """Return `error[code]: message`, the place, the source line with carets, and the help."""
    shown = heading(f"{level}[{diagnostic.code}]", diagnostic.message, "red" if level == "error" else UNDECIDED, style)
    shown += excerpt(step, diagnostic.span, step.file or "<formula>", style)
    if diagnostic.help:
        shown += remark(step, diagnostic.span, "help: ", diagnostic.help, style)
    return "\n".join(shown)


def heading(head: str, message: str, colour: str, style: Style) -> list[str]:
    """Return `head: message` on as many lines as it needs."""
    width = max(20, style.width)
    if width - len(head) < 20:
        return [style.paint(head, colour) + ":", *wrap(message, width)]
    first, *others = wrap(f"{head}: {message}", width)
    return [style.paint(head, colour) + first[len(head) :], *others]


def gutter(step: Step, span: Span) -> str:
    """Return the blank under the line's number."""
    return " " * len(str(step.place(span.start)[0]))


def excerpt(step: Step, span: Span, file: str, style: Style) -> list[str]:
    """Return the place and the source line with carets under the span; of a span of several lines, the first.

    A line that is too long for the terminal is shown around the span only.
    """
    line, column = step.place(span.start)
    margin = gutter(step, span)
    begin = step.source.rfind("\n", 0, span.start) + 1
    found = step.source.find("\n", span.start)
    source = step.source[begin : found if found >= 0 else len(step.source)]
    start, end = span.start - begin, min(max(span.end, span.start + 1) - begin, len(source))
    source, start, end = _window(source, start, end, max(20, style.width - len(margin) - 4))
    return [
        f"{margin}--> {printable(file)}:{line}:{column}",
        f"{margin} |",
        f"{line} | {source}".rstrip(),
        f"{margin} | {' ' * cells(source[:start])}{style.paint('^' * max(1, cells(source[start:end])), 'red')}",
    ]


def _window(text: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """Return what is shown of a line, made printable, and where the marks go in it."""
    if len(text) <= 4 * room and cells(text) <= room:
        return printable(text), start, end
    low, used = start, 0
    while low > 0 and used < room // 3:
        low -= 1
        used += cells(text[low])
    high, used = low, 0
    while high < len(text) and used + cells(text[high]) <= room - 6:
        used += cells(text[high])
        high += 1
    while high == len(text) and low > 0 and used + cells(text[low - 1]) <= room - 6:
        low -= 1
        used += cells(text[low])
    shift = 3 - low if low else 0
    shown = ("..." if low else "") + printable(text[low:high]) + ("..." if high < len(text) else "")
    return shown, start + shift, max(start, min(end, high)) + shift


def remark(step: Step, span: Span, label: str, text: str, style: Style) -> list[str]:
    """Return ` = label: text` under an excerpt."""
    return wrap(text, max(20, style.width), f"{gutter(step, span)} = {label}")


def marked(label: str, latex: str, changed: Iterable[Span], style: Style) -> list[str]:
    """Return a formula on as many lines as it needs, each followed by `^^^` under its changed characters.

    An empty range is a deletion: it marks the character that has moved up to its place.
    """
    text, blank = printable(latex), " " * len(label)
    new = {at for s in changed for at in range(min(s.start, len(text) - 1), min(max(s.end, s.start + 1), len(text)))}
    lines: list[str] = []
    for start, end in folds(text, max(10, style.width - len(label))):
        runs = [(key, "".join(text[at] for at in run)) for key, run in groupby(range(start, end), new.__contains__)]
        shown = "".join(style.paint(run, "changed") if key else run for key, run in runs)
        lines.append((blank if lines else style.paint(label, "dim")) + shown)
        if any(key for key, _ in runs):
            marks = (style.paint("^" * cells(run), "changed") if key else " " * cells(run) for key, run in runs)
            lines.append(blank + "".join(marks).rstrip())
    return lines


def wrap(text: str, width: int, first: str = "") -> list[str]:
    """Return the text, made printable, in lines of this many cells; `first` is before the first, blanks before the others."""
    shown = printable(text)
    lines = [shown[start:end] for start, end in folds(shown, max(10, width - len(first)))] or [""]
    return [(first if n == 0 else " " * len(first)) + line for n, line in enumerate(lines)]


def folds(text: str, room: int) -> list[tuple[int, int]]:
    """Return the ranges of the lines of a text, at most `room` cells each, broken at spaces where there are any.

    No line but the first begins with `::`, since a CI service would take it for a command of ours.
    """
    lines = []
    start = _past_spaces(text, 0)
    while start < len(text):
        end, used, space = start, 0, start
        while end < len(text) and used + cells(text[end]) <= room:
            used += cells(text[end])
            space = end if text[end] == " " else space
            end += 1
        if end < len(text) and text[end] != " " and space > start:
            end = space
        after = _past_spaces(text, end)
        if text.startswith("::", after):
            end = after + 1 if cells(text[start : after + 1]) <= room else end - 1
            while end > start + 1 and text.startswith("::", _past_spaces(text, end)):
                end -= 1
            after = _past_spaces(text, end)
        lines.append((start, start + len(text[start:end].rstrip(" "))))
        start = after
    return lines


def _past_spaces(text: str, start: int) -> int:
    while start < len(text) and text[start] == " ":
        start += 1
    return start


def printable(text: str) -> str:
    """Return the text with control characters made visible, so that no input can drive the terminal.

    `##[group]` and `##vso[..]`, which CI services obey anywhere in a line, lose their first sign. No character is added.
    """
    if "##" in text:
        text = _COMMAND.sub("\N{REPLACEMENT CHARACTER}", text)
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" if not c.isspace() else " " for c in text)


def cells(text: str) -> int:
    """Return the number of terminal columns a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
