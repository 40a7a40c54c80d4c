"""symbn: from the LaTeX to the verdict, for every m or at a chosen one, and the kernel with every sum written out.

What is false is answered with a counterexample, except by the last, which only compares normal forms.
"""

from __future__ import annotations

from scripts.benching.answers import DIFFERENT, EQUAL, OPEN, Prepare, Run
from scripts.benching.questions import ASKED
from symbn.checking import check_formula
from symbn.decision.decide import decide
from symbn.elaboration.elaborate import Equation, readings
from symbn.elaboration.notation import Notation
from symbn.judging import Options
from symbn.kernel import polynomial as poly
from symbn.kernel.normal import Normalizer
from symbn.kernel.polynomial import Polynomial
from symbn.kernel.term import Index
from symbn.kernel.verdict import Proved, Refuted
from symbn.syntax.parser import parse

_CLAIMS = {"proved": EQUAL, "refuted": DIFFERENT}


def decided() -> Prepare:
    """Read the LaTeX, give it a meaning, and decide it with the kernel alone: `proved`, or `refuted` with a point."""

    def prepare(key: str, size: int | None) -> Run:
        def run() -> tuple[str, str]:
            (statement,) = parse(ASKED[key].latex)
            left, right = statement.sides
            decision = decide(readings(left, right, statement.conditions, Notation(), size))
            match decision.verdict:
                case Proved():
                    return EQUAL, ""
                case Refuted(point=point):
                    return DIFFERENT, f"at m = {point.m}"
                case _:
                    return OPEN, decision.reason or ""

        return run

    return prepare


def verified() -> Prepare:
    """Do what `symbn verify --batch` does: SymPy has to agree, up to m = 64."""

    def prepare(key: str, size: int | None) -> Run:
        def run() -> tuple[str, str]:
            (step,) = check_formula(ASKED[key].latex, Options(batch=size))
            return _CLAIMS.get(step.verdict, OPEN), step.reason or ""

        return run

    return prepare


def written_out() -> Prepare:
    """Compare the normal forms with every sum written out at this size, for every value of the free indices."""

    def prepare(key: str, size: int | None) -> Run:
        assert size is not None
        return lambda: (_entries(_first(ASKED[key].latex, size), size), "")

    return prepare


def coded() -> Prepare:
    """Do what `symbn code` does with a backward function: read it, run nothing, and decide its results."""
    from scripts.benching.backward import FILE, name
    from symbn.code.checking import Request, check_function
    from symbn.code.following import Reading
    from symbn.code.source import load

    def prepare(key: str, size: int | None) -> Run:
        def run() -> tuple[str, str]:
            source = load(str(FILE))
            report = check_function(source, Request(name(key), "forward"), Reading(source))
            scope = "; ".join(dict.fromkeys(part.scope for part in report.parts if part.name == "dx"))
            return _CLAIMS.get(report.verdict, OPEN), report.reason or scope

        return run

    return prepare


def _first(text: str, size: int) -> Equation:
    (statement,) = parse(text)
    left, right = statement.sides
    return next(readings(left, right, statement.conditions, Notation(), size))


def _entries(equation: Equation, size: int) -> str:
    goal = equation.goal()
    normalizer = Normalizer(goal.positive, size, explicit=True)
    normalizer.difference(goal.left, goal.right)  # which gives the radicands their roots
    left, right = normalizer.ratio(goal.left), normalizer.ratio(goal.right)
    sides = poly.multiply(left.top, right.bottom), poly.multiply(right.top, left.bottom)
    named = sorted((index for index in goal.indices if isinstance(index.name, str)), key=lambda index: str(index.name))
    return DIFFERENT if _different(normalizer, sides, named, size) else EQUAL


def _different(normalizer: Normalizer, sides: tuple[Polynomial, Polynomial], named: list[Index], size: int) -> int:
    """Return for how many values of the indices the sides differ; both are written out for every one."""
    if not named:
        left, right = sides
        return left != right and bool(normalizer.without_last(poly.add(left, right, -1)))
    first, *others = named
    count = 0
    for place in range(1, size + 1):
        left, right = (normalizer.rename(side, first, Index(place)) for side in sides)
        count += _different(normalizer, (left, right), others, size)
    return count
