r"""Macro definitions of an author: what is read as one, and the table they make.

Read are \newcommand, \renewcommand, \providecommand (all with [n][default] and a star), \def and \gdef with #1..#9 and no other
delimiters, \DeclareMathOperator and \let between commands. A definition holds from its place on, groups do not end it, and
a definition inside another's body is not read. \let\a\b copies the meaning that \b has there: the macro, or TeX's own command.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from symbn.diagnostic import Value
from symbn.document.landmarks import Landmarks
from symbn.errors import UnreadableError
from symbn.syntax.latex import scan

HEAD = (
    r"\\(?:(?P<new>newcommand|renewcommand|providecommand)\*?|(?P<operator>DeclareMathOperator\*?)"
    r"|(?:(?:long|global)\s{0,9}\\)?(?P<plain>g?def)|(?P<let>let))(?![A-Za-z])"
)
_HEAD = re.compile(HEAD)
_NAME = re.compile(r"\s{0,99}(?:\{\s{0,99}(\\(?:[A-Za-z]+|[^\sA-Za-z]))\s{0,99}\}|(\\(?:[A-Za-z]+|[^\sA-Za-z])))")
_COUNT = re.compile(r"\s{0,99}(?:\[\s{0,9}([0-9])\s{0,9}\]\s{0,99}(?:\[([^\[\]]{0,500})\])?)?\s{0,99}")
_PARAMETERS = re.compile(r"(?:\s{0,99}#[1-9])*+\s{0,99}")
_OTHER = re.compile(r"\s{0,99}=?\s{0,99}(\\(?:[A-Za-z]+|[^\sA-Za-z]))")
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|%[^\n]*\n?|#[1-9]|.", re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Macro(Value):
    """body: TeX's tokens. default: of the first parameter, if that is optional. final: the body is not expanded again."""

    parameters: int
    default: tuple[str, ...] | None
    body: tuple[str, ...]
    final: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Definition(Value):
    """name: with its backslash. how: a `provide` yields to what there is; a `let` copies the meaning of `body[0]`."""

    name: str
    macro: Macro
    how: Literal["define", "provide", "let"]


def tokens_of(text: str) -> tuple[str, ...]:
    """Return TeX's tokens of a macro's body, without its comments."""
    return tuple(token for token in TOKEN.findall(text) if token[0] != "%")


def definition_at(landmarks: Landmarks, place: int, end: int) -> tuple[Definition, int] | None:
    r"""Return the definition that begins here, and its end; None if it is none, or of a kind that is not read."""
    text = landmarks.text
    head = _HEAD.match(text, place, end)
    if head is None or (named := _NAME.match(text, head.end(), end)) is None:
        return None
    name: str = named[1] or named[2]
    if name in ("\\begin", "\\end"):
        return None
    if head["let"]:
        other = _OTHER.match(text, named.end(), end)
        return (Definition(name, Macro(0, None, (other[1],), True), "let"), other.end()) if other else None
    parameters, default, after = 0, None, named.end()
    if head["new"]:
        count = _COUNT.match(text, after, end)
        assert count is not None  # every part of the pattern may be empty
        parameters, default, after = int(count[1] or 0), count[2], count.end()
    elif head["plain"]:
        listed = _PARAMETERS.match(text, after, end)
        assert listed is not None  # as above
        numbers = re.findall(r"#([1-9])", listed[0])
        if numbers != [str(number) for number in range(1, len(numbers) + 1)]:
            return None
        parameters, after = len(numbers), listed.end()
    else:
        while text[after : after + 1].isspace() and after < end:
            after += 1
    body_end = landmarks.braces.get(after)
    if body_end is None or body_end >= end or (default is not None and parameters == 0):
        return None
    body = text[after + 1 : body_end]
    if head["operator"]:
        star = "*" if head["operator"].endswith("*") else ""
        body = f"\\operatorname{star}{{{body}}}"
    macro = Macro(parameters, None if default is None else tokens_of(default), tokens_of(body))
    how: Literal["define", "provide"] = "provide" if head["new"] == "providecommand" else "define"
    return Definition(name, macro, how), body_end + 1


def define(table: dict[str, Macro], definition: Definition) -> None:
    """Enter a definition as TeX would: \\providecommand does not touch a command that there is already."""
    name = definition.name
    if definition.how == "provide" and (name in table or _is_known(name)):
        return
    if definition.how == "let":
        other = definition.macro.body[0]
        table[name] = table.get(other, definition.macro)
        if other == name:
            del table[name]
        return
    table[name] = definition.macro


def _is_known(name: str) -> bool:
    """Return whether the formula scanner has a meaning of its own for a command."""
    try:
        scan(name)
    except UnreadableError as error:
        return error.diagnostic.code != "unknown-command"
    return True
