"""What the sentence around a formula makes of it: a claim, a definition or a hypothesis.

Only the words right before the formula count, so that `When we differentiate the sum, $a = b$` is a claim and `when $i = j$` is
a hypothesis. An `and` or a comma hands the role of the formula before on: `if $a = 1$ and $b = 0$`.
"""

from __future__ import annotations

import re

CLAIM, DEFINITION, HYPOTHESIS, ASSUMPTION = "claim", "definition", "hypothesis", "assumption"

# What follows these words is supposed for the sentence, whatever it says; ..
_STRONG = frozenset(("if", "when", "whenever", "unless", "provided"))
# .. and after these only if it is what one supposes: indices, sizes, values of inputs.
_WEAK = frozenset(("for", "case", "cases", "except"))
_NEGATIONS = frozenset(("unless", "except", "excluding", "not"))
# What is assumed lasts to the end of its section.
_ASSUMPTIONS = frozenset(("suppose", "assume", "assuming", "supposing", "given", "fix", "fixing"))
_DEFINITIONS = frozenset(
    (
        *("let", "where", "with", "define", "denote", "set", "setting", "put", "write", "writing"),
        *("take", "taking", "choose", "choosing", "call"),
    )
)
_FILLERS = frozenset(
    (
        *("that", "all", "any", "every", "each", "some", "both", "the", "we", "have", "now", "also", "first", "then"),
        *("index", "indices", "say", "only", "diagonal", "off", "us", "by", "further", "simply", "here", "moreover"),
    )
)
_OTHERWISE = frozenset(("otherwise", "else", "sonst", "sinon"))
_GENERAL = re.compile(r"\b(?:in general|generally|arbitrary|for any|for every)\b", re.IGNORECASE)
_ABBREVIATION = re.compile(
    r"\b(?:i\.\s?e|e\.\s?g|z\.\s?B|d\.\s?h|figs?|eqs?|cf|resp|vs|al|secs?|etc|approx|w\.r\.t)\.", re.IGNORECASE
)
_COMMENT = re.compile(r"^[ \t]*%.*$", re.MULTILINE)
_MARKUP = re.compile(r"\$+`?|`|\\[\[\]()]|<[^<>]{0,300}>|[*_]{1,2}|\\(?:begin|end)\{[a-z]+\*?\}")
_WORD = re.compile(r"[^\W\d_]+|[.!?:;,()]")
_SENTENCE_END = re.compile(r"[.!?](?=[\s)]|$)|;|\n[ \t]*\n|\n[ \t]*(?:[-+*]|\d+[.)]|\|)\s")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_HEADING = re.compile(
    r"^[ \t]{0,3}#{1,6}[ \t]|\\(?:sub)*(?:section|paragraph)\b|\\chapter\b|<h[1-6]\b|^[=~^\"-]{4,}[ \t]*$", re.MULTILINE
)


def plain(text: str) -> str:
    """Return prose without what neither speaks nor ends a sentence: TeX's comments, emphasis, stray delimiters."""
    return _ABBREVIATION.sub(" ", _MARKUP.sub(" ", _COMMENT.sub(" ", text)))


def role(before: str, previous: str | None) -> str:
    """Return what the prose right before a formula makes of it. previous: the role of the formula before, in this sentence."""
    words = _WORD.findall(_sentence(before).lower())[-6:]
    if previous in (HYPOTHESIS, ASSUMPTION, DEFINITION) and words and all(word in ("and", ",", "or") for word in words):
        return CLAIM if words == [","] else previous
    while words and words[-1] in _FILLERS:
        words.pop()
    last = words[-1] if words else ""
    if last in _STRONG or last in _WEAK:
        return HYPOTHESIS
    if last in _ASSUMPTIONS:
        return ASSUMPTION
    return DEFINITION if last in _DEFINITIONS else CLAIM


def strong(before: str) -> bool:
    """Tell whether the words suppose whatever follows them: `if $a = b$`, but not `the formula for $a = b$`."""
    words = _WORD.findall(_sentence(before).lower())[-6:]
    while words and words[-1] in _FILLERS:
        words.pop()
    return bool(words) and words[-1] in _STRONG


def lasts(before: str) -> bool:
    """Tell whether what is supposed holds beyond its sentence: `assume $a = 1$`, `let $a = 1$`."""
    return any(word in _ASSUMPTIONS or word == "let" for word in _WORD.findall(_sentence(before).lower())[-6:])


def heading(text: str) -> bool:
    """Tell whether a new section begins in a part of the document."""
    return _HEADING.search(text) is not None


def otherwise(before: str) -> bool:
    """Tell whether the case that was supposed is left for the other one."""
    return any(word in _OTHERWISE for word in _WORD.findall(before.lower())[-4:])


def new_subject(before: str) -> bool:
    """Tell whether the words name something else that a formula beginning with `=` is about: `the variance is $$= ..$$`."""
    words = [word for word in _WORD.findall(before.lower()) if word.isalpha()]
    return len(words) > 1 and words[-1] in ("is", "are", "equals", "of", "reads") and "which" not in words[-3:]


def only_a_comma(before: str) -> bool:
    """Tell whether a comma leads on from the formula before: `if $a = 1$, $b = 0$` may go on with the hypothesis, or end it."""
    return before.strip() == ","


def negated(before: str) -> bool:
    """Tell whether the prose excludes what the formula after it says: `unless $i = j$`, `except when $i = j$`."""
    return any(word in _NEGATIONS for word in _WORD.findall(_sentence(before).lower())[-3:])


def ends_sentence(between: str, after_display: bool) -> bool:
    """Tell whether a hypothesis before this prose no longer holds after it.

    A full stop ends a sentence. A blank line does if words follow it, or a display goes before it: `when $i = j$ we get` and a
    blank line lead on to a display. So does a capital letter after a display.
    """
    text = between.strip()
    if _GENERAL.search(between) or any(match[0].strip() for match in _SENTENCE_END.finditer(between)):
        return True
    if after_display:
        return text[:1].isupper() or _PARAGRAPH.search(between) is not None
    return any(between[match.end() :].strip() for match in _PARAGRAPH.finditer(between))


def attaches_back(between: str) -> bool:
    """Tell whether the formula after this prose is a condition of the one before it: `$a = b$ for $i = j$`."""
    words = [word for word in _WORD.findall(between.lower()) if word not in _NEGATIONS or word == "unless"]
    while words and words[0] in (",", "("):
        words.pop(0)
    while len(words) > 1 and words[-1] in _FILLERS:
        words.pop()
    return len(words) == 1 and words[0] in _STRONG | _WEAK | {"with", "where"}


def _sentence(before: str) -> str:
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    return before[ends[-1] :] if ends else before
