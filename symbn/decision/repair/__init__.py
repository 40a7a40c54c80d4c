"""Repairs: the smallest edit of a refuted equation that the kernel proves, and of a text that does not parse.

A repair is shown only when the corrected equation is proved. Candidates are edits of the text, by increasing cost; a sieve
of values at random points modulo a prime leaves few of them to the kernel.
"""

from __future__ import annotations

from symbn.decision.repair.brackets import find_syntax_repair, syntax_repairs
from symbn.decision.repair.forms import misunderstood, replacement
from symbn.decision.repair.pairs import search_pairs
from symbn.decision.repair.search import Budget, Found, ask, search
from symbn.elaboration.notation import Notation
from symbn.syntax.tree import Node, Relation

__all__ = ["Budget", "Found", "find_repair", "find_syntax_repair", "syntax_repairs"]

FAR_FETCHED = 16  # beyond this cost, two edits that are proved as they stand are likelier than one that needs a reading
_BUDGET = Budget()


def find_repair(
    text: str,
    target: Node,
    written: Node,
    conditions: tuple[Relation, ...],
    notation: Notation,
    batch: int | None = None,
    budget: Budget = _BUDGET,
) -> Found | None:
    """Return the likeliest edit of one side that makes the equation true for the kernel, or None if none is found.

    written: the side to edit; its spans count the characters of `text`. target: the side that is taken as right; its spans
    may belong to another text, and are never used to read this one.
    """
    question = ask(text, target, written, conditions, notation, batch, budget)
    if question is None:
        return None
    found = misunderstood(question)
    if found is not None:
        return found
    found, sieved = search(question, budget)
    if found is not None and (found.caveat is None or found.cost <= FAR_FETCHED):
        return found
    return search_pairs(question, sieved, budget) or found or replacement(question)
