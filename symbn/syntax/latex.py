r"""LaTeX -> tokens, as TeX splits it: one letter is one name, `\frac12` is one half, `x_12` is x_1 times 2.

What only changes the looks is dropped (\left, \big, \limits, spacing, \label, colours, alignment); nothing else is: an unknown
command is an error with its place. A brace pair around a whole relation (\boxed{a = b}) is dropped, other braces group.
"""

from __future__ import annotations

import re

from symbn.diagnostic import Span
from symbn.errors import unreadable
from symbn.syntax.symbols import (
    ACCENTS,
    COMMANDS,
    GREEK,
    GREEK_NAMES,
    MARKS,
    RELATION_COMMANDS,
    RELATIONS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
)
from symbn.syntax.tokens import Token, check_characters, check_count

_NUMBER = re.compile(r"\d+(?:(?:\.|\{,\})\d+)?|\.\d+")
_COMMAND = re.compile(r"\\([A-Za-z]+\*?|.)", re.DOTALL)
_CALLED_WORD = re.compile(r"(Var|Std|Mean|var|std|mean)(?=\s*(?:\\left|\\[bB]igl?)?\s*[\[(])|(BN)(?=\s*[_(])")
_LOOKS = re.compile(r"\\(?:left|right|middle|[bB]igg?[lr]?|boxed|underline|fbox|color\{\w*\}|textcolor\{\w*\})\s*\Z")
_TEXT = re.compile(r"\s*\{([^{}]*)\}")

STYLES = frozenset(["mathcal", "mathbf", "mathbb", "boldsymbol", "bm", "mathfrak", "mathsf", "mathscr", "mathit", "vec", "pmb"])
ACCENT_COMMANDS = {
    "hat": "hat",
    "widehat": "hat",
    "bar": "bar",
    "overline": "bar",
    "tilde": "tilde",
    "widetilde": "tilde",
    "dot": "dot",
}
_TEXT_COMMANDS = frozenset(
    ["text", "textrm", "textit", "textbf", "mathrm", "operatorname", "operatorname*", "mbox", "rm", "textnormal"]
)
_DROPPED = frozenset(
    [
        "left",
        "right",
        "limits",
        "nolimits",
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "nonumber",
        "notag",
        "middle",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "biggl",
        "biggr",
        "Biggl",
        "Biggr",
        ",",
        ";",
        ":",
        "!",
        ">",
        "/",
        "thinspace",
    ]
) | {" ", "\n", "\t", "-"}
_DROPPED_WITH_ARGUMENT = frozenset(["label", "tag", "tag*", "color", "hspace", "vspace", "phantom", "hphantom"])
_TRANSPARENT = frozenset(["boxed", "textcolor", "colorbox", "underline", "fbox", "mathrel", "mathop", "ensuremath"])
_WRAPPERS = frozenset(
    ["equation", "align", "aligned", "split", "gather", "gathered", "eqnarray", "multline", "alignat", "flalign"]
)
_PRODUCTS = {"cdot": "*", "times": "*", "ast": "*", "odot": "\\odot", "circ": "\\odot"}
_OPENING = {"(": "(", "[": "[", "{": "{"}
_KEPT_COMMANDS = frozenset(
    [
        "frac",
        "dfrac",
        "tfrac",
        "cfrac",
        "sqrt",
        "sum",
        "prod",
        "partial",
        "nabla",
        "over",
        "underbrace",
        "overbrace",
        "ldots",
        "cdots",
        "dots",
        "forall",
        "prime",
    ]
)


def scan(text: str) -> list[Token]:
    """Return the tokens of a formula, ending with one of kind `end`. Raises: UnreadableError."""
    check_characters(text)
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        place = _scan_one(text, place, tokens)
        check_count(tokens)
    tokens = [_with_looks(token, text) for token in _without_wrappers(tokens)]
    tokens.append(Token("end", "", Span(len(text), len(text))))
    return tokens


def _scan_one(text: str, place: int, tokens: list[Token]) -> int:
    character = text[place]

    def put(kind: str, value: str, end: int) -> int:
        tokens.append(Token(kind, value, Span(place, end)))
        return end

    if character == "&" and _inside_cases(tokens):
        return put("gap", "&", place + 1)
    if character.isspace() or character in "~&$":
        return place + 1
    if character == "%":
        newline = text.find("\n", place)
        return len(text) if newline < 0 else newline + 1
    if character == "\\":
        return _scan_command(text, place, tokens)
    if character in "VSMvsmB" and (word := _CALLED_WORD.match(text, place)):
        return put("word", word[0], word.end())
    if (character.isdecimal() or character == ".") and (number := _NUMBER.match(text, place)):
        if re.fullmatch(r"\d+\{,\}\d{3}", number[0]):
            span = Span(place, number.end())
            raise unreadable(
                "two-roles", "this comma may be a decimal one or group thousands", span, "write a point, or no comma"
            )
        return put("number", number[0].replace("{,}", "."), number.end())
    if character.isascii() and character.isalpha():
        end = place + 1
        if end < len(text) and text[end] in ACCENTS:
            return put("name", f"\\{ACCENTS[text[end]]} {character}", end + 1)
        return put("name", character, end)
    return scan_symbol(text, place, tokens)


def _inside_cases(tokens: list[Token]) -> bool:
    marks = [token.text for token in tokens if token.text in ("\\begincases", "\\endcases")]
    return bool(marks) and marks[-1] == "\\begincases"


def scan_symbol(text: str, place: int, tokens: list[Token]) -> int:
    """Scan a mark, a bracket, a relation or a Unicode symbol; the part both scanners share."""
    character, span = text[place], Span(place, place + 1)

    def put(kind: str, value: str) -> int:
        tokens.append(Token(kind, value, span))
        return place + 1

    if text.startswith((":=", "!=", "=="), place):
        tokens.append(Token("relation", {":": ":=", "!": "\\neq", "=": "="}[character], Span(place, place + 2)))
        return place + 2
    if character in "=<>":
        return put("relation", character)
    if character in RELATIONS:
        return put("relation", RELATIONS[character])
    if character in "([{":
        return put("open", character)
    if character in ")]}":
        return put("close", character)
    if character in "+-*/^_,;:!'|.":
        return put("mark", character)
    if character in MARKS:
        return put("mark", MARKS[character])
    if character in GREEK:
        accent = text[place + 1 : place + 2]
        if accent and accent in ACCENTS:
            tokens.append(Token("name", f"\\{ACCENTS[accent]} \\{GREEK[character]}", Span(place, place + 2)))
            return place + 2
        return put("name", "\\" + GREEK[character])
    if character in COMMANDS:
        command = COMMANDS[character]
        return put("word", "E") if command == "\\expectation" else put("command", command)
    for table, mark in ((SUPERSCRIPTS, "^"), (SUBSCRIPTS, "_")):
        if character in table:
            end = place
            while end < len(text) and text[end] in table:
                end += 1
            digits = "".join(table[c] for c in text[place:end])
            tokens.append(Token("mark", mark, span))
            tokens.append(Token("open", "{", span))
            for offset, digit in enumerate(digits):
                if digit.isdigit() and offset and digits[offset - 1].isdigit():
                    last = tokens.pop()
                    tokens.append(Token("number", last.text + digit, Span(last.span.start, place + offset + 1)))
                else:
                    where = Span(place + offset, place + offset + 1)
                    tokens.append(Token("number" if digit.isdigit() else "name", digit, where))
            tokens.append(Token("close", "}", Span(end - 1, end)))
            return end
    raise unreadable("unknown-character", f"the character {character!r} means nothing here", span)


def _scan_command(text: str, place: int, tokens: list[Token]) -> int:
    match = _COMMAND.match(text, place)
    if match is None:
        raise unreadable("unknown-command", "a backslash at the end of the formula", Span(place, place + 1), "remove it")
    name, end = match[1], match.end()
    span = Span(place, end)

    def put(kind: str, value: str) -> int:
        tokens.append(Token(kind, value, span))
        return end

    if name == "\\":
        return put("row", "\\\\")
    if name in ("left", "right", "middle") and text[end : end + 1] == ".":
        return end + 1
    if name in "([])" or name in _DROPPED:
        return end
    if name in ("quad", "qquad"):
        return put("gap", name)
    if name in ("{", "lbrace"):
        return put("open", "[")
    if name in ("}", "rbrace"):
        return put("close", "]")
    if name in ("lbrack", "rbrack"):
        return put("open", "[") if name == "lbrack" else put("close", "]")
    if name in ("vert", "lvert", "rvert", "mid", "|"):
        return put("mark", "|")
    if name in _TEXT_COMMANDS:
        return _scan_text(text, place, end, tokens)
    if name in _DROPPED_WITH_ARGUMENT:
        argument = _TEXT.match(text, end)
        if argument is None:
            raise unreadable("missing-argument", f"\\{name} needs an argument in braces", span)
        return argument.end()
    if name in ("begin", "end"):
        return _scan_environment(text, place, end, name, tokens)
    if name in _TRANSPARENT:
        if name in ("textcolor", "colorbox") and (argument := _TEXT.match(text, end)):
            end = argument.end()
        return put("command", "\\boxed")
    if name in GREEK_NAMES or name in ("ell", "epsilon", "varepsilon", "top", "infty", "intercal"):
        return put("name", "\\" + name)
    if name in RELATION_COMMANDS:
        return put("relation", RELATION_COMMANDS[name])
    if name in _PRODUCTS:
        return put("mark", _PRODUCTS[name])
    if name == "div":
        return put("mark", "/")
    if name in STYLES or name in ACCENT_COMMANDS or name in _KEPT_COMMANDS:
        return put("command", "\\" + name)
    if name in ("E", "Var"):
        return put("word", name)
    if name in ("exp", "log", "ln", "max", "min", "sin", "cos", "tanh", "lim", "int", "iint", "oint", "det"):
        raise unreadable(
            "unsupported", f"\\{name} is outside what symbn decides", span, "see `symbn verify --help` for what is read"
        )
    raise unreadable("unknown-command", f"unknown command \\{name}", span, "write it with the commands of ordinary mathematics")


def _scan_text(text: str, place: int, end: int, tokens: list[Token]) -> int:
    argument = _TEXT.match(text, end)
    if argument is None:
        raise unreadable("missing-argument", "a text command needs words in braces", Span(place, end))
    words = " ".join(argument[1].split()).strip(" ,.:;")
    inside = Span(argument.start(1), argument.end(1))
    if not words:
        return argument.end()
    if not all(c.isascii() and (c.isalnum() or c in " -'") for c in words):
        raise unreadable("unknown-word", "only words are read inside a text command", inside)
    tokens.append(Token("name" if len(words) == 1 else "word", words, Span(place, argument.end())))
    return argument.end()


def _scan_environment(text: str, place: int, end: int, which: str, tokens: list[Token]) -> int:
    argument = _TEXT.match(text, end)
    name = argument[1].rstrip("*") if argument else ""
    if argument is None or (name not in _WRAPPERS and name not in ("cases", "dcases")):
        raise unreadable("unknown-command", f"the environment {name!r} is not read", Span(place, end))
    if name in ("cases", "dcases"):
        tokens.append(Token("command", f"\\{which}cases", Span(place, argument.end())))
    return argument.end()


def _with_looks(token: Token, text: str) -> Token:
    """Let the span of a bracket begin at the \\left, \\big or \\boxed that belongs to it."""
    if token.kind not in ("open", "close"):
        return token
    start = token.span.start
    found = _LOOKS.search(text, max(0, start - 24), start)
    return token if found is None else Token(token.kind, token.text, Span(found.start(), token.span.end))


def _without_wrappers(tokens: list[Token]) -> list[Token]:
    """Drop the braces that hold a whole relation, such as those of \\boxed{a = b}; keep the other ones as groups."""
    stack: list[int] = []
    holds_relation: set[int] = set()
    pairs: dict[int, int] = {}
    for place, token in enumerate(tokens):
        if token.kind == "open":
            stack.append(place)
        elif token.kind == "close" and stack:
            pairs[stack.pop()] = place
        elif token.kind == "relation":
            for opener in reversed(stack):
                if tokens[opener].text != "{" or (opener and tokens[opener - 1].text in ("_", "^")):
                    break
                holds_relation.add(opener)
    dropped: set[int] = set()
    for start, stop in pairs.items():
        script = start > 0 and tokens[start - 1].text in ("_", "^")
        indicator = start > 0 and tokens[start - 1].text == "\\mathbb"
        if tokens[start].text == "{" and not script and not indicator and (start in holds_relation or stop == start + 1):
            dropped |= {start, stop}
    return [t for place, t in enumerate(tokens) if place not in dropped and t.text != "\\boxed"]
