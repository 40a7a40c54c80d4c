"""The rows of the Jacobian sum to zero, and yet there is a gradient: rank, null space, and an example in numbers."""

from __future__ import annotations

from fractions import Fraction

from symbn.deriving import centring, closed, notation
from symbn.deriving.algebra import SIZE, ZERO, minus, over, plus, times
from symbn.deriving.article import Article, Chain, Inline, Matrix, Section, Table, Words
from symbn.deriving.example import Example, gradient, rounded
from symbn.deriving.steps import PICKED, SPLIT, Working
from symbn.deriving.paper import deltas_picked, pulled_out, sums_split
from symbn.elaboration.meaning import TOTAL, Constant, Meaning, Quantity, Raised, Slope, SumOver
from symbn.kernel.term import Index
from symbn.layers.batchnorm import batch_norm
from symbn.layers.graph import Graph

MAX_PRINTED = 5  # rows of a matrix
I, K = Index("i"), Index("k")
EPS, DEVIATION, VAR = Quantity("eps"), Quantity("s"), Quantity("var")


def article(example: Example) -> Article:
    """Return the answer, with the example worked out. Raises: UsageError, UnprovedError."""
    graph = batch_norm()
    jacobian = closed.sections(graph, "xhat", "x", "i", "k")[-1]
    return Article(
        "triangle",
        ("The Jacobian sums to zero, and yet the gradient lives",),
        (
            Section(
                ("The question",),
                (
                    Words(
                        (
                            "Every row of the Jacobian of centring sums to zero, and so does every row of that of ",
                            Quantity("xhat"),
                            ". Does the gradient vanish then? No: a sum is not what the gradient is multiplied by.",
                        )
                    ),
                ),
            ),
            notation.section(graph),
            *centring.sections(graph),
            Section(
                jacobian.title,
                (Words(_deviation()), *jacobian.blocks, Words(("Its rows sum to zero as well.",)), _row_sum(graph, jacobian)),
            ),
            _null_space(graph, jacobian),
            _numbers(graph, example),
        ),
    )


def entry(section: Section) -> Meaning:
    chain = section.blocks[-1]
    assert isinstance(chain, Chain)
    return chain.result


def slope(name: str) -> Slope:
    return Slope(Quantity(name, (I,)), Quantity("x", (K,)), TOTAL)


def _deviation() -> Inline:
    """Return the words for what the Jacobian of xhat needs beside that of centring."""
    by = Quantity("x", (K,))
    entry = over(Quantity("xhat", (K,)), SIZE)
    return ("With ", Slope(DEVIATION, by, TOTAL), " = ", entry, ", which `symbn derive ds/dx` derives:")


def _row_sum(graph: Graph, jacobian: Section) -> Chain:
    working = Working(SumOver(K, (), slope("xhat")), graph)
    working.step(pulled_out(SumOver(K, (), entry(jacobian))), "substitute the entries")
    working.step(ZERO, SPLIT, ", ", PICKED, ", the normalised entries sum to zero")
    return working.chain()


def _null_space(graph: Graph, jacobian: Section) -> Section:
    """What the Jacobian of xhat sends to zero: the ones, and, but for epsilon, xhat itself."""
    xhat = Quantity("xhat", (K,))
    working = Working(SumOver(K, (), times(slope("xhat"), xhat)), graph)
    working.step(pulled_out(SumOver(K, (), times(entry(jacobian), xhat))), "substitute the entries")
    working.apply(lambda side: deltas_picked(sums_split(side)), SPLIT, ", ", PICKED)
    squares = times(SIZE, over(VAR, Raised(DEVIATION, Fraction(2))))
    total, row = SumOver(K, (), Raised(xhat, Fraction(2))), Quantity("xhat", (I,))
    put = over(plus((times(SIZE, row), minus(times(row, squares)))), times(SIZE, DEVIATION))
    working.step(put, "the rest sums to zero, and ", total, " = ", squares)
    working.step(over(times(EPS, row), Raised(DEVIATION, Fraction(3))), Raised(DEVIATION, Fraction(2)), " = ", plus((VAR, EPS)))
    one_less = plus((SIZE, minus(Constant(Fraction(1)))))
    return Section(
        ("The null space",),
        (
            Words(
                (
                    "The rows sum to zero: the vector of ones goes to zero, since adding the same number to every input "
                    "changes no output. The vector ",
                    Quantity("xhat"),
                    " nearly does, because stretching the batch around its mean changes no output either, but for ",
                    EPS,
                    ":",
                )
            ),
            working.chain(),
            Words(
                (
                    "So the rank is ",
                    one_less,
                    " for ",
                    EPS,
                    " > 0, and one less in the limit of ",
                    EPS,
                    " = 0, if the inputs are not all equal. Every other direction comes through: ",
                    one_less,
                    " of ",
                    SIZE,
                    " dimensions are not nothing.",
                )
            ),
        ),
    )


def _numbers(graph: Graph, example: Example) -> Section:
    places = range(1, example.m + 1)
    rows = tuple(
        tuple(example.value(Slope(Quantity("xhat", (Index(i),)), Quantity("x", (Index(k),)), TOTAL), graph) for k in places)
        for i in places
    )
    header: tuple[Inline, ...] = (("entry",), (Quantity("x"),), (Quantity("xhat"),), (Quantity("g"),), (_loss(),))
    found = gradient(example, graph)
    table = tuple(
        (
            (str(i),),
            (Constant(example.x[i - 1]),),
            (example.value(Quantity("xhat", (Index(i),)), graph),),
            (Constant(example.g[i - 1]),),
            (found[i - 1],),
        )
        for i in places
    )
    words = (
        "With ", EPS, " = ", Constant(example.eps), " and ", Quantity("gamma"), " = ", Constant(example.gamma), ", so that ",
        *example.said(DEVIATION, graph), ":",
    )  # fmt: skip
    shown = Table(header, table)
    large = example.m > MAX_PRINTED
    matrix = Words((f"The Jacobian has {example.m} rows, too many to print.",)) if large else Matrix(slope("xhat"), rows)
    zero = all(value == Constant(Fraction(0)) for value in found)
    lives = (
        "Here the gradient is zero too: of these upstream gradients nothing is left without their mean and their part along "
        "the normalised inputs."
        if zero and example.gamma != 0
        else "Here the gradient is zero, since the scale is."
        if zero
        else "The gradient does not vanish: its entries only sum to zero."
    )
    likewise = "" if large or all(isinstance(e, Constant) for row in rows for e in row) else "The matrix is rounded likewise. "
    found_rank = Words((f"{likewise}{_rank(rows)}{lives}",))
    return Section((f"In numbers, for a batch of {example.m}",), (Words(words), matrix, shown, *rounded(shown), found_rank))


def _rank(rows: tuple[tuple[Meaning | str, ...], ...]) -> str:
    """Say what the rank of the matrix is, by exact elimination."""
    left = [[entry.value for entry in row if isinstance(entry, Constant)] for row in rows]
    if any(len(row) != len(rows) for row in left):
        return "Each row of the matrix sums to zero. "
    size, rank = len(left), 0
    for column in range(size):
        pivot = next((r for r in range(rank, size) if left[r][column] != 0), None)
        if pivot is None:
            continue
        left[rank], left[pivot] = left[pivot], left[rank]
        for r in range(rank + 1, size):
            ratio = left[r][column] / left[rank][column]
            left[r] = [a - ratio * b for a, b in zip(left[r], left[rank], strict=True)]
        rank += 1
    return f"Each row of the matrix sums to zero, and its rank is {rank} of {size}. "


def _loss() -> Slope:
    return Slope(Quantity("L"), Quantity("x", (I,)), TOTAL)
