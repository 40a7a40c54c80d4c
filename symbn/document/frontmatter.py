"""Front matter: the settings at the very start of a document, TOML between two lines `+++`.

In LaTeX each of its lines is a comment. A fault in it is a Diagnostic on the offending line; the document is read all the same.
A YAML header between `---` is none of ours: it is skipped where Markdown has one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from symbn.diagnostic import Diagnostic, Span, Value

MAX_CHARACTERS = 64 * 1024
_LINE = re.compile(r"at line (\d+)")
_YAML = re.compile(r"---[ \t]*\r?\n(?:[ \t]*\r?\n|#[^\n]*\n)*+(?:[\w\"'-]+[^\n:]*:|---|\.\.\.)")
_YAML_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_HELP = 'write TOML between two lines +++, such as: batch = "m"'


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FrontMatter(Value):
    """end: where the document goes on after it."""

    end: int
    settings: dict[str, object] = field(default_factory=dict)
    problems: tuple[Diagnostic, ...] = ()


def front_matter(text: str, start: int, end: int, comment: str = "") -> FrontMatter:
    """Return the front matter of [start, end); an empty one that ends at `start` if there is none."""
    first = _line(text, start, end)
    if _content(text[first.start : first.end], comment) != "+++":
        return FrontMatter(start)
    lines: list[Span] = []
    place = first.end + 1
    while place < end and place - start <= MAX_CHARACTERS:
        line = _line(text, place, end)
        place = line.end + 1
        if _content(text[line.start : line.end], comment) == "+++":
            settings, problems = _table(text, lines, first, comment)
            return FrontMatter(min(place, end), settings, problems)
        lines.append(line)
    long = place - start > MAX_CHARACTERS
    message = f"the front matter is longer than {MAX_CHARACTERS} characters" if long else "the front matter is never closed"
    problem = Diagnostic("bad-front-matter", message, first, "close it with a second line +++")
    return FrontMatter(min(first.end + 1, end), problems=(problem,))


def yaml_end(text: str, start: int, end: int) -> int:
    """Return the end of a YAML header at `start`; `start` if there is none, as below a mere line `---`."""
    if not _YAML.match(text, start, end) or (close := _YAML_END.search(text, start + 4, end)) is None:
        return start
    return close.end()


def _table(text: str, lines: list[Span], first: Span, comment: str) -> tuple[dict[str, object], tuple[Diagnostic, ...]]:
    toml = "\n".join(_uncommented(text[line.start : line.end].rstrip("\r"), comment) for line in lines)
    try:
        import tomllib  # few documents have settings

        return tomllib.loads(toml), ()
    except (ValueError, RecursionError) as error:
        named = _LINE.search(str(error))
        number = int(named[1]) if named else len(lines)
        line = lines[number - 1] if 0 < number <= len(lines) else (lines or [first])[-1]
        said = re.sub(r" \(at .*\)$", "", str(error)) if isinstance(error, ValueError) else "it nests too deeply"
        return {}, (Diagnostic("bad-front-matter", f"the front matter is not TOML: {said}", _visible(text, line), _HELP),)


def _line(text: str, start: int, end: int) -> Span:
    newline = text.find("\n", start, end)
    return Span(start, end if newline < 0 else newline)


def _visible(text: str, line: Span) -> Span:
    return Span(line.start, line.start + len(text[line.start : line.end].rstrip()))


def _uncommented(line: str, comment: str) -> str:
    bare = line.lstrip() if comment else line
    return bare.removeprefix(comment).removeprefix(" ") if comment and bare.startswith(comment) else line


def _content(line: str, comment: str) -> str:
    if comment and not line.lstrip().startswith(comment):
        return ""
    return _uncommented(line, comment).strip() if comment else line.rstrip()
