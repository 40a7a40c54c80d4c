r"""Words that say what a name stands for: `let $g_i$ be ..`, `$c$ denotes ..`, `write $s$ for ..`, `overwrite $r_i$ with ..`.

Where they plainly repeat what the name means anyway, nothing happens; a formula that they give must provably equal the name.
Whatever else they say takes the meaning of the name away, so that what uses it is undecided.
"""

from __future__ import annotations

import re
from contextlib import suppress

from symbn.decision.decide import proved
from symbn.diagnostic import Span
from symbn.document.prose import prose_between
from symbn.document.source import Formula
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.notation import BATCH_NAMES, FEATURE_NAMES, Notation
from symbn.elaboration.resolving import resolve
from symbn.errors import SymbnError, UnreadableError
from symbn.following import prose
from symbn.following.state import Follower
from symbn.syntax.parser import sole_expression
from symbn.syntax.tree import Name, Node, Scripted

_LOOKED_AHEAD = 4  # formulas of a description
_SAYS = re.compile(
    r"\s*,?\s*(?:(?:now|here|then|again|simply|also|always)\s+)*(?:(?:shall|will|may|should|to)\s+)?"
    r"(?:be|(?:is|are)\s+used\s+for|denotes?|means?|stands?\s+for|represents?|refers?\s+to|becomes?|(?:is|are)(?=\s+(?:the|its|our)\b)"
    r"(?!\s+the\s+(?:same|only|one|result|term|sum)\b))\b",
    re.IGNORECASE,
)
_ELLIPTIC = re.compile(r"\s+(?=(?:the|its|our)\s)", re.IGNORECASE)
_SAID = re.compile(r"\b(?:is|are|be|denotes?|means?|stands? for|represents?)\b", re.IGNORECASE)
_WRITES = re.compile(r"\b(?:write|writing|call|denote|abbreviate|use|using|take|put|set)\s*$", re.IGNORECASE)
_FOR = re.compile(r"\s*(?:for|instead of|to (?:denote|mean)|as)\b", re.IGNORECASE)
_ANEW = re.compile(r"\b(?:overwrit\w+|redefin\w+|renam\w+|re-?us\w+|recycl\w+)\s*$", re.IGNORECASE)
_FROM_NOW = re.compile(r"\b(?:now|from (?:now|here)|henceforth|hereafter)\b", re.IGNORECASE)
_LETTER = re.compile(r"(?<![\w\\])([A-Za-z])\s+(?:denotes|stands for|means)\s+([^.;:,()]*)")
_END = re.compile(r"[.;:,()]|\b(?:and|then|where|so|we|while|which)\b", re.IGNORECASE)
_TOKEN = re.compile(r"\$[^$]*\$|[^\W\d_]+")
_COMMON = frozenset(
    (
        *("the", "a", "an", "its", "our", "of", "over", "in", "for", "to", "by", "with", "respect", "at", "each", "all", "per"),
        *("batch", "mini", "minibatch", "layer", "vector", "matrix", "value", "values", "entry", "usual", "corresponding"),
    )
)
_DATA = ("input", "inputs", "example", "examples", "sample", "samples", "feature", "features", "activations", "data", "channel")
# What says which role: one of the first words must occur, and of the other ones any may.
_PLAIN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "mu": (("mean", "average"), _DATA),
    "var": (("variance",), ("biased", *_DATA)),
    "deviation": (("deviation",), ("standard", *_DATA)),
    "s": (("deviation", "root"), ("standard", "square", "variance", "plus", "epsilon")),
    "c": (("centred", "centered"), _DATA),
    "xhat": (("normalised", "normalized", "standardised", "standardized"), _DATA),
    "gamma": (("scale", "scaling", "gain"), ("parameter", "factor", "learnable", "learned", "trainable")),
    "beta": (("shift", "bias", "offset"), ("parameter", "learnable", "learned", "trainable")),
    "eps": (("constant", "number", "epsilon"), ("small", "positive")),
    "x": (("input", "inputs", "activations", "example", "sample"), ("th", *_DATA)),
    "y": (("output", "outputs", "result"), ("th",)),
    "L": (("loss", "cost", "objective"), ("function", "scalar", "any", "some", "differentiable")),
    "g": (("gradient", "gradients", "derivative"), ("upstream", "incoming", "loss", "cost", "output", "outputs")),
}
_Kind = tuple[tuple[str, ...], tuple[str, ...]]
_COUNTS: _Kind = (("number", "size", "count"), ("training", "examples", "samples", "inputs", "observations"))
_DIMENSIONS: _Kind = (("number", "dimension"), ("features", "channels", "dimensions", "inputs"))


def renamed(follower: Follower, place: int, formula: Formula, between: str) -> None:
    """Take the meaning of a name on its own away, if the words around it give it another one. between: the prose before it."""
    name = sole_expression(formula.text.text)
    if not isinstance(name, Name | Scripted):
        return
    behind = prose.plain(prose_between(follower.document, place + 1))
    anew = _ANEW.search(between) is not None
    says = _SAYS.match(behind) or (_FOR.match(behind) if _WRITES.search(between) else None)
    if says is None and _SAID.search(follower.sentence):
        says = _ELLIPTIC.match(behind)
    if not anew and says is None:
        return
    described = "" if anew or says is None else _described(follower, place, says.end())
    later = anew or _FROM_NOW.search(follower.sentence) is not None
    line = follower.document.place(formula.span.start)[0]
    _unsettle(follower, name, described, line, later)


def renamed_in_words(follower: Follower, between: str, line: int) -> None:
    """Notice the same of a letter in the prose that no formula holds: `m denotes the momentum`."""
    for match in _LETTER.finditer(between):
        _unsettle(follower, Name(Span(0, 1), match[1]), match[2], line, False)


def _described(follower: Follower, place: int, start: int) -> str:
    """Return how the sentence goes on behind a name, to the next mark or clause, with its formulas between dollars."""
    items, said = follower.document.items, ""
    for number in range(place + 1, min(place + _LOOKED_AHEAD, len(items) + 1)):
        words = prose.plain(prose_between(follower.document, number))[start:]
        start = 0
        if (end := _END.search(words)) is not None:
            return said + words[: end.start()]
        item = items[number] if number < len(items) else None
        said += words + (f" ${item.text.text}$ " if isinstance(item, Formula) else "")
    return said


def _unsettle(follower: Follower, name: Name | Scripted, described: str, line: int, later: bool) -> None:
    base = name.base if isinstance(name, Scripted) else name
    if not isinstance(base, Name) or _repeats(name, described, follower.notation):
        return
    follower.unsettled[base.text] = f"line {line} says what {base.text} stands for, in words that symbn does not follow"
    if not later:
        follower.renamed[base.text] = follower.section


def _repeats(name: Name | Scripted, described: str, notation: Notation) -> bool:
    """Tell whether a description says no more than what the name means anyway; of a name without a meaning it cannot."""
    try:
        found = resolve(name, notation)
    except UnreadableError:
        return False
    tokens = _TOKEN.findall(described)
    formulas = [token.strip("$") for token in tokens if token.startswith("$")]
    words = {token.lower() for token in tokens if not token.startswith("$")}
    if formulas and words <= _COMMON:
        return found is None or (len(formulas) == 1 and _equal(name, formulas[0], notation))
    if found is None:
        size = name.text if isinstance(name, Name) else ""
        kinds = [_COUNTS] if size in (*BATCH_NAMES, notation.batch) else []
        kinds += [_DIMENSIONS] if size in (*FEATURE_NAMES, notation.features) and size != notation.batch else []
        return not kinds or any(_plainly(words, kind) for kind in kinds)
    if found.definition is not None or found.role not in _PLAIN:
        return False
    about = {"g": ("y", "L"), "xhat": ("xhat", "x")}.get(found.role, ("x", found.role))
    return _plainly(words, _PLAIN[found.role]) and all(_about(formula, about, notation) for formula in formulas)


def _plainly(words: set[str], kind: _Kind) -> bool:
    heads, others = kind
    return not words.isdisjoint(heads) and words <= _COMMON.union(heads, others)


def _about(formula: str, roles: tuple[str, ...], notation: Notation) -> bool:
    """Tell whether a formula is a name of one of the roles, or of none, such as an index."""
    node = sole_expression(formula)
    with suppress(UnreadableError):
        found = resolve(node, notation) if isinstance(node, Name | Scripted) else None
        return isinstance(node, Name | Scripted) and (found is None or (found.definition is None and found.role in roles))
    return False


def _equal(name: Node, formula: str, notation: Notation) -> bool:
    node = sole_expression(formula)
    try:
        return node is not None and proved(readings(name, node, (), notation)) is not None
    except (SymbnError, OutsideError):
        return False
