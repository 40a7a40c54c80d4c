r"""Words around a condition that change what it says. What is not plainly understood leaves doubt.

- behind a condition: `$a = b$ when $m = 1$ fails`, `for $m = 1$ and for every other batch`;
- before an assumption: `it would be wrong to assume $m = 2$`;
- the end of what an assumption reaches: its paragraph, its list item, its footnote, its brackets.
"""

from __future__ import annotations

import re

from symbn.following.prose import sentence

# A condition behind its claim is used only before one of these: nothing, marks, a reference, a word that changes nothing.
_PLAIN_END = re.compile(
    r"(?:[\s.,;:!)\]\-–—]|\[[\w\s,.\-]{1,12}\]|\((?:see|cf|by|as|from|diagonal)?[^()]{0,20}\)"
    r"|\b(?:of course|as (?:usual|expected|before|claimed|above)|only|here|too|also|respectively|holds|obviously|clearly)\b)*",
    re.IGNORECASE,
)
# .. after which another clause may begin: its words are about something else, unless they widen the condition.
_CLAUSE = re.compile(r"(?:and|or|while|but|whereas|yet|since|because|so|hence|thus|therefore|where)\b", re.IGNORECASE)
_OTHER_CASE = re.compile(
    r"(?:and|or|but)?\s*(?:is\s+)?(?:\(\.\.\)|\w+)?\s*(?:otherwise|else(?:where)?|sonst|sinon)\b", re.IGNORECASE
)
_WIDENS = re.compile(
    r"\b(?:not|any|every|each|all|other|others|another|more|drop\w*|arbitrary|general|else|matter|without|whatever|regardless)\b|n't\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not (?:true|the case|hold|correct)|false|wrong|incorrect|untrue|no longer|never|nobody|mistaken\w*|a myth)\b|n't\b",
    re.IGNORECASE,
)
# The words that may stand before `assume` in its sentence ..
_OPENING = re.compile(
    r"now|so|then|here|also|further|furthermore|moreover|next|first|finally|again|we|i|let|us|me|shall|will|in|this|that|the"
    r"|section|part|paragraph|for|simplicity|convenience|clarity|definiteness|brevity|ease|of|notation|from|on|throughout"
    r"|moment|time|being|example|instance|what|follows|following|rest|below|and|a|as|usual|may|henceforth|case|to|ideas"
    r"|therefore|hence|thus|please"
)
_ASSUMING = re.compile(r"\b(?:assum\w*|suppos\w*|given|fix(?:ing)?|let)\b", re.IGNORECASE)
_UNREAL = re.compile(
    r"\b(?:contradict\w*|absurd\w*|contrary|impossib\w*|wrong\w*|not|never|cannot|neither|nor)\b|n't\b", re.IGNORECASE
)
_PARAGRAPH = re.compile(
    r"\n[ \t]*(?:>[ \t]*)?\n|\n[ \t]*(?:[-+*]|\d+[.)]|\[\^|[-*_]{3,}[ \t]*\n)"
    r"|\\(?:item|par|footnote|bigskip|medskip|smallskip)\b|\\(?:begin|end)\s*\{(?!equation|align|gather|multline|split|eqnarray|math|displaymath)"
    r"|</?(?:p|li|div|hr|blockquote|td)\b",
    re.IGNORECASE,
)
_SIZES = re.compile(r"\b(?:mini-?)?(?:batch(?:es)?|examples?|samples?|observations?|data ?points?)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def understood_behind(rest: str, goes_on: bool) -> bool:
    """Tell whether the rest of the sentence behind a condition leaves it as it is.

    goes_on: another equation follows, so that the words after `and` are about that one.
    """
    match = _PLAIN_END.match(rest)
    end = rest[match.end() if match is not None else 0 :].strip()
    if not end or _OTHER_CASE.match(end):
        return True
    clause = _CLAUSE.match(end)
    if clause is None:
        return False
    if clause[0].lower() in ("and", "or", "while", "but", "whereas", "yet"):
        return goes_on and _WIDENS.search(" ".join(end.split()[1:4])) is None
    return _WIDENS.search(end) is None


def denies(said: str) -> bool:
    """Tell whether a sentence so far denies what comes: `it is not true that`."""
    return _DENIES.search(said) is not None


def meant(said: str, behind: str) -> bool:
    """Tell whether the words around an assumption leave no doubt that it is one. said: its sentence so far; behind: the
    prose up to the next formula."""
    found = list(_ASSUMING.finditer(said))
    if not found:
        return True
    opening = (word.lower() for word in _WORD.findall(said[: found[0].start()]))
    return all(_OPENING.fullmatch(word) for word in opening) and not (_UNREAL.search(said) or _UNREAL.search(behind))


def new_paragraph(raw: str, after_display: bool, display: bool) -> bool:
    """Tell whether what was assumed before this part of the document ends in it.

    A blank line beside a display does not end a paragraph that goes on with a small letter; a bracket that was open does.
    """
    text = raw.strip()
    for match in _PARAGRAPH.finditer(raw):
        blank = not match[0].strip(" \t\r\n>")
        rest = raw[match.end() :].strip(" \t\r\n$\\[`")
        if blank and (
            (display and not rest) or (after_display and not raw[: match.start()].strip(" \t\r\n$\\]`") and rest[:1].islower())
        ):
            continue
        return True
    return text.count(")") > text.count("(") or text.count("}") > text.count("{")


def speaks_of_sizes(between: str) -> bool:
    """Tell whether a sentence that begins in the prose speaks of the batch, so that an assumed size may be meant no longer."""
    return sentence(between) != between and _SIZES.search(sentence(between)) is not None
