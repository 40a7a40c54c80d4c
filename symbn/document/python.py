r"""Python modules: the docstrings of a module, its classes and functions, and where their characters stand in the file.

The module is parsed and never run. In a docstring stand Markdown and reStructuredText, often both: `.. math::`, `:math:`,
fences with the word `math`, and the delimiters of running text. Literal blocks, code and doctests are skipped. A docstring is
a section of its own: what is supposed in one does not hold in the next, what is defined does.

An escape is read as Python reads it. But a string that is not raw and writes `\frac{\partial ..}` means LaTeX, where Python
sees a form feed: such a string is a fault, and is read as if it were raw.
"""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from symbn.diagnostic import Diagnostic, Span
from symbn.document.delimiters import MARKDOWN, scan_region
from symbn.document.found import Found, Scanned
from symbn.document.frontmatter import front_matter
from symbn.document.landmarks import Landmarks
from symbn.document.markdown import fences
from symbn.document.rst import directives, roles
from symbn.document.source import Text
from symbn.errors import UsageError

_SECTION = "\n\n# \n\n"  # a heading: the reader's mind is cleared
_LITERAL = re.compile(r"(?P<prefix>[rRuU]?)(?P<quote>'''|\"\"\"|'|\")(?P<body>(?:[^\\]|\\.)*?)(?P=quote)", re.DOTALL)
_BETWEEN = re.compile(r"(?:\s|#[^\r\n]*|\\\r?\n)*+")
_ESCAPE = re.compile(
    r"\\(?:(?P<dropped>\r?\n|\r)|(?P<quote>['\"])|(?P<backslash>\\)|(?P<control>[abfnrtv])|(?P<octal>[0-7]{1,3})"
    r"|x(?P<two>[0-9a-fA-F]{2})|u(?P<four>[0-9a-fA-F]{4})|U(?P<eight>[0-9a-fA-F]{8})|N\{(?P<name>[^}]+)\}|(?P<unknown>.))",
    re.DOTALL,
)
_CONTROL = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# Line ends and tabs occur in prose as well, before any word; nobody writes the others before a letter.
_COMMAND = re.compile(
    r"\\(?:[abfrv](?=[A-Za-z])|t(?:au|heta|imes|ext[a-z]*|ilde|frac|op|o)(?![A-Za-z])"
    r"|n(?:abla|u|eq?|ot|otag|onumber|i)(?![A-Za-z]))"
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_HELP = 'put r before its quotes, r"""..""", or double every backslash'


@dataclass(frozen=True, slots=True)
class _Docstring:
    """text: what it says. mixed: the first escape that Python does not take as LaTeX does, in a string that means LaTeX."""

    text: Text
    mixed: Span | None


def read_python(text: str) -> Scanned:
    """Return what the docstrings hold, in the order of the file. Raises: UsageError, if it is not Python."""
    parts: list[Text] = []
    cells: list[Span] = []
    mixed: list[Span | None] = []
    length = 0
    for docstring in _docstrings(text):
        if parts:
            end = parts[-1].pieces[-1].origin.end
            parts.append(Text.standing_for(_SECTION, Span(end, end)))
            length += len(_SECTION)
        parts.append(docstring.text)
        cells.append(Span(length, length + len(docstring.text.text)))
        mixed.append(docstring.mixed)
        length += len(docstring.text.text)
    layout = Text.joined(parts)
    landmarks = Landmarks(layout.text)
    matter = front_matter(layout.text, 0, cells[0].end if cells else 0)
    found: list[Found] = []
    problems = [*matter.problems]
    for cell, escape in zip(cells, mixed, strict=True):
        here = _formulas(landmarks, max(cell.start, matter.end), cell.end)
        if here and escape is not None:
            problems.append(_fault(layout.text, Span(cell.start + escape.start, cell.start + escape.end)))
        found += here
    return Scanned(layout.text, tuple(found), matter.settings, tuple(problems), text, layout)


def _fault(text: str, span: Span) -> Diagnostic:
    message = f"this docstring is not raw, so that Python takes {text[span.start : span.end]} for another character"
    return Diagnostic("docstring-escape", message, span, _HELP)


def _formulas(landmarks: Landmarks, start: int, end: int) -> list[Found]:
    found, regions = fences(landmarks, start, end)
    for region in regions:
        inside, prose = directives(landmarks.text, region.start, region.end)
        found += inside
        for paragraph in prose:
            found += roles(landmarks, paragraph.start, paragraph.end)
        for stretch in _stretches(landmarks.text, prose):
            found += scan_region(landmarks, stretch.start, stretch.end, MARKDOWN)
    return found


def _stretches(text: str, paragraphs: list[Span]) -> list[Span]:
    """Return the paragraphs, joined where nothing but blank lines lies between them: a display may cross these."""
    runs: list[Span] = []
    for paragraph in paragraphs:
        if runs and not text[runs[-1].end : paragraph.start].strip():
            runs[-1] = runs[-1].to(paragraph)
        else:
            runs.append(paragraph)
    return runs


def _docstrings(text: str) -> Iterator[_Docstring]:
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def offset(line: int, column: int) -> int:
        """Return the place of a column that counts bytes of UTF-8, as those of `ast` do."""
        start = starts[line - 1]
        stop = starts[line] if line < len(starts) else len(text)
        return start + len(text[start:stop].encode()[:column].decode(errors="ignore"))

    for node in sorted(_literals(text), key=lambda node: (node.lineno, node.col_offset)):
        start = offset(node.lineno, node.col_offset)
        stop = offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        docstring = _read(text, start, stop)
        if docstring.text.text:
            yield docstring


def _literals(text: str) -> Iterator[ast.Constant]:
    """Yield the string that each body begins with."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(text)
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        hint = f"; if this is a docstring with LaTeX, {_HELP}" if "unicode error" in str(error.msg) else ""
        raise UsageError(f"not Python: {where}{error.msg}{hint}") from None
    except (ValueError, RecursionError, MemoryError):
        raise UsageError("not Python that can be read: it nests too deeply, or holds characters that Python refuses") from None
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            match node.body:
                case [ast.Expr(value=ast.Constant(value=str()) as literal), *_]:
                    yield literal
                case _:
                    pass


def _read(text: str, start: int, stop: int) -> _Docstring:
    """Return what one docstring says: literals side by side are one string, and the indentation is not part of it."""
    literals: list[re.Match[str]] = []
    while start < stop and (literal := _LITERAL.match(text, start, stop)):
        literals.append(literal)
        start = literal.end()
        if (gap := _BETWEEN.match(text, start, stop)) is not None:
            start = gap.end()
    cooked = [escape for literal in literals if literal["prefix"] not in ("r", "R") for escape in _escapes(text, literal)]
    means_latex = any(_is_command(text, escape) for escape in cooked)
    mixed = next((e for e in cooked if means_latex and not (e["unknown"] or e["quote"] or e["dropped"])), None)
    parts: list[Text] = []
    for literal in literals:
        place = literal.start("body")
        for escape in _escapes(text, literal) if literal["prefix"] not in ("r", "R") else ():
            if escape["unknown"] or (mixed is not None and not (escape["quote"] or escape["dropped"])):
                continue
            origin = Span(escape.start(), escape.end())
            parts += [Text.of(text, Span(place, escape.start())), Text.standing_for(_meant(escape), origin)]
            place = escape.end()
        parts.append(Text.of(text, Span(place, literal.end("body"))))
    whole = Text.joined(parts)
    shown = _without_indentation(whole)
    return _Docstring(shown, None if mixed is None else _place_in(shown, mixed.start(), mixed.end()))


def _escapes(text: str, literal: re.Match[str]) -> Iterator[re.Match[str]]:
    return _ESCAPE.finditer(text, literal.start("body"), literal.end("body"))


def _is_command(text: str, escape: re.Match[str]) -> bool:
    """Tell whether an escape begins a command of LaTeX, which Python takes for something else or leaves as it is."""
    letter = escape["unknown"]
    return (letter is not None and letter.isascii() and letter.isalpha()) or _COMMAND.match(text, escape.start()) is not None


def _meant(escape: re.Match[str]) -> str:
    code = escape["two"] or escape["four"] or escape["eight"]
    if escape["dropped"] is not None:
        return ""
    if escape["control"] is not None:
        return _CONTROL[escape["control"]]
    if escape["octal"] is not None or code is not None:
        character = chr(int(escape["octal"], 8) if code is None else int(code, 16))
        return "\N{REPLACEMENT CHARACTER}" if "\ud800" <= character <= "\udfff" else character
    if escape["name"] is not None:
        return unicodedata.lookup(escape["name"])
    return escape["quote"] or escape["backslash"]


def _without_indentation(text: Text) -> Text:
    """Return a docstring as `inspect.cleandoc` does: its lines but the first without what all of them are indented by, and
    no blank lines at the beginning, so that front matter may stand below the quotes."""
    lines = text.text.split("\n")
    indents = [len(line) - len(line.lstrip(" \t")) for line in lines[1:] if line.strip()]
    margin = min(indents, default=0)
    parts: list[Text] = []
    start = 0
    for number, line in enumerate(lines):
        blank = len(line) - len(line.lstrip(" \t"))
        end = min(start + len(line) + 1, len(text.text))
        if parts or line.strip():
            parts.append(text.part(start + (min(blank, margin) if number else blank), end))
        start += len(line) + 1
    return Text.joined(parts)


def _place_in(text: Text, start: int, end: int) -> Span:
    """Return the place in a text of characters of the file that stand in it as they are."""
    for piece in text.pieces:
        if piece.origin.start <= start and end <= piece.origin.end:
            place = piece.start + start - piece.origin.start
            return Span(place, place + end - start)
    return Span(0, 0)
