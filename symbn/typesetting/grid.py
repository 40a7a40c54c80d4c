"""Rectangles of terminal cells with a baseline, and how they are put together. Marks are zero cells wide."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Private characters stand for the begin and the end of a mark; what users write never holds any (see `printable`).
MARKS = {"wrong": "\ue000", "repaired": "\ue001", "proved": "\ue002"}
END = "\ue003"
_INVISIBLE = frozenset((*MARKS.values(), END))


@dataclass(frozen=True, slots=True)
class Picture:
    """lines: all of one width; baseline: the number of the line that stands on the baseline of the text around."""

    lines: tuple[str, ...]
    baseline: int = 0

    @property
    def width(self) -> int:
        return cells(self.lines[0])

    @property
    def height(self) -> int:
        return len(self.lines)


def cells(text: str) -> int:
    """Return how many terminal cells the text takes."""
    return sum(map(_cells, text)) if not text.isascii() else len(text)


def _cells(character: str) -> int:
    if character in _INVISIBLE or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def printable(text: str) -> str:
    """Return a user's text without what would move the cursor or break the layout."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


def line(text: str) -> Picture:
    return Picture((text,))


def block(lines: list[str], baseline: int = 0) -> Picture:
    """Return lines, made equally wide."""
    width = max(map(cells, lines))
    return Picture(tuple(text + " " * (width - cells(text)) for text in lines), baseline)


def beside(*pictures: Picture) -> Picture:
    """Return the pictures side by side on one baseline."""
    above = max(p.baseline for p in pictures)
    below = max(p.height - p.baseline for p in pictures)
    rows = [""] * (above + below)
    for picture in pictures:
        blank = " " * picture.width
        start = above - picture.baseline
        for number in range(len(rows)):
            inside = 0 <= number - start < picture.height
            rows[number] += picture.lines[number - start] if inside else blank
    return Picture(tuple(rows), above)


def stacked(*pictures: Picture, baseline: int, left: bool = False) -> Picture:
    """Return the pictures one below the other, centred. baseline: the number of its line."""
    width = max(p.width for p in pictures)
    lines: list[str] = []
    for picture in pictures:
        before = 0 if left else (width - picture.width) // 2
        lines += [" " * before + text + " " * (width - picture.width - before) for text in picture.lines]
    return Picture(tuple(lines), baseline)


def marked(picture: Picture, kind: str) -> Picture:
    return Picture(tuple(f"{MARKS[kind]}{text}{END}" for text in picture.lines), picture.baseline)


_TALL = {
    "(": ("⎛⎜⎝⎜", "⎞⎟⎠⎟"),
    "[": ("⎡⎢⎣⎢", "⎤⎥⎦⎥"),
    "{": ("⎧⎪⎩⎨", "⎫⎪⎭⎬"),
    "|": ("││││", "││││"),
}
_TALL_ASCII = {"(": ("/|\\|", "\\|/|"), "[": ("[[[[", "]]]]"), "{": ("/|\\<", "\\|/>"), "|": ("||||", "||||")}
_FLAT = {"(": "()", "[": "[]", "{": "{}", "|": "||"}


def half_bracket(body: Picture, opening: str, right: bool, ascii: bool) -> Picture:
    """Return one half of a bracket, as tall as the body."""
    if body.height == 1:
        return line(_FLAT[opening][right])
    top, middle, bottom, centre = tuple((_TALL_ASCII if ascii else _TALL)[opening][right])
    rows = [top, *[middle] * (body.height - 2), bottom]
    if opening == "{" and body.height > 2:
        rows[body.height // 2] = centre
    return Picture(tuple(rows), body.baseline)
