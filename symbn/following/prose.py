"""What the sentence around a formula makes of it: a claim, a definition or a hypothesis.

Only the words right before the formula count, so that `When we differentiate the sum, $a = b$` is a claim and `when $i = j$` is
a hypothesis. An `and` or a comma hands the role of the formula before on: `if $a = 1$ and $b = 0$`.
"""

from __future__ import annotations

import re
from functools import lru_cache

CLAIM, DEFINITION, HYPOTHESIS, ASSUMPTION = "claim", "definition", "hypothesis", "assumption"

# What follows these words is supposed for the sentence, whatever it says; ..
_STRONG = frozenset(("if", "when", "whenever", "unless", "provided"))
# .. and after these only if it is what one supposes: indices, sizes, values of inputs.
_WEAK = frozenset(("for", "case", "cases", "except"))
# What stands after these is a reason, or supposed if it is what one supposes.
_REASONS = frozenset(("using", "inserting", "substituting", "plugging", "because", "since", "were", "namely"))
_NEGATIONS = frozenset(("unless", "except", "excluding", "not", "neither"))
# What is assumed lasts to the end of its paragraph.
_ASSUMPTIONS = frozenset(("suppose", "assume", "assuming", "supposing", "given", "fix", "fixing"))
_DEFINITIONS = frozenset(
    (
        *("let", "where", "with", "define", "redefine", "denote", "set", "setting", "put", "write", "writing"),
        *("take", "taking", "choose", "choosing", "call"),
    )
)
_FILLERS = frozenset(
    (
        *("that", "all", "any", "every", "each", "some", "both", "the", "we", "have", "now", "also", "first", "then"),
        *(
            "index",
            "indices",
            "say",
            "only",
            "diagonal",
            "off",
            "us",
            "by",
            "further",
            "simply",
            "here",
            "moreover",
            "instead",
            "conversely",
            "exactly",
            "again",
            "not",
            "neither",
        ),
    )
)
_OTHERWISE = r"(?:otherwise|else(?:where)?|sonst|sinon|in (?:all |any |every )?(?:the )?other cases?)"
_LAST_OTHERWISE = re.compile(rf"\b{_OTHERWISE}(?:\W+\w+){{0,3}}\W*$", re.IGNORECASE)
# `.. and $b = 0$ otherwise.` says something of the formula before it, `.., otherwise $b = 0$` of the one after it.
_OTHERWISE_BEHIND = re.compile(
    rf"\s*(?:{_OTHERWISE}\s*(?:[.;:,)\]]|and\b|while\b|\n\s*\n)|,\s*{_OTHERWISE}\s*(?:[.;)\]]|\n\s*\n))", re.IGNORECASE
)
_DENIED = re.compile(r"\s*(?:fails|is (?:false|wrong|not|violated)|(?:does|do|need) not (?:hold|apply))\b", re.IGNORECASE)
# What is said so is no condition that the formula states: `at least $m = 2$`, `$m = 2$ or more`, `whether or not $i = k$`.
_VAGUE_BEFORE = re.compile(
    r"\b(?:at (?:least|most)|(?:more|less|fewer|other) than|up to|beyond|even (?:if|when|for)|whether(?: or not)?|about|nearly"
    r"|almost|roughly|approximately|around|near|not only(?: \w+)?)\s*$",
    re.IGNORECASE,
)
_VAGUE_BEHIND = re.compile(
    r"\s*,?\s*(?:\(?\s*or\s+(?!if\b|when\b|for\b|else\b|otherwise\b)\w|(?:and|or)\s+(?:beyond|above|below|more|less|up|larger|smaller|onwards?)\b"
    r"|onwards?\b|upwards?\b|as well as\b)",
    re.IGNORECASE,
)
# After these words an assumption of the section may no longer be meant.
_DROPPED = re.compile(
    r"\b(?:in general|general\w*|contradict\w*|absurd|impossible|in contrast"
    r"|(?:drop|lift|remov|relax|discard|abandon)\w*|no longer|without (?:this|that|the|these|any)"
    r"|not assum\w+|arbitrary|regardless|whatever)\b",
    re.IGNORECASE,
)
_EVERY = re.compile(r"\b(?:any|every|all|each|arbitrary)\b", re.IGNORECASE)
_SUPPOSING = re.compile(r"\b(?:assume|suppose)\b", re.IGNORECASE)
_THEN = re.compile(r"\s*,?\s*then\b", re.IGNORECASE)
_CONDITIONAL = re.compile(rf"\b(?:{'|'.join(sorted(_STRONG))})\b", re.IGNORECASE)
_CONCLUDING = re.compile(
    r"\b(?:then|so|hence|thus|therefore|get|obtain|gives?|yields?|becomes?|follows?|impl(?:y|ies)|which|since|because)\b|[:,]\s*we\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s*(?P<word>to|through|up to|until|and|or)\b\s*(?P<rest>\w+)?", re.IGNORECASE)
_GENERAL = re.compile(
    r"\b(?:in general|generally|arbitrary|for any|for every|always|in any case|whereas|(?:larger|bigger|other) batch\w*)\b",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(
    r"\b(?:i\.\s?e|e\.\s?g|z\.\s?B|d\.\s?h|figs?|eqs?|cf|resp|vs|al|secs?|etc|approx|w\.r\.t)\.", re.IGNORECASE
)
_COMMENT = re.compile(r"^[ \t]*%.*$", re.MULTILINE)
_MARKUP = re.compile(r"\\[A-Za-z]+|\$+`?|`|\\[\[\]()]|<[^<>]{0,300}>|[*_]{1,2}|\\(?:begin|end)\{[a-z]+\*?\}")
_WORD = re.compile(r"[^\W\d_]+|[.!?:;,()]")
_SENTENCE_END = re.compile(r"[.!?](?=[\s)]|$)|;|\n[ \t]*\n|\n[ \t]*(?:[-+*]|\d+[.)]|\|)\s")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_HEADING = re.compile(
    r"^[ \t]{0,3}#{1,6}[ \t]|\\(?:sub)*(?:section|paragraph)\b|\\chapter\b|<h[1-6]\b|^[=~^\"-]{4,}[ \t]*$", re.MULTILINE
)


@lru_cache(maxsize=8)  # as with `prose_between`, the same text is asked about several times
def plain(text: str) -> str:
    """Return prose without what neither speaks nor ends a sentence: TeX's comments, emphasis, stray delimiters."""
    return _ABBREVIATION.sub(
        lambda match: " namely " if match[0][0] in "id" else " ", _MARKUP.sub(" ", _COMMENT.sub(" ", text))
    )


def role(before: str, previous: str | None) -> str:
    """Return what the prose right before a formula makes of it. previous: the role of the formula before, in this sentence."""
    words = _WORD.findall(sentence(before).lower())[-6:]
    if previous in (HYPOTHESIS, ASSUMPTION, DEFINITION) and words and all(word in ("and", ",", "or", "nor") for word in words):
        return CLAIM if words == [","] else previous
    while words and words[-1] in _FILLERS:
        words.pop()
    if words[-2:-1] and words[-2] in _WEAK and words[-1] == "of":
        words.pop()
    last = words[-1] if words else ""
    if last in _STRONG | _WEAK | _REASONS:
        return HYPOTHESIS
    if last in _ASSUMPTIONS:
        return ASSUMPTION
    return DEFINITION if last in _DEFINITIONS else CLAIM


def strong(before: str) -> bool:
    """Tell whether the words suppose whatever follows them: `if $a = b$`, but not `the formula for $a = b$`."""
    words = _WORD.findall(sentence(before).lower())[-6:]
    while words and words[-1] in _FILLERS:
        words.pop()
    return bool(words) and words[-1] in _STRONG


def lasts(before: str) -> bool:
    """Tell whether what is supposed holds beyond its sentence: `assume $a = 1$`, `let $a = 1$`."""
    return any(word in _ASSUMPTIONS or word == "let" for word in _WORD.findall(sentence(before).lower())[-6:])


def heading(text: str) -> bool:
    """Tell whether a new section begins in a part of the document."""
    return _HEADING.search(text) is not None


def joins(before: str) -> bool:
    """Tell whether only `and`, `or` or a comma stand between two formulas."""
    words = _WORD.findall(before.lower())
    return bool(words) and all(word in ("and", ",", "or", "nor", "(") for word in words)


def alternative(before: str) -> bool:
    """Tell whether the formula is one of two: `if $i = j$ or $i = k$`."""
    return any(word in ("or", "nor") for word in _WORD.findall(before.lower())[-3:])


def otherwise(before: str) -> bool:
    """Tell whether the case that was supposed is left for the other one."""
    return _LAST_OTHERWISE.search(before) is not None and not otherwise_behind(before)


def otherwise_behind(behind: str) -> bool:
    """Tell whether the formula before this prose speaks of the other case: `$a = 1$ if $i = k$ and $a = 0$ otherwise.`"""
    return _OTHERWISE_BEHIND.match(behind) is not None


def denied(behind: str) -> bool:
    """Tell whether the prose after a hypothesis takes it back: `when $i = k$ fails`."""
    return _DENIED.match(behind) is not None


def vague(before: str, behind: str) -> bool:
    """Tell whether the words around a condition say something else than the condition alone: `$m = 2$ or more`."""
    return _VAGUE_BEFORE.search(sentence(before)) is not None or _VAGUE_BEHIND.match(behind) is not None


def drops(before: str) -> bool:
    """Tell whether what the section assumes may be meant no longer: `in general`, `dropping this assumption`."""
    return _DROPPED.search(before) is not None


def for_every(sentence: str) -> bool:
    """Tell whether a name on its own that ends this part of a sentence may be any: `for any $\\gamma$`."""
    return _EVERY.search(sentence) is not None


def supposing(sentence: str) -> bool:
    """Tell whether a sentence so far does nothing but assume: `Suppose the inputs are centred, ..`, with no `then` yet."""
    found = [match.end() for match in _SUPPOSING.finditer(sentence)]
    return bool(found) and _CONCLUDING.search(sentence, found[-1]) is None


def conditional(sentence: str, behind: str) -> bool:
    """Tell whether a formula belongs to the condition of its sentence: `if the mean vanishes ($\\mu = 0$)`."""
    found = [match.end() for match in _CONDITIONAL.finditer(sentence)]
    return (
        bool(found)
        and _CONCLUDING.search(sentence, found[-1]) is None
        and (_THEN.match(behind) is not None or sentence.endswith("("))
    )


def goes_on(behind: str, formula: str) -> tuple[str, ...]:
    """Return how the prose behind a formula and the next one go on with a list: `$i = 1$ to $m$` as `i = 1, \\dots, m`."""
    if behind.strip() == "," and formula.strip().isdigit():
        return (f", {formula}",)
    match = _GOES_ON.match(behind)
    if match is None:
        return ()
    end = match["rest"] or (formula if not behind[match.end() :].strip() else "")
    listing = match["word"].lower() in ("and", "or")
    if not end or (listing and not end.strip().isdigit()):
        return ()
    return (f", {end}",) if listing else (f", \\dots, {end}",)


def speaks(before: str) -> bool:
    """Tell whether there are words between two formulas, and not only a sign."""
    return any(word.isalpha() for word in _WORD.findall(before))


def new_subject(before: str) -> bool:
    """Tell whether the words name something else that a formula beginning with `=` is about: `the variance is $$= ..$$`."""
    words = [word for word in _WORD.findall(before.lower()) if word.isalpha()]
    return len(words) > 1 and words[-1] in ("is", "are", "equals", "of", "reads") and "which" not in words[-3:]


def only_a_comma(before: str) -> bool:
    """Tell whether a comma leads on from the formula before: `if $a = 1$, $b = 0$` may go on with the hypothesis, or end it."""
    return before.strip() == ","


def announces(before: str) -> bool:
    """Tell whether a colon goes before the formula: it may say what the sentence assumes, or what follows from that."""
    return before.rstrip().endswith(":")


def negated(before: str) -> bool:
    """Tell whether the prose excludes what the formula after it says: `unless $i = j$`, `except when $i = j$`."""
    return any(word in _NEGATIONS for word in _WORD.findall(sentence(before).lower())[-3:])


def ends_sentence(between: str, after_display: bool) -> bool:
    """Tell whether a hypothesis before this prose no longer holds after it.

    A full stop ends a sentence. A blank line does if words follow it, or a display goes before it: `when $i = j$ we get` and a
    blank line lead on to a display. So does a capital letter after a display.
    """
    text = between.strip()
    if any(match[0].strip() for match in _SENTENCE_END.finditer(between)):
        return True
    if after_display:
        return text[:1].isupper() or _PARAGRAPH.search(between) is not None
    return any(between[match.end() :].strip() for match in _PARAGRAPH.finditer(between))


def general(between: str) -> bool:
    """Tell whether the words may leave a condition of their sentence behind: `when $a = 1$, .., and in general`."""
    return _GENERAL.search(between) is not None


def attaches_back(between: str) -> bool:
    """Tell whether the formula after this prose is a condition of the one before it: `$a = b$ for $i = j$`."""
    words = [word for word in _WORD.findall(between.lower()) if word not in _NEGATIONS or word == "unless"]
    while words and words[0] in (",", "("):
        words.pop(0)
    while len(words) > 1 and words[-1] in _FILLERS:
        words.pop()
    return len(words) == 1 and words[0] in _STRONG | _WEAK | {"with", "where"}


def first_sentence(behind: str) -> str:
    """Return the part of the prose that still belongs to the sentence of the formula before it."""
    end = _SENTENCE_END.search(behind)
    return behind if end is None else behind[: end.start()]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; the last one may go on."""
    return _SENTENCE_END.split(text)


def sentence(before: str) -> str:
    """Return the part of the prose that belongs to the sentence of the formula after it."""
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    return before[ends[-1] :] if ends else before
