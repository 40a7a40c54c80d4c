"""What the sentence around a formula makes of it: a claim, a definition or a hypothesis.

Only the words right before the formula count, so that `When we differentiate the sum, $a = b$` is a claim and `when $i = j$` is
a hypothesis. An `and` or a comma hands the role of the formula before on: `if $a = 1$ and $b = 0$`.
"""

from __future__ import annotations

import re

CLAIM, DEFINITION, HYPOTHESIS, ASSUMPTION = "claim", "definition", "hypothesis", "assumption"

# A hypothesis holds for its sentence, an assumption from here on.
_HYPOTHESES = frozenset(("if", "when", "whenever", "unless", "except", "provided", "for", "case", "cases"))
_NEGATIONS = frozenset(("unless", "except", "excluding", "not"))
_ASSUMPTIONS = frozenset(("suppose", "assume", "assuming", "supposing", "given", "fix", "fixing"))
_DEFINITIONS = frozenset(
    (
        "let",
        "where",
        "with",
        "define",
        "denote",
        "set",
        "setting",
        "put",
        "write",
        "writing",
        "take",
        "taking",
        "choose",
        "choosing",
        "call",
    )
)
_FILLERS = frozenset(
    (
        "that",
        "all",
        "any",
        "every",
        "each",
        "some",
        "both",
        "the",
        "we",
        "have",
        "now",
        "also",
        "index",
        "indices",
        "say",
        "only",
        "diagonal",
        "off",
        "us",
        "by",
    )
)
_COMMENT = re.compile(r"^[ \t]*%.*$", re.MULTILINE)
_MARKUP = re.compile(r"\$+`?|`|\\[\[\]()]|<[^<>]{0,300}>|[*_]{1,2}|\\(?:begin|end)\{[a-z]+\*?\}")
_WORD = re.compile(r"[A-Za-z]+|[.!?:;,()]")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n[ \t]*\n")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


def plain(text: str) -> str:
    """Return prose without what neither speaks nor ends a sentence: TeX's comments, emphasis, stray delimiters."""
    return _MARKUP.sub(" ", _COMMENT.sub(" ", text))


def role(before: str, previous: str | None) -> str:
    """Return what the prose right before a formula makes of it. previous: the role of the formula before, in this sentence."""
    words = _WORD.findall(_sentence(before).lower())[-6:]
    if previous in (HYPOTHESIS, ASSUMPTION, DEFINITION) and words and all(word in ("and", ",", "or") for word in words):
        return CLAIM if words == [","] else previous
    while words and words[-1] in _FILLERS:
        words.pop()
    last = words[-1] if words else ""
    if last in _HYPOTHESES:
        return HYPOTHESIS
    if last in _ASSUMPTIONS:
        return ASSUMPTION
    return DEFINITION if last in _DEFINITIONS else CLAIM


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
    if any(match[0] in ".!?" for match in _SENTENCE_END.finditer(between)):
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
    return len(words) == 1 and words[0] in _HYPOTHESES | {"with", "where"}


def _sentence(before: str) -> str:
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    return before[ends[-1] :] if ends else before
