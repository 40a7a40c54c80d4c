"""What was found in a text -> a Document: definitions are entered in order, a formula is expanded with those above it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from symbn.diagnostic import Diagnostic, Span
from symbn.document.expansion import Allowance, LimitError, expand
from symbn.document.found import Found, Scanned, trimmed
from symbn.document.landmarks import Landmarks
from symbn.document.macros import HEAD, Macro, define, definition_at
from symbn.document.source import Document, Formula, Remark, Text

_HEAD = re.compile(HEAD)
_QUOTED = re.compile(r"^[ \t]*>[ \t>]*", re.MULTILINE)
_NOTHING = re.compile(r"(?:\s|%[^\n]*|[{}]|\\[\s,;:!>]|\\(?:begin|end)group(?![A-Za-z]))*+")


@dataclass(slots=True)
class _Assembly:
    scanned: Scanned
    landmarks: Landmarks
    macros: dict[str, Macro] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    allowance: Allowance = field(default_factory=Allowance)


def assemble(path: str, scanned: Scanned) -> Document:
    """Return the document; items that would overlap an earlier one are left out."""
    assembly = _Assembly(scanned, Landmarks(scanned.text, scanned.percent), problems=list(scanned.problems))
    items: list[Formula | Remark] = []
    end = 0
    for found in sorted(scanned.found, key=lambda item: item.span.start):
        if found.span.start < end:
            continue
        end = found.span.end
        if found.definition is not None:
            define(assembly.macros, found.definition)
        elif found.kind == "remark":
            items.append(Remark(found.span, scanned.text[found.span.start : found.span.end]))
        elif formula := _formula(assembly, found):
            items.append(formula)
    problems = tuple(assembly.problems)
    return Document(path, scanned.text, tuple(items), scanned.settings, problems, scanned.raw, scanned.layout)


def _formula(assembly: _Assembly, found: Found) -> Formula | None:
    """Return the formula as it is read; None if it only defines macros."""
    source = _own_text(assembly, found.span)
    if _NOTHING.fullmatch(source.text):
        return None
    try:
        text = expand(source, assembly.macros, assembly.allowance)
    except LimitError as error:
        message = "the macros of this formula expand without end, or to more than is read"
        help = "write the formula out, or define its macros without recursion"
        assembly.problems.append(Diagnostic("macro-limit", message, error.span, help))
        text = source
    return Formula(source.origin(Span(0, len(source.text))), found.kind == "display", text)


def _own_text(assembly: _Assembly, span: Span) -> Text:
    """Return a formula without its macro definitions and without the marks of a block quotation that it stands in.

    A blank stands for each definition, so that its neighbours do not run together. A `>` that begins a line is a relation,
    unless the line on which the formula begins has one too.
    """
    text = assembly.scanned.text
    cuts = _quotation_marks(text, span) if assembly.scanned.quotes else []
    place = span.start
    while head := _HEAD.search(text, place, span.end):
        place = head.end()
        if (read := definition_at(assembly.landmarks, head.start(), span.end)) is not None:
            definition, place = read
            define(assembly.macros, definition)
            cuts.append(Span(head.start(), place))
    if not cuts:
        return Text.of(text, span)
    parts: list[Text] = []
    start = span.start
    for cut in sorted(cuts, key=lambda cut: cut.start):
        if cut.start >= start:
            parts += [Text.of(text, Span(start, cut.start)), Text.standing_for(" ", cut)]
            start = cut.end
    source = Text.joined([*parts, Text.of(text, Span(start, span.end))])
    inner = trimmed(source.text, 0, len(source.text))
    return source.part(inner.start, inner.end)


def _quotation_marks(text: str, span: Span) -> list[Span]:
    if "\n" not in text[span.start : span.end] and text[span.start] != ">":
        return []
    if not _QUOTED.match(text, text.rfind("\n", 0, span.start) + 1):
        return []
    return [Span(match.start(), match.end()) for match in _QUOTED.finditer(text, span.start, span.end)]
