"""Derivations whose labels are known by construction, any number of them, the same ones for the same seed.

An equation is a step of a derivation that `symbn derive` writes, times a number, and printed by symbn's own printers, as LaTeX
or as plain text. It is true: the step is, and an evaluation that shares no code with symbn's kernel (`scripts.attacking`) says
so again, once for each step. A mistake makes it false whatever the number is, since that evaluation finds the side nowhere near
zero at a batch size of 2 and a gamma that is not 1: another sign, another number, a stray m, a stray gamma, one more term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from random import Random

from scripts.attacking.formula import ZERO
from scripts.attacking.label import label
from scripts.attacking.reading import claims_in
from symbn.deriving.algebra import plus, times
from symbn.deriving.making import derive
from symbn.elaboration.meaning import Constant, Meaning, Quantity
from symbn.scale import Document
from symbn.typesetting.latex import to_latex
from symbn.typesetting.of_meaning import boxes_of
from symbn.typesetting.text import to_text

TARGETS = (
    ("dx", "closed"), ("dx", "staged"), ("dx", "quotient"), ("dgamma", "closed"), ("dbeta", "closed"), ("dmu", "closed"),
    ("dvar", "closed"), ("dvar", "staged"), ("dxhat", "closed"), ("jacobian", "closed"), ("dvar/dx", "closed"),
    ("ds/dx", "closed"), ("dc/dx", "closed"), ("dy/dx", "closed"),
)  # fmt: skip
MAX_LENGTH = 160  # characters of a step: short equations
_FALSE = 0.3  # of the equations
_EQUATIONS = (1, 2, 3)
_M, _GAMMA = Quantity("m"), Quantity("gamma")


@dataclass(frozen=True, slots=True)
class Made:
    """A document, and whether each of its equations is true."""

    document: Document
    labels: tuple[bool, ...]


def _number(random: Random) -> Fraction:
    """Return a number other than 1: with it, `c_i = 8 (x_i - mu)` would be no mistake, but the author's own meaning of c."""
    while (number := Fraction(random.randint(1, 99), random.randint(1, 99))) == 1:
        pass
    return number


def _other(number: Fraction, random: Random) -> Fraction:
    return number + Fraction(random.randint(1, 9), random.randint(1, 9))


MISTAKES: tuple[Callable[[Fraction, Meaning, Random], Meaning], ...] = (
    lambda number, side, random: times(Constant(-number), side),
    lambda number, side, random: times(Constant(_other(number, random)), side),
    lambda number, side, random: times(Constant(number), _M, side),
    lambda number, side, random: times(Constant(number), _GAMMA, side),
    lambda number, side, random: plus([times(Constant(number), side), _GAMMA]),
)


@cache
def steps() -> tuple[tuple[Meaning, Meaning], ...]:
    """Return the steps that the equations are made of."""
    found: dict[str, tuple[Meaning, Meaning]] = {}
    for target, route in TARGETS:
        for chain in derive(target, route).chains():
            sides = [chain.head, *(line.side for line in chain.lines)]
            for left, right in [*pairwise(sides), (sides[0], sides[-1])]:
                text = _printed(to_latex, left, right)
                if len(text) <= MAX_LENGTH and text not in found and _is_sound(text):
                    found[text] = (left, right)
    return tuple(found.values())


def _printed(write: Callable[..., str], left: Meaning, right: Meaning) -> str:
    first, second = boxes_of((left, right))
    return f"{write(first).strip()} = {write(second).strip()}"


def _is_sound(text: str) -> bool:
    """Tell whether an independent evaluation finds both sides equal, and not zero."""
    claims = list(claims_in(text, "train"))
    return len(claims) == 1 and label(claims[0]) is True and label(replace(claims[0], right=ZERO, batch=2)) is False


def made(number: int, seed: int) -> Made:
    """Return one document: the same for the same two arguments."""
    random = Random(f"{seed} {number}")
    plain = random.random() < 0.3
    texts, labels = [], []
    for _ in range(random.choice(_EQUATIONS)):
        left, right = random.choice(steps())
        factor, true = _number(random), random.random() >= _FALSE
        other = times(Constant(factor), right) if true else random.choice(MISTAKES)(factor, right, random)
        texts.append(_printed(to_text if plain else to_latex, times(Constant(factor), left), other))
        labels.append(true)
    return Made(Document(number, "\n\n".join(f"$$\n{one}\n$$" for one in texts) + "\n", "markdown"), tuple(labels))


def many(count: int, seed: int) -> Iterator[Made]:
    return (made(number, seed) for number in range(count))
