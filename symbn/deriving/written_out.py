"""The layer at a chosen batch size, every entry written out: built and differentiated by SymPy, simplified, and compared.

What SymPy makes is turned into meanings, so that the kernel proves each line at that size too.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from symbn.deriving import closed
from symbn.deriving.algebra import ZERO, instance, minus, over, plus, product, rewrite, split, tidy, times
from symbn.deriving.article import Article, Block, Chain, Line, Matrix, Section, Words
from symbn.deriving.proving import UnprovedError, check_step, proved
from symbn.deriving.steps import at
from symbn.elaboration.meaning import TOTAL, Constant, Meaning, Quantity, Raised, Same, Slope, free
from symbn.errors import UsageError
from symbn.kernel.term import BATCH, Index
from symbn.layers.batchnorm import TRAINING, batch_norm
from symbn.layers.graph import Graph

if TYPE_CHECKING:
    from sympy import Expr

    from symbn.symbolic import BatchNorm

MAX_PRINTED, MAX_RAW, MAX_ROWS = 6, 3, 4


def derivation(name: str, of: str, by: str, batch: int, mode: str = TRAINING) -> Article:
    """Return d of / d by at one batch size. Raises: UsageError for one that is too large to print, UnprovedError."""
    if batch > MAX_PRINTED:
        slots = [batch_norm(mode).nodes[node].slots for node in (of, by)]
        entries = batch ** sum(BATCH in axes for axes in slots)
        raise UsageError(
            f"at m = {batch} the derivative has {entries} {'entry' if entries == 1 else 'entries'} with up to {batch * batch} "
            "terms each: "
            f"say --batch {MAX_PRINTED} or less to see them, or leave --batch out for the derivation at every m at once "
            f"(`symbn verify --batch {batch} FORMULA` decides at that size without printing)"
        )
    from symbn.symbolic import BatchNorm

    layer, graph = BatchNorm(batch, mode), batch_norm(mode)
    sections = [_built(layer, graph), _differentiated(layer, graph, of, by)]
    if BATCH in graph.nodes[of].slots and BATCH in graph.nodes[by].slots:
        sections.append(_matrix(layer, graph, of, by))
    elif (of, by) == (graph.loss, "x"):
        sections.append(_matrix(layer, graph, "xhat", "x"))
    head = Slope(at(graph.nodes[of], "i"), at(graph.nodes[by], "k" if of != graph.loss else "i"), TOTAL)
    return Article(f"{name.replace('/', '-by-')}-m{batch}", (head, f", written out for a batch of {batch}"), tuple(sections))


def meaning_of(expression: Expr) -> Meaning:
    """Return what SymPy built as a meaning: x_1 is the first entry of x. Raises: UnprovedError for what has no meaning here."""
    import sympy

    if isinstance(expression, sympy.Rational):
        return Constant(Fraction(int(expression.p), int(expression.q)))
    if isinstance(expression, sympy.Symbol):
        name, _, place = expression.name.partition("_")
        return Quantity(name, (Index(int(place)),)) if place else Quantity(name)
    if isinstance(expression, sympy.Add):
        return plus(meaning_of(term) for term in expression.as_ordered_terms())
    if isinstance(expression, sympy.Mul):
        return times(*(meaning_of(factor) for factor in expression.as_ordered_factors()))
    if isinstance(expression, sympy.Pow) and isinstance(expression.exp, sympy.Rational):
        return tidy(Raised(meaning_of(expression.base), Fraction(int(expression.exp.p), int(expression.exp.q))))
    raise UnprovedError(f"this is a bug in symbn: SymPy's {type(expression).__name__} has no meaning here")


def _entries(layer: BatchNorm, name: str) -> list[Quantity]:
    return [Quantity(name, (Index(i),)) for i in range(1, layer.batch + 1)]


def _built(layer: BatchNorm, graph: Graph) -> Section:
    """The definitions with their sums written out."""
    size = Constant(Fraction(layer.batch))
    x, c = _entries(layer, "x"), _entries(layer, "c")
    words = (
        f"The layer on a batch of {layer.batch}, entry by entry, as SymPy builds and differentiates it. Every step below is "
        f"proved by symbn's kernel, for m = {layer.batch}, before it is printed."
    )
    blocks: list[Block] = [Words((words,))]
    training = graph.nodes["mu"].definition is not None
    if training:
        blocks.append(_chain(Quantity("mu"), [(over(plus(x), size), "definition")], layer, graph))
    for entry, expression in zip(c, layer.c, strict=True):
        gap = plus((Quantity("x", entry.indices), minus(Quantity("mu"))))
        inner = [(meaning_of(expression), "the mean written out")] if training else []
        blocks.append(_chain(entry, [(gap, "definition"), *inner], layer, graph))
    if training:
        square = over(plus(Raised(entry, Fraction(2)) for entry in c), size)
        blocks.append(_chain(Quantity("var"), [(square, "definition")], layer, graph))
    first = Quantity("xhat", (Index(1),))
    root = Raised(plus((Quantity("var"), Quantity("eps"))), Fraction(1, 2))
    blocks.append(_chain(Quantity("s"), [(root, "definition")], layer, graph))
    blocks.append(_chain(first, [(over(c[0], Quantity("s")), "definition; so for every entry")], layer, graph))
    return Section(("The layer, written out",), tuple(blocks))


def _differentiated(layer: BatchNorm, graph: Graph, of: str, by: str) -> Section:
    """SymPy's derivative of the first entry, simplified, and the closed form it is equal to."""
    first = [1 if BATCH in graph.nodes[name].slots else None for name in (of, by)]
    head = Slope(_at(of, first[0]), _at(by, first[1]), TOTAL)
    raw = layer.derivative(of, by, first[0], first[1])
    lines = [(meaning_of(layer.simplify(raw)), "simplified in centred entries")]
    if layer.batch <= MAX_RAW:
        lines.insert(0, (meaning_of(_with_root(raw, layer)), "as SymPy differentiates; its root is the standard deviation"))
    blocks: list[Block] = [_chain(head, lines, layer, graph)]
    for place in range(2, layer.batch + 1) if BATCH in graph.nodes[by].slots and of == graph.loss else ():
        other = layer.simplify(layer.derivative(of, by, None, place))
        blocks.append(_chain(Slope(_at(of, None), _at(by, place), TOTAL), [(meaning_of(other), "likewise")], layer, graph))
    names = {"x": "dx", "gamma": "dgamma", "beta": "dbeta", "mu": "dmu", "var": "dvar", "xhat": "dxhat"}
    if of == graph.loss and by in names:
        form = layer.closed_form(names[by])[0]
        if layer.compare(raw, form) != "equal":
            raise UnprovedError("this is a bug in symbn: SymPy's derivative is not the closed form")
        blocks.append(Words(("SymPy's derivative and the closed form derived by hand are equal: both engines say so.",)))
    return Section(("The derivative",), tuple(blocks))


def _matrix(layer: BatchNorm, graph: Graph, of: str, by: str) -> Section:
    """The whole Jacobian, simplified, and its row sums."""
    jacobian = layer.jacobian(of, by)
    general = closed.sections(graph, of, by, "i", "k")[-1].blocks[-1]
    assert isinstance(general, Chain)
    places = range(1, layer.batch + 1)
    factor, inner = _apart(general.result)
    rows = tuple(tuple(_entry(inner, i, k, layer.batch) for k in places) for i in places)
    factor = _entry(factor, 1, 1, layer.batch)
    for i, row in enumerate(rows, 1):
        for k, part in enumerate(row, 1):
            entry = times(factor, part)
            check_step(Slope(_at(of, i), _at(by, k), TOTAL), entry, graph, layer.batch)
            if layer.compare(jacobian[i - 1, k - 1], layer.interpret(entry, {})) != "equal":
                raise UnprovedError("this is a bug in symbn: SymPy's Jacobian is not the closed form")
    name = Slope(at(graph.nodes[of], "i"), at(graph.nodes[by], "k"), TOTAL)
    blocks: list[Block] = [Matrix(name, rows, factor)]
    if layer.batch > MAX_ROWS:
        entry = tidy(rewrite(general.result, lambda part: _number(part, Constant(Fraction(layer.batch)))))
        blocks = [
            Words(("The matrix is large. This is its entry:",)),
            _chain(name, [(entry, "for every row and every column")], layer, graph),
        ]
    if all(layer.compare(sum(jacobian.row(i)), 0) == "equal" for i in range(layer.batch)):
        words = f"Every row sums to zero, and the rank is {layer.rank(of, by)} of {layer.batch}."
        blocks.append(Words((words,)))
    return Section(("The whole Jacobian",), tuple(blocks))


def _apart(general: Meaning) -> tuple[Meaning, Meaning]:
    """Return what all entries have in common, and the rest."""
    number, powers = split(general)
    common = {base: power for base, power in powers.items() if not free(base)}
    return product(number, common), product(Fraction(1), {b: p for b, p in powers.items() if b not in common})


def _entry(general: Meaning, i: int, k: int, batch: int) -> Meaning:
    """Return an entry of the general Jacobian: i and k are numbers, and m is one."""
    size = Constant(Fraction(batch))
    at_place = instance(instance(general, {Index("i"): Index(i)}), {Index("k"): Index(k)})
    return tidy(rewrite(tidy(at_place), lambda part: _number(part, size)))


def _number(part: Meaning, size: Meaning) -> Meaning | None:
    match part:
        case Quantity(name="m"):
            return size
        case Same(left=Index(name=int() as left), right=Index(name=int() as right)) if left != right:
            return ZERO
        case _:
            return None


def _with_root(expression: Expr, layer: BatchNorm) -> Expr:
    """Return the expression with s for the root of the written-out variance plus eps, which would fill the page."""
    import sympy

    radicand, s = layer.s.as_base_exp()[0], sympy.Symbol("s", positive=True)
    found: Expr = expression.replace(lambda e: e.is_Pow and e.base == radicand, lambda e: s ** (2 * e.exp))
    return found


def _at(name: str, place: int | None) -> Quantity:
    return Quantity(name, (Index(place),) if place is not None else ())


def _chain(head: Meaning, lines: list[tuple[Meaning, str]], layer: BatchNorm, graph: Graph) -> Chain:
    sides, before = [], head
    for side, rule in lines:
        if side != before:
            sides.append(Line(side, (rule,)))
            before = side
    return proved(Chain(head, tuple(sides), str(layer.batch)), graph, layer.batch)
