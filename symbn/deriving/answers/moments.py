"""Mean and variance as functions of the batch, as constants, or detached: the paths, four gradients, one example."""

from __future__ import annotations

from symbn.deriving import closed, notation, staged
from symbn.deriving.algebra import plus, times
from symbn.deriving.article import Article, Block, Chain, Inline, Line, Section, Table, Words
from symbn.deriving.example import Example, rounded
from symbn.deriving.steps import Known, Working, at, listed, substituted
from symbn.deriving.paper import pulled_out
from symbn.elaboration.meaning import LOCAL, TOTAL, Constant, Meaning, Quantity, Slope
from symbn.kernel.term import Index
from symbn.layers.batchnorm import EVALUATION, batch_norm
from symbn.layers.graph import Graph

I = Index("i")
X, LOSS = Quantity("x", (I,)), Quantity("L")
MAX_LISTED = 4  # derivatives in the words of a rule
# The nodes that x_i goes into, and the variants of the layer: which of these pass a gradient on.
VARIANTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("in training", ("xhat", "var", "mu"), "Mean and variance are those of the batch: all three paths count."),
    ("with a detached mean", ("xhat", "var"), "The mean is a constant of the backward pass: its path is cut."),
    ("with a detached variance", ("xhat", "mu"), "The variance is a constant of the backward pass: its path is cut."),
    ("with both detached", ("xhat",), "Only the input's own path is left."),
)


def article(example: Example) -> Article:
    """Return the answer, with the example worked out. Raises: UsageError, UnprovedError."""
    graph = batch_norm()
    chains = [_gradient(graph, nodes) for _, nodes, _ in VARIANTS]
    question = (
        "The output is the same in training and with detached moments; the backward pass is not. An input goes into its own "
        "normalised value, into the variance and into the mean, and the gradient is the sum over the three paths. What is "
        "detached, or a running statistic, passes nothing on.",
    )
    return Article(
        "moments",
        ("Train or eval, attached or detached: what the gradient is",),
        (
            notation.section(graph),
            Section(("The question",), (Words(question),)),
            Section(("The paths",), _paths(graph)),
            *(
                Section((Slope(LOSS, X, TOTAL), " ", title), (Words((words,)), chain))
                for (title, _, words), chain in zip(VARIANTS, chains, strict=True)
            ),
            _evaluation(),
            _numbers(example, graph, chains),
        ),
    )


def _paths(graph: Graph) -> tuple[Block, ...]:
    """Return the first and the last factor of each path."""
    totals = [_total(graph, name) for name in VARIANTS[0][1]]
    return (
        Words(("The derivatives along the first edges, all else held fixed:",)),
        *(_local(graph, name) for name in VARIANTS[0][1]),
        Words(("The gradients that come in at the other end, as `symbn derive` derives them:",)),
        *(Chain(total.head, (Line(total.result, (f"`symbn derive d{name}`",)),)) for name, total in totals),
    )


def _total(graph: Graph, name: str) -> tuple[str, Chain]:
    chain = closed.sections(graph, "L", name, "j", "i")[-1].blocks[-1]
    assert isinstance(chain, Chain)
    return name, chain


def _local(graph: Graph, name: str) -> Chain:
    return staged.local(graph, at(graph.nodes[name], "i"), X)


def _gradient(graph: Graph, nodes: tuple[str, ...]) -> Chain:
    """Return the sum over the paths through these nodes, down to the upstream gradient."""
    known, terms = Known(), list[Meaning]()
    for name in nodes:
        own = _local(graph, name)
        node = at(graph.nodes[name], "i")
        _, total = _total(graph, name)
        assert isinstance(own.head, Slope)
        assert isinstance(total.head, Slope)
        known[name, "x"] = (Slope(node, X, LOCAL), own.result)
        known["L", name] = (total.head, total.result)
        terms.append(times(Slope(LOSS, node, TOTAL), own.head))
    working = Working(plus(terms), graph)
    put, used = substituted(working.now, known)
    few = listed(used) if len(used) <= MAX_LISTED else ("all of them",)
    working.step(pulled_out(put), "substitute ", *few)
    working.simplify()
    return working.chain()


def _evaluation() -> Section:
    chain = closed.sections(batch_norm(EVALUATION), "L", "x", "j", "i")[-1].blocks[-1]
    words = (
        "Running statistics take the place of the batch's, and depend on no input. The formula is that of both detached, with "
        "other numbers for ", Quantity("mu"), " and ", Quantity("var"), ".",
    )  # fmt: skip
    return Section((Slope(LOSS, X, TOTAL), " in evaluation mode"), (Words(words), chain))


def _numbers(example: Example, graph: Graph, chains: list[Chain]) -> Section:
    mu, var = Quantity("mu"), Quantity("var")
    header: tuple[Inline, ...] = (("entry",), ("training",), ("detached ", mu), ("detached ", var), ("both detached",))
    rows = tuple(
        ((Slope(LOSS, Quantity("x", (Index(i),)), TOTAL),), *((example.value(c.result, graph, {I: i}),) for c in chains))
        for i in range(1, example.m + 1)
    )
    words: Inline = (
        "With ", *example.batch(), ", ", Quantity("gamma"), " = ", Constant(example.gamma), " and ", Quantity("eps"), " = ",
        Constant(example.eps), ", so that ", mu, " = ", Constant(example.mean), ", ", var, " = ",
        Constant(example.variance), " and ", *example.said(Quantity("s"), graph), ":",
    )  # fmt: skip
    table = Table(header, rows)
    return Section(("The same example four times",), (Words(words), table, *rounded(table)))
