r"""Where the marks of a text are, found in one pass each, so that no opening mark makes a scanner look for its end twice.

Every question asked here (which brace closes this one, where does this `$` end, is there a blank line in between) is a look-up
or a bisection. That is what keeps a hundred thousand opening marks without an end linear:

    braces        {place of an opening brace: place of its closing one}, escapes \{ \} left out
    environments  {place of \begin{name}: place of its \end{name}}, nested by name; an unclosed one has no entry
    dollars       a `$` inside \text{..} belongs to the formula around it, so the next stop after a \text{ is that after its }

An unbalanced mark in prose does not disturb what is balanced inside or after it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property

_BLANK = re.compile(r"\n[ \t]*\r?(?=\n)")
_PAIRS = r"\\(begin|end)[ \t]*\{([A-Za-z]+\*?)\}|\\.|[{}]"
_DOLLARS = r"(\\(?:text[a-z]*|mbox|hbox|intertext)[ \t]*(?=\{))|\\.|\$\$?"
_MARKS = re.compile(r"(?:\\\\|\\)[()\[\]]|\\.", re.DOTALL)
_COMMENT = r"|%[^\n]*"


class Landmarks:
    """The marks of one text. percent: a % starts a comment, as in TeX, and what it hides is no mark."""

    def __init__(self, text: str, percent: bool = False) -> None:
        self.text = text
        self._comment = _COMMENT if percent else ""
        self._sought: dict[str, tuple[int, int]] = {}

    def find(self, needle: str, start: int, end: int) -> int | None:
        """Return the place of a string in [start, end); what was found last, or sought in vain, is not sought again."""
        since, place = self._sought.get(needle, (len(self.text) + 1, -1))
        if start < since or 0 <= place < start:
            place = self.text.find(needle, start)
            self._sought[needle] = (start, place)
        return place if 0 <= place <= end - len(needle) else None

    def has_blank_line(self, start: int, end: int) -> bool:
        place = bisect_left(self._blanks, start)
        return place < len(self._blanks) and self._blanks[place] < end

    def mark(self, mark: str, start: int, end: int) -> int | None:
        r"""Return the place of the next `\)`, `\]`, `\\)`, ... in [start, end)."""
        return _next(self._marks.get(mark, []), start, end)

    def ticks(self, length: int, start: int, end: int) -> int | None:
        """Return the place of the next run of exactly `length` backticks."""
        return _next(self._ticks.get(length, []), start, end)

    def dollar(self, start: int, end: int) -> int | None:
        """Return the place of the first `$` or `$$` in [start, end)."""
        return self._stop(self._dollars[1], start, end)

    def double_dollar(self, start: int, end: int) -> int | None:
        """Return the place of the first `$$` in [start, end)."""
        return self._stop(self._dollars[2], start, end)

    def _stop(self, stops: list[int], start: int, end: int) -> int | None:
        places = self._dollars[0]
        at = stops[bisect_left(places, start)]
        return places[at] if at < len(places) and places[at] < end else None

    @property
    def braces(self) -> dict[int, int]:
        return self._pairs[0]

    @property
    def environments(self) -> dict[int, int]:
        return self._pairs[1]

    @cached_property
    def _pairs(self) -> tuple[dict[int, int], dict[int, int]]:
        braces: dict[int, int] = {}
        environments: dict[int, int] = {}
        open_braces: list[int] = []
        open_environments: dict[str, list[int]] = {}
        for match in re.compile(_PAIRS + self._comment, re.DOTALL).finditer(self.text):
            if match[0] == "{":
                open_braces.append(match.start())
            elif match[0] == "}":
                if open_braces:
                    braces[open_braces.pop()] = match.start()
            elif match[1] == "begin":
                open_environments.setdefault(match[2], []).append(match.start())
            elif match[1] == "end" and (places := open_environments.get(match[2])):
                environments[places.pop()] = match.start()
        return braces, environments

    @cached_property
    def _blanks(self) -> list[int]:
        return [match.start() for match in _BLANK.finditer(self.text)]

    @cached_property
    def _marks(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for match in _MARKS.finditer(self.text):
            places.setdefault(match[0], []).append(match.start())
        return places

    @cached_property
    def _ticks(self) -> dict[int, list[int]]:
        places: dict[int, list[int]] = {}
        for match in re.finditer("`+", self.text):
            places.setdefault(len(match[0]), []).append(match.start())
        return places

    @cached_property
    def _dollars(self) -> tuple[list[int], list[int], list[int]]:
        r"""Return the places of `$`, `$$` and `\text{`, and for each the number of the next stop, filled from the right."""
        found = [
            (match.start(), match[0], match.end())
            for match in re.compile(_DOLLARS + self._comment, re.DOTALL).finditer(self.text)
            if match[0][0] == "$" or (match[1] and match.end() in self.braces)
        ]
        places = [place for place, _, _ in found]
        size = len(places)
        single, double = [size] * (size + 1), [size] * (size + 1)
        for at in range(size - 1, -1, -1):
            _, mark, end = found[at]
            beyond = bisect_left(places, self.braces[end]) if mark[0] == "\\" else at + 1
            single[at] = at if mark[0] == "$" else single[beyond]
            double[at] = at if mark == "$$" else double[beyond]
        return places, single, double


def _next(places: list[int], start: int, end: int) -> int | None:
    at = bisect_left(places, start)
    return places[at] if at < len(places) and places[at] < end else None
