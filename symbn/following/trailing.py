"""Conditions that stand behind the formula they belong to: `$a = b$ for $i = j$ and $k = 1$`."""

from __future__ import annotations


from symbn.document.prose import prose_between
from symbn.document.source import Formula
from symbn.following import prose, wording
from symbn.following.hypotheses import (
    conditions_of,
    gives_value_to_input,
    is_usable,
    listed,
    opposites,
    prose_behind,
    restrictions_of,
    said_by,
    unusable,
)
from symbn.following.state import Follower, Hypothesis

_LOOKED_AHEAD = 6  # formulas of the sentence, for conditions


def trailing(follower: Follower, place: int, formula: Formula) -> tuple[list[Hypothesis], list[Hypothesis]]:
    """Return the conditions that follow the formula in its sentence, `$a = b$ for $i = j$ and $k = 1$`, and those that stand
    near without saying that they belong to it."""
    attached: list[Hypothesis] = []
    near: list[Hypothesis] = []
    contrary = False
    denied = wording.denies(follower.sentence)
    document = follower.document
    options = follower.base.reading(follower.notation)
    for number in range(place + 1, min(place + _LOOKED_AHEAD, len(document.items))):
        after = document.items[number]
        between = prose.plain(prose_between(document, number))
        if (
            not isinstance(after, Formula)
            or after.display
            or prose.general(between)
            or prose.ends_sentence(between, formula.display and number == place + 1)
        ):
            break
        restricted = restrictions_of(follower, number, after)
        if restricted is not None:
            attached += said_by(follower, after, restricted, False)
            follower.behind.add(number)
            continue
        if number not in follower.read:
            if after.text.text.strip().isdigit():
                break  # $1$ for $i = k$ and $0$ for the rest
            continue  # a name on its own
        found = listed(after.text)
        if not found or not all(gives_value_to_input(chain, options) for chain in found):
            break
        conditions = said_by(follower, after, [relation for chain in found for relation in conditions_of(chain)], False)
        plain = not denied and wording.understood_behind(*rest_of_sentence(follower, number))
        plain = plain and not prose.vague(between, prose_behind(follower, number)[0])
        if not plain or not all(is_usable(chain, options) for chain in found):
            conditions = [unusable(h) for h in conditions]
        joined = bool(attached) and prose.role(between, prose.HYPOTHESIS) == prose.HYPOTHESIS
        if joined and (contrary or prose.alternative(between)):
            attached = [unusable(h) for h in (*attached, *conditions)]
        elif prose.attaches_back(between) or joined:
            contrary = contrary or prose.negated(between)
            attached += opposites(conditions) if prose.negated(between) else conditions
            follower.behind.add(number)
        else:
            near += conditions
    return attached, near


def rest_of_sentence(follower: Follower, place: int) -> tuple[str, bool]:
    """Return what the sentence of a formula says behind it, up to the next equation, and whether there is one."""
    document, said = follower.document, ""
    for number in range(place + 1, min(place + _LOOKED_AHEAD, len(document.items) + 1)):
        between = prose.plain(prose_between(document, number))
        item = document.items[number] if number < len(document.items) else None
        if prose.ends_sentence(between, False):
            return said + prose.first_sentence(between), False
        said += between
        if isinstance(item, Formula):
            if number in follower.read or restrictions_of(follower, number, item) is not None:
                return said, True
            said += f" {item.text.text} "
    return said, False
