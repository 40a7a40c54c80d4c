"""The articles that the tests print: every target and route, the chosen sizes, the answers."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from symbn.deriving.answers import ANSWERS
from symbn.deriving.article import Article
from symbn.deriving.example import Example
from symbn.deriving.making import derive
from symbn.deriving.targets import ROUTES
from symbn.layers.batchnorm import MODES

RATIONAL = Example((Fraction(0), Fraction(2)), (Fraction(1), Fraction(0)))
IRRATIONAL = Example(tuple(map(Fraction, (1, -2, 3, 5))), tuple(map(Fraction, (1, 0, 2, -1))), eps=Fraction("0.1"))


@cache
def everything() -> tuple[Article, ...]:
    found = [derive("all", route, mode) for route in ROUTES for mode in MODES]
    found += [derive("graph", None, mode) for mode in MODES]
    found += [derive(target, batch=batch) for target in ("dx", "jacobian", "dgamma", "dvar", "centring") for batch in (2, 3)]
    found += [derive("dx", batch=6), derive("jacobian", batch=4), derive("dx", None, "eval", 2)]
    return (*found, *(article(example) for article, _ in ANSWERS.values() for example in (RATIONAL, IRRATIONAL)))
