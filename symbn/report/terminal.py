"""One answer as text for a terminal: the verdict first, then what was understood, then why.

Colour is ANSI and only on request; widths count terminal cells. Kept free of heavy imports, since `symbn verify` should
start at once.
"""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from symbn.answer import ASSUMED, PROVED, REFUTED, UNDECIDED, UNREADABLE, Counterexample, Step
from symbn.diagnostic import Diagnostic, position

_COLOURS = {PROVED: "32", REFUTED: "31", UNDECIDED: "33", UNREADABLE: "35", ASSUMED: "36", "dim": "2", "bold": "1", "red": "31"}


@dataclass(frozen=True, slots=True)
class Style:
    """width: terminal columns; colour: whether ANSI sequences are written."""

    width: int = 80
    colour: bool = False

    def paint(self, text: str, what: str) -> str:
        return f"\x1b[{_COLOURS[what]}m{text}\x1b[0m" if self.colour else text


def render(step: Step, style: Style | None = None) -> str:
    """Return the whole answer, several lines without a final newline."""
    style = style or Style()
    if step.verdict == UNREADABLE:
        return "\n".join(render_diagnostic(step, d, style, "error") for d in step.diagnostics)
    lines = [_headline(step, style)]
    if step.statement is not None:
        lines += _wrapped("read as: ", step.statement, style)
    if step.caveat is not None:
        lines += _wrapped("only if: ", step.caveat, style)
    else:
        for reading in step.readings:
            lines += _wrapped("reading: ", reading, style)
    if step.counterexample is not None:
        lines += _counterexample(step.counterexample, style)
    if step.reason is not None:
        lines += _wrapped("because: ", step.reason, style)
    for note in step.notes:
        lines += _wrapped("note:    ", note, style)
    text = "\n".join(lines)
    for diagnostic in step.diagnostics:
        text += "\n" + render_diagnostic(step, diagnostic, style, "warning")
    return text


def _headline(step: Step, style: Style) -> str:
    verdict = style.paint(step.verdict, step.verdict)
    sized = step.scope != "all m"
    if step.verdict == PROVED:
        verdict += f" at m = {step.scope}" if sized else " for every batch size"
        if step.caveat is not None:
            verdict += style.paint(" with a caveat", UNDECIDED)
    elif step.counterexample is not None:
        verdict += f" at m = {step.counterexample.m}"
        if step.true_up_to is not None:
            verdict += f"; true for m <= {step.true_up_to}"
    return verdict + style.paint(f"  ({_time(step.milliseconds)})", "dim")


def _time(milliseconds: float) -> str:
    return f"{milliseconds:.1f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.2f} s"


def _wrapped(label: str, text: str, style: Style) -> list[str]:
    lines = textwrap.wrap(
        printable(text), max(20, style.width - 2), initial_indent="  " + label, subsequent_indent="  " + " " * len(label),
        break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace(label, style.paint(label, "dim"), 1) if n == 0 else line for n, line in enumerate(lines)]


def _counterexample(found: Counterexample, style: Style) -> list[str]:
    at = ", ".join([f"m = {found.m}", *_vectors(found.entries), *(f"{name} = {place}" for name, place in found.indices)])
    lines = _wrapped("at:      ", at, style)
    if found.derived:
        lines += _wrapped("so that: ", ", ".join(_vectors(found.derived)), style)
    lines.append("  " + style.paint("left  = ", "dim") + str(found.left))
    lines.append("  " + style.paint("right = ", "dim") + str(found.right))
    return lines


def _vectors(entries: tuple[tuple[str, Fraction], ...]) -> list[str]:
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
    """Return `error[code]: message`, the place, the source line with carets, and the help.

    A line that is too long for the terminal is shown around the span only.
    """
    line_in_text, column = position(step.source, diagnostic.span.start)
    first_line, _ = position(step.source, step.span.start)
    line = step.line + line_in_text - first_line
    offset = step.column - position(step.source, step.span.start)[1] if line_in_text == first_line == 1 else 0
    lines = step.source.split("\n")
    source = printable(lines[line_in_text - 1]) if line_in_text <= len(lines) else ""
    length = max(1, min(diagnostic.span.end - diagnostic.span.start, len(source) - column + 1))
    gutter = " " * len(str(line))
    room = max(20, style.width - len(gutter) - 4)
    start = 0
    if cells(source) > room:
        start = max(0, column - 1 - room // 3)
        source = ("..." if start else "") + source[start : start + room - 6] + ("..." if start + room - 6 < len(source) else "")
        start -= 3 if start else 0
        length = min(length, max(1, len(source) - (column - 1 - start)))
    before = " " * cells(source[: column - 1 - start])
    carets = "^" * max(1, cells(source[column - 1 - start : column - 1 - start + length]))
    head = style.paint(f"{level}[{diagnostic.code}]", "red" if level == "error" else UNDECIDED)
    width = max(20, style.width)
    shown = [
        *textwrap.wrap(f"\0: {printable(diagnostic.message)}", width - len(level) - len(diagnostic.code) - 1),
        f"{gutter}--> {step.file or '<formula>'}:{line}:{column + offset}",
        f"{gutter} |",
        f"{line} | {source}",
        f"{gutter} | {before}{style.paint(carets, 'red')}",
    ]
    shown[0] = shown[0].replace("\0", head)
    if diagnostic.help:
        help = f"{gutter} = help: {diagnostic.help}"
        shown += textwrap.wrap(help, width, subsequent_indent=gutter + " " * 9, break_on_hyphens=False)
    return "\n".join(shown)


def printable(text: str) -> str:
    """Return the text with control characters made visible, so that no input can drive the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" if not c.isspace() else " " for c in text)


def cells(text: str) -> int:
    """Return the number of terminal columns a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
