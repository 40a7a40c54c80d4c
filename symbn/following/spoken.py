"""Conditions that a sentence says in words, and that no equation of ours can take: they leave doubt."""

from __future__ import annotations

import re

_DATA = r"(?:inputs?|examples?|samples?|elements?|entr(?:y|ies)|ind(?:ex|ices)|positions?|values?|batch(?:es)?|features?)"
_SPOKEN = re.compile(
    r"\b(?:treat|regard|consider|hold|keep|view)\w*\b[^.]*?\b(?:constants?|fixed|independent)\b"
    r"|[\w}]\s+(?:is|are|were|being|as) (?:an? )?constants?\b"
    r"|\b(?:at|during|in) (?:test|inference|evaluation|testing)\b(?: time| mode)?|\b(?:eval|test|inference)\w*[- ]mode\b"
    r"|\bin the limit\b|\b(?:on|off)[- ](?:the )?diagonal\b|\bnon-?\s?diagonal\b"
    r"|\b(?:tends?|tending|goes|going|sent) to\b|\bapproach(?:es|ing)\b|\b(?:negligibl[ey]|infinitesimal\w*)"
    r"|\b(?:does|do) not hold\b|\bis (?:false|wrong|not true|incorrect)\b"
    r"|\b(?:neglect|ignor|disregard|omit|suppress|discard)\w*|\bdrop(?:s|ped|ping)?\b|\bleav\w+ out\b"
    r"|\b(?:for|if|when|whenever|where|with(?! respect)|as(?! well)|provided|given|since|assum\w+|suppos\w+|requir\w+)\b[^,]*?"
    r"\b(?:positive|negative"
    r"|non-?negative|non-?zero|large|small|distinct|(?:un|in)?equal|differ\w*|identical|(?:mis)?match\w*|coincid\w*|agree\w*|even"
    r"|odd|vanish\w*|zero|centred|centered|alike)\b"
    r"|(?<![\w\\])[a-z] (?:is not|differs? from|equals|is different from) (?:the )?[a-z](?![\w\\])"
    rf"|\b(?:other than|(?:an)?other {_DATA}|different {_DATA}|the same {_DATA}|all (?:\w+ )?the same|constant {_DATA})\b"
    rf"|\b(?:zero[- ]mean|mean[- ]zero|unit[- ]variance)\b|\b(?:only |just )?(?:one|a single) {_DATA}\b"
    r"|\b(?:frozen|freez\w+|detach\w*)\b|\bstop\w*[- ](?:the )?gradients?\b"
    r"|\b(?:runs?|ranges?|taken) over\b(?!\s+(?:all|every|each|the)\b)|\bif (?:not|so)\b"
    r"|\bfrom\W+(?!1\b)\w+\W+(?:to|through|up to)\b",
    re.IGNORECASE,
)
# A sentence that begins so sets its condition for what follows it.
_LASTING = re.compile(
    r"\W*(?:(?:now|here|then|also|further|first|from now on|throughout|in what follows|in the following)\W+)*"
    r"(?:(?:we|let us)\s+(?:\w+\s+)?)?(?:assume|suppose|require|impose|drop|omit|ignore|neglect|freeze|disregard)\b",
    re.IGNORECASE,
)


def spoken(sentence: str) -> str | None:
    """Return a condition that a sentence says in words, `treating the mean as a constant`, or None."""
    match = _SPOKEN.search(sentence)
    return None if match is None else " ".join(match[0].split())


def spoken_for_good(sentence: str) -> str | None:
    """Return a condition that a sentence says in words for what follows it, `we require $\\gamma$ to be positive`, or None."""
    return spoken(sentence) if _LASTING.match(sentence) else None
