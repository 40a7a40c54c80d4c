"""What does not change the output, and what that means for the gradient: shifts and stretches of the batch."""

from __future__ import annotations

from fractions import Fraction

from symbn.deriving import closed, notation
from symbn.deriving.algebra import SIZE, minus, over, plus, times
from symbn.deriving.article import Article, Chain, Inline, Line, Section, Table, Words
from symbn.deriving.example import Example, gradient, rounded
from symbn.deriving.proving import proved
from symbn.deriving.steps import SPLIT, Working
from symbn.deriving.paper import centred_sums_vanish, pulled_out, sums_split
from symbn.elaboration.meaning import TOTAL, Constant, Meaning, Quantity, Raised, Slope, SumOver
from symbn.kernel.term import Index
from symbn.layers.batchnorm import batch_norm
from symbn.layers.graph import Graph

I, J = Index("i"), Index("j")
EPS, DEVIATION, VAR, GAMMA = Quantity("eps"), Quantity("s"), Quantity("var"), Quantity("gamma")


def article(example: Example) -> Article:
    """Return the answer, with the example worked out. Raises: UsageError, UnprovedError."""
    graph = batch_norm()
    chain = closed.sections(graph, "L", "x", "j", "i")[-1].blocks[-1]
    assert isinstance(chain, Chain)
    gradient_chain = proved(Chain(chain.head, (Line(chain.result, ("derived by `symbn derive dx`",)),)), graph)
    return Article(
        "invariance",
        ("What batch normalisation does not see",),
        (
            notation.section(graph),
            Section(("The gradient",), (Words(("All that follows rests on the closed form.",)), gradient_chain)),
            Section(
                ("A shift",),
                (
                    Words(
                        (
                            "Adding the same number to every input changes the mean by as much, and no output. So the gradient "
                            "has nothing to say along the vector of ones: its entries sum to zero.",
                        )
                    ),
                    _shift(graph, chain.result),
                ),
            ),
            Section(
                ("A stretch",),
                (
                    Words(
                        (
                            "Stretching the batch around its mean multiplies ", VAR, " by the square of the factor and "
                            "changes no output, but for ", EPS, ". So the gradient is nearly at right angles to ",
                            Quantity("xhat"), ":",
                        )
                    ),
                    _stretch(graph, chain.result),
                    Words(
                        (
                            "For ", EPS, " = 0 this is zero: to first order, no step along the gradient stretches the batch.",
                        )
                    ),
                ),
            ),
            _numbers(graph, example),
        ),
    )  # fmt: skip


def slope() -> Slope:
    return Slope(Quantity("L"), Quantity("x", (I,)), TOTAL)


def _shift(graph: Graph, result: Meaning) -> Chain:
    working = Working(SumOver(I, (), slope()), graph)
    working.step(pulled_out(SumOver(I, (), result)), "substitute the closed form")
    working.apply(sums_split, SPLIT)
    working.apply(centred_sums_vanish, "the normalised entries sum to zero")
    working.step(Constant(Fraction(0)), "the two sums are the same")
    return working.chain()


def _stretch(graph: Graph, result: Meaning) -> Chain:
    xhat = Quantity("xhat", (I,))
    working = Working(SumOver(I, (), times(xhat, slope())), graph)
    working.step(pulled_out(SumOver(I, (), times(xhat, result))), "substitute the closed form")
    working.apply(sums_split, SPLIT)
    working.apply(centred_sums_vanish, "the normalised entries sum to zero")
    dot = SumOver(J, (), times(Quantity("g", (J,)), Quantity("xhat", (J,))))
    squares = times(SIZE, over(VAR, Raised(DEVIATION, Fraction(2))))
    put = times(over(GAMMA, times(SIZE, DEVIATION)), plus((times(SIZE, dot), minus(times(dot, squares)))))
    total = SumOver(I, (), Raised(xhat, Fraction(2)))
    working.step(put, total, " = ", squares)
    working.step(
        times(over(times(GAMMA, EPS), Raised(DEVIATION, Fraction(3))), dot),
        Raised(DEVIATION, Fraction(2)),
        " = ",
        plus((VAR, EPS)),
    )
    return working.chain()


def _numbers(graph: Graph, example: Example) -> Section:
    """The output and the gradient of the example, and of the example shifted and stretched."""
    shifted = Example(tuple(x + 5 for x in example.x), example.g, example.gamma, example.beta, example.eps)
    stretched = Example(tuple(2 * x for x in example.x), example.g, example.gamma, example.beta, 4 * example.eps)
    batches = (("A", example), ("B", shifted), ("C", stretched))
    normal = [[batch.value(Quantity("xhat", (I,)), graph, {I: i}) for _, batch in batches] for i in range(1, example.m + 1)]
    slopes = [list(row) for row in zip(*(gradient(batch, graph) for _, batch in batches), strict=True)]
    tables = [_table(head, rows) for head, rows in ((Quantity("xhat", (I,)), normal), (slope(), slopes))]
    zero = all(value == Constant(Fraction(0)) for row in slopes for value in row)
    length = "the gradient is zero here" if zero else "the gradient of C is half as long"
    words = (
        "Batch A is ", *example.batch(), ", with ", EPS, " = ", Constant(example.eps), " and ", GAMMA, " = ",
        Constant(example.gamma), ". In batch B every input is greater by 5; in batch C it is doubled, and ", EPS,
        f" is four times as large. The outputs of the three are the same; {length}.",
    )  # fmt: skip
    return Section(("In numbers",), (Words(words), *tables, *rounded(tables[1])))


def _table(head: Meaning, rows: list[list[Meaning | str]]) -> Table:
    header: tuple[Inline, ...] = ((head,), ("A",), ("B",), ("C",))
    return Table(header, tuple(((f"i = {i}",), *((value,) for value in row)) for i, row in enumerate(rows, 1)))
