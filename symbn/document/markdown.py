"""Markdown and plain text: blocks first (front matter, fenced code, comments), then the running text between them.

A fence with the word `math` holds a formula, any other one holds code; one that is never closed reaches to the end, as
CommonMark says. CommonMark libraries un-escape `\\(` and lose formulas, so the text itself is scanned.
"""

from __future__ import annotations

import re

from symbn.diagnostic import Diagnostic, Span
from symbn.document.delimiters import MARKDOWN, PLAIN, Dialect, remark_in, scan_region
from symbn.document.found import Found, Scanned, trimmed
from symbn.document.frontmatter import front_matter, yaml_end
from symbn.document.landmarks import Landmarks

_BLOCK = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:(?P<fence>`{3,}+(?=[^`\n]*$)|~{3,}+)(?P<info>[^\n]*)|(?P<html><!--))",
    re.MULTILINE,
)
_MATH = re.compile(r"\s*(?:math\b|\{math\})")
_OPTIONS = re.compile(r"(?:[ \t>]*:[a-z]+:[^\n]*\n)*+")


def read_markdown(text: str) -> Scanned:
    start = yaml_end(text, 0, len(text))
    return read_cells(text, [(0, len(text))], MARKDOWN, start)


def read_plain(text: str) -> Scanned:
    return read_cells(text, [(0, len(text))], PLAIN, 0)


def read_cells(text: str, cells: list[tuple[int, int]], dialect: Dialect, skipped: int = 0) -> Scanned:
    """Read stretches of text that nothing crosses, in order; the first may begin with front matter, unless that is skipped."""
    landmarks = Landmarks(text)
    found: list[Found] = []
    settings: dict[str, object] = {}
    problems: tuple[Diagnostic, ...] = ()
    for number, (start, end) in enumerate(cells):
        if number == 0 and skipped:
            start = skipped
        elif number == 0:
            matter = front_matter(text, start, end)
            start, settings, problems = matter.end, matter.settings, matter.problems
        found.extend(_blocks(landmarks, start, end, dialect))
    return Scanned(text, tuple(found), settings, problems, quotes=dialect.code)


def _blocks(landmarks: Landmarks, start: int, end: int, dialect: Dialect) -> list[Found]:
    found, regions = fences(landmarks, start, end)
    for region in regions:
        found += scan_region(landmarks, region.start, region.end, dialect)
    return found


def fences(landmarks: Landmarks, start: int, end: int) -> tuple[list[Found], list[Span]]:
    """Return the formulas in fences and the remarks in comments of [start, end), and the running text between these blocks."""
    text = landmarks.text
    found: list[Found] = []
    regions: list[Span] = []
    place = start
    while block := _BLOCK.search(text, place, end):
        if block["html"]:
            close = landmarks.find("-->", block.end(), end)
            regions.append(Span(start, block.start("html")))
            if close is not None and (remark := remark_in(text, block.end(), close)):
                found.append(remark)
            start = place = block.end() if close is None else close + 3
            continue
        regions.append(Span(start, block.start()))
        inside = min(block.end() + 1, end)
        stop, place = _closing_fence(text, block["fence"], inside, end)
        start = place
        if _MATH.match(block["info"]):
            options = _OPTIONS.match(text, inside, stop)
            span = trimmed(text, options.end() if options else inside, stop)
            if span.start < span.end:
                found.append(Found(span, "display"))
    return found, [*regions, Span(start, end)]


def _closing_fence(text: str, fence: str, start: int, end: int) -> tuple[int, int]:
    """Return where the content of a fenced block stops, and where the text goes on."""
    mark = re.escape(fence[0])
    close = re.compile(rf"^[ \t>]*{mark}{{{min(len(fence), 60_000)},}}[ \t]*\r?$", re.MULTILINE).search(text, start, end)
    return (close.start(), close.end()) if close else (end, end)
