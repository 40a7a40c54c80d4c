"""A meaning as plain data: the author's own tree, with its derivatives still to be taken.

    tree  ::= {num} | {name, at: index*} | {delta: [index, index]} | {sum: index, but: index*, of: tree} | {plus: tree*}
            | {times: tree*} | {power: tree, to} | {derivative: tree, by: tree, kind: total or local}
    index ::= letter | place from 1 | {feature: letter or place}

Numbers are texts such as "-3/2", since those of JSON are not exact.
"""

from __future__ import annotations

from typing import Any, assert_never

from symbn.elaboration.meaning import Constant, Meaning, Plus, Quantity, Raised, Same, Slope, SumOver, Times
from symbn.kernel.term import BATCH, Index

Json = Any


def tree(meaning: Meaning) -> Json:
    """Return the meaning as plain data."""
    match meaning:
        case Constant(value=value):
            return {"num": str(value)}
        case Quantity(name=name, indices=indices):
            return {"name": name, "at": [index_of(i) for i in indices]}
        case SumOver(index=index, excluding=excluding, body=body):
            return {"sum": index_of(index), "but": [index_of(i) for i in excluding], "of": tree(body)}
        case Same(left=left, right=right):
            return {"delta": [index_of(left), index_of(right)]}
        case Plus(terms=terms):
            return {"plus": [tree(t) for t in terms]}
        case Times(factors=factors):
            return {"times": [tree(f) for f in factors]}
        case Raised(base=base, exponent=exponent):
            return {"power": tree(base), "to": str(exponent)}
        case Slope(of=of, by=by, kind=kind):
            return {"derivative": tree(of), "by": tree(by), "kind": kind}
        case _:
            assert_never(meaning)


def index_of(index: Index) -> Json:
    return index.name if index.axis == BATCH else {"feature": index.name}
