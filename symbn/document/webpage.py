"""HTML pages: what a reader of the page sees, and the LaTeX that its formulas were made from.

The document's text is the page without its tags, entities decoded; a tag that begins a new block is a blank line, so that a
formula in a sentence does not run over it, while `$$` may. Formulas are those between delimiters in that text, and

    <script type="math/tex">, .. ; mode=display">        MathJax 2
    <annotation encoding="application/x-tex">            MathML, as of KaTeX and Wikipedia; all else in <math> is its rendering
    <img class="latex" alt="..">                         unless it only repeats the formula before it

What KaTeX or MathJax rendered is skipped, and so are <pre>, <code>, <script>, <style>, <textarea>.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from symbn.diagnostic import Span
from symbn.document.delimiters import HTML, remark_in, scan_region
from symbn.document.found import Found, Kind, Scanned, trimmed
from symbn.document.frontmatter import front_matter
from symbn.document.landmarks import Landmarks
from symbn.document.source import Text
from symbn.document.tags import Chunk, attributes, chunks

_ENTITY = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{0,40});|&(?:amp|lt|gt|quot)(?![A-Za-z0-9])")
_BLOCKS = frozenset([
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "li", "main",
    "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
])  # fmt: skip
_VOID = frozenset([
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
])  # fmt: skip
_HIDDEN = frozenset([
    "pre", "code", "math", "mjx-container", "svg", "kbd", "samp", "noscript",
])  # fmt: skip
_RENDERED = frozenset([
    "katex", "katex-html", "MathJax", "MathJax_Preview", "MathJax_Display", "MathJax_SVG", "MathJax_SVG_Display",
    "MathJax_CHTML", "mjx-chtml",
])  # fmt: skip
_DISPLAYED = frozenset(["katex-display", "katex-block"])
_NO_CODE_CLASS = frozenset(["math", "display", "inline"])  # pandoc writes <span class="math inline">\(..\)</span>


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    hides: bool
    displays: bool


class _Page:
    """The text of a page as it grows, with its layout, and the elements that are open."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.parts: list[Text] = []
        self.length = 0
        self.tail = ""
        self.found: list[Found] = []
        self.regions: list[tuple[int, int]] = []
        self.region = 0
        self.elements: list[_Element] = []
        self.names: dict[str, int] = {}
        self.hidden = self.displayed = 0
        self.said = ""

    def put(self, part: Text) -> None:
        if part.text:
            self.parts.append(part)
            self.length += len(part.text)
            self.tail = (self.tail + part.text)[-2:]

    def gap(self, gap: str, span: Span) -> None:
        if not self.hidden and self.tail != "\n\n" and (self.length or gap == "\n\n"):
            self.put(Text.standing_for(gap, span))

    def item(self, span: Span, kind: Kind, *, entities: bool = True) -> None:
        """Add a formula or a remark that a tag marks out; the running text is cut there."""
        self.regions.append((self.region, self.length))
        start = self.length
        part = decoded(self.raw, span) if entities else Text.of(self.raw, span)
        self.put(part)
        inner = trimmed(part.text, 0, len(part.text))
        self.said = part.text[inner.start : inner.end]
        if inner.start < inner.end or kind == "remark":
            self.found.append(Found(Span(start + inner.start, start + inner.end), kind))
        self.region = self.length

    def open(self, element: _Element) -> None:
        self.elements.append(element)
        self.names[element.name] = self.names.get(element.name, 0) + 1
        self.hidden += element.hides
        self.displayed += element.displays

    def close(self, name: str) -> None:
        """Close the innermost element of a name and all in it; an end tag of none is ignored."""
        while self.names.get(name, 0):
            element = self.elements.pop()
            self.names[element.name] -= 1
            self.hidden -= element.hides
            self.displayed -= element.displays
            if element.name == name:
                return


def read_webpage(raw: str) -> Scanned:
    page = _Page(raw)
    for chunk in chunks(raw):
        _read(page, chunk)
    layout = Text.joined(page.parts)
    regions = [*page.regions, (page.region, page.length)]
    matter = front_matter(layout.text, *regions[0])
    regions[0] = (matter.end, regions[0][1])
    landmarks = Landmarks(layout.text)
    found = [*page.found]
    for start, end in regions:
        found += scan_region(landmarks, start, end, HTML)
    return Scanned(layout.text, tuple(found), matter.settings, matter.problems, raw, layout)


def decoded(raw: str, span: Span) -> Text:
    """Return a stretch of text with its entities decoded; each stands as a whole for its characters in the file."""
    parts: list[Text] = []
    place = span.start
    for match in _ENTITY.finditer(raw, span.start, span.end):
        said = html.unescape(match[0])
        if said == match[0]:
            continue
        parts += [Text.of(raw, Span(place, match.start())), Text.standing_for(said, Span(match.start(), match.end()))]
        place = match.end()
    return Text.joined([*parts, Text.of(raw, Span(place, span.end))])


def _read(page: _Page, chunk: Chunk) -> None:
    if chunk.kind == "text":
        if not page.hidden:
            page.put(decoded(page.raw, chunk.span))
    elif chunk.kind == "comment":
        remark = None if page.hidden else remark_in(page.raw, chunk.span.start, chunk.span.end)
        if remark is not None:
            page.item(remark.span, "remark", entities=False)
    elif chunk.kind == "end":
        page.close(chunk.name)
        _space(page, chunk)
    elif chunk.raw is not None:
        _raw(page, chunk, chunk.raw)
    else:
        _space(page, chunk)
        _start(page, chunk)


def _space(page: _Page, chunk: Chunk) -> None:
    if chunk.name in _BLOCKS:
        page.gap("\n\n", chunk.span)
    elif chunk.name == "br":
        page.gap("\n", chunk.span)
    elif chunk.name in _HIDDEN and chunk.kind == "start":
        page.gap(" ", chunk.span)


def _values(page: _Page, tag: Span, *names: str) -> list[str]:
    found = attributes(page.raw, tag)
    return [page.raw[found[name].start : found[name].end] if name in found else "" for name in names]


def _start(page: _Page, chunk: Chunk) -> None:
    if chunk.name == "img":
        _image(page, chunk)
    if chunk.name in _VOID:
        return
    tag = page.raw[chunk.span.start : chunk.span.end]
    classes: set[str] = set()
    display = False
    if "class" in tag.lower() or chunk.name == "math":
        named, block = _values(page, chunk.span, "class", "display")
        classes = set(named.split())
        display = bool(classes & _DISPLAYED) or (chunk.name == "math" and block == "block")
    source = chunk.name == "code" and bool(classes & _NO_CODE_CLASS)
    hides = (chunk.name in _HIDDEN and not source) or bool(classes & _RENDERED)
    if not (tag.endswith("/>") and chunk.name in ("svg", "math", "mjx-container")):
        page.open(_Element(chunk.name, hides, display))


def _raw(page: _Page, chunk: Chunk, inside: Span) -> None:
    """Read an element that holds no tags: a formula's source, or nothing that is shown."""
    if chunk.name == "annotation":
        (encoding,) = _values(page, chunk.span, "encoding")
        if encoding.lower() in ("application/x-tex", "application/x-latex", "tex", "latex"):
            page.item(inside, "display" if page.displayed else "inline")
    elif chunk.name == "script":
        (kind,) = _values(page, chunk.span, "type")
        if kind.replace(" ", "").lower().startswith("math/tex"):
            page.item(inside, "display" if "display" in kind else "inline", entities=False)


def _image(page: _Page, chunk: Chunk) -> None:
    places = attributes(page.raw, chunk.span)
    if "alt" not in places or "class" not in places:
        return
    classes = page.raw[places["class"].start : places["class"].end].lower()
    said = html.unescape(page.raw[places["alt"].start : places["alt"].end]).strip()
    if ("latex" in classes or "math" in classes) and said and said != page.said and not page.hidden:
        page.item(places["alt"], "inline")
