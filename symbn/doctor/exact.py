"""Whether a mistake is no mistake in a setting: then no tolerance and no luck would show it.

The setting is put into the equation `the gradient = the mistake`, and the kernel decides it for every x (and whatever else is
random): with g constant, g = c; with a loss that squares, g = c y; gamma, beta and eps where they are given numbers; the batch
size; as many features as examples.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symbn.doctor.mistakes import Mistake, equation
from symbn.doctor.setting import Draw, Setting
from symbn.kernel.goal import Goal
from symbn.kernel.term import BATCH, Add, Entry, Index, Mul, Power, Sum, Term, Var, add, mul, num, power
from symbn.kernel.verdict import Proved, prove
from symbn.layers.graph import Graph, Node

WRITTEN_OUT = 4  # the largest batch that is written out where the proof for all sizes fails


def is_blind(mistake: Mistake, setting: Setting) -> bool:
    """Tell whether the kernel proves that the wrong gradient is the right one, for all the test can draw."""
    if mistake.across:
        return False
    return any(all(isinstance(prove(goal), Proved) for goal in goals) for goals in _goals(mistake, setting))


def _goals(mistake: Mistake, setting: Setting) -> Iterator[tuple[Goal, ...]]:
    """Yield ways to say that the mistake is none: all goals of a way have to be proved."""
    examples, features = setting.shape
    meant = equation(mistake.gradient, mistake.formula)
    goal = meant.goal()
    every = _given(setting, Var("m") if features == examples else num(features), meant.graph)
    yield (Goal(every.expand(goal.left), every.expand(goal.right), (), goal.positive),)
    if examples <= WRITTEN_OUT:
        own = _given(setting, num(features), meant.graph)
        left, right = own.expand(goal.left), own.expand(goal.right)
        yield (Goal(left, right, (), goal.positive, examples),)
        if examples == 2 and setting.eps == 0:
            yield tuple(
                Goal(_of_two(left, sign), _of_two(right, sign), (), goal.positive, examples)
                for sign in (Fraction(1), Fraction(-1))
            )


def _of_two(term: Term, sign: Fraction) -> Term:
    """Return the term with the root of a variance of two examples taken: it is +d or -d, with d = (x_1 - x_2)/2.

    That the radicand is d^2 is proved; which sign it is depends on the point, so that both have to be tried.
    """
    first, second = (Entry("x", (Index(place),)) for place in (1, 2))
    half = mul(num(sign / 2), add(first, mul(num(-1), second)))

    def run(inner: Term) -> Term:
        match inner:
            case Power(base=base, exponent=exponent) if exponent.denominator == 2:
                if isinstance(prove(Goal(base, power(half, 2), batch=2)), Proved):
                    return power(half, 2 * exponent)
                return Power(run(base), exponent)
            case Power(base=base, exponent=exponent):
                return Power(run(base), exponent)
            case Sum(index=index, body=body, excluding=excluding):
                return Sum(index, run(body), excluding)
            case Add(terms=terms):
                return Add(tuple(map(run, terms)))
            case Mul(factors=factors):
                return Mul(tuple(map(run, factors)))
            case _:
                return inner

    return run(term)


def _given(setting: Setting, features: Term, graph: Graph) -> Graph:
    """Return what the setting fixes, as definitions: to expand by it is to put it in."""
    i = Index("i")
    nodes = {"D": Node("D", (), "features", "D", features)}
    for name, draw in (("gamma", setting.gamma), ("beta", setting.beta)):
        if draw.kind == "constant":
            nodes[name] = Node(name, (), "given", name, num(Fraction(draw.shift)))
    if setting.eps == 0:
        nodes["eps"] = Node("eps", (), "given", "eps", num(0))
    given = Graph("the setting", nodes)
    match setting.loss.upstream:
        case "constant":
            nodes["g"] = Node("g", (BATCH,), "given", "g", num(setting.loss.factor), (i,))
        case "output":
            output = given.expand(graph.expand(Entry("y", (i,))))
            nodes["g"] = Node("g", (BATCH,), "given", "g", mul(num(setting.loss.factor), output), (i,))
        case _:
            pass
    return Graph("the setting", nodes)


def _is_one_number(draw: Draw) -> bool:
    return draw.kind == "constant"
